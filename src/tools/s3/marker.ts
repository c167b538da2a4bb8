import { readJsonObject } from '../../private/json';

/** A file that was published to S3. */
export interface FileRecord {
  readonly path: string;
  readonly size: number;
  /** The checksum in S3: SHA-256 in base64, followed by the number of parts if there are several. */
  readonly checksum: string;
}

/** The object that is written after all files. */
export function renderMarker(digest: string, files: readonly FileRecord[]): Buffer {
  return Buffer.from(`${JSON.stringify({ version: 1, digest, files }, null, 2)}\n`);
}

/** The files of a marker, or undefined if it is not a marker of this digest. */
export function readMarker(bytes: Buffer, digest: string): FileRecord[] | undefined {
  const marker = readJsonObject(bytes);
  if (marker?.digest !== digest || !Array.isArray(marker.files)) return undefined;
  return marker.files.every(isRecord) ? marker.files : undefined;
}

function isRecord(value: unknown): value is FileRecord {
  const { path, size, checksum } = (value ?? {}) as Record<string, unknown>;
  return typeof path === 'string' && Number.isSafeInteger(size) && typeof checksum === 'string';
}
