import { crc32, deflateRawSync } from 'node:zlib';

/** An entry of an archive, with every field that an attacker could set. */
export interface ZipEntry {
  readonly name: string | Buffer;
  readonly data?: string | Buffer;
  /** The Unix mode, including the file type. @default - a file, 0644 */
  readonly mode?: number;
  readonly deflate?: boolean;
  /** False values in the headers. */
  readonly claims?: Partial<{
    readonly size: number;
    readonly compressedSize: number;
    readonly crc: number;
    readonly method: number;
    readonly flags: number;
    /** The offset of the entry. */
    readonly offset: number;
    /** The name in the local header before the content. */
    readonly localName: string | Buffer;
  }>;
}

/** False values in the end of an archive. */
export interface ZipEnd {
  readonly entries?: number;
  readonly comment?: Buffer;
  /** Bytes before the first entry. */
  readonly prefix?: Buffer;
  /** The size of the central directory in bytes. */
  readonly length?: number;
  /** The zip64 record and locator before the end. @default - none */
  readonly zip64?: {
    readonly entries?: number;
    readonly length?: number;
    /** The distance of the locator's offset from the record. */
    readonly shift?: number;
  };
}

const UTF8 = 0x800;

/** An archive of these entries, exactly as specified. */
export function zipOf(entries: readonly ZipEntry[], end: ZipEnd = {}): Buffer {
  const bodies: Buffer[] = end.prefix === undefined ? [] : [end.prefix];
  const directory: Buffer[] = [];
  let offset = end.prefix?.length ?? 0;
  for (const entry of entries) {
    const { name, data = '', mode = 0o100644, deflate = false, claims = {} } = entry;
    const [content, path] = [Buffer.from(data as string), Buffer.from(name as string)];
    const stored = deflate ? deflateRawSync(content) : content;
    const fields = {
      flags: claims.flags ?? UTF8,
      method: claims.method ?? (deflate ? 8 : 0),
      crc: claims.crc ?? crc32(content),
      compressedSize: claims.compressedSize ?? stored.length,
      size: claims.size ?? content.length,
    };
    const localName = Buffer.from((claims.localName ?? path) as string);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    writeFields(local, 4, fields);
    local.writeUInt16LE(localName.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE((3 << 8) | 20, 4);
    writeFields(central, 6, fields);
    central.writeUInt16LE(path.length, 28);
    central.writeUInt32LE((mode << 16) >>> 0, 38);
    central.writeUInt32LE(claims.offset ?? offset, 42);
    bodies.push(local, localName, stored);
    directory.push(central, path);
    offset += local.length + localName.length + stored.length;
  }
  const list = Buffer.concat(directory);
  const comment = end.comment ?? Buffer.alloc(0);
  const last = Buffer.alloc(22);
  last.writeUInt32LE(0x06054b50, 0);
  last.writeUInt16LE(end.entries ?? entries.length, 8);
  last.writeUInt16LE(end.entries ?? entries.length, 10);
  last.writeUInt32LE(end.length ?? list.length, 12);
  last.writeUInt32LE(offset, 16);
  last.writeUInt16LE(comment.length, 20);
  const large = end.zip64 === undefined ? [] : [zip64Of(end.zip64, { entries: entries.length, list, offset })];
  return Buffer.concat([...bodies, list, ...large, last, comment]);
}

/** The zip64 record for values that do not fit into the end of an archive, and the locator that points to it. */
function zip64Of(
  { entries, length, shift = 0 }: NonNullable<ZipEnd['zip64']>,
  found: { readonly entries: number; readonly list: Buffer; readonly offset: number },
): Buffer {
  const bytes = Buffer.alloc(56 + 20);
  bytes.writeUInt32LE(0x06064b50, 0);
  bytes.writeBigUInt64LE(44n, 4);
  bytes.writeUInt16LE(45, 12);
  bytes.writeUInt16LE(45, 14);
  bytes.writeBigUInt64LE(BigInt(entries ?? found.entries), 24);
  bytes.writeBigUInt64LE(BigInt(entries ?? found.entries), 32);
  bytes.writeBigUInt64LE(BigInt(length ?? found.list.length), 40);
  bytes.writeBigUInt64LE(BigInt(found.offset), 48);
  bytes.writeUInt32LE(0x07064b50, 56);
  bytes.writeBigUInt64LE(BigInt(found.offset + found.list.length + shift), 64);
  bytes.writeUInt32LE(1, 72);
  return bytes;
}

interface Fields {
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
}

/** The fields that both headers share, in the same order. */
function writeFields(header: Buffer, at: number, { flags, method, crc, compressedSize, size }: Fields): void {
  header.writeUInt16LE(20, at);
  header.writeUInt16LE(flags, at + 2);
  header.writeUInt16LE(method, at + 4);
  // The first day that the format supports.
  header.writeUInt16LE(0x21, at + 8);
  header.writeUInt32LE(crc, at + 10);
  header.writeUInt32LE(compressedSize, at + 14);
  header.writeUInt32LE(size, at + 18);
}
