const MIB = 2 ** 20;
/** From this size on, the overhead of a request is negligible. */
const MIN_PART = 16 * MIB;
/** The limit of S3. */
const MAX_PARTS = 10_000;
/** The maximum bytes of parts in memory. */
const IN_FLIGHT_BYTES = 128 * MIB;
const MAX_IN_FLIGHT = 8;

/** The part size of a file: always the same for the same file, so that an upload can be resumed. */
export function partSizeOf(fileSize: number): number {
  return Math.max(MIN_PART, Math.ceil(fileSize / MAX_PARTS / MIB) * MIB);
}

/** One part of a file. */
export interface PartPlan {
  /** Starts at 1. */
  readonly number: number;
  readonly from: number;
  readonly length: number;
}

/** The parts of a file; an empty file has one. */
export function planParts(fileSize: number): PartPlan[] {
  const size = partSizeOf(fileSize);
  return Array.from({ length: Math.max(1, Math.ceil(fileSize / size)) }, (_, index) => ({
    number: index + 1,
    from: index * size,
    length: Math.min(size, fileSize - index * size),
  }));
}

/** How many parts of at most this size are sent concurrently. */
export function partsInFlight(partSize: number): number {
  return Math.max(2, Math.min(MAX_IN_FLIGHT, Math.floor(IN_FLIGHT_BYTES / partSize)));
}
