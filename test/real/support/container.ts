/**
 * Runs a container description as a real process, without a container engine.
 *
 * The process is PID 1 in a new PID namespace, with its own root file system: the programs and libraries of this machine
 * read-only, the files of the image, its own /proc, /dev and /dev/shm, and the mounts. It runs as the user of the
 * container, without capabilities, in a network namespace with an address that is not loopback: a server that listens on
 * localhost only is not reachable.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { ADDRESS, type ContainerDescription, HOSTNAME, startScript } from './container-root';
import { processOf } from './images';

/** When a container counts as ready. */
export interface Readiness {
  readonly path: string;
  readonly accept: (status: number) => boolean;
  readonly timeoutSeconds?: number;
}

export interface ContainerResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface RequestOptions {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
  readonly timeoutSeconds?: number;
}

export interface Outcome {
  /** The exit code of PID 1, or 128 plus the number of the signal that terminated it. */
  readonly code: number;
  readonly seconds: number;
}

export interface ExecResult {
  readonly code: number;
  readonly output: string;
}

/** Starts a container and waits until it is ready. */
export async function startContainer(
  description: ContainerDescription,
  readiness: Readiness,
): Promise<RunningContainer> {
  const container = new RunningContainer(description);
  try {
    await container.waitUntilReady(readiness);
    return container;
  } catch (error) {
    await container.dispose();
    throw error;
  }
}

export class RunningContainer {
  /** The process that created the namespaces. It exits with PID 1. */
  private readonly outer: ChildProcess;
  private readonly state = mkdtempSync(join(tmpdir(), 'serving-real-'));
  private readonly ended: Promise<number>;
  private readonly env: Record<string, string>;
  private readonly directory: string;
  private readonly user: number;
  private forwarder?: ChildProcess;
  private init?: number;
  private exitCode?: number;

