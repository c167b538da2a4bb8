/** Hostile projects, and the command line as run by different users in them. */
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { writeFiles } from '../../support/scratch';

/** A user ID without an entry in /etc/passwd, as in a container with a numeric user. */
export const UNLISTED_USER = 23_456;

const DIGEST = `sha256:${'a'.repeat(64)}`;
const ARTIFACT = {
  digest: DIGEST,
  mediaType: 'application/vnd.oci.image.index.v1+json',
  platforms: [{ os: 'linux', architecture: 'amd64', digest: DIGEST, compressedSize: 1 }],
};

/** A lock file entry as a pull request could contain it. */
export const hostileModel = (to?: string) => ({
  ...ARTIFACT,
  ...(to === undefined ? {} : { to }),
  variant: 'data',
  layers: [{ digest: DIGEST, size: 1, files: [{ path: 'weights.bin', size: 1 }] }],
  bytes: 1,
});

export const hostileApp = (requirements: string) => ({ ...ARTIFACT, base: `127.0.0.1:9/base@${DIGEST}`, requirements });

/** The result of a command. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is run. */
export interface Circumstances {
  readonly cwd?: string;
  /** The whole environment except PATH. @default - a home in the project */
  readonly env?: Readonly<Record<string, string>>;
  /** @default - that of the test */
  readonly uid?: number;
  /** Whether nothing reads its output. @default false */
  readonly unread?: boolean;
}

/** A folder with a project and its surroundings. */
export class HostileProject {
  /** The folder around the project, with other files of the machine. */
  public readonly outside = mkdtempSync(join(tmpdir(), 'hostile-'));
  public readonly folder = join(this.outside, 'project');

  /** A copy of the command line that every user can read: the checkout may be in a private folder. */
  private readonly program = join(this.outside, 'serving/index.js');

  constructor(program: string) {
    if (process.getuid?.() !== 0) throw new Error('files of other users are made here; run this test as root');
    chmodSync(this.outside, 0o755);
    cpSync(dirname(program), dirname(this.program), { recursive: true });
    this.write('secretdir', { id_rsa: 'a key' });
    this.write('project', { 'package.json': '{}', 'models/net/weights.bin': 'weights' });
  }

  /** Writes files below a folder, relative to `outside`. */
  public write(folder: string, files: Readonly<Record<string, string>>): void {
    writeFiles(join(this.outside, folder), files);
  }

  /** Writes the lock file of a folder. */
  public lock(entries: object, folder = this.folder): string {
    const path = join(folder, 'serving.lock.json');
    writeFileSync(path, JSON.stringify({ version: 1, models: {}, images: {}, apps: {}, ...entries }));
    return path;
  }

  /** Changes the owner of paths. */
  public giveTo(uid: number, ...paths: string[]): void {
    for (const path of paths) chownSync(join(this.outside, path), uid, uid);
  }

  public serving(args: readonly string[], circumstances: Circumstances = {}): Promise<Outcome> {
    return run([process.execPath, this.program, ...args], { cwd: this.folder, env: this.home(), ...circumstances });
  }

  public home(): Record<string, string> {
    return { HOME: join(this.outside, 'home') };
  }

  public remove(): void {
    rmSync(this.outside, { recursive: true, force: true });
  }
}

/** Runs a program with only PATH from this environment, for at most a minute. */
export function run(
  [command = '', ...args]: readonly string[],
  { cwd, env, uid, unread = false }: Circumstances,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { PATH: process.env.PATH ?? '', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 60_000,
      ...(uid === undefined ? {} : { uid, gid: uid }),
    });
    let [stdout, stderr] = ['', ''];
    if (unread) child.stdout.destroy();
    child.stdout.on('data', (text) => (stdout += text));
    child.stderr.on('data', (text) => (stderr += text));
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
  });
}
