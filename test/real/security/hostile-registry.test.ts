/** A hostile registry against the command line as published. */
import { cpSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleCommandLine } from '../support/command-line';
import { ATTACKS, type Attack } from './hostile-attacks';
import { Lab, type Outcome } from './hostile-lab';

const MIB = 2 ** 20;
/** Several times the memory of an honest run, but less than any of these attacks sends. */
const MOST_MEMORY = 300 * MIB;

let lab: Lab;

beforeAll(async () => {
  lab = await new Lab(bundleCommandLine()).start();
  const { status, stderr } = await lab.serving(
    ...['lock', 'net', '--to', `${lab.home.host}/net`, '--variant', 'shell', '--base', lab.reference],
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: expect.any(String) });
  cpSync(join(lab.folder, 'serving.lock.json'), join(lab.folder, 'honest.json'));
});

afterAll(() => lab.stop());

beforeEach(() => {
  lab.reset();
  cpSync(join(lab.folder, 'honest.json'), join(lab.folder, 'serving.lock.json'));
});

const lock = (): string => readFileSync(join(lab.folder, 'serving.lock.json'), 'utf8');

function run(command: Attack['command']): Promise<Outcome> {
  const words = {
    publish: ['publish'],
    verify: ['verify'],
    lock: ['lock', '--image', lab.reference],
    pack: ['pack', '--output', lab.output],
  };
  return lab.serving(...words[command]);
}

describe('an honest registry', () => {
  test('works for publish, verify, lock and pack', async () => {
    for (const command of ['publish', 'verify', 'lock', 'pack'] as const)
      expect(await run(command)).toMatchObject({ status: 0 });
    expect(lab.leaks()).toEqual([]);
    expect(lab.misnamed()).toEqual([]);
  });

  test('may redirect to another host, which gets no credentials', async () => {
    const { layer } = lab.base;
    lab.home.script = ({ method, path, authorization }) =>
      method === 'GET' && path.endsWith(layer.digest) && authorization !== undefined
        ? { status: 307, headers: { location: `https://${lab.other.host}/layer` } }
        : undefined;
    lab.other.script = () => ({ status: 200, body: layer.bytes });
    expect(await run('pack')).toMatchObject({ status: 0 });
    expect(lab.other.received).toMatchObject([{ method: 'GET', path: '/layer', authorization: undefined }]);
    expect(lab.misnamed()).toEqual([]);
  });

  test('gets no request for the urls of its layers', async () => {
    const { manifest, layer } = lab.base;
    const urls = [`https://${lab.other.host}/foreign`];
    const content = { ...JSON.parse(manifest.bytes.toString()) };
    const body = JSON.stringify({ ...content, layers: [{ ...content.layers[0], urls }] });
    lab.home.script = ({ path, authorization }) =>
      path.endsWith('/manifests/v1') && authorization !== undefined
        ? { status: 200, headers: { 'content-type': lab.types.manifest }, body }
        : undefined;
    const [name] = lab.reference.split('@') as [string];
    expect(await lab.serving('lock', 'net', '--variant', 'shell', '--base', name)).toMatchObject({ status: 0 });
    expect(lock()).toContain(lab.home.host);
    lab.home.script = () => undefined;
    expect(layer.size).toBe(3 * MIB);
    expect(lab.other.received).toEqual([]);
  });
});

describe('a hostile registry', () => {
  test.each(ATTACKS.map((attack) => [attack.name, attack] as const))('gains nothing with %s', async (_, attack) => {
    lab.home.script = attack.script(lab);
    const before = lock();
    const { status, stderr, memory } = await run(attack.command);
    expect(lab.leaks()).toEqual([]);
    expect(lab.misnamed()).toEqual([]);
    expect(stderr).toMatch(attack.message);
    expect([1, 3, 4]).toContain(status);
    expect(memory).toBeLessThan(MOST_MEMORY);
    // Nothing that was rejected is locked.
    expect(lock()).toBe(before);
    expect(existsSync(join(lab.output, 'index.json'))).toBe(false);
  });
});

test('a trusted host gets uploads, but no credentials', async () => {
  lab.home.script = ({ method, path, authorization }) =>
    method === 'POST' && path.includes('/uploads/') && authorization !== undefined
      ? { status: 202, headers: { location: `https://${lab.other.host}/upload` } }
      : undefined;
  process.env.SERVING_TRUSTED_HOSTS = lab.other.host;
  try {
    // It accepts everything and stores nothing, so the registry does not have the layers.
    await run('publish');
  } finally {
    delete process.env.SERVING_TRUSTED_HOSTS;
  }
  expect(lab.other.received.some(({ method, bytes }) => method === 'PUT' && bytes > 2 * MIB)).toBe(true);
  expect(lab.other.received.filter(({ authorization }) => authorization !== undefined)).toEqual([]);
});

test('an AWS endpoint without TLS gets nothing, and the command exits immediately', async () => {
  const settings = {
    AWS_ENDPOINT_URL: 'http://192.0.2.1:9000',
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  const before = { ...process.env };
  Object.assign(process.env, settings);
  const begun = performance.now();
  const { status, stderr } = await lab.serving('verify', '--to', 's3://models/nets').finally(() => {
    process.env = before;
  });
  expect({ status, stderr }).toEqual({
    status: 3,
    stderr: expect.stringContaining('[AwsSettings] the AWS endpoint'),
  });
  expect(performance.now() - begun).toBeLessThan(120_000);
});
