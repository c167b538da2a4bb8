import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { DirectoryError } from '../../models/lock/walk';
import { type HashableLayer, hashLayer } from './hash-layer';

/** A task for a worker: the layer, and an id for the responses. */
export interface HashTask {
  readonly id: number;
  readonly layer: HashableLayer;
}

/** A response of a worker. */
export type HashAnswer =
  | { readonly id: number; readonly bytes: number }
  | { readonly id: number; readonly digest: string }
  | { readonly id: number; readonly error: string; readonly isDirectoryError: boolean };

/** Marks a thread as a hash worker, because threads run the same bundle as the command line. */
export const HASH_WORKER = 'serving-constructs hash worker';

/** Whether this thread is a hash worker, and not the command line itself. */
export function isHashWorker(): boolean {
  return !isMainThread && workerData === HASH_WORKER;
}

if (isHashWorker()) parentPort?.on('message', answer);

function answer({ id, layer }: HashTask): void {
  const send = (message: HashAnswer) => parentPort?.postMessage(message);
  try {
    send({ id, digest: hashLayer({ entries: layer.entries.map(withBuffer) }, (bytes) => send({ id, bytes })) });
  } catch (error) {
    send({ id, error: (error as Error).message, isDirectoryError: error instanceof DirectoryError });
  }
}

/** Buffers arrive as plain `Uint8Array`s. */
function withBuffer(entry: HashableLayer['entries'][number]): HashableLayer['entries'][number] {
  return { ...entry, header: Buffer.from(entry.header) };
}
