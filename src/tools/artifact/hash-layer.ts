import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { paddingOf, TAR_END } from '../../models/lock/tar';
import { DirectoryError, identityOf, type WalkedFile } from '../../models/lock/walk';
import type { PlannedLayer } from './layer-plan';

/** The largest size that reads fast: the bytes are still in the cache of the processor when they are hashed. */
const CHUNK = 128 * 1024;

/** The number of bytes between two progress reports. */
const REPORTED = 32 * 2 ** 20;

const ZEROS = Buffer.alloc(512);

/** The part of a layer that is sent to a worker. */
export type HashableLayer = Pick<PlannedLayer, 'entries'>;

/** The digest of a layer. Reads and hashes synchronously, which is fastest. Callers that must not block run it in a worker. */
export function hashLayer({ entries }: HashableLayer, read: (bytes: number) => void): string {
  const hash = createHash('sha256');
  const buffer = Buffer.allocUnsafe(CHUNK);
  let unreported = 0;
  for (const { header, file } of entries) {
    hash.update(header);
    if (file === undefined) continue;
    readFile(file, buffer, (bytes) => {
      hash.update(bytes);
      unreported += bytes.length;
      if (unreported < REPORTED) return;
      read(unreported);
      unreported = 0;
    });
    hash.update(ZEROS.subarray(0, paddingOf(file.size)));
  }
  hash.update(TAR_END);
  if (unreported > 0) read(unreported);
  return `sha256:${hash.digest('hex')}`;
}

/** Reads a whole file, and fails if it does not match the plan before or afterward. */
function readFile(file: WalkedFile, buffer: Buffer, use: (bytes: Buffer) => void): void {
  const descriptor = openFile(file);
  try {
    requireUnchanged(file, fstatSync(descriptor, { bigint: true }));
    let left = file.size;
    while (left > 0) {
      const count = readSync(descriptor, buffer, 0, Math.min(left, buffer.length), null);
      if (count === 0) throw changed(file);
      use(buffer.subarray(0, count));
      left -= count;
    }
    requireUnchanged(file, fstatSync(descriptor, { bigint: true }));
  } finally {
    closeSync(descriptor);
  }
}

function openFile(file: WalkedFile): number {
  try {
    return openSync(file.source, 'r');
  } catch (error) {
    throw unreadable(file, error);
  }
}

/** Fails if a file has changed since its directory was listed. */
export function requireUnchanged(file: WalkedFile, stats: Parameters<typeof identityOf>[0]): void {
  if (identityOf(stats) !== file.identity) throw changed(file);
}

export function changed({ path }: WalkedFile): DirectoryError {
  return new DirectoryError(`'${path}' changed while it was read; run the command again when the file is complete`);
}

export function unreadable({ path }: WalkedFile, error: unknown): DirectoryError {
  return new DirectoryError(`'${path}' cannot be read (${(error as NodeJS.ErrnoException).code})`);
}
