import { LayerCache, type LayerKey } from '../../models/lock/layer-cache';
import type { LockedLayer, LockedPlatform } from '../../models/lock/lock-file';
import { IGNORED_IN_MODELS, type Ignored, type WalkedDirectory, type WalkedFile, walk } from '../../models/lock/walk';
import type { Artifact, ArtifactFile, Blob, HashEvent } from './artifact';
import { hashLayers, workersFor } from './hash-layers';
import { buildImage, type ImageOptions, LAYER_TYPE } from './image';
import { type LayerStyle, type PlannedLayer, planLayers } from './layer-plan';
import { streamFile, streamLayer } from './layer-stream';

/** The directory of the files in the image of a model, where KServe expects them too. */
export const MODELS_PREFIX = 'models/';

/** How to pack a directory into an image. */
export interface PackOptions extends Partial<LayerStyle> {
  readonly directory: string;
  /** The name in events. */
  readonly name: string;
  readonly image: ImageOptions;
  /** The files to skip. @default - those that version control, file managers and download tools create */
  readonly ignored?: Ignored;
  /** Checks the files before any of them is packed. @default - no check */
  readonly inspect?: (walked: WalkedDirectory) => void;
  /** Which files stay executable. @default - with `keepExecutable` those that are, otherwise none */
  readonly isProgram?: (file: WalkedFile) => boolean;
  /** The number of hash workers. @default - one for each large layer, at most one for each processor */
  readonly workers?: number;
  /** The file with the digests of earlier runs. @default - in the user's cache */
  readonly cacheFile?: string;
  readonly report?: (event: HashEvent) => void;
}

/** The image of a directory, and its part of the lock file. */
export interface PackedDirectory {
  readonly artifact: Artifact;
  readonly layers: LockedLayer[];
  readonly platforms: LockedPlatform[];
  /** The total size of the files in bytes. */
  readonly bytes: number;
}

/** Packs a directory into an image. Hashes only the layers that changed since the last run, and reads no byte twice. */
export async function packDirectory(options: PackOptions): Promise<PackedDirectory> {
  const { directory, name, image, ignored = IGNORED_IN_MODELS, prefix = MODELS_PREFIX } = options;
  const walked = walk(directory, ignored);
  options.inspect?.(walked);
  const { isProgram, keepExecutable = isProgram !== undefined, maxLayers } = options;
  const all =
    isProgram === undefined ? walked.files : walked.files.map((file) => ({ ...file, executable: isProgram(file) }));
  const planned = planLayers({ ...walked, files: all }, { prefix, keepExecutable, maxLayers });
  const digests = await digestsOf(planned, walked.root, { ...options, prefix });
  const layers = planned.map((layer, index) => layerBlob(layer, digests[index] as string));
  const { index, manifests, blobs, platforms } = buildImage(layers, image);
  return {
    artifact: { name, index, manifests, blobs, files: walked.files.map(artifactFile) },
    layers: planned.map(({ files, size }, position) => ({
      digest: digests[position] as string,
      size,
      files: files.map(({ path, size, executable }) =>
        isProgram !== undefined && executable ? { path, size, executable } : { path, size },
      ),
    })),
    platforms,
    bytes: walked.files.reduce((sum, { size }) => sum + size, 0),
  };
}

/** The digests of layers: from the cache, or by reading the files. */
async function digestsOf(
  layers: readonly PlannedLayer[],
  root: string,
  {
    name,
    prefix,
    keepExecutable = false,
    isProgram,
    cacheFile,
    workers,
    report = () => {},
  }: PackOptions & { prefix: string },
): Promise<string[]> {
  const bytes = layers.reduce((sum, { size }) => sum + size, 0);
  report({ event: 'hash', artifact: name, bytes });
  // The executable bit affects a layer only if it is kept.
  const styleOf = ({ files }: PlannedLayer): string => {
    if (isProgram === undefined) return keepExecutable ? `${prefix}*` : prefix;
    const programs = files.filter(({ executable }) => executable).map(({ path }) => path);
    return programs.length === 0 ? prefix : `${prefix}*${programs.join('*')}`;
  };
  const cache = new LayerCache(root, cacheFile);
  const keys = layers.map((layer) => keyOf(layer, styleOf(layer)));
  const digests = layers.map((layer, index) => cache.digestOf(keys[index] as LayerKey, layer.files));
  for (const [index, layer] of layers.entries()) {
    if (digests[index] !== undefined) report({ event: 'unchanged', part: partName(layer), bytes: layer.size });
  }
  const missing = layers.map((layer, index) => ({ layer, index })).filter(({ index }) => digests[index] === undefined);
  const hashedAt = Date.now();
  const found = await hashLayers(
    missing.map(({ layer }) => layer),
    (index, count) => report({ event: 'read', part: partName(missing[index]?.layer as PlannedLayer), bytes: count }),
    workers ?? workersFor(missing.map(({ layer }) => layer)),
  );
  for (const [place, { index }] of missing.entries()) digests[index] = found[place];
  cache.add(missing.map(({ index }) => ({ ...(keys[index] as LayerKey), digest: digests[index] as string, hashedAt })));
  return digests as string[];
}

function keyOf({ files, emptyDirectories }: PlannedLayer, prefix: string): LayerKey {
  return {
    prefix,
    files: [
      ...files.map(({ path, identity }): [string, string] => [path, identity]),
      ...emptyDirectories.map((path): [string, string] => [path, '']),
    ],
  };
}

/** The name of a layer before its digest is known. */
function partName({ files, emptyDirectories }: PlannedLayer): string {
  const [first = emptyDirectories[0] ?? ''] = files.map(({ path }) => path);
  return files.length > 1 ? `${first} and ${files.length - 1} more` : first;
}

function layerBlob(layer: PlannedLayer, digest: string): Blob {
  return { digest, mediaType: LAYER_TYPE, size: layer.size, read: (from) => streamLayer(layer, from) };
}

function artifactFile(file: WalkedFile): ArtifactFile {
  return { path: file.path, size: file.size, read: (from) => streamFile(file, from) };
}
