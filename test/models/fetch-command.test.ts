/** The command that fetches from S3, run by a real shell with a program in place of the AWS CLI. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { LockedLayer } from '../../src/models/lock/lock-file';
import { isChecked, s3FetchCommand } from '../../src/models/private/fetch-command';
import { packDirectory } from '../../src/tools/artifact/pack';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fetch-'));
  mkdirSync(join(folder, 'bin'));
  mkdirSync(join(folder, 'source'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const at = (...parts: string[]) => join(folder, ...parts);

/** A program that fails as often as the file `failures` has lines, then copies like `aws s3`. */
const AWS = `#!/bin/sh
echo "$*" >> "${'$'}{0%/*}/../calls"
left=$(cat "${'$'}{0%/*}/../failures" 2>/dev/null || echo 0)
if [ "$left" -gt 0 ]; then echo $((left - 1)) > "${'$'}{0%/*}/../failures"; exit 1; fi
for last; do :; done
[ "$2" = cp ] && exec cp "${'$'}{0%/*}/../source/object" "$last"
cp -R "${'$'}{0%/*}/../source/." "$last"
`;

function run(layers?: readonly LockedLayer[], singleObject = false) {
  writeFileSync(at('bin/aws'), AWS);
  writeFileSync(at('bin/sleep'), '#!/bin/sh\nexit 0\n');
  for (const name of ['aws', 'sleep']) chmodSync(at('bin', name), 0o755);
  mkdirSync(at('model'), { recursive: true });
  const destination = singleObject ? at('model/object') : `${at('model')}/`;
  const { program, args } = s3FetchCommand({ uri: 's3://bucket/net/', singleObject, destination, layers });
  const [file = '', ...rest] = [...program, ...args];
  return spawnSync(file, rest, {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${at('bin')}${delimiter}${process.env.PATH}` },
  });
}

/** Files whose headers differ in kind: a long name, names beyond ASCII, quotes, a nested one, an empty one. */
const FILES: Readonly<Record<string, string>> = {
  'weights.bin': 'w'.repeat(70_000),
  empty: '',
  "it's 100 %.txt": 'quotes',
  'deep/er/code.py': 'pass',
  [`${'long/'.repeat(25)}name.txt`]: 'long',
  'größe.txt': 'umlauts',
};

async function locked(files = FILES): Promise<LockedLayer[]> {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(at('source'), path, '..'), { recursive: true });
    writeFileSync(at('source', path), content);
  }
  const { layers } = await packDirectory({
    directory: at('source'),
    name: 'net',
    image: { annotations: {} },
    cacheFile: at('cache.json'),
  });
  return layers;
}

test('the files of a locked directory pass the check of their digests', async () => {
  const { status, stderr } = run(await locked());
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});

test.each(
  Object.keys(FILES).filter((path) => path !== 'empty'),
)('a damaged file stops the start and is removed: %s', async (path) => {
  const layers = await locked();
  const content = Buffer.from(FILES[path] as string);
  content[0] = 0;
  writeFileSync(at('source', path), content);
  const { status, stderr } = run(layers);
  expect(status).toBe(1);
  expect(stderr).toContain('differ from the lock file');
  expect(stderr).toContain('the model at s3://bucket/net/ is damaged or was changed');
  expect(existsSync(at('model', path))).toBe(false);
});

test('a missing file stops the start', async () => {
  const layers = await locked();
  rmSync(at('source/weights.bin'));
  expect(run(layers).status).toBe(1);
});

test('a failed attempt is repeated, and the fifth one ends the start', () => {
  writeFileSync(at('source/a.bin'), 'a');
  writeFileSync(at('failures'), '4');
  expect(run().status).toBe(0);
  writeFileSync(at('failures'), '5');
  expect(run().status).toBe(1);
});

test('an object is fetched in the same way', () => {
  writeFileSync(at('source/object'), 'a');
  writeFileSync(at('failures'), '2');
  expect(run(undefined, true).status).toBe(0);
  expect(readdirSync(at('model'))).toEqual(['object']);
});

test('a prefix without objects stops the start', () => {
  const { status, stderr } = run();
  expect({ status, stderr }).toEqual({ status: 1, stderr: 'no objects exist below s3://bucket/net/\n' });
});

test('files are not checked if their layer has empty directories, or if the check is too long', async () => {
  mkdirSync(at('source/nothing'));
  expect(isChecked(await locked({ a: 'a' }))).toBe(false);
  const names = Array.from({ length: 900 }, (_, index) => `directory/with/a/name/file-${index}.txt`);
  expect(isChecked(await locked(Object.fromEntries(names.map((name) => [name, name]))))).toBe(false);
  expect(isChecked(undefined)).toBe(false);
});

test('a program of a locked directory is executable', async () => {
  const layers = await locked({ 'bin/stub': 'program', data: 'a' });
  const program = (layer: LockedLayer): LockedLayer => ({
    ...layer,
    digest: `sha256:${'0'.repeat(64)}`,
    size: layer.size + 1,
    files: layer.files.map((file) => (file.path === 'bin/stub' ? { ...file, executable: true } : file)),
  });
  expect(run(layers.map(program)).status).toBe(0);
  expect(statSync(at('model/bin/stub')).mode & 0o777).toBe(0o755);
  expect(statSync(at('model/data')).mode & 0o111).toBe(0);
});
