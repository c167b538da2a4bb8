/** Projects that somebody else has prepared, and the command line as different users run it there. */
import { spawn } from 'node:child_process';
import { chmodSync, chownSync, cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { writeFiles } from '../../support/scratch';

/** A user without an entry in the list of users, as of a container that runs as a number. */
export const NOBODY_KNOWN = 23_456;

const DIGEST = `sha256:${'a'.repeat(64)}`;
const ARTIFACT = {
  digest: DIGEST,
  mediaType: 'application/vnd.oci.image.index.v1+json',
  platforms: [{ os: 'linux', architecture: 'amd64', digest: DIGEST, compressedSize: 1 }],
};

/** An entry of a lock file that a change in a pull request could have. */
export const hostileModel = (to?: string) => ({
  ...ARTIFACT,
  ...(to === undefined ? {} : { to }),
  variant: 'data',
  layers: [{ digest: DIGEST, size: 1, files: [{ path: 'weights.bin', size: 1 }] }],
  bytes: 1,
});

export const hostileApp = (requirements: string) => ({ ...ARTIFACT, base: `127.0.0.1:9/base@${DIGEST}`, requirements });

/** What a command did. */
export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a command is run. */
export interface Circumstances {
  readonly cwd?: string;
  /** The whole environment besides the PATH. @default - a home in the project */
  readonly env?: Readonly<Record<string, string>>;
  /** @default - that of the test */
  readonly uid?: number;
  /** Nobody reads what it prints. @default false */
  readonly unread?: boolean;
}

/** A folder with a project, and what is around it. */
export class HostileProject {
  /** The folder around the project, which other things of the machine are in. */
  public readonly outside = mkdtempSync(join(tmpdir(), 'hostile-'));
  public readonly folder = join(this.outside, 'project');

  /** The command line, where every user can read it: the checkout may be in a folder of one. */
  private readonly program = join(this.outside, 'serving/index.js');

  constructor(program: string) {
    if (process.getuid?.() !== 0) throw new Error('files of other users are made here; run this test as root');
    chmodSync(this.outside, 0o755);
    cpSync(dirname(program), dirname(this.program), { recursive: true });
    this.write('secretdir', { id_rsa: 'a key' });
    this.write('project', { 'package.json': '{}', 'models/net/weights.bin': 'weights' });
  }

  /** Writes files below a folder, which is relative to the outside. */
  public write(folder: string, files: Readonly<Record<string, string>>): void {
    writeFiles(join(this.outside, folder), files);
  }

  /** Writes the lock file of a folder. */
  public lock(entries: object, folder = this.folder): string {
    const path = join(folder, 'serving.lock.json');
    writeFileSync(path, JSON.stringify({ version: 1, models: {}, images: {}, apps: {}, ...entries }));
    return path;
  }

  /** Gives everything to a user. */
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

/** Runs a program with nothing of this environment but the PATH; at most a minute. */
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
