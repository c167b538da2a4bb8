import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ADDRESS = '127.0.0.1';
const CLIENTS = 16;

/** Files of HAProxy by name. */
export type Files = { readonly [name: string]: string };

/** HAProxy with a configuration, on one thread. */
export class HaproxyProcess {
  /** The milliseconds until it accepted connections. */
  public startMilliseconds = Number.NaN;

  private readonly child: ChildProcess;
  private readonly folder: string;

  private constructor(
    files: Files,
    private readonly port: number,
  ) {
    this.folder = mkdtempSync(join(tmpdir(), 'router-bench-'));
    for (const [name, text] of Object.entries(files)) writeFileSync(join(this.folder, name), text);
    const configurations = Object.keys(files).filter((name) => name.endsWith('.cfg'));
    const args = configurations.flatMap((name) => ['-f', join(this.folder, name)]);
    this.child = spawn(process.env.HAPROXY ?? 'haproxy', ['-db', ...args], {
      stdio: 'ignore',
      env: { ...process.env, POD_NAMESPACE: 'models', POD_IP: ADDRESS },
    });
  }

  /** Starts a process, and waits until it accepts connections. */
  public static async start(files: Files, port: number): Promise<HaproxyProcess> {
    const begin = performance.now();
    const made = new HaproxyProcess(files, port);
    while (!(await accepts(port))) {
      if (made.child.exitCode !== null) throw new Error(`HAProxy does not start with the files in ${made.folder}`);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    made.startMilliseconds = performance.now() - begin;
    return made;
  }

  /** The processor time so far in microseconds. */
  private cpu(): number {
    return Number(readFileSync(`/proc/${this.child.pid}/schedstat`, 'utf8').split(' ')[0]) / 1000;
  }

  /** The resident memory in MiB. */
  public memory(): number {
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${this.child.pid}/status`, 'utf8'))?.[1]) / 1024;
  }

  /** The processor time of a request in microseconds. */
  public async costOf(requests: number, text: string): Promise<number> {
    await load(this.port, CLIENTS, requests / 10, text);
    const before = this.cpu();
    await load(this.port, CLIENTS, requests, text);
    return (this.cpu() - before) / requests;
  }

  public async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill('SIGKILL');
    await ended;
    rmSync(this.folder, { recursive: true });
  }
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, ADDRESS, () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

/** Sends requests on kept connections, each after the response to the one before. */
async function load(port: number, clients: number, requests: number, text: string): Promise<void> {
  let left = requests;
  const client = () =>
    new Promise<void>((resolve, reject) => {
      const socket: Socket = connect({ port, host: ADDRESS, noDelay: true });
      const next = () => {
        if (left-- > 0) return socket.write(text);
        socket.destroy();
        return resolve();
      };
      socket.on('connect', next);
      socket.on('error', reject);
      socket.on('data', (data) => {
        const head = data.toString('latin1', 0, 12);
        if (head !== 'HTTP/1.1 200') return reject(new Error(data.toString()));
        return next();
      });
    });
  await Promise.all(Array.from({ length: clients }, client));
}
