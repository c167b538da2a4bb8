/** The packed tarball, and commands without anything of this repository in their environment. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

export const root = resolve(__dirname, '../../..');
export const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
/** A package in the version of this repository, so that it comes from the npm cache. */
export const pinned = (name: string) => `${name}@${readJson(join(root, 'node_modules', name, 'package.json')).version}`;

/** The environment of a user: without commands of this repository or the npm that runs the tests. */
const ENV = Object.fromEntries(
  Object.entries(process.env)
    .filter(([name]) => !/^(npm_|INIT_CWD$|NODE_PATH$|NODE_OPTIONS$|CDK_|JSII_|TEST_COUNTS$)/.test(name))
    .map(([name, value]) => [
      name,
      name === 'PATH'
        ? value
            ?.split(delimiter)
            .filter((folder) => !folder.startsWith(root))
            .join(delimiter)
        : value,
    ]),
);

/** Where a command runs: a folder, and this machine's Node or another. */
export interface Place {
  readonly folder: string;
  /** A version of `node.versions`. */
  readonly node?: string;
  readonly env?: { readonly [name: string]: string };
}

export function run(place: string | Place, command: string, ...args: string[]): string {
  const { folder, node, env }: Place = typeof place === 'string' ? { folder: place } : place;
  const PATH = [...(node === undefined ? [] : [nodeFolder(node)]), ENV.PATH].join(delimiter);
  const child = spawnSync(command, args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
    env: {
      ...ENV,
      PATH,
      CDK_DISABLE_CLI_TELEMETRY: 'true',
      JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION: '20',
      ...env,
    },
  });
  if (child.status !== 0) {
    throw new Error(`${command} ${args.join(' ')}: ${child.error ?? child.status}\n${child.stdout}${child.stderr}`);
  }
  return child.stdout;
}

/** The Node versions of these tests: the oldest supported one, and the newest of each later release line. */
export const NODE_VERSIONS = readFileSync(join(__dirname, '../requirements/node.versions'), 'utf8').trim().split('\n');

function nodeFolder(version: string): string {
  return installed('node', version, 'bin');
}

/** A path in what `test/real/setup.sh` installed. */
export function installed(...path: string[]): string {
  const found = join(root, '.cache/real', ...path);
  if (!existsSync(found)) throw new Error(`'${found}' is missing; run: bash test/real/setup.sh`);
  return found;
}

function newest(path: string): number {
  if (!statSync(path).isDirectory()) return statSync(path).mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** The tarball of this source. It is built if it is missing or outdated. */
export function packedTarball(): string {
  const folder = join(root, 'dist/js');
  const find = () => (existsSync(folder) ? readdirSync(folder) : []).filter((name) => name.endsWith('.tgz'));
  const sources = ['src', 'package.json', 'README.md', 'scripts'].map((name) => newest(join(root, name)));
  const [found] = find();
  if (found === undefined || newest(join(folder, found)) < Math.max(...sources)) {
    for (const task of ['pre-compile', 'compile', 'post-compile', 'package']) run(root, 'npx', 'projen', task);
  }
  return join(folder, find()[0] as string);
}
