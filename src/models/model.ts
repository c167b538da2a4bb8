import type { ImagePlatformIntent, ModelImageIntent, ModelIntent } from '../plan/intents';
import { requireDirectory, requireIdentifier, requireName, requireNumber } from '../private/checks';
import { ServingError } from '../private/errors';
import { isRepository, parseReference } from '../private/images/reference';
import { checkOptions, checkValue } from '../private/options';
import { tagClass } from '../private/package-copy';
import { shellWord } from '../private/shell-word';
import { isUnresolved } from '../private/tokens';
import type { Duration } from '../units/duration';
import type { SecretValue } from '../workload/secret-value';
import { driftOf } from './lock/drift';
import { keyOf, lockedImage, lockedModel } from './lock/entries';
import type { LockedArtifact, LockedModel } from './lock/lock-file';
import { readLock, requireLock } from './lock/read-lock';
import type {
  DirectoryModelOptions,
  HuggingFaceModelOptions,
  ModelOptions,
  OciModelOptions,
  S3ModelOptions,
  VolumeModelOptions,
} from './model-options';
import type { ModelVolume } from './model-volume';
import { lastPart, resolvePath } from './private/model-path';

/** What only the platform of a model can use. */
interface Resources {
  readonly owner?: unknown;
  readonly token?: SecretValue;
  readonly volume?: ModelVolume;
  readonly directory?: string;
  /** The paths of the files, where they are locked. */
  readonly files?: readonly string[];
}

/**
 * The weights that a server reads.
 *
 * A backend may have several; each has a path of its own.
 */
export class Model {
  /**
   * A directory that `serving lock` packed. Synthesis reads the lock file and no weights, which are there once they are
   * published with `serving publish`.
   *
   * A changed model changes the digest in the lock file, and that alone rolls the backend.
   *
   * @param directory as the lock file names it, relative to that file; or an absolute path
   */
  public static fromDirectory(directory: string, options: DirectoryModelOptions = {}): Model {
    checkOptions('DirectoryModelOptions', options, 'options');
    requireDirectory(directory);
    const loaded = requireLock({ lockFile: options.lockFile, command: shellWord(directory) });
    const key = keyOf(loaded.folder, directory);
    const locked = lockedModel(loaded, key);
    const to = options.to ?? locked.to;
    if (to === undefined) {
      throw new ServingError(
        'InvalidModel',
        `model '${key}' has no publish destination; run: serving lock ${shellWord(key)} --to <destination>, or set 'to' ('registry.example.com/models' or 's3://bucket/prefix')`,
      );
    }
    const hex = locked.digest.split(':')[1] as string;
    const drift = driftOf(loaded, key);
    const intent: ModelIntent = {
      ...placeOf(options, lastPart(key)),
      ...sourceOf(to, hex, locked),
      fetchSeconds: secondsOf(options.fetchTimeout),
      delivery: options.delivery?._kind,
      bytes: locked.bytes,
      directory: key,
      publish:
        options.publishOnDeploy === true
          ? { directory: key, lockFile: loaded.path, to, isLocked: options.to === undefined, hex }
          : undefined,
      drift: drift.length === 0 ? undefined : drift,
    };
    return new Model(intent, { files: locked.layers.flatMap(({ files }) => files.map(({ path }) => path)) });
  }

