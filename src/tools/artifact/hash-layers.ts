import { availableParallelism } from 'node:os';
import { basename, extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { DirectoryError } from '../../models/lock/walk';
import { hashLayer } from './hash-layer';
import { HASH_WORKER, type HashAnswer } from './hash-worker';
import type { PlannedLayer } from './layer-plan';

/** Starting a thread takes as long as hashing this many bytes. */
const WORTH_A_WORKER = 64 * 2 ** 20;

const MAX_WORKERS = 8;

/** The best number of threads for these layers. Each layer is hashed by one thread. */
export function workersFor(layers: readonly Pick<PlannedLayer, 'size'>[]): number {
  // Threads run compiled code only.
  if (extname(__filename) === '.ts') return 1;
  const large = layers.filter(({ size }) => size >= WORTH_A_WORKER).length;
  return Math.min(large, availableParallelism(), MAX_WORKERS);
}

/** The digests of layers, in the same order. With fewer than two workers, this thread hashes everything. */
export async function hashLayers(
  layers: readonly PlannedLayer[],
  read: (index: number, bytes: number) => void,
  workers = workersFor(layers),
): Promise<string[]> {
  if (workers < 2) return layers.map((layer, index) => hashLayer(layer, (bytes) => read(index, bytes)));
  const digests: string[] = new Array(layers.length);
  // The largest first, so that the threads finish at about the same time.
  const queue = [...layers.entries()].sort(([, a], [, b]) => b.size - a.size);
  const threads = Array.from({ length: Math.min(workers, layers.length) }, startWorker);
  try {
    await Promise.all(
      threads.map(async (thread) => {
        for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
          const [index, layer] = next;
          digests[index] = await hashIn(thread, index, layer, (bytes) => read(index, bytes));
        }
      }),
    );
  } finally {
    await Promise.all(threads.map((thread) => thread.terminate()));
  }
  return digests;
}

/** Starts a thread. In the bundle it runs the file of the whole command line, otherwise the module `hash-worker`. */
function startWorker(): Worker {
  const isBundled = !basename(__filename).startsWith('hash-layers.');
  const file = isBundled ? __filename : join(__dirname, `hash-worker${extname(__filename)}`);
  return new Worker(file, { workerData: HASH_WORKER });
}

function hashIn(thread: Worker, id: number, layer: PlannedLayer, read: (bytes: number) => void): Promise<string> {
  return new Promise((resolve, reject) => {
    const settle = (then: () => void) => {
      thread.off('message', onMessage).off('error', onError).off('exit', onExit);
      then();
    };
    const onMessage = (answer: HashAnswer) => {
      if ('bytes' in answer) read(answer.bytes);
      else if ('digest' in answer) settle(() => resolve(answer.digest));
      else settle(() => reject(answer.isDirectoryError ? new DirectoryError(answer.error) : new Error(answer.error)));
    };
    const onError = (error: Error) => settle(() => reject(error));
    const onExit = (code: number) => settle(() => reject(new Error(`a hash worker exited with code ${code}`)));
    thread.on('message', onMessage).on('error', onError).on('exit', onExit);
    thread.postMessage({ id, layer: { entries: layer.entries } });
  });
}
