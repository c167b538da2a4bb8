import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { DirectoryError } from '../../models/lock/walk';
import { type HashableLayer, hashLayer } from './hash-layer';

/** What a worker is asked: the layer, and the number that its answers carry. */
export interface HashTask {
  readonly id: number;
  readonly layer: HashableLayer;
}

/** What a worker answers. */
export type HashAnswer =
  | { readonly id: number; readonly bytes: number }
  | { readonly id: number; readonly digest: string }
  | { readonly id: number; readonly error: string; readonly isDirectoryError: boolean };

/** Says to this module, which is part of the bundle of the command line, that the thread is one of its own. */
export const HASH_WORKER = 'serving-constructs hash worker';

/** Whether this thread hashes, and is not the command line itself. */
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

/** Buffers arrive as plain arrays of bytes. */
function withBuffer(entry: HashableLayer['entries'][number]): HashableLayer['entries'][number] {
  return { ...entry, header: Buffer.from(entry.header) };
}
