/** Files next to code that must not be in a published image, through `serving lock` and `serving publish`. */
import { AppLab, type AppSite } from './app-lab';

let lab: AppLab;
let site: AppSite;

beforeAll(async () => {
  lab = await AppLab.start();
});
afterAll(() => lab?.stop());
beforeEach(() => {
  site = lab.site();
});
afterEach(() => site.remove());

const KEY = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC'.repeat(4)}\n-----END PRIVATE KEY-----\n`;

const SECRETS = [
  '.env.production',
  '.aws/credentials',
  '.ssh/id_ed25519',
  '.netrc',
  '.npmrc',
  '.pypirc',
  'tls/server.key',
];

const files = () => site.locked().layers?.flatMap((layer) => layer.files.map(({ path }) => path));

test.each(SECRETS)('%s is not published silently', async (path) => {
  site.write({ [`app/${path}`]: 'secret' });
  const { status, stderr } = await site.lock();
  expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining(`look like credentials`) });
  expect(stderr).toContain(
    `'${path}'; list them in 'app/.servingignore' to exclude them, or lock it with --allow-file`,
  );
});

test('a private key is not published under another name', async () => {
  site.write({ 'app/settings.json': JSON.stringify({ private_key: KEY }) });
  expect(await site.lock()).toMatchObject({ status: 1, stderr: expect.stringContaining("'settings.json'") });
});

test('ignored files are not published, and published files are shown and locked', async () => {
  site.write(Object.fromEntries(SECRETS.map((path) => [`app/${path}`, 'secret'])));
  site.write({ 'app/.servingignore': '.*\n/tls/\n*.csv\n', 'app/big.csv': '1', 'app/run.py': '' });
  const result = await site.lock();
  expect(result.stderr).toContain('app: 2 code files: app.py, run.py\n');
  expect(files()).toEqual(['app.py', 'run.py']);
  expect(await site.serving(['publish', 'app'])).toMatchObject({ status: 0 });
  site.write({ 'app/more.csv': '2' });
  expect(await site.serving(['lock', '--check'])).toMatchObject({ status: 0 });
});

test('an allowed file is published and recorded in the lock file, which keeps it allowed', async () => {
  site.write({ 'app/tls/server.key': 'not a secret' });
  expect(await site.lock({}, '--allow-file', 'tls/server.key')).toMatchObject({ status: 0 });
  expect(site.locked()).toMatchObject({ allowed: ['tls/server.key'] });
  expect(files()).toEqual(['app.py', 'tls/server.key']);
  expect(await site.serving(['lock', '--check'])).toMatchObject({ status: 0 });
  expect(await site.serving(['publish', 'app'])).toMatchObject({ status: 0 });
  expect(await site.serving(['lock'])).toMatchObject({ status: 0 });
  site.write({ 'app/tls/other.key': 'new' });
  expect(await site.serving(['lock'])).toMatchObject({ status: 1, stderr: expect.stringContaining("'tls/other.key'") });
});

test('a path that allows nothing is rejected', async () => {
  expect(await site.lock({}, '--allow-file', 'app.py')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('--allow-file (app.py) matches no file that looks like a credential'),
  });
});
