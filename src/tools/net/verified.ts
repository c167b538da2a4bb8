import { createHash, type Hash } from 'node:crypto';
import { StoreError } from './store-error';

/** What bytes must turn out to be. */
export interface Claim {
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
  readonly size: number;
  /** Where they come from, as it is called in errors. */
  readonly source: string;
}

/** The state of the hash is kept so often that going back costs little. */
const SNAPSHOT_BYTES = 8 * 2 ** 20;

/**
 * Bytes that come from a network or a medium, and are given out only as far as they can still be what their digest says.
 * The last chunk waits for the digest, so that no reader ever has all the bytes of something else. Reading may begin
 * anywhere: what lies before and was not hashed yet is read again.
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
    let held: Buffer | undefined;
    for await (const chunk of this.open(at)) {
      if (at + chunk.length > size)
        throw new StoreError(
          'DigestMismatch',
          `${source} sends more than the ${size} bytes of ${digest}; it is damaged`,
        );
      if (held !== undefined && held.length > 0) yield held;
      hash.update(chunk);
      held = chunk.subarray(Math.min(chunk.length, Math.max(0, from - at)));
      at += chunk.length;
      this.remember(at, hash);
    }
    if (at < size)
      throw new StoreError(
        'ConnectionLost',
        `${source} ends ${digest} after ${at} of ${size} bytes; run the command again`,
      );
    const found = `sha256:${hash.digest('hex')}`;
    if (found !== digest)
      throw new StoreError(
        'DigestMismatch',
        `${source} sends bytes of the digest ${found} as ${digest}; it is damaged`,
      );
    if (held !== undefined && held.length > 0) yield held;
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