  /**
   * A directory or one file in S3, fetched before the server starts.
   *
   * A changed prefix rolls the backend, an overwritten object does not: keep the version in the path.
   *
   * @param uri `s3://bucket/prefix/` for everything below a prefix, `s3://bucket/key` for one object
   */
  public static fromS3(uri: string, options: S3ModelOptions = {}): Model {
    checkOptions('S3ModelOptions', options, 'options');
    const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.*)$/.exec(requireIdentifier('uri', uri));
    if (match === null && !isUnresolved(uri)) {
      throw new ServingError(
        'InvalidModel',
        `'${uri}' must be an S3 address with a bucket of small letters, digits, dots and dashes, such as 's3://bucket/prefix/' or 's3://bucket/model.onnx'`,
      );
    }
    if (match !== null && /[*?$\s]|(^|\/)\.{1,2}(\/|$)/.test(match[2] as string)) {
      throw new ServingError(
        'InvalidModel',
        `'${uri}' must not have '*', '?', '$', spaces, '.' or '..': it is one object, or with a '/' at the end everything below a prefix`,
      );
    }
    if (match !== null && Buffer.byteLength(match[2] as string) > 1024)
      throw new ServingError(
        'InvalidModel',
        `'uri' (${uri.length} characters) must have a key of at most 1024 bytes, as S3 has`,
      );
    const single = !uri.endsWith('/');
    return new Model({
      ...placeOf(options, lastPart(uri), single),
      uri,
      fetchSeconds: secondsOf(options.fetchTimeout),
    });
  }

  /**
   * A directory of an image in any registry, by digest. A tag is enough where it is locked.
   *
   * @param reference such as `registry.example.com/models/resnet50:v2@sha256:...`
   */
  public static fromOci(reference: string, options: OciModelOptions = {}): Model {
    checkOptions('OciModelOptions', options, 'options');
    const known = isUnresolved(requireIdentifier('reference', reference))
      ? undefined
      : resolveLocked(reference, options.lockFile);
    return new Model({
      ...placeOf(options, known === undefined ? lastPart(reference) : lastPart(known.name)),
      image: {
        reference: known?.reference ?? reference,
        directory: imageDirectory(options.directory ?? '/models'),
        platforms: known?.platforms,
      },
      fetchSeconds: secondsOf(options.fetchTimeout),
      delivery: options.delivery?._kind,
    });
  }

  /**
   * A model of the Hugging Face Hub at one commit, fetched before the server starts.
   *
   * @param repository owner and name, such as `facebook/opt-125m`
   */
  public static fromHuggingFace(repository: string, options: HuggingFaceModelOptions): Model {
    checkOptions('HuggingFaceModelOptions', options, 'options');
    if (!/^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/.test(requireIdentifier('repository', repository))) {
      throw new ServingError(
        'InvalidModel',
        `'${repository}' must be a repository of the Hugging Face Hub: owner and name, such as 'facebook/opt-125m'`,
      );
    }
    const { revision, token } = options;
    if (!/^[0-9a-f]{40}$/.test(revision)) {
      throw new ServingError(
        'InvalidModel',
        `'revision' ('${revision}') of '${repository}' must be a commit of 40 hex digits, because branches and tags move`,
      );
    }
    return new Model(
      {
        ...placeOf(options, lastPart(repository)),
        uri: `hf://${repository}:${revision}`,
        fetchSeconds: secondsOf(options.fetchTimeout),
      },
      { token },
    );
  }

  /**
   * A volume that exists, or a directory of one. Nothing is fetched, and nothing tells when its files change: keep the
   * version in `directory`.
   *
   * @param volume of the target, such as `kubernetes.ClaimVolume.fromName('models')`
   */
  public static fromVolume(volume: ModelVolume, options: VolumeModelOptions = {}): Model {
    checkOptions('VolumeModelOptions', options, 'options');
    checkValue('ModelVolume', volume, 'volume');
    const { volumeName } = volume;
    const directory = options.directory === undefined ? undefined : volumeDirectory(options.directory);
    return new Model(
      { ...placeOf(options, directory === undefined ? volumeName : lastPart(directory)), volume: volumeName },
      { volume, directory },
    );
  }

  /**
   * Files that are in the image already, beside the code. Nothing is fetched; the name and the description are kept.
   *
   * @param location where they are in the container, absolute or relative to the working directory of the image
   */
  public static inImage(location: string, options: ModelOptions = {}): Model {
    checkOptions('ModelOptions', options, 'options');
    if (requireIdentifier('location', location) === '')
      throw new ServingError('InvalidModel', "the path of a model in the image ('') must not be empty");
    if (options.path !== undefined && options.path !== location) {
      throw new ServingError(
        'InvalidModel',
        `'path' ('${options.path}') cannot move files that are in the image at '${location}'; leave it out`,
      );
    }
    return new Model({
      name: options.name === undefined ? lastPart(location) : requireName('name', options.name),
      description: options.description,
      singleObject: false,
      mountPath: location,
    });
  }

  private constructor(
    private readonly intent: ModelIntent,
    /** @internal */
    public readonly _resources: Resources = {},
  ) {}

  /**
   * The same model, with what its platform needs to know of where it comes from.
   *
   * @internal
   */
  public _ownedBy(owner: unknown): Model {
    return new Model(this.intent, { ...this._resources, owner });
  }

  /**
   * What belongs to one platform and cannot be used on others.
   *
   * @internal
   */
  public _owners(): { what: string; platform?: string }[] {
    const { token, volume } = this._resources;
    return [
      ...(token === undefined ? [] : [{ what: `token of model '${this.intent.name}'`, platform: token.platform }]),
      ...(volume === undefined ? [] : [{ what: `volume of model '${this.intent.name}'`, platform: volume.platform }]),
    ];
  }

  /** @internal */
  public _intent(): ModelIntent {
    return this.intent;
  }
}

