import { spawn } from 'node:child_process';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, type RequestOptions, request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import type { Data } from '../../support/data';
import { ContainedProcess } from '../support/contained-process';
import { sleep } from '../support/load';
import { freePort } from '../support/loopback';

const PROGRAM = join(__dirname, '../../../.cache/real/go/control-plane/bin/control-plane');

/** The controllers that move replicas, and those that they depend on. */
const CONTROLLERS = ['deployment', 'replicaset', 'horizontal-pod-autoscaler', 'serviceaccount', 'garbage-collector'];

export interface Answer {
  readonly status: number;
  readonly body: Data;
}

export interface WatchEvent {
  readonly type: string;
  readonly object: Data;
}

export interface ShellOptions {
  /** @default - that of each object */
  readonly namespace?: string;
  /** @default - none */
  readonly input?: string;
}

/** A Kubernetes API server with its store, and optionally the controllers, on loopback addresses. */
export class ControlPlane {
  public static async start(options: { readonly controllers: boolean }): Promise<ControlPlane> {
    if (!existsSync(PROGRAM)) throw new Error(`${PROGRAM} is missing; run: bash test/real/setup.sh cluster`);
    const [api, store, peers] = [await freePort(), await freePort(), await freePort()];
    const plane = new ControlPlane(api);
    plane.startStore(store, peers);
    plane.startServer(store);
    await plane.ready();
    if (options.controllers) plane.startControllers();
    return plane;
  }

  private readonly folder = mkdtempSync(join(tmpdir(), 'control-plane-'));
  private readonly token = randomUUID();
  private readonly agent = new Agent({ keepAlive: true, rejectUnauthorized: false });
  private readonly processes: ContainedProcess[] = [];

  private constructor(private readonly port: number) {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    this.write('accounts.key', privateKey);
    this.write('accounts.pub', publicKey);
    this.write('tokens.csv', `${this.token},admin,admin,"system:masters"\n`);
    this.write('kubeconfig', this.kubeconfig());
    const kubectl = `exec ${PROGRAM} kubectl --kubeconfig ${this.path('kubeconfig')} --cache-dir ${this.path('cache')} "$@"`;
    mkdirSync(this.path('bin'));
    writeFileSync(this.path('bin/kubectl'), `#!/bin/sh\n${kubectl}\n`, { mode: 0o755 });
  }

  /** The output of commands of a shell with `kubectl` for this server. Fails if they do. */
  public async shell(commands: string, { namespace, input }: ShellOptions = {}): Promise<string> {
    const defaults = namespace && `kubectl() { command kubectl --namespace ${namespace} "$@"; }\n`;
    const child = spawn('bash', ['--norc', '-euc', `${defaults ?? ''}${commands}`], {
      env: { PATH: `${this.path('bin')}:/usr/local/bin:/usr/bin:/bin`, HOME: this.folder },
    });
    const [ended, stdout, stderr] = [once(child, 'close'), textOf(child.stdout), textOf(child.stderr)];
    child.stdin.end(input);
    const [status] = await ended;
    if (status !== 0) throw new Error(`${commands}\n${await stdout}${await stderr}`);
    return stdout;
  }

  public async createNamespace(name: string): Promise<void> {
    await this.expectStatus(201, 'POST', '/api/v1/namespaces', { metadata: { name } });
  }