  constructor(private readonly description: ContainerDescription) {
    const { image } = description;
    this.user = description.user ?? image.user;
    this.directory = description.workingDir ?? image.workingDir;
    const home = image.users.get(this.user)?.home ?? '/';
    this.env = { HOME: home, HOSTNAME, ...image.env, ...description.env };

    const script = join(this.state, 'start.sh');
    const root = join(this.state, 'root');
    mkdirSync(root);
    writeFileSync(script, startScript(description, root));
    const argv = description.argv.length > 0 ? description.argv : processOf(image, [], []);
    const log = openSync(this.logFile, 'a');
    // If this process dies, the kernel kills the outer process, and with it PID 1 and its children.
    const outer = [
      '--pdeathsig',
      'KILL',
      'unshare',
      '--mount',
      '--pid',
      '--net',
      '--uts',
      '--fork',
      '--kill-child=SIGKILL',
    ];
    this.outer = spawn('setpriv', [...outer, '/bin/bash', script, ...this.asUser(), ...argv], {
      stdio: ['ignore', log, log],
      env: { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' },
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

  /** Sends a request to the port of the container, on a new connection. */
  public request(options: RequestOptions): Promise<ContainerResponse> {
    return new Promise((resolve, reject) => {
      const body = options.body ?? '';
      const request = httpRequest(
        {
          socketPath: this.socket,
          agent: false,
          method: options.method ?? 'GET',
          path: options.path,
          headers: { host: 'container', 'content-length': Buffer.byteLength(body), ...options.headers },
          timeout: (options.timeoutSeconds ?? 30) * 1000,
        },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part) => parts.push(part));
          response.on('error', reject);
          response.on('end', () =>
            resolve({ status: response.statusCode as number, headers: response.headers, body: Buffer.concat(parts) }),
          );
        },
      );
      request.on('timeout', () => request.destroy(new Error(`no response within ${options.timeoutSeconds ?? 30} s`)));
      request.on('error', reject);
      request.end(body);
    });
  }

  /** Waits for an acceptable response. A log line or an open port does not prove that a server is ready. */
  public async waitUntilReady(readiness: Readiness): Promise<void> {
    const end = Date.now() + (readiness.timeoutSeconds ?? 60) * 1000;
    let last = 'no request was sent yet';
    while (Date.now() < end) {
      this.failIfEnded();
      try {
        this.startForwarder();
        const { status } = await this.request({ path: readiness.path, timeoutSeconds: 5 });
        if (readiness.accept(status)) return;
        last = `status ${status}`;
      } catch (error) {
        last = String(error);
      }
      await sleep(50);
    }
    throw new Error(`the container was not ready in time (GET ${readiness.path}: ${last}):\n${this.log()}`);
  }

  /** Waits for PID 1 and returns its process ID. */
  public async started(): Promise<number> {
    for (;;) {
      this.failIfEnded();
      try {
        return this.pid;
      } catch {
        await sleep(10);
      }
    }
  }

  /** Waits until PID 1 exits, and throws an error with the log if it failed. */
  public async succeeded(): Promise<void> {
    if ((await this.ended) !== 0) this.failIfEnded();
  }

  /** Throws an error with the log if the container has exited. */
  public failIfEnded(): void {
    if (this.exitCode !== undefined) throw new Error(`the container exited with ${this.exitCode}:\n${this.log()}`);
  }

  /** Runs a command in the running container, like an exec probe. */
  public exec(argv: readonly string[]): ExecResult {
    const enter = ['--target', String(this.pid), '--mount', '--pid', '--net', `--wdns=${this.directory}`, '--'];
    const result = spawnSync('nsenter', [...enter, ...this.asUser(), ...argv], { encoding: 'utf8', timeout: 30_000 });
    return { code: result.status ?? -1, output: result.stdout + result.stderr };
  }

  /** The process ID of PID 1 outside the container. */
  public get pid(): number {
    if (this.init === undefined) {
      const child = readIfThere(`/proc/${this.outer.pid}/task/${this.outer.pid}/children`)?.trim();
      // Until it forks, the outer process has no child.
      if (!child) throw new Error('the container has not started yet');
      this.init = Number(child);
    }
    return this.init;
  }

  /** The command lines of the container's processes, PID 1 first. */
  public processes(): string[] {
    const namespace = readlinkSync(`/proc/${this.pid}/ns/pid`);
    return processesIn(namespace).map((pid) =>
      (readIfThere(`/proc/${pid}/cmdline`) ?? '').split('\0').join(' ').trim(),
    );
  }

  public log(): string {
    return readIfThere(this.logFile) ?? '';
  }

  /** Sends a signal to PID 1, like a container engine, and waits for its exit. After the grace period it kills. */
  public async stop(graceSeconds = 30, signal: NodeJS.Signals = 'SIGTERM'): Promise<Outcome> {
    const started = Date.now();
    const namespace = readlinkSync(`/proc/${this.pid}/ns/pid`);
    process.kill(this.pid, signal);
    const killer = setTimeout(() => process.kill(this.pid, 'SIGKILL'), graceSeconds * 1000);
    const code = await this.ended;
    clearTimeout(killer);
    const seconds = (Date.now() - started) / 1000;
    const left = processesIn(namespace);
    if (left.length > 0) throw new Error(`processes of the container still run: ${left.join(', ')}`);
    return { code, seconds };
  }

  /** Kills what still runs, and removes its files. */
  public async dispose(): Promise<void> {
    if (this.exitCode === undefined) {
      this.outer.kill('SIGKILL');
      await this.ended;
    }
    this.forwarder?.kill('SIGKILL');
    rmSync(this.state, { recursive: true, force: true });
  }

  private get logFile(): string {
    return join(this.state, 'log');
  }

  /** The Unix socket that is forwarded to the port of the container. */
  public get socket(): string {
    return join(this.state, 'http');
  }

  private startForwarder(): void {
    if (this.forwarder !== undefined) return;
    const forward = [
      process.execPath,
      join(__dirname, 'forward.cjs'),
      this.socket,
      ADDRESS,
      String(this.description.port),
    ];
    const enter = ['--pdeathsig', 'KILL', 'nsenter', `--net=/proc/${this.pid}/ns/net`, '--'];
    this.forwarder = spawn('setpriv', [...enter, ...forward], { stdio: 'ignore' });
  }

  /** The command prefix that sets the user and the environment of the container. */
  private asUser(): string[] {
    const group = String(this.description.image.users.get(this.user)?.group ?? 0);
    const kept = (this.description.capabilities ?? []).map((name) => `,+${name.toLowerCase()}`).join('');
    const rights = ['--no-new-privs', '--inh-caps=-all', `--bounding-set=-all${kept}`];
    const variables = Object.entries(this.env).map(([name, value]) => `${name}=${value}`);
    return [
      ...[
        '/usr/bin/setpriv',
        `--reuid=${this.user}`,
        `--regid=${group}`,
        '--clear-groups',
        ...rights,
        '--pdeathsig',
        'KILL',
        '--',
      ],
      ...['/usr/bin/env', '-i', ...variables],
    ];
  }
}

function processesIn(namespace: string): number[] {
  const found: number[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (readlinkSync(`/proc/${name}/ns/pid`) === namespace) found.push(Number(name));
    } catch {
      // The process has exited in the meantime.
    }
  }
  return found.sort((a, b) => a - b);
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
