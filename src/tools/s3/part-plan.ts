const MIB = 2 ** 20;
/** From here on the cost of a request no longer shows. */
const LEAST_PART = 16 * MIB;
/** What S3 allows. */
const MAX_PARTS = 10_000;
/** The bytes of parts that are held in memory at once. */
const IN_FLIGHT_BYTES = 128 * MIB;
const MAX_IN_FLIGHT = 8;

/** The size of the parts of a file: always the same for the same file, so that an upload can be gone on with. */
export function partSizeOf(fileSize: number): number {
  return Math.max(LEAST_PART, Math.ceil(fileSize / MAX_PARTS / MIB) * MIB);
}

/** One part of a file. */
export interface PartPlan {
  /** From 1 on. */
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

/** How many parts are sent at once when the largest is of this size. */
export function partsInFlight(partSize: number): number {
  return Math.max(2, Math.min(MAX_IN_FLIGHT, Math.floor(IN_FLIGHT_BYTES / partSize)));
}