  /** The body of the answer to a request that must have this status. */
  public async expectStatus(status: number, method: string, path: string, body?: unknown): Promise<Data> {
    const answer = await this.send(method, path, body);
    if (answer.status !== status) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  public send(method: string, path: string, body?: unknown, type = 'application/json'): Promise<Answer> {
    const content = body === undefined ? '' : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const call = request(this.optionsOf(method, path, type), (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => void chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const isJson = /json/.test(response.headers['content-type'] ?? '');
          resolve({ status: response.statusCode ?? 0, body: isJson ? JSON.parse(text) : { text } });
        });
      });
      call.on('error', reject);
      // Node does not set it for DELETE, and the server would read the body as another request.
      call.setHeader('content-length', Buffer.byteLength(content));
      call.end(content);
    });
  }

  /** Reports the events of a list until it is stopped. */
  public watch(path: string, report: (event: WatchEvent) => void): () => void {
    let rest = '';
    const call = request(this.optionsOf('GET', `${path}?watch=true`, 'application/json'), (response) => {
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        const lines = (rest + chunk).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) report(JSON.parse(line));
      });
    });
    call.on('error', () => undefined);
    call.end();
    return () => void call.destroy();
  }

  public async stop(): Promise<void> {
    this.agent.destroy();
    for (const one of this.processes.reverse()) await one.dispose();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private optionsOf(method: string, path: string, type: string): RequestOptions {
    const headers = { authorization: `Bearer ${this.token}`, 'content-type': type };
    return { host: '127.0.0.1', port: this.port, method, path, headers, agent: this.agent };
  }

  private startStore(port: number, peers: number): void {
    const [clients, others] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peers}`];
    this.run('etcd', [
      `--data-dir=${this.path('etcd')}`,
      `--listen-client-urls=${clients}`,
      `--advertise-client-urls=${clients}`,
      `--listen-peer-urls=${others}`,
      `--initial-advertise-peer-urls=${others}`,
      `--initial-cluster=default=${others}`,
      '--unsafe-no-fsync',
    ]);
  }

  private startServer(store: number): void {
    this.run('kube-apiserver', [
      `--etcd-servers=http://127.0.0.1:${store}`,
      '--bind-address=127.0.0.1',
      // Only clients on this machine use it, and no object refers to this address.
      '--advertise-address=10.77.0.1',
      '--endpoint-reconciler-type=none',
      `--secure-port=${this.port}`,
      `--cert-dir=${this.path('certificates')}`,
      '--service-cluster-ip-range=10.96.0.0/16',
      '--service-account-issuer=https://kubernetes.default.svc',
      `--service-account-key-file=${this.path('accounts.pub')}`,
      `--service-account-signing-key-file=${this.path('accounts.key')}`,
      `--token-auth-file=${this.path('tokens.csv')}`,
      '--authorization-mode=AlwaysAllow',
    ]);
  }

  private startControllers(): void {
    this.run('kube-controller-manager', [
      `--kubeconfig=${this.path('kubeconfig')}`,
      `--controllers=${CONTROLLERS.map((name) => `${name}-controller`).join(',')}`,
      '--leader-elect=false',
      '--secure-port=0',
      `--service-account-private-key-file=${this.path('accounts.key')}`,
      '--horizontal-pod-autoscaler-sync-period=2s',
    ]);
  }

  private run(part: string, args: readonly string[]): void {
    this.processes.push(new ContainedProcess([PROGRAM, part, ...args], { folder: this.folder }));
  }

  private async ready(): Promise<void> {
    for (const end = Date.now() + 300_000; Date.now() < end; await sleep(200)) {
      const ended = this.processes.find(({ exitCode }) => exitCode !== undefined);
      if (ended !== undefined) throw new Error(`a part of the control plane ended:\n${ended.log().slice(-4000)}`);
      const answer = await this.send('GET', '/readyz').catch(() => undefined);
      if (answer?.status === 200) return;
    }
    throw new Error(`the API server is not ready:\n${this.processes.map((one) => one.log().slice(-2000)).join('\n')}`);
  }

  private kubeconfig(): string {
    return JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [
        { name: 'real', cluster: { server: `https://127.0.0.1:${this.port}`, 'insecure-skip-tls-verify': true } },
      ],
      users: [{ name: 'admin', user: { token: this.token } }],
      contexts: [{ name: 'real', context: { cluster: 'real', user: 'admin' } }],
      'current-context': 'real',
    });
  }

  private path(name: string): string {
    return join(this.folder, name);
  }

  private write(name: string, content: string): void {
    writeFileSync(this.path(name), content);
  }
}
