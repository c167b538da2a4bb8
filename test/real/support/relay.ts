import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Upstream } from './proxy-process';

/**
 * A stretch of network: everything that passes arrives so much later, data as well as the end and the reset of a
 * connection. Without it both sides of a loopback connection learn of its end at once. It is a process of its own, so that
 * nothing else makes it later still.
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
