/** The custom server of the digits example behaves as its definition declares. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { type RunningContainer, startContainer } from './support/container';
import { imageOf, REPOSITORY } from './support/images';

const EXAMPLE = join(REPOSITORY, 'examples/digits');
const BODY = readFileSync(join(EXAMPLE, 'sample.json'), 'utf8');
const HEAD = `POST / HTTP/1.1\r\nhost: explain\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n`;

let container: RunningContainer;
const sockets: Socket[] = [];

async function open(): Promise<{ socket: Socket; received: () => string }> {
  const socket = connect(container.socket);
  sockets.push(socket);
  let text = '';
  socket.on('data', (part) => {
    text += part;
  });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return { socket, received: () => text };
}

async function until(condition: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !condition(); await pause(20)) {
    if (Date.now() > end) throw new Error(`it did not happen in time:\n${container.log()}`);
  }
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function start(...options: string[]): Promise<void> {
  container = await startContainer(
    {
      image: imageOf('registry.example.com/digits:v1'),
      argv: ['python', '-m', 'explain', ...options],
      env: { PORT: '8000', DIGITS_MODEL: '/models/digits.npz' },
      port: 8000,
      mounts: [{ hostPath: join(EXAMPLE, 'models/digits'), containerPath: '/models', readOnly: true }],
      readOnlyRootFilesystem: true,
    },
    { path: '/healthz', accept: (status) => status === 200 },
  );
}

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await container.dispose();
});

test('finishes a running request after SIGTERM, closes idle connections and accepts no new ones', async () => {
  await start('--drain', '10');
  const [idle, running] = [await open(), await open()];
  idle.socket.write(HEAD + BODY);
  await until(() => idle.received().includes('"influence"'));
  expect(idle.received()).not.toMatch(/connection: close/i);
  running.socket.write(HEAD);
  await pause(200);

  const idleClosed = once(idle.socket, 'close');
  const stopped = container.stop(20);
  await idleClosed;
  await pause(200);
  await expect(container.request({ path: '/healthz', timeoutSeconds: 2 })).rejects.toThrow();
  running.socket.write(BODY);
  expect((await stopped).code).toBe(0);
  expect(running.received()).toMatch(/^HTTP\/1.1 200 OK[\s\S]*connection: close[\s\S]*"digit": 3/i);
});

test('aborts requests at the end of its drain', async () => {
  await start('--drain', '1');
  const { socket } = await open();
  socket.write(HEAD);
  await pause(200);
  const { code, seconds } = await container.stop(20);
  expect(code).toBe(1);
  expect(seconds).toBeGreaterThan(0.9);
  expect(seconds).toBeLessThan(5);
});

test('closes an idle connection after its keep-alive and not before', async () => {
  await start('--keep-alive', '1');
  const { socket, received } = await open();
  socket.write(HEAD + BODY);
  await until(() => received().includes('"influence"'));
  const answered = Date.now();
  await once(socket, 'close');
  expect((Date.now() - answered) / 1000).toBeGreaterThan(0.8);
  expect((Date.now() - answered) / 1000).toBeLessThan(5);
});
