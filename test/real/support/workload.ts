/** What a renderer made of a backend, as far as running it needs: the server and the fetches that come before it. */
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import type { LockedModel, LockFile } from '../../../src/models/lock/lock-file';
import { LOCK_FILE } from '../../../src/models/lock/read-lock';
import type { ContainerDescription, Mount, Readiness } from './container';
import { REPOSITORY } from './images';

/** One fetch, as its rendered command tells it. */
export interface Fetch {
  readonly argv: readonly string[];
  readonly uri: string;
  readonly destination: string;
  /** Everything below the URI, not one object. */
  readonly recursive: boolean;
  /** What the container that fetches sees. */
  readonly mounts: readonly Mount[];
}

export interface Workload {
  /** The name of the task definition or the Deployment. */
  readonly name: string;
  /** The reference of the server's image without the digest. */
  readonly image: string;
  readonly server: ContainerDescription;
  readonly fetches: readonly Fetch[];
  /** What whoever sends requests asks before it sends any. */
  readonly readiness: Readiness;
  /** The commands of probes that run in the container. */
  readonly probes: readonly (readonly string[])[];
  /** The time from the signal to the kill. */
  readonly graceSeconds: number;
}

/** Folders of this machine that stand for the volumes of tasks and pods. */
export class Volumes {
  private readonly root = mkdtempSync(join(tmpdir(), 'serving-volumes-'));

  constructor() {
    chmodSync(this.root, 0o755);
  }

  /** An empty volume; calling it again gives the same one. */
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
 * Reads what a fetch command copies, from a command in exec form or from a shell line: the word that starts with `s3://`
 * is what is fetched, the word after it is where to.
 */
export function readFetch(argv: readonly string[], mounts: readonly Mount[]): Fetch {
  const words = argv
    .flatMap((word) => (/\s/.test(word) ? word.split(/\s+/) : [word]))
    .map((word) => word.replace(/^["']|["']$/g, ''));
  const at = words.findIndex((word) => word.startsWith('s3://'));
  const [uri, destination] = [words[at], words[at + 1]];
  if (at < 0 || uri === undefined || destination === undefined || !destination.startsWith('/')) {
    throw new Error(`no 's3://... /directory' in the fetch command: ${argv.join(' ')}`);
  }
  return { argv, uri, destination, recursive: words.includes('--recursive') || words.includes('sync'), mounts };
}

/** Where a model of an example is once it is published, as its lock file says. */
export function lockedAddress(example: string, model: string): string {
  const { to, digest } = lockedModels(example)[model] as LockedModel;
  return `${to}/${digest.slice('sha256:'.length)}/`;
}

function lockedModels(example: string): LockFile['models'] {
  const path = join(REPOSITORY, 'examples', example, LOCK_FILE);
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as LockFile).models : {};
}

/** Does what the fetch command does, with what the example has locked in place of its bucket. */
export function runFetch({ uri, destination, recursive, mounts }: Fetch, example: string): void {
  const locked = Object.keys(lockedModels(example)).find((model) => lockedAddress(example, model) === uri);
  if (locked === undefined) throw new Error(`'${uri}' is not what the lock file of ${example} has`);
  if (!recursive) throw new Error(`'${uri}' is fetched as one object, and is a prefix`);
  const target = onHost(mounts, destination);
  mkdirSync(target, { recursive: true });
  cpSync(join(REPOSITORY, 'examples', example, locked), target, { recursive: true });
}

/** Where a path of a container lies on this machine. */
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
