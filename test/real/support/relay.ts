import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Upstream } from './proxy-process';

/**
 * A network path with latency: data, ends and resets of connections arrive later. On loopback alone, both sides of a
 * connection see its end immediately. It is a separate process, so that nothing else adds latency.
 */
export class Relay {
  public static async start(from: Upstream, to: Upstream, delayMs: number): Promise<Relay> {
    const args = [from.address, from.port, to.address, to.port, delayMs].map(String);
    const child = spawn(
      'setpriv',
      ['--pdeathsig', 'KILL', process.execPath, join(__dirname, 'relay-process.cjs'), ...args],
      {
        stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      },
    );
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`the relay ended with ${code}`);
    });
    await Promise.race([once(child, 'message'), ended]);
    ended.catch(() => {});
    return new Relay(child);
  }

  private constructor(private readonly child: ChildProcess) {}

  public async close(): Promise<void> {
    const ended = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await ended;
  }
}
