import { open } from 'node:fs/promises';
import { paddingOf, TAR_END } from '../../models/lock/tar';
import type { WalkedFile } from '../../models/lock/walk';
import { changed, requireUnchanged, unreadable } from './hash-layer';
import type { PlannedLayer } from './layer-plan';

/** Small enough that several layers in flight need little memory, and large enough to keep the network busy. */
const CHUNK = 256 * 1024;

/** The bytes of a layer from an offset. Earlier bytes are not read. */
export async function* streamLayer({ entries }: Pick<PlannedLayer, 'entries'>, from = 0): AsyncIterable<Buffer> {
  let skip = from;
  const rest = (bytes: Buffer): Buffer => {
    const cut = bytes.subarray(Math.min(skip, bytes.length));
    skip -= bytes.length - cut.length;
    return cut;
  };
  for (const { header, file } of entries) {
    const bytes = rest(header);
    if (bytes.length > 0) yield bytes;
    if (file === undefined) continue;
    const start = Math.min(skip, file.size);
    skip -= start;
    if (start < file.size) yield* streamFile(file, start);
    const padding = rest(Buffer.alloc(paddingOf(file.size)));
    if (padding.length > 0) yield padding;
  }
  const end = rest(TAR_END);
  if (end.length > 0) yield end;
}

/** The bytes of a file from an offset. Throws if the file has changed since it was hashed. */
export async function* streamFile(file: WalkedFile, from = 0): AsyncIterable<Buffer> {
  const handle = await open(file.source, 'r').catch((error) => {
    throw unreadable(file, error);
  });
  try {
    requireUnchanged(file, await handle.stat({ bigint: true }));
    for (let position = from; position < file.size; ) {
      // A new buffer for each chunk, because the reader may keep it until it is sent.
      const buffer = Buffer.allocUnsafeSlow(Math.min(CHUNK, file.size - position));
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, position);
      if (bytesRead === 0) throw changed(file);
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
    requireUnchanged(file, await handle.stat({ bigint: true }));
  } finally {
    await handle.close();
  }
}
