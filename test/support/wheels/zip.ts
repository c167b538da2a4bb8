import { crc32, deflateRawSync } from 'node:zlib';

/** An entry of an archive; every field that an attacker may set can be set. */
export interface ZipEntry {
  readonly name: string | Buffer;
  readonly data?: string | Buffer;
  /** The mode of Unix, with its kind. @default - a file, 0644 */
  readonly mode?: number;
  readonly deflate?: boolean;
  /** What the headers say, where it is not the truth. */
  readonly claims?: Partial<{
    readonly size: number;
    readonly compressedSize: number;
    readonly crc: number;
    readonly method: number;
    readonly flags: number;
    /** Where the entry begins. */
    readonly offset: number;
    /** The name in the header before the content. */
    readonly localName: string | Buffer;
  }>;
}

/** What the end of an archive says, where it is not the truth. */
export interface ZipEnd {
  readonly entries?: number;
  readonly comment?: Buffer;
  /** Bytes before the first entry. */
  readonly prefix?: Buffer;
}

const UTF8 = 0x800;

/** An archive of these entries, byte by byte as they are given. */
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
  last.writeUInt32LE(list.length, 12);
  last.writeUInt32LE(offset, 16);
  last.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...bodies, list, last, comment]);
}

interface Fields {
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly compressedSize: number;
  readonly size: number;
}

/** The fields that both headers have, in the same order. */
function writeFields(header: Buffer, at: number, { flags, method, crc, compressedSize, size }: Fields): void {
  header.writeUInt16LE(20, at);
  header.writeUInt16LE(flags, at + 2);
  header.writeUInt16LE(method, at + 4);
  // The first day that the format knows.
  header.writeUInt16LE(0x21, at + 8);
  header.writeUInt32LE(crc, at + 10);
  header.writeUInt32LE(compressedSize, at + 14);
  header.writeUInt32LE(size, at + 18);
}
