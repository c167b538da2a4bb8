import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs the program as the first process of a PID namespace, with its own shared memory. */
const INIT = 'mount -t tmpfs shm /dev/shm && exec "$@"';

export interface ContainedOptions {
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/**
 * A program as the first process of a PID namespace, as in a container, but in the file system and network of this machine.
 * When it or this process exits, none of its processes remains.
 */
export class ContainedProcess {
  /** Its exit code, or 128 plus the number of the signal that terminated it. */
  public readonly ended: Promise<number>;
  public exitCode?: number;

  private readonly state = mkdtempSync(join(tmpdir(), 'contained-'));
  private readonly outer: ChildProcess;

  constructor(argv: readonly string[], { folder, environment }: ContainedOptions = {}) {
    const log = openSync(this.logFile, 'a');
    const outer = ['--pdeathsig', 'KILL', 'unshare', '--pid', '--mount-proc', '--fork', '--kill-child=SIGKILL'];
    this.outer = spawn('setpriv', [...outer, 'sh', '-c', INIT, 'sh', ...argv], {
      cwd: folder,
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', ...environment },
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    this.ended = new Promise((resolve, reject) => {
      this.outer.once('error', reject);
      this.outer.once('exit', (code, signal) => {
        this.exitCode = code ?? 128 + constants.signals[signal as NodeJS.Signals];
        resolve(this.exitCode);
      });
    });
  }

  /** Its output. */
  public log(): string {
    return readFileSync(this.logFile, 'utf8');
  }

  /** Sends a signal to the program. */
  public signal(signal: NodeJS.Signals): void {
    const children = readFileSync(`/proc/${this.outer.pid}/task/${this.outer.pid}/children`, 'utf8').trim();
    if (children !== '') process.kill(Number(children), signal);
  }

  /** Kills it and its processes. */
  public async kill(): Promise<void> {
    if (this.exitCode === undefined) this.outer.kill('SIGKILL');
    await this.ended;
  }

  /** Kills what still runs, and removes the files. */
  public async dispose(): Promise<void> {
    await this.kill();
    rmSync(this.state, { recursive: true, force: true });
  }

  private get logFile(): string {
    return join(this.state, 'log');
  }
}
