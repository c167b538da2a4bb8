import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { DirectoryError, identityOf, type WalkedFile } from '../../models/lock/walk';
import type { PlannedLayer } from './layer-plan';
import { paddingOf, TAR_END } from './tar';

/** The most that reads fast: what the kernel copies is then still in the processor's own cache when it is hashed. */
const CHUNK = 128 * 1024;

/** How many bytes are hashed before that is said. */
const REPORTED = 32 * 2 ** 20;

const ZEROS = Buffer.alloc(512);

/** A layer as a worker is told of it. */
export type HashableLayer = Pick<PlannedLayer, 'entries'>;

/**
 * The digest of a layer. It reads and hashes in one thread without giving way, which is the fastest way to do both; what
 * must not wait for it runs it in a worker.
 */
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

/** Reads a file whole, and fails when it is not what the plan says, before or after. */
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

/** Fails when a file is not what it was when its directory was listed. */
export function requireUnchanged(file: WalkedFile, stats: Parameters<typeof identityOf>[0]): void {
  if (identityOf(stats) !== file.identity) throw changed(file);
}

export function changed({ path }: WalkedFile): DirectoryError {
  return new DirectoryError(`'${path}' was written to while it was read; run the command again when it is complete`);
}

export function unreadable({ path }: WalkedFile, error: unknown): DirectoryError {
  return new DirectoryError(`'${path}' cannot be read (${(error as NodeJS.ErrnoException).code})`);
}
