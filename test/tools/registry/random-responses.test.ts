import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { operate, problemOf, receiveResponses } from '../../fuzz/responses';
import { Random } from '../../support/stores/random';

/** `npm run test:fuzz` sends many more. */
const RESPONSES = 5000;
const RAW_RESPONSES = 1_000;

test(`${RESPONSES} random responses end with success or an error code`, async () => {
  const { ends, failure } = await receiveResponses({ runs: RESPONSES, seed: 1 });
  expect(failure).toBeUndefined();
  // Random responses must cause most kinds of errors, or they would prove little.
  expect(Object.keys(ends).length).toBeGreaterThan(12);
}, 300_000);

describe('bytes that are not HTTP', () => {
  let server: Server;
  const random = new Random(7);
  const sockets = new Set<Socket>();
  let responses = 0;

  beforeAll(async () => {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => sockets.delete(socket));
      socket.on('data', () => {
        responses++;
        const good = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';
        const [cut, at] = [random.below(good.length), random.below(good.length)];
        const mutated = Buffer.from(good);
        mutated[at] = random.below(256);
        const bytes = random.pick([
          random.bytes(random.below(200)),
          Buffer.from(good.slice(0, cut)),
          mutated,
          Buffer.from('HTTP/1.1 100 Continue\r\n\r\n'),
          Buffer.from(`HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(4000)}\r\n`),
          Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n'),
        ]);
        if (random.chance(0.9)) socket.end(bytes);
        else if (random.chance(0.5)) socket.destroy();
        else socket.write(bytes);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });

  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  test(`${RAW_RESPONSES} times end with an error code`, async () => {
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    while (responses < RAW_RESPONSES)
      expect(problemOf(await operate(random, { http: { idleTimeout: 50, uploadTimeout: 50 } }, host))).toBeUndefined();
    process.stdout.write(`${responses} responses that are not HTTP\n`);
  }, 300_000);
});