tagClass('Model', Model);

/** What every model has: its names, and where the server finds it. */
function placeOf(
  options: ModelOptions,
  last: string,
  single = false,
): Pick<ModelIntent, 'name' | 'description' | 'singleObject' | 'mountPath'> {
  return {
    name: options.name === undefined ? last : requireName('name', options.name),
    description: options.description,
    singleObject: single,
    mountPath: resolvePath(options.path ?? (single ? last : ''), single),
  };
}

/** Where a locked model is once it is published: files below a prefix, or an image with the digest as its tag. */
function sourceOf(to: string, hex: string, locked: LockedModel): Pick<ModelIntent, 'uri' | 'image'> {
  const bucket = /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:\/[^*?$\s]*)?$/.test(to);
  if (bucket) return { uri: `${to.replace(/\/+$/, '')}/${hex}/` };
  const repository = to.replace(/^oci:\/\//, '');
  if (!isRepository(repository)) {
    throw new ServingError(
      'InvalidModel',
      `'to' ('${to}') must be a repository of a registry without a tag, such as 'registry.example.com/models', or 's3://bucket/prefix'`,
    );
  }
  return { image: imageOf(repository, hex, locked) };
}

function imageOf(to: string, hex: string, locked: LockedModel): ModelImageIntent {
  return {
    reference: `${to}:${hex}@${locked.digest}`,
    directory: '/models',
    platforms: platformsOf(locked),
    canCopy: locked.variant !== 'data',
    base: locked.variant === 'baked' ? locked.base : undefined,
  };
}

function platformsOf({ platforms }: LockedArtifact): ImagePlatformIntent[] {
  return platforms.map(({ architecture, compressedSize }) => ({ architecture, bytes: compressedSize }));
}

/** A reference by digest, as it stands there or as it is locked. */
function resolveLocked(
  reference: string,
  lockFile: string | undefined,
): { name: string; reference: string; platforms?: ImagePlatformIntent[] } {
  const { name, digest } = parseReference(reference);
  const loaded = readLock({ lockFile });
  const locked = loaded === undefined ? undefined : lockedImage(loaded, reference);
  const platforms = locked === undefined ? undefined : platformsOf(locked);
  if (digest !== undefined) return { name, reference, platforms };
  if (locked === undefined) {
    throw new ServingError(
      'MutableImage',
      `'${reference}' has no digest, so the model could change under a running server; add it, or lock the image: serving lock --image ${shellWord(reference)}`,
    );
  }
  return { name, reference: `${reference}@${locked.digest}`, platforms };
}

function secondsOf(timeout: Duration | undefined): number | undefined {
  return timeout === undefined
    ? undefined
    : requireNumber('fetchTimeout', timeout.toSeconds(), { min: 2, max: 86_400, hint: 'in seconds' });
}

function imageDirectory(directory: string): string {
  if (/^(?:\/[^/\s]+)+$/.test(directory) && !directory.split('/').includes('..')) return directory;
  throw new ServingError(
    'InvalidModel',
    `'directory' ('${directory}') must be an absolute directory of the image below '/', such as '/models'`,
  );
}

function volumeDirectory(directory: string): string {
  if (/^[^/\s]+(?:\/[^/\s]+)*$/.test(directory) && !directory.split('/').includes('..')) return directory;
  throw new ServingError(
    'InvalidModel',
    `'directory' ('${directory}') must be relative to the volume and stay inside, such as 'resnet50/v2'`,
  );
}
