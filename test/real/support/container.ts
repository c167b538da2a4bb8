/**
 * Starts the description of a container as a real process, without a container engine.
 *
 * The process is PID 1 of its own PID namespace and sees a root file system of its own: the system's programs and
 * libraries read-only, the files of the image, an own /proc, /dev, /dev/shm, and the mounts. It runs as the container's
 * user, without capabilities, in a network namespace of its own where it is reached at an address that is not loopback:
 * a server that listens on localhost only is not reached.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { constants, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Image } from './images';

/** A directory or file of the machine that the container sees. */
export interface Mount {
  readonly containerPath: string;
  readonly hostPath: string;
  readonly readOnly: boolean;
}

/** What a container engine is told about a container. */
export interface ContainerDescription {
  readonly image: Image;
  /** The whole command; empty for the image's. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workingDir?: string;
  readonly user?: number;
  readonly port: number;
  readonly mounts: readonly Mount[];
  readonly readOnlyRootFilesystem: boolean;
}

/** When a container counts as ready. */
export interface Readiness {
  readonly path: string;
  readonly accept: (status: number) => boolean;
  readonly timeoutSeconds?: number;
}

export interface Answer {
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
  /** The exit code of PID 1; 128 and the number of the signal that ended it. */
  readonly code: number;
  readonly seconds: number;
}

export interface ExecResult {
  readonly code: number;
  readonly output: string;
}

/** The address of every container in its own network namespace. */
export const ADDRESS = '10.88.0.2';
/** Its name, which `/etc/hosts` resolves. */
const HOSTNAME = 'container';
const SYSTEM = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];
const ETC = [
  'ld.so.cache',
  'ld.so.conf',
  'ld.so.conf.d',
  'localtime',
  'mime.types',
  'nsswitch.conf',
  'services',
  'ssl',
  'alternatives',
];
const DEVICES = ['null', 'zero', 'full', 'random', 'urandom'];

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
  /** The process that made the namespaces; it ends as PID 1 ends. */
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
    writeFileSync(script, this.startScript());
    const argv = description.argv.length > 0 ? description.argv : image.command;
    const log = openSync(this.logFile, 'a');
    // If this process dies, the kernel kills the outer process, and with it PID 1 and all that it has started.
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

  /** Sends a request to the container's port. Each has a connection of its own. */
  public request(options: RequestOptions): Promise<Answer> {
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
      request.on('timeout', () => request.destroy(new Error(`no answer within ${options.timeoutSeconds ?? 30} s`)));
      request.on('error', reject);
      request.end(body);
    });
  }

  /** Waits for an acceptable answer. A log line or an open port says nothing about a server's readiness. */
  public async waitUntilReady(readiness: Readiness): Promise<void> {
    const end = Date.now() + (readiness.timeoutSeconds ?? 60) * 1000;
    let last = 'it was not asked yet';
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

  /** Waits for PID 1 and says its process id. */
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

  /** Fails with the log when the container has ended. */
  public failIfEnded(): void {
    if (this.exitCode !== undefined) throw new Error(`the container ended with ${this.exitCode}:\n${this.log()}`);
  }

  /** Runs a command in the running container, as a probe of type exec does. */
  public exec(argv: readonly string[]): ExecResult {
    const enter = ['--target', String(this.pid), '--mount', '--pid', '--net', `--wdns=${this.directory}`, '--'];
    const result = spawnSync('nsenter', [...enter, ...this.asUser(), ...argv], { encoding: 'utf8', timeout: 30_000 });
    return { code: result.status ?? -1, output: result.stdout + result.stderr };
  }

  /** The process id of PID 1 as this machine sees it. */
  public get pid(): number {
    if (this.init === undefined) {
      const child = readIfThere(`/proc/${this.outer.pid}/task/${this.outer.pid}/children`)?.trim();
      // Before it forks, the outer process has no child in another namespace.
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

  /** Sends a signal to PID 1, as a container engine does, and waits for the end; after the grace it kills. */
  public async stop(graceSeconds = 30, signal: NodeJS.Signals = 'SIGTERM'): Promise<Outcome> {
    const started = Date.now();
    const namespace = readlinkSync(`/proc/${this.pid}/ns/pid`);
    process.kill(this.pid, signal);
    const killer = setTimeout(() => process.kill(this.pid, 'SIGKILL'), graceSeconds * 1000);
    const code = await this.ended;
    clearTimeout(killer);
    const seconds = (Date.now() - started) / 1000;
    const left = processesIn(namespace);
    if (left.length > 0) throw new Error(`processes of the container are left: ${left.join(', ')}`);
    return { code, seconds };
  }

  /** Ends whatever still runs and removes what was made for it. */
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

  /** The Unix socket behind which the port of the container is. */
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

  /** Runs a command as the container's user with the container's environment. */
  private asUser(): string[] {
    const group = String(this.description.image.users.get(this.user)?.group ?? 0);
    const rights = ['--no-new-privs', '--inh-caps=-all', '--bounding-set=-all'];
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

  /** The script that PID 1 runs before it becomes the server. */
  private startScript(): string {
    const { image, mounts, readOnlyRootFilesystem } = this.description;
    const root = join(this.state, 'root');
    mkdirSync(root);
    const at = (path: string) => quote(join(root, path));
    const lines = [
      'set -eu',
      `hostname ${HOSTNAME}`,
      'ip link set lo up',
      `ip address add ${ADDRESS}/32 dev lo`,
      `mount -t tmpfs -o mode=755 image ${quote(root)}`,
    ];
    const bind = (from: string, to: string, readOnly: boolean) => {
      if (statSync(from).isDirectory()) lines.push(`mkdir -p ${at(to)}`);
      else lines.push(`mkdir -p ${at(dirname(to))}`, `touch ${at(to)}`);
      lines.push(`mount --bind ${quote(from)} ${at(to)}`);
      if (readOnly) lines.push(`mount -o remount,bind,ro ${at(to)}`);
    };

    for (const path of SYSTEM.filter(existsSync)) {
      if (isLink(path)) lines.push(`ln -s ${quote(readlinkSync(path))} ${at(path)}`);
      else bind(path, path, true);
    }
    for (const path of image.runtime) bind(path, path, true);

    lines.push(`mkdir -p ${at('/etc')}`);
    for (const name of ETC.filter((name) => existsSync(`/etc/${name}`)))
      lines.push(`cp -a /etc/${name} ${at('/etc')}/`);
    const users = [...image.users].map(([id, { name, group, home }]) => `${name}:x:${id}:${group}::${home}:/bin/sh`);
    const groups = [...image.users.values()].map(({ name, group }) => `${name}:x:${group}:`);
    lines.push(`printf '%s\\n' ${users.map(quote).join(' ')} > ${at('/etc/passwd')}`);
    lines.push(`printf '%s\\n' ${groups.map(quote).join(' ')} > ${at('/etc/group')}`);
    lines.push(`printf '127.0.0.1 localhost\\n${ADDRESS} ${HOSTNAME}\\n' > ${at('/etc/hosts')}`);

    lines.push(
      `mkdir -p ${at('/proc')} ${at('/dev')} ${at('/tmp')} ${at('/run')} ${at('/var/tmp')}`,
      `chmod 1777 ${at('/tmp')} ${at('/var/tmp')}`,
    );
    lines.push(`mount -t proc proc ${at('/proc')}`, `mount -t tmpfs -o mode=755 dev ${at('/dev')}`);
    for (const name of DEVICES)
      lines.push(`touch ${at(`/dev/${name}`)}`, `mount --bind /dev/${name} ${at(`/dev/${name}`)}`);
    lines.push(`ln -s /proc/self/fd ${at('/dev/fd')}`);
    for (const [index, name] of ['stdin', 'stdout', 'stderr'].entries())
      lines.push(`ln -s /proc/self/fd/${index} ${at(`/dev/${name}`)}`);
    lines.push(`mkdir ${at('/dev/shm')}`, `mount -t tmpfs -o mode=1777,size=64m shm ${at('/dev/shm')}`);

    for (const { home, group } of image.users.values()) {
      if (home !== '/') lines.push(`mkdir -p ${at(home)}`, `chown ${group}:${group} ${at(home)}`);
    }
    lines.push(`mkdir -p ${at(image.workingDir)}`);
    for (const { from, to } of image.files)
      lines.push(`mkdir -p ${at(dirname(to))}`, `cp -r --no-preserve=ownership ${quote(from)} ${at(to)}`);
    for (const mount of mounts) bind(mount.hostPath, mount.containerPath, mount.readOnly);

    lines.push(
      `mkdir ${at('/.old')}`,
      `cd ${quote(root)}`,
      'pivot_root . .old',
      'cd /',
      'umount -l /.old',
      'rmdir /.old',
    );
    if (readOnlyRootFilesystem) lines.push('mount -o remount,ro /');
    lines.push(`cd ${quote(this.directory)}`, 'exec "$@"');
    return `${lines.join('\n')}\n`;
  }
}

function processesIn(namespace: string): number[] {
  const found: number[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (readlinkSync(`/proc/${name}/ns/pid`) === namespace) found.push(Number(name));
    } catch {
      // It has ended meanwhile.
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

function isLink(path: string): boolean {
  try {
    readlinkSync(path);
    return true;
  } catch {
    return false;
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
