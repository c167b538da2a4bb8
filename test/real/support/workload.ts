/** A rendered backend, as far as necessary to run it: the server and the fetches before it. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import type { LockedModel, LockFile } from '../../../src/models/lock/lock-file';
import { LOCK_FILE } from '../../../src/models/lock/read-lock';
import type { Readiness } from './container';
import type { ContainerDescription, Mount } from './container-root';
import { pythonRuntime, REPOSITORY } from './images';

/** One fetch, as in its rendered command. */
export interface Fetch {
  readonly argv: readonly string[];
  /** The process that an engine starts: with the entry point of the image, `aws`, unless the command replaces it. */
  readonly process: readonly string[];
  readonly uri: string;
  readonly destination: string;
  /** Whether everything below the URI is fetched, not one object. */
  readonly recursive: boolean;
  /** The mounts of the container that fetches. */
  readonly mounts: readonly Mount[];
}

/** A container that links or unpacks files, as in its rendered command. */
export interface Link {
  readonly argv: readonly string[];
  readonly mounts: readonly Mount[];
}

export interface Workload {
  /** The name of the task definition or the Deployment. */
  readonly name: string;
  /** The reference of the server's image without the digest. */
  readonly image: string;
  readonly server: ContainerDescription;
  readonly fetches: readonly Fetch[];
  /** The containers that copy directories of the server's image, before the fetches. */
  readonly copies: readonly ContainerDescription[];
  /** The containers that unpack archives or download files, after the fetches. */
  readonly unpacks: readonly Link[];
  /** The containers that link the files of mounted images, before the server starts. */
  readonly links: readonly Link[];
  /** The readiness request of the load balancer or kubelet. */
  readonly readiness: Readiness;
  /** The commands of probes that run in the container. */
  readonly probes: readonly (readonly string[])[];
  /** The time from the signal to the kill. */
  readonly graceSeconds: number;
}

/** Folders of this machine in place of the volumes of tasks and pods. */
export class Volumes {
  private readonly root = mkdtempSync(join(tmpdir(), 'serving-volumes-'));

  constructor() {
    chmodSync(this.root, 0o755);
  }

  /** An empty volume; the same name returns the same volume. */
  public folder(owner: string, volume: string, mode: number): string {
    const path = join(this.root, owner, volume);
    if (mkdirSync(path, { recursive: true }) !== undefined) {
      chmodSync(join(this.root, owner), 0o755);
      chmodSync(path, mode);
    }
    return path;
  }

  public remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}

/**
 * Parses a fetch command in exec form or as a shell line: the word that starts with `s3://` is the source, and the next
 * word is the target.
 */
