import { connect } from 'node:net';
import type { Attack } from './attack';

/** Where raw bytes are sent. */
export interface Target {
  readonly address: string;
  readonly port: number;
  /** The address of the client. @default - any */
  readonly from?: string;
}

/** How long a client waits for more after a response, in milliseconds. */
const SETTLE = 25;
/** How long it waits for the first response, in milliseconds. */
const FIRST_RESPONSE = 1500;

/** The statuses of all responses, with 0 at the end if the connection was closed. */
export function sendRaw(
  { address, port, from }: Target,
  { send, next }: Pick<Attack, 'send' | 'next'>,
): Promise<number[]> {
  return new Promise((resolve) => {
    let [text, rest] = ['', next];
    const socket = connect({ host: address, port, localAddress: from }, () =>
      socket.write(Buffer.from(send, 'latin1')),
    );
    const finish = (...more: number[]) => {
      clearTimeout(timer);
      socket.destroy();
      resolve([...statusesOf(text), ...more]);
    };
    let timer = setTimeout(finish, FIRST_RESPONSE);
    socket.on('error', () => undefined);
    socket.on('close', () => finish(0));
    socket.on('data', (data) => {
      text += data.toString('latin1');
      clearTimeout(timer);
      timer = setTimeout(finish, SETTLE);
      if (rest === undefined) return;
      socket.write(Buffer.from(rest, 'latin1'));
      rest = undefined;
      clearTimeout(timer);
      timer = setTimeout(finish, 4 * SETTLE);
    });
  });
}

function statusesOf(text: string): number[] {
  return [...text.matchAll(/(?:^|[^\w])HTTP\/1\.[01] (\d{3}) /g)].map(([, status]) => Number(status));
}
