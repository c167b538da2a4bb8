import { compareBytes, type WalkedDirectory, type WalkedFile } from '../../models/lock/walk';
import { directoryEntry, EXECUTABLE_MODE, FILE_MODE, paddingOf, TAR_END, type TarEntry, tarHeader } from './tar';

/** Files of this size and more have a layer each, so that a change of one sends that one only. */
export const OWN_LAYER_SIZE = 64 * 2 ** 20;

/** Overlay file systems stop near 127 layers, and an image below the files needs some of them. */
export const MAX_LAYERS = 64;

/** One part of a layer: the header of an entry, and the file whose content follows it. */
export interface PlannedEntry {
  readonly header: Buffer;
  readonly file?: WalkedFile;
}

/** What a layer will hold, byte by byte, before a byte of its files is read. */
export interface PlannedLayer {
  readonly entries: PlannedEntry[];
  readonly files: WalkedFile[];
  /** Directories that hold nothing. */
  readonly emptyDirectories: string[];
  /** The bytes of the whole archive. */
  readonly size: number;
}

/** How the entries of an archive are written. */
export interface LayerStyle {
  /** The directory in the image, such as `models/`. */
  readonly prefix: string;
  /** Whether files that their owner may execute stay so; otherwise all files are alike, whatever the machine made them. */
  readonly keepExecutable?: boolean;
  /** @default 64 */
  readonly maxLayers?: number;
}

/** Lays files out in layers: the same for the same names and sizes. */
export function planLayers(
  { files, emptyDirectories }: Pick<WalkedDirectory, 'files' | 'emptyDirectories'>,
  style: LayerStyle,
): PlannedLayer[] {
  const big = files.filter(({ size }) => size >= OWN_LAYER_SIZE).map((file) => [file]);
  const small = files.filter(({ size }) => size < OWN_LAYER_SIZE);
  const hasPool = small.length > 0 || emptyDirectories.length > 0;
  const groups = mergeSmallest(big, (style.maxLayers ?? MAX_LAYERS) - (hasPool ? 1 : 0));
  const layers = groups.map((group) => planLayer(group, [], style));
  // Small files change together with the code that reads them: last, so that what lies below stays the same.
  return hasPool ? [...layers, planLayer(small, emptyDirectories, style)] : layers;
}

/** Joins the two smallest groups until there are few enough; groups and the files in them keep the order of names. */
function mergeSmallest(groups: WalkedFile[][], limit: number): WalkedFile[][] {
  const bySize = groups
    .map((files) => ({ files, size: sizeOf(files) }))
    .sort((a, b) => a.size - b.size || compareBytes(nameOf(a.files), nameOf(b.files)));
  while (bySize.length > limit) {
    const [a, b] = bySize.splice(0, 2) as [(typeof bySize)[number], (typeof bySize)[number]];
    const files = [...a.files, ...b.files].sort((one, other) => compareBytes(one.path, other.path));
    const size = a.size + b.size;
    const place = bySize.findIndex((group) => group.size > size);
    bySize.splice(place === -1 ? bySize.length : place, 0, { files, size });
  }
  return bySize.map(({ files }) => files).sort((a, b) => compareBytes(nameOf(a), nameOf(b)));
}

function planLayer(files: WalkedFile[], emptyDirectories: string[], style: LayerStyle): PlannedLayer {
  const { prefix, keepExecutable = false } = style;
  const entries: PlannedEntry[] = [];
  let size = TAR_END.length;
  const add = (entry: TarEntry, file?: WalkedFile) => {
    const header = tarHeader(entry);
    entries.push({ header, file });
    size += header.length + entry.size + paddingOf(entry.size);
  };
  // Every directory on the way to a file, or a runtime would choose its mode.
  const directories = new Set<string>();
  const addDirectories = (path: string) => {
    for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
      const directory = path.slice(0, end);
      if (directories.has(directory)) continue;
      directories.add(directory);
      add(directoryEntry(directory));
    }
  };
  for (const directory of emptyDirectories) addDirectories(`${prefix}${directory}/`);
  for (const file of files) {
    const path = prefix + file.path;
    addDirectories(path);
    add({ path, size: file.size, mode: keepExecutable && file.executable ? EXECUTABLE_MODE : FILE_MODE }, file);
  }
  return { entries, files, emptyDirectories, size };
}

function sizeOf(files: readonly WalkedFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

function nameOf(files: readonly WalkedFile[]): string {
  return files[0]?.path ?? '';
}
