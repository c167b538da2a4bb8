import { type BatchingOptions, Duration, ModelServer } from '../../../src';
import { RunningSubject } from './start';
import type { Subject } from './subject';
import { EXTENDED } from './subjects';

const REQUESTS = 8;
const BATCHING: BatchingOptions = { maxBatchSize: 4, maxDelay: Duration.seconds(2) };

const mlServer = EXTENDED.find(({ id }) => id === 'mlserver-in-process') as Subject;
const subject = (workers: number, batching?: BatchingOptions): Subject => ({
  ...mlServer,
  files: ['mlserver_batches'],
  server: ({ version }) => ModelServer.mlServer({ modelsPath: 'mlserver_batches', workers, version }),
  backend: { batching },
});

/** The batch that each of a burst of requests was in, and how long a single request takes after it, in milliseconds. */
async function burst(workers: number, batching?: BatchingOptions) {
  const running = await RunningSubject.start(subject(workers, batching));
  try {
    const size = async () => {
      const response = await running.ask(mlServer.request(0));
      return response?.status === 200 ? JSON.parse(response.body).outputs[0].data[0] : response;
    };
    const sizes = await Promise.all(Array.from({ length: REQUESTS }, size));
    const begin = Date.now();
    const alone = await size();
    return { sizes, alone, milliseconds: Date.now() - begin };
  } finally {
    await running.dispose();
  }
}

test.each([0, 1])('a burst of requests reaches the model of MLServer with %s workers in batches', async (workers) => {
  const { sizes, alone, milliseconds } = await burst(workers, BATCHING);
  expect(sizes).toEqual(Array.from({ length: REQUESTS }, () => 4));
  expect(alone).toBe(1);
  expect(milliseconds).toBeGreaterThan(2000);
});

test('without the option each request reaches the model by itself', async () => {
  const { sizes, milliseconds } = await burst(0);
  expect(sizes).toEqual(Array.from({ length: REQUESTS }, () => 1));
  expect(milliseconds).toBeLessThan(2000);
});
