/** A file or a directory in an archive. Owner and time are constant, so that only the content affects the digest. */
export interface TarEntry {
  /** With `/` as separator. The path of a directory ends in `/`. */
  readonly path: string;
  readonly size: number;
  readonly mode: number;
}

export const FILE_MODE = 0o644;
export const EXECUTABLE_MODE = 0o755;
const DIRECTORY_MODE = 0o755;

const BLOCK = 512;

/** The end of an archive: two blocks of zeros. */
export const TAR_END = Buffer.alloc(2 * BLOCK);

/** The limits of a ustar header: 100 bytes for the name, and eleven octal digits for the size. */
const LONGEST_NAME = 100;
const LARGEST_SIZE = 0o77777777777;

/** A directory, mode 0755. */
export function directoryEntry(path: string): TarEntry {
  return { path: `${path}/`, size: 0, mode: DIRECTORY_MODE };
}

/** The blocks before the content of an entry: a ustar header, after a PAX header for values that do not fit. */
export function tarHeader(entry: TarEntry): Buffer {
  const type = entry.path.endsWith('/') ? '5' : '0';
  const records: string[] = [];
  // ustar defines no encoding for non-ASCII names; PAX uses UTF-8.
  if (Buffer.byteLength(entry.path) > LONGEST_NAME || /[^\x20-\x7e]/.test(entry.path)) {
    records.push(paxRecord('path', entry.path));
  }
  if (entry.size > LARGEST_SIZE) records.push(paxRecord('size', String(entry.size)));
  if (records.length === 0) return ustarHeader(entry, type);
  const content = Buffer.from(records.join(''));
  return Buffer.concat([
    ustarHeader({ path: 'PaxHeader', size: content.length, mode: FILE_MODE }, 'x'),
    content,
    Buffer.alloc(paddingOf(content.length)),
    ustarHeader(entry, type),
  ]);
}

/** The number of zeros that fill the last block of the content. */
export function paddingOf(size: number): number {
  return (BLOCK - (size % BLOCK)) % BLOCK;
}

function ustarHeader({ path, size, mode }: TarEntry, type: '0' | '5' | 'x'): Buffer {
  const block = Buffer.alloc(BLOCK);
  block.write(path.replace(/[^\x20-\x7e]/g, '_').slice(0, LONGEST_NAME), 0, 'latin1');
  writeOctal(block, mode, 100, 7);
  writeOctal(block, 0, 108, 7);
  writeOctal(block, 0, 116, 7);
  // A size that does not fit is in the PAX header, as Go also writes it.
  writeOctal(block, size > LARGEST_SIZE ? 0 : size, 124, 11);
  writeOctal(block, 0, 136, 11);
  block.write(type, 156, 'latin1');
  block.write('ustar\u000000', 257, 'latin1');
  writeOctal(block, 0, 329, 7);
  writeOctal(block, 0, 337, 7);
  // The sum of all bytes, with spaces in its own field.
  const sum = block.reduce((total, byte) => total + byte, 8 * 0x20);
  block.write(`${sum.toString(8).padStart(6, '0')}\u0000 `, 148, 'latin1');
  return block;
}

function writeOctal(block: Buffer, value: number, offset: number, digits: number): void {
  block.write(value.toString(8).padStart(digits, '0'), offset, 'latin1');
}

/** `length name=value\n`, where the length counts its own digits. */
function paxRecord(name: string, value: string): string {
  const rest = Buffer.byteLength(` ${name}=${value}\n`);
  let length = rest;
  while (length !== rest + String(length).length) length = rest + String(length).length;
  return `${length} ${name}=${value}\n`;
}
