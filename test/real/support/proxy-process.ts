import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ask, type Reply, type Sender, sendTo } from './client';
import { ContainedProcess } from './contained-process';
import { sleep } from './load';

/** A server behind a proxy. */
export interface Upstream {
  readonly address: string;
  readonly port: number;
}

/** A proxy that runs in the foreground and reads its configuration from its own folder. */
export abstract class ProxyProcess implements Sender {
  protected readonly folder = mkdtempSync(join(tmpdir(), 'proxy-'));
  private process?: ContainedProcess;

  constructor(
    public readonly address: string,
    public readonly port: number,
  ) {}

  /** Makes it send new requests to these servers only. */
  public abstract route(upstreams: readonly Upstream[]): Promise<void>;

  public send(ask: Ask = {}): Promise<Reply> {
    return sendTo(this.address, this.port, ask);
  }

  public async stop(): Promise<void> {
    await this.process?.dispose();
    rmSync(this.folder, { recursive: true, force: true });
  }

  protected write(name: string, text: string): string {
    const file = join(this.folder, name);
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
    return file;
  }

  protected signal(signal: NodeJS.Signals): void {
    this.process?.signal(signal);
  }

  /** Starts the program and waits until a server responds through it. */
  protected async start(...argv: string[]): Promise<void> {
    const proxy = new ContainedProcess(argv);
    this.process = proxy;
    const agent = new Agent({ keepAlive: false });
    let last: Reply | undefined;
    for (const end = Date.now() + 30_000; Date.now() < end; await sleep(50)) {
      if (proxy.exitCode !== undefined) break;
      last = await this.send({ agent });
      if (last.status === 200) return;
    }
    throw new Error(`${argv[0]} does not respond (${last?.status} ${last?.body}); its log:\n${proxy.log()}`);
  }
}
