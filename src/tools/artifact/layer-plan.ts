import { layerEntries } from '../../models/lock/layer-entries';
import { paddingOf, TAR_END, tarHeader } from '../../models/lock/tar';
import { compareBytes, type WalkedDirectory, type WalkedFile } from '../../models/lock/walk';

/** Files of at least this size get a layer each, so that only files that change are sent again. */
export const OWN_LAYER_SIZE = 64 * 2 ** 20;

/** Overlay file systems support about 127 layers, and a base image needs some of them. */
export const MAX_LAYERS = 64;

/** One part of a layer: the header of an entry, and the file whose content follows it. */
export interface PlannedEntry {
  readonly header: Buffer;
  readonly file?: WalkedFile;
}

/** The exact content of a layer, planned before its files are read. */
export interface PlannedLayer {
  readonly entries: PlannedEntry[];
  readonly files: WalkedFile[];
  /** Directories without content. */
  readonly emptyDirectories: string[];
  /** The size of the whole archive in bytes. */
  readonly size: number;
}

/** How the entries of an archive are written. */
export interface LayerStyle {
  /** The directory in the image, such as `models/`. */
  readonly prefix: string;
  /** Whether executable files stay executable. Otherwise all files have the same mode, regardless of the machine. */
  readonly keepExecutable?: boolean;
  /** @default 64 */
  readonly maxLayers?: number;
}

/** Distributes files over layers. The same names and sizes result in the same layers. */
export function planLayers(
  { files, emptyDirectories }: Pick<WalkedDirectory, 'files' | 'emptyDirectories'>,
  style: LayerStyle,
): PlannedLayer[] {
  const big = files.filter(({ size }) => size >= OWN_LAYER_SIZE).map((file) => [file]);
  const small = files.filter(({ size }) => size < OWN_LAYER_SIZE);
  const hasPool = small.length > 0 || emptyDirectories.length > 0;
  const groups = mergeSmallest(big, (style.maxLayers ?? MAX_LAYERS) - (hasPool ? 1 : 0));
  const layers = groups.map((group) => planLayer(group, [], style));
  // Small files often change with the code that reads them. They come last, so that the layers below stay the same.
  return hasPool ? [...layers, planLayer(small, emptyDirectories, style)] : layers;
}

/** Merges the two smallest groups until there are few enough. Groups and their files stay sorted by name. */
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
  const moded = files.map((file) => ({ ...file, executable: keepExecutable && file.executable, packed: file }));
  const entries: PlannedEntry[] = [];
  let size = TAR_END.length;
  for (const { entry, file } of layerEntries(moded, emptyDirectories, prefix)) {
    const header = tarHeader(entry);
    entries.push({ header, file: file?.packed });
    size += header.length + entry.size + paddingOf(entry.size);
  }
  return { entries, files, emptyDirectories, size };
}

function sizeOf(files: readonly WalkedFile[]): number {
  return files.reduce((sum, { size }) => sum + size, 0);
}

function nameOf(files: readonly WalkedFile[]): string {
  return files[0]?.path ?? '';
}
