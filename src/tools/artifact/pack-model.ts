import { posix } from 'node:path';
import type { LockedModel } from '../../models/lock/lock-file';
import { DirectoryError, type WalkedDirectory } from '../../models/lock/walk';
import type { Artifact } from './artifact';
import type { BaseImage } from './base-image';
import { requireNoCredentials } from './credential-files';
import { type PackOptions, packDirectory } from './pack';
import { isProgram } from './programs';

/** The settings of a model. */
export interface ModelOptions extends Pick<PackOptions, 'directory' | 'workers' | 'cacheFile' | 'report'> {
  /** The name in the lock file: the directory, relative to that file. */
  readonly key: string;
  readonly variant: string;
  /** The base image, for all variants except `data`. */
  readonly base?: BaseImage;
  readonly to?: string;
  readonly owner?: string;
  readonly source?: string;
  /** The programs, which stay executable. @default - recognized by their mode and content */
  readonly programs?: ReadonlySet<string>;
  /** Files that are published although they look like credentials. @default - none */
  readonly allowed?: readonly string[];
}

/** A model as an image, and its entry in the lock file. */
export interface PackedModel {
  readonly artifact: Artifact;
  readonly entry: LockedModel;
}

/** Builds the image of a model. */
export async function packModel(options: ModelOptions): Promise<PackedModel> {
  const { directory, key, variant, base, to, owner, source, programs, workers, cacheFile, report } = options;
  const annotations = {
    'org.opencontainers.image.title': titleOf(key),
    ...(source === undefined ? {} : { 'org.opencontainers.image.source': source }),
    ...(base === undefined ? {} : baseAnnotations(base)),
  };
  let allowed: string[] = [];
  const packed = await packDirectory({
    directory,
    name: key,
    isProgram: programs === undefined ? isProgram : ({ path }) => programs.has(path),
    image: { base, annotations },
    inspect: (walked) => {
      requireNoIgnoreFile(walked);
      const policy = { name: key, allowed: options.allowed ?? [], leaveOut: 'move them out of the directory' };
      allowed = requireNoCredentials(walked, policy);
    },
    workers,
    cacheFile,
    report,
  });
  const { artifact, layers, platforms, bytes } = packed;
  const { digest, mediaType } = artifact.index;
  report?.({ event: 'hashed', artifact: key, digest, bytes });
  return {
    artifact,
    entry: {
      ...(to === undefined ? {} : { to }),
      ...(owner === undefined ? {} : { owner }),
      ...(source === undefined ? {} : { source }),
      ...(base === undefined ? {} : { base: base.locked }),
      variant,
      digest,
      mediaType,
      platforms,
      layers,
      bytes,
      ...(allowed.length === 0 ? {} : { allowed }),
    },
  };
}

/** Models are published completely, because synthesis compares their directories with the lock file, file by file. */
function requireNoIgnoreFile({ files }: WalkedDirectory): void {
  const found = files.find(({ path }) => posix.basename(path) === '.servingignore');
  if (found === undefined) return;
  throw new DirectoryError(
    `'${found.path}' is supported only in apps; move files that must not be published out of the model directory`,
  );
}

/** The last part of the name. The folder of the lock file itself may have a different name on every machine. */
function titleOf(key: string): string {
  const title = posix.basename(key);
  return title === '.' || title === '..' ? 'model' : title;
}

function baseAnnotations({ reference }: BaseImage): { readonly [name: string]: string } {
  const [name, digest] = reference.split('@') as [string, string];
  return { 'org.opencontainers.image.base.name': name, 'org.opencontainers.image.base.digest': digest };
}
