import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isConfiguration, type RouterFiles } from '../../../src/kubernetes/private/router/haproxy';
import { type Ask, type Reply, type Sender, sendTo } from './client';
import { sleep } from './load';

/** The namespace of the router's pod. */
export const NAMESPACE = 'models';

const HAPROXY = process.env.HAPROXY ?? 'haproxy';

/** A configuration, its maps by file name, and its ports. */
export interface RenderedRouter {
  readonly text: string;
  readonly maps: RouterFiles;
  readonly port: number;
  readonly adminPort: number;
}

/** HAProxy with the command line of the router's container, its own resolv.conf, and its own address like a pod. */
export class RouterProcess implements Sender {
  /** Its output. */
  public output = '';
  /** How it exited. */
  public readonly ended: Promise<{ code: number | null; signal: string | null }>;

  private readonly child: ChildProcess;
  private readonly agent = new Agent({ keepAlive: true });

  constructor(
    file: string,
    resolvConf: string,
    public readonly address: string,
    private readonly config: RenderedRouter,
    program = HAPROXY,
  ) {
    const script = 'mount --bind "$1" /etc/resolv.conf && exec "$2" -db -f "$3"';
    const args = ['--mount', 'sh', '-c', script, 'sh', resolvConf, program, file];
    this.child = spawn('unshare', args, { env: routerEnvironment(address), stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on('data', (text) => {
        this.output += text;
      });
    }
    this.ended = new Promise((resolve) => this.child.once('exit', (code, signal) => resolve({ code, signal })));
  }

  /** The process id, which `unshare` and the shell keep. */
  public get pid(): number {
    return this.child.pid as number;
  }

  /** The port for requests. */
  public get port(): number {
    return this.config.port;
  }

  /** Sends a request and reads the whole response. */
  public send(ask: Ask = {}): Promise<Reply> {
    return sendTo(this.address, this.config.port, { agent: this.agent, ...ask });
  }

  /** The number of servers that receive requests, according to the router's metrics. */
  public async servers(pool: string): Promise<number> {
    const metrics = await this.admin('/metrics');
    const match = new RegExp(`^haproxy_backend_active_servers\\{proxy="${pool}"\\} (\\d+)`, 'm').exec(metrics.body);
    return match === null ? -1 : Number(match[1]);
  }

  /** Waits until the router has found this many servers. */
  public async untilServers(pool: string, count: number, seconds = 15): Promise<void> {
    const end = Date.now() + seconds * 1000;
    for (let found = -1; found !== count; ) {
      found = await this.servers(pool);
      if (found === count) return;
      if (Date.now() > end || this.child.exitCode !== null) {
        throw new Error(`the router found ${found} servers of '${pool}' instead of ${count}; it says:\n${this.output}`);
      }
      await sleep(50);
    }
  }

  /** Sends a request to the admin port. */
  public async admin(path: string): Promise<Reply> {
    const reply = await new Promise<Reply>((resolve) => {
      const broken = (error: Error) => resolve({ status: 0, headers: {}, body: String(error) });
      httpRequest({ host: this.address, port: this.config.adminPort, path, agent: false }, (response) => {
        let body = '';
        response.on('error', broken);
        response.on('data', (text) => {
          body += text;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
      })
        .on('error', broken)
        .end();
    });
    return reply;
  }

  /** Sends a signal and waits for the exit. */
  public async stop(signal: NodeJS.Signals): Promise<{ code: number | null; signal: string | null }> {
    this.child.kill(signal);
    const end = await this.ended;
    this.agent.destroy();
    return end;
  }
}

/** Checks a configuration with HAProxy. Returns its exit code and output. */
export function checkConfig(files: RouterFiles): { readonly code: number | null; readonly output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'router-check-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const configurations = Object.keys(files).filter(isConfiguration);
    const result = spawnSync(HAPROXY, ['-c', '-V', ...configurations.flatMap((name) => ['-f', join(folder, name)])], {
      env: routerEnvironment('127.0.0.2'),
      encoding: 'utf8',
    });
    if (result.error !== undefined) throw result.error;
    return { code: result.status, output: `${result.stdout}${result.stderr}`.trim() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The environment of the router's container at an address. */
export function routerEnvironment(address: string): NodeJS.ProcessEnv {
  const path = `${process.env.PATH}:/usr/sbin:/sbin`;
  return { PATH: path, POD_NAMESPACE: NAMESPACE, POD_IP: address };
}
