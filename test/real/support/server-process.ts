import { Agent } from 'node:http';
import { sendTo } from './client';
import { ContainedProcess } from './contained-process';
import { sleep } from './load';

/** The container settings of a server. */
export interface ServerStart {
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly port: number;
  /** The folder with the programs of its image. */
  readonly programs: string;
  /** Its working directory. */
  readonly folder: string;
  /** Whether the first process is an init that forwards signals, as pods and tasks can configure. */
  readonly init?: boolean;
}

/** A minimal init process that forwards one signal. */
const INIT = ['/bin/sh', '-c', '"$@" & trap "kill -TERM $!" TERM; wait $! || wait $!', 'init'];

/** The bind address in rendered commands: all addresses of the pod, which is one address here. */
const EVERY_INTERFACE = '0.0.0.0';

/** A rendered command as a real process, with its own address like a pod. */
export class ServerProcess {
  private readonly process: ContainedProcess;

  public static async start(start: ServerStart, address: string): Promise<ServerProcess> {
    const server = new ServerProcess(start, address);
    try {
      await server.untilReady();
      return server;
    } catch (error) {
      await server.dispose();
      throw error;
    }
  }

  private constructor(
    private readonly description: ServerStart,
    public readonly address: string,
  ) {
    const { command, environment, folder, programs, init = false } = description;
    this.process = new ContainedProcess(
      [...(init ? INIT : []), ...command.map((word) => word.replaceAll(EVERY_INTERFACE, address))],
      {
        folder,
        environment: { PATH: `${programs}:/usr/bin:/bin`, PYTHONDONTWRITEBYTECODE: '1', ...environment },
      },
    );
  }

  /** Sends SIGTERM, waits for the exit, and kills after the time. */
  public async stop(killAfterSeconds: number): Promise<void> {
    this.process.signal('SIGTERM');
    const killer = setTimeout(() => this.process.kill(), killAfterSeconds * 1000);
    await this.process.ended;
    clearTimeout(killer);
  }

  /** Kills what still runs. */
  public dispose(): Promise<void> {
    return this.process.dispose();
  }

  private async untilReady(): Promise<void> {
    const { command, port } = this.description;
    const agent = new Agent({ keepAlive: false });
    for (const end = Date.now() + 60_000; Date.now() < end; await sleep(100)) {
      if (this.process.exitCode !== undefined) break;
      if ((await sendTo(this.address, port, { agent })).status === 200) return;
    }
    throw new Error(`'${command.join(' ')}' was not ready in time; it says:\n${this.process.log()}`);
  }
}
