import { createHash, type Hash } from 'node:crypto';
import { StoreError } from './store-error';

/** What bytes are expected to be. */
export interface Claim {
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
  readonly size: number;
  /** Where they come from, for errors. */
  readonly source: string;
}

/** How often the state of the hash is kept, so that reading from an earlier offset is cheap. */
const SNAPSHOT_BYTES = 8 * 2 ** 20;

/**
 * Verifies bytes from a network or a disk by their digest while they are read. The last chunk is delivered only after the
 * digest matches, so no reader ever gets all bytes of other content. Reading may start at any offset; earlier bytes that
 * are not hashed yet are read again.
 */
export class VerifiedBytes {
  private readonly snapshots = new Map<number, Hash>([[0, createHash('sha256')]]);
  private highest = 0;

  constructor(
    private readonly claim: Claim,
    /** Opens the bytes at an offset. */
    private readonly open: (from: number) => AsyncIterable<Buffer>,
  ) {}

  async *read(from = 0): AsyncGenerator<Buffer, void, undefined> {
    const { digest, size, source } = this.claim;
    let at = this.nearest(from);
    const hash = (this.snapshots.get(at) as Hash).copy();
    let pending: Buffer | undefined;
    for await (const chunk of this.open(at)) {
      if (at + chunk.length > size)
        throw new StoreError('DigestMismatch', `${digest} from ${source} has more than ${size} bytes; it is damaged`);
      if (pending !== undefined && pending.length > 0) yield pending;
      hash.update(chunk);
      pending = chunk.subarray(Math.min(chunk.length, Math.max(0, from - at)));
      at += chunk.length;
      this.remember(at, hash);
    }
    if (at < size)
      throw new StoreError(
        'ConnectionLost',
        `${digest} from ${source} ends after ${at} of ${size} bytes; run the command again`,
      );
    const found = `sha256:${hash.digest('hex')}`;
    if (found !== digest)
      throw new StoreError('DigestMismatch', `${digest} from ${source} has the digest ${found}; it is damaged`);
    if (pending !== undefined && pending.length > 0) yield pending;
  }

  private nearest(from: number): number {
    let nearest = 0;
    for (const at of this.snapshots.keys()) if (at <= from && at > nearest) nearest = at;
    return nearest;
  }

  private remember(at: number, hash: Hash): void {
    if (at < this.highest + SNAPSHOT_BYTES) return;
    this.highest = at;
    this.snapshots.set(at, hash.copy());
  }
}
