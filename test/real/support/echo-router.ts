import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CONFIG_FILE, type RouterFiles } from '../../../src/kubernetes/private/router/haproxy';
import type { Request } from '../../support/request';
import { sleep } from './load';
import { routerEnvironment } from './router-process';

/** The port of every router, each at its own address. */
export const ECHO_PORT = 8080;

/** What a router did with a request. */
export interface Echoed {
  readonly status: number;
  readonly allow?: string;
  readonly pool?: string;
  readonly path?: string;
  readonly prefix?: string;
  /** In seconds. */
  readonly timeout?: number;
}

/** What each pool answers instead of its servers. */
const ECHO = [
  '  http-request return status 200',
  'hdr X-Pool %[be_name] hdr X-Path %[path] hdr X-Timeout %[cur_server_timeout]',
  'hdr X-Prefix %[req.fhdr(x-forwarded-prefix)]\n  server one 127.0.0.1:1',
].join(' ');

/** HAProxy whose pools answer themselves, and which gets requests one after the other. */
export class EchoRouter {
  private socket?: Socket;
  private buffer = '';
  private resume?: () => void;

  public static async start(files: RouterFiles, address: string): Promise<EchoRouter> {
    const folder = mkdtempSync(join(tmpdir(), 'echo-router-'));
    const text = (files[CONFIG_FILE] as string)
      .replaceAll(/,127\.0\.0\.1:\d+"/g, '"')
      .replace(/^ {2}default-server .*\n/gm, '')
      .replace(/^ {2}server-template .*$/gm, ECHO);
    for (const [name, content] of Object.entries({ ...files, [CONFIG_FILE]: text }))
      writeFileSync(join(folder, name), content);
    const child = spawn(process.env.HAPROXY ?? 'haproxy', ['-db', '-f', join(folder, CONFIG_FILE)], {
      env: routerEnvironment(address),
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let output = '';
    child.stderr?.on('data', (data) => {
      output += data;
    });
    const router = new EchoRouter(child, folder, address);
    for (let tries = 0; !(await router.connects()); tries++) {
      if (tries > 1000 || child.exitCode !== null) throw new Error(`HAProxy does not start: ${output}`);
      await sleep(10);
    }
    return router;
  }

  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly address: string,
  ) {}

  /** Sends a request, again if the connection was closed after an earlier answer. */
  public async ask(request: Request): Promise<Echoed> {
    const answer = (await this.send(request)) ?? (await this.send(request));
    if (answer === undefined) throw new Error(`no answer to ${JSON.stringify(request)}`);
    return answer;
  }

  private async send({
    method = 'GET',
    host = 'localhost',
    path = '/',
    headers = {},
  }: Request): Promise<Echoed | undefined> {
    if (this.socket === undefined && !(await this.connects())) throw new Error('HAProxy stopped');
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    this.socket?.write(`${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n${lines.join('')}Content-Length: 0\r\n\r\n`);
    return this.answer();
  }

  public async stop(): Promise<void> {
    this.socket?.destroy();
    if (this.child.exitCode === null) {
      const ended = new Promise((resolve) => this.child.once('exit', resolve));
      this.child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.folder, { recursive: true });
  }

  /** The next answer; undefined if the connection is closed before. */
  private async answer(): Promise<Echoed | undefined> {
    for (;;) {
      const end = this.buffer.indexOf('\r\n\r\n');
      const head = this.buffer.slice(0, Math.max(0, end));
      const value = (name: string) => new RegExp(`^${name}: (.+)\r?$`, 'im').exec(head)?.[1];
      const length = Number(value('content-length') ?? 0);
      if (end >= 0 && this.buffer.length >= end + 4 + length) {
        this.buffer = this.buffer.slice(end + 4 + length);
        if (value('connection') === 'close') this.drop();
        const timeout = value('x-timeout');
        return {
          status: Number(head.slice(9, 12)),
          allow: value('allow'),
          pool: value('x-pool'),
          path: value('x-path'),
          prefix: value('x-prefix'),
          timeout: timeout === undefined ? undefined : Number(timeout) / 1000,
        };
      }
      if (this.socket === undefined) return undefined;
      await new Promise<void>((resolve) => {
        this.resume = resolve;
      });
    }
  }

  private drop(): void {
    this.socket?.destroy();
    this.socket = undefined;
    this.buffer = '';
  }

  private connects(): Promise<boolean> {
    return new Promise((resolve) => {
      const socket = connect({ port: ECHO_PORT, host: this.address, noDelay: true }, () => {
        this.socket = socket;
        resolve(true);
      });
      socket.on('error', () => resolve(false));
      socket.on('data', (data) => {
        this.buffer += data.toString('latin1');
        this.resume?.();
      });
      socket.on('close', () => {
        if (this.socket === socket) this.socket = undefined;
        this.resume?.();
      });
    });
  }
}