export function readFetch(process: readonly string[], mounts: readonly Mount[]): Fetch {
  const argv = process[0] === 'aws' ? process.slice(1) : process;
  const words = argv
    .flatMap((word) => (/\s/.test(word) ? word.split(/\s+/) : [word]))
    .map((word) => word.replace(/^["']|["']$/g, ''));
  const at = words.findIndex((word) => word.startsWith('s3://'));
  const [uri, destination] = [words[at], words[at + 1]];
  if (at < 0 || uri === undefined || destination === undefined || !destination.startsWith('/')) {
    throw new Error(`no 's3://... /directory' in the fetch command: ${argv.join(' ')}`);
  }
  const recursive = words.includes('--recursive') || words.includes('sync');
  return { argv, process, uri, destination, recursive, mounts };
}

/** Where a published model of an example is, according to its lock file. */
export function lockedAddress(example: string, model: string): string {
  const { to, digest } = lockedModels(example)[model] as LockedModel;
  return `${to}/${digest.slice('sha256:'.length)}/`;
}

function lockedModels(example: string): LockFile['models'] {
  const path = join(REPOSITORY, 'examples', example, LOCK_FILE);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as LockFile).models : {};
}

/** Copies what the fetch command would fetch, from the locked directory of the example instead of the bucket. */
export function runFetch({ uri, destination, recursive, mounts }: Fetch, example: string): void {
  const locked = Object.keys(lockedModels(example)).find((model) => lockedAddress(example, model) === uri);
  if (locked === undefined) throw new Error(`'${uri}' is not what the lock file of ${example} has`);
  if (!recursive) throw new Error(`'${uri}' is fetched as one object, and is a prefix`);
  const target = onHost(mounts, destination);
  mkdirSync(target, { recursive: true });
  cpSync(join(REPOSITORY, 'examples', example, locked), target, { recursive: true });
}

/** Runs the command of a container that links files, in a root file system with its mounts and the programs of this machine. */
export function runLink({ argv, mounts }: Link): void {
  const { file, args } = isolated(argv, mounts);
  execFileSync(file, args);
}

/** Runs the command of a container that fetches, in the same way, with the AWS CLI of setup.sh. */
export async function runFetchContainer(fetch: Fetch, env: Readonly<Record<string, string>>): Promise<void> {
  const child = startFetchContainer(fetch, env);
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (log += text));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the fetch ended with ${code}:\n${log}`);
}

/** Runs the command of a container that unpacks, with the Python of setup.sh. */
export async function runUnpack({ argv, mounts }: Link): Promise<void> {
  await runFetchContainer({ argv, process: argv, mounts, uri: '', destination: '', recursive: false }, {});
}

/** Starts it. */
export function startFetchContainer(
  { process: argv, mounts }: Fetch,
  env: Readonly<Record<string, string>>,
): ChildProcess {
  const { runtime, path } = pythonRuntime('aws-cli');
  const programs = runtime.map((folder) => ({ hostPath: folder, containerPath: folder, readOnly: true }));
  const { file, args } = isolated(argv, [...programs, ...mounts]);
  return spawn('setpriv', ['--pdeathsig', 'KILL', file, ...args], { env: { PATH: path, HOME: '/tmp', ...env } });
}

/** A command in a root file system with these mounts and the programs of this machine, which ends with the command. */
export function isolated(
  argv: readonly string[],
  mounts: readonly Mount[],
): { readonly file: string; readonly args: string[] } {
  const system = ['/usr', '/bin', '/lib', '/lib64', '/etc', '/dev', '/proc']
    .filter((path) => existsSync(path))
    .map((path) => ({ hostPath: path, containerPath: path, readOnly: false }));
  const lines = [...system, ...mounts].map(
    ({ hostPath, containerPath, readOnly }) =>
      `mkdir -p "$root"${containerPath} && mount --rbind ${hostPath} "$root"${containerPath}${readOnly ? ` && mount -o remount,bind,ro "$root"${containerPath}` : ''}`,
  );
  // Any existing folder: the mount is visible in this namespace only.
  const script = [
    'set -eu',
    'root=/mnt',
    'mount --make-rprivate /',
    'mount -t tmpfs root "$root"',
    'mkdir -p "$root/tmp"',
    ...lines,
    'exec chroot "$root" "$@"',
  ];
  return {
    file: 'unshare',
    args: ['--mount', '--pid', '--fork', '--kill-child', 'sh', '-c', script.join('\n'), 'container', ...argv],
  };
}

/** The path on this machine for a path in a container. */
export function onHost(mounts: readonly Mount[], path: string): string {
  const inside = mounts.filter(({ containerPath }) => path === containerPath || path.startsWith(`${containerPath}/`));
  const [mount] = inside.sort((a, b) => b.containerPath.length - a.containerPath.length);
  if (mount === undefined) throw new Error(`nothing is mounted at '${path}', so what is fetched there is lost`);
  if (mount.readOnly) throw new Error(`'${path}' is fetched into a read-only mount`);
  return join(mount.hostPath, posix.relative(mount.containerPath, path));
}

export function withoutDigest(reference: string): string {
  return reference.replace(/@sha256:[a-f0-9]{64}$/, '');
}
