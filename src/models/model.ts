import type { ImagePlatformIntent, ModelImageIntent, ModelIntent } from '../plan/intents';
import { requireDirectory, requireIdentifier, requireName, requireNumber, requireText } from '../private/checks';
import { redact } from '../private/credentials/redact';
import { ServingError } from '../private/errors';
import { isRepository, parseReference } from '../private/images/reference';
import { hubNameWithOwner, otherLocation, type ReferenceFactory } from '../private/locations';
import { checkOptions, checkValue } from '../private/options';
import { tagClass } from '../private/package-copy';
import { shellWord } from '../private/shell-word';
import { requireSlashes } from '../private/slashes';
import { isUnresolved } from '../private/tokens';
import type { Duration } from '../units/duration';
import type { SecretValue } from '../workload/secret-value';
import { keyOf, lockedImage, lockedModel } from './lock/entries';
import type { LockedArtifact, LockedLayer, LockedModel } from './lock/lock-file';
import { readLock, requireLock } from './lock/read-lock';
import type {
  ArchiveModelOptions,
  DirectoryModelOptions,
  HuggingFaceModelOptions,
  ModelOptions,
  OciModelOptions,
  S3Credentials,
  S3ModelOptions,
  TextModelOptions,
  UrlModelOptions,
  VolumeModelOptions,
} from './model-options';
import type { ModelVolume } from './model-volume';
import { isChecked } from './private/fetch-command';
import { lastPart, placedPath, typedPath, type WorkingDirectory } from './private/model-path';
import { TEXT_URI } from './private/text-command';

/** The largest text. An ECS task definition has at most 64 KiB. */
const MAX_TEXT_BYTES = 16 * 1024;

/** The parts of a model that only its platform can use. */
interface Resources {
  readonly owner?: unknown;
  /** Variables with credentials for its store. @default - those of the server, or none */
  readonly secrets?: { readonly [variable: string]: SecretValue };
  readonly volume?: ModelVolume;
  readonly directory?: string;
  /** The paths of the files, if they are locked or each is named. */
  readonly files?: readonly string[];
  /** The layers of the files, if they are locked. */
  readonly layers?: readonly LockedLayer[];
  /** The path as it was set. @default - none was set */
  readonly path?: string;
}

/**
 * The files of a model, such as its weights, and where the server finds them.
 *
 * A backend can have several models, each with a separate path.
 *
 * @example
 *
 * import { Model } from 'serving-constructs';
 *
 * const model = Model.fromS3('s3://acme-models/resnet50/v2/', { name: 'ResNet-50', path: 'resnet50' });
 */
export class Model {
  /**
   * A directory that was locked with `serving lock`. Synthesis reads only the lock file. Publish the files with
   * `serving publish` before you deploy.
   *
   * A changed model changes its digest in the lock file, which triggers a rollout of the backend.
   *
   * @param directory the path relative to the lock file, as in its entry; or an absolute path
   */
  public static fromDirectory(directory: string, options: DirectoryModelOptions = {}): Model {
    checkOptions('DirectoryModelOptions', options, 'options');
    requireDirectory(directory);
    refuseOther('directory', directory, 'Model.fromDirectory');
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
    const { driftOf } = require('./lock/drift') as typeof import('./lock/drift');
    const drift = driftOf(loaded, key);
    const source = sourceOf(to, hex, locked);
    const intent: ModelIntent = {
      ...placeOf(options, lastPart(key)),
      ...source,
      checked: source.uri === undefined ? undefined : isChecked(locked.layers),
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
    return new Model(intent, {
      path: options.path,
      files: locked.layers.flatMap(({ files }) => files.map(({ path }) => path)),
      layers: locked.layers,
    });
  }

  /**
   * A directory or a single file in S3, fetched before the server starts.
   *
   * A changed prefix triggers a rollout of the backend, an overwritten object does not: put the version into the path.
   *
   * @param uri `s3://bucket/prefix/` for everything below a prefix, `s3://bucket/key` for one object
   */
  public static fromS3(uri: string, options: S3ModelOptions = {}): Model {
    checkOptions('S3ModelOptions', options, 'options');
    const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.*)$/.exec(
      requireSlashes('uri', requireIdentifier('uri', uri)),
    );
    if (match === null && !isUnresolved(uri)) {
      refuseOther('uri', uri, 'Model.fromS3');
      throw new ServingError(
        'InvalidModel',
        `'${redact(uri)}' must be an S3 URI with a bucket name of lower-case letters, digits, dots and hyphens, such as 's3://bucket/prefix/' or 's3://bucket/model.onnx'`,
      );
    }
    if (match !== null && /[*?$\s]|(^|\/)\.{1,2}(\/|$)/.test(match[2] as string)) {
      throw new ServingError(
        'InvalidModel',
        `'${uri}' must not contain '*', '?', '$', spaces, '.' or '..'; it is the URI of one object, or ends with '/' for everything below a prefix`,
      );
    }
    if (match !== null && Buffer.byteLength(match[2] as string) > 1024)
      throw new ServingError(
        'InvalidModel',
        `'uri' (${uri.length} characters) must have a key of at most 1024 bytes, the limit of S3`,
      );
    const isObject = !uri.endsWith('/');
    if (options.unpack === true && !isObject) {
      throw new ServingError(
        'ConflictingProps',
        `'unpack' (true) requires one object, but '${uri}' ends with '/'; remove it, or name the archive`,
      );
    }
    return new Model(
      {
        ...placeOf(options, lastPart(uri), isObject && options.unpack !== true),
        ...archiveOf(options),
        uri,
        endpoint: options.endpoint === undefined ? undefined : storeUrl(options.endpoint),
        fetchSeconds: secondsOf(options.fetchTimeout),
      },
      { path: options.path, secrets: keysOf(options.credentials) },
    );
  }

  /**
   * A file or an archive that is downloaded over HTTPS before the server starts, and compared with its digest.
   *
   * Credentials cannot be part of the definition: publish private files to S3 or a registry. AWS: the security group of the
   * backend must allow the connection. A changed digest triggers a rollout of the backend.
   *
   * @param url the address, such as `https://example.com/models/resnet50-v2.onnx`
   *
   * @example
   *
   * import { Model } from 'serving-constructs';
   *
   * const model = Model.fromUrl('https://example.com/models/net-v2.tar.gz', {
   *   sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
   *   unpack: true,
   * });
   */
  public static fromUrl(url: string, options: UrlModelOptions): Model {
    checkOptions('UrlModelOptions', options, 'options');
    const text = requireIdentifier('url', url);
    const path = /^https:\/\/[^\s/?#@\\]+(\/[^\s?#\\]*[^\s/?#\\])(?:\?[^\s#\\]*)?$/.exec(text)?.[1];
    if (path === undefined) {
      if (!/^https?:/i.test(text)) refuseOther('url', text, 'Model.fromUrl');
      throw new ServingError(
        'InvalidModel',
        `'url' ('${redact(text)}') must be the https address of a file, without credentials, such as 'https://example.com/models/resnet50-v2.onnx'`,
      );
    }
    requirePortOf('url', text);
    const sha256 = requireIdentifier('sha256', options.sha256).replace(/^sha256:/, '');
    if (!/^[0-9a-f]{64}$/.test(sha256)) {
      throw new ServingError(
        'InvalidModel',
        `'sha256' ('${sha256}') of '${lastPart(path)}' must be the SHA-256 of the file, 64 lower-case hex digits, as 'sha256sum' prints it`,
      );
    }
    return new Model(
      {
        ...placeOf(options, lastPart(path), options.unpack !== true),
        ...archiveOf(options),
        uri: text,
        sha256,
        fetchSeconds: secondsOf(options.fetchTimeout),
      },
      { path: options.path },
    );
  }

  /**
   * A small file whose text is part of the definition, such as the configuration of a server. Servers that load a model by path
   * do not take it for their model.
   *
   * A container writes the file before the server starts, on every target. The text is an argument of it, which everyone who can
   * read the template or the manifest can read, so it must not contain secrets. A change replaces the replicas.
   *
   * @param text at most 16 KiB. Nothing in it is expanded
   *
   * @example
   *
   * import { Model } from 'serving-constructs';
   *
   * const config = Model.fromText('version: 1\napi_server:\n  workers: 2\n', { path: '/app/configuration.yaml' });
   */
  public static fromText(text: string, options: TextModelOptions): Model {
    checkOptions('TextModelOptions', options, 'options');
    const path = requireIdentifier('path', options.path);
    const bytes = Buffer.byteLength(requireText('text', text));
    requireNumber('text', bytes, { min: 1, max: MAX_TEXT_BYTES, unit: 'bytes' });
    return new Model({ ...placeOf(options, lastPart(path), true), uri: TEXT_URI, text, bytes }, { path: options.path });
  }

  /**
   * A directory of an image in any registry, by digest. A tag is sufficient if it is locked.
   *
   * @param reference such as `registry.example.com/models/resnet50:v2@sha256:...`
   */
  public static fromOci(reference: string, options: OciModelOptions = {}): Model {
    checkOptions('OciModelOptions', options, 'options');
    if (!isUnresolved(requireIdentifier('reference', reference))) refuseOther('reference', reference, 'Model.fromOci');
    const known = isUnresolved(reference) ? undefined : resolveLocked(reference, options.lockFile);
    return new Model(
      {
        ...placeOf(options, known === undefined ? lastPart(reference) : lastPart(known.name)),
        image: {
          reference: known?.reference ?? reference,
          directory: imageDirectory(options.directory ?? '/models'),
          platforms: known?.platforms,
        },
        fetchSeconds: secondsOf(options.fetchTimeout),
        delivery: options.delivery?._kind,
      },
      { path: options.path },
    );
  }

  /**
   * A model on the Hugging Face Hub at one commit, fetched before the server starts.
   *
   * @param repository owner and name, such as `facebook/opt-125m`
   */
  public static fromHuggingFace(repository: string, options: HuggingFaceModelOptions): Model {
    checkOptions('HuggingFaceModelOptions', options, 'options');
    if (!/^[A-Za-z0-9][\w.-]*\/[A-Za-z0-9][\w.-]*$/.test(requireIdentifier('repository', repository))) {
      refuseOther('repository', repository, 'Model.fromHuggingFace');
      const problem =
        hubNameWithOwner(repository) ??
        "must be a repository of the Hugging Face Hub, owner and name, such as 'facebook/opt-125m'";
      throw new ServingError('InvalidModel', `'repository' ('${redact(repository)}') ${problem}`);
    }
    const { revision, token, include } = options;
    if (!/^[0-9a-f]{40}$/.test(revision)) {
      throw new ServingError(
        'InvalidModel',
        `'revision' ('${revision}') of '${repository}' must be a commit hash of 40 hex digits, because branches and tags can move`,
      );
    }
    return new Model(
      {
        ...placeOf(options, lastPart(repository)),
        uri: `hf://${repository}:${revision}`,
        include: include === undefined ? undefined : includedFiles(repository, include),
        fetchSeconds: secondsOf(options.fetchTimeout),
      },
      {
        path: options.path,
        secrets: token === undefined ? undefined : { HF_TOKEN: token },
        files: include?.some((file) => /[*?[]/.test(file)) ? undefined : include,
      },
    );
  }

  /**
   * An existing volume, or a directory of it. Nothing is fetched, and changes to its files are not detected: put the
   * version into `directory`.
   *
   * @param volume a volume of the target, such as `kubernetes.ClaimVolume.fromName('models')`
   */
  public static fromVolume(volume: ModelVolume, options: VolumeModelOptions = {}): Model {
    checkOptions('VolumeModelOptions', options, 'options');
    checkValue('ModelVolume', volume, 'volume');
    const { volumeName } = volume;
    const directory = options.directory === undefined ? undefined : volumeDirectory(options.directory);
    return new Model(
      { ...placeOf(options, directory === undefined ? volumeName : lastPart(directory)), volume: volumeName },
      { path: options.path, volume, directory },
    );
  }

  /**
   * Files that are already in the image with the code. Nothing is fetched.
   *
   * @param location the path in the container, absolute or relative to the working directory of the image
   */
  public static inImage(location: string, options: ModelOptions = {}): Model {
    checkOptions('ModelOptions', options, 'options');
    if (requireSlashes('location', requireIdentifier('location', location)) === '')
      throw new ServingError('InvalidModel', "the path of a model in the image ('') must not be empty");
    refuseOther('location', location, 'Model.inImage');
    if (location.trim() === '') {
      throw new ServingError(
        'InvalidModel',
        `'location' ('${redact(location)}') must be a path in the image, such as '/opt/models/resnet50'`,
      );
    }
    if (options.path !== undefined && options.path !== location) {
      throw new ServingError(
        'InvalidModel',
        `'path' ('${options.path}') cannot move files that are in the image at '${location}'; remove it`,
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
   * The same model, with its owner for the platform.
   *
   * @internal
   */
  public _ownedBy(owner: unknown): Model {
    return new Model(this.intent, { ...this._resources, owner });
  }

  /**
   * The same model, at its absolute path in the container of a server.
   *
   * @internal
   */
  public _in(directory: WorkingDirectory): Model {
    const { path } = this._resources;
    const { name, singleObject } = this.intent;
    if (path === undefined || path.startsWith('/')) return this;
    const mountPath = placedPath(path, singleObject, { name, directory });
    return new Model({ ...this.intent, mountPath }, this._resources);
  }

  /**
   * The parts that belong to one platform and cannot be used on others.
   *
   * @internal
   */
  public _owners(): { what: string; platform?: string }[] {
    const { secrets = {}, volume } = this._resources;
    return [
      ...Object.entries(secrets).map(([variable, { platform }]) => ({
        what: `secret '${variable}' of model '${this.intent.name}'`,
        platform,
      })),
      ...(volume === undefined ? [] : [{ what: `volume of model '${this.intent.name}'`, platform: volume.platform }]),
    ];
  }

  /** @internal */
  public _intent(): ModelIntent {
    return this.intent;
  }
}

tagClass('Model', Model);

/** Rejects the reference of another factory. */
function refuseOther(prop: string, reference: string, factory: ReferenceFactory): void {
  const other = otherLocation(reference, factory);
  if (other !== undefined) throw new ServingError('InvalidModel', `'${prop}' ('${redact(reference)}') ${other}`);
}

/** Common to all models: name, description and path. */
function placeOf(
  options: ModelOptions,
  last: string,
  single = false,
): Pick<ModelIntent, 'name' | 'description' | 'singleObject' | 'mountPath'> {
  return {
    name: options.name === undefined ? last : requireName('name', options.name),
    description: options.description,
    singleObject: single,
    mountPath: typedPath(options.path ?? (single ? last : ''), single),
  };
}

/** The location of a published model: files below a prefix, or an image with the digest as its tag. */
function sourceOf(to: string, hex: string, locked: LockedModel): Pick<ModelIntent, 'uri' | 'image'> {
  const bucket = /^s3:\/\/[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](?:\/[^*?$\s]*)?$/.test(to);
  if (bucket) return { uri: `${to.replace(/\/+$/, '')}/${hex}/` };
  const repository = to.replace(/^oci:\/\//, '');
  if (!isRepository(repository)) {
    throw new ServingError(
      'InvalidModel',
      `'to' ('${redact(to)}') must be a registry repository without a tag, such as 'registry.example.com/models', or 's3://bucket/prefix'`,
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

/** A reference by digest: its own, or the locked one. */
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
      `'${reference}' has no digest, so the model could change under a running server; add the digest, or lock the image: serving lock --image ${shellWord(reference)}`,
    );
  }
  return { name, reference: `${reference}@${locked.digest}`, platforms };
}

/** The files of a repository that are fetched. */
function includedFiles(repository: string, include: readonly string[]): string[] {
  const wrong = include.length === 0 ? '' : include.find((file) => !/^(?!\/|\.\.?(\/|$))\P{Cc}+(?<!\/)$/u.test(file));
  if (wrong === undefined) return [...include];
  throw new ServingError(
    'InvalidModel',
    `'include' ('${redact(wrong)}') of '${repository}' must have paths in the repository or patterns of them, such as '*.safetensors'; omit it for all files`,
  );
}

function secondsOf(timeout: Duration | undefined): number | undefined {
  return timeout === undefined
    ? undefined
    : requireNumber('fetchTimeout', timeout.toSeconds(), { min: 2, max: 86_400, unit: 'seconds' });
}

/** Whether a model is an archive, and the size of its files. */
function archiveOf({ unpack, unpackedSize }: ArchiveModelOptions): Pick<ModelIntent, 'archive' | 'bytes'> {
  if (unpack !== true && unpackedSize !== undefined)
    throw new ServingError(
      'ConflictingProps',
      "'unpackedSize' requires 'unpack' to be true; remove it, or set 'unpack'",
    );
  return unpack === true ? { archive: true, bytes: unpackedSize && unpackedSize.toMebibytes() * 2 ** 20 } : {};
}

/** Returns a URL if its port exists. */
function requirePortOf(prop: string, url: string): string {
  const port = Number(/^https?:\/\/[^/?#]*:(\d+)(?:[/?#]|$)/.exec(url)?.[1] ?? 1);
  if (port >= 1 && port <= 65_535) return url;
  throw new ServingError('InvalidModel', `'${prop}' ('${url}') must have a port between 1 and 65535, but has ${port}`);
}

/** The URL of a store: scheme, host and port only, because credentials are secrets and the bucket is in the URI. */
function storeUrl(endpoint: string): string {
  const text = requireIdentifier('endpoint', endpoint);
  if (isUnresolved(text)) return text;
  if (/^https?:\/\/(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(?::\d{1,5})?$/.test(text))
    return requirePortOf('endpoint', text);
  throw new ServingError(
    'InvalidModel',
    `'endpoint' ('${redact(text)}') must be the URL of a store, with scheme, host and port only, such as 'https://minio.example.com:9000'`,
  );
}

/** The variables of the AWS CLI with the keys of a store. */
function keysOf(credentials: S3Credentials | undefined): Resources['secrets'] {
  if (credentials === undefined) return undefined;
  const { accessKeyId, secretAccessKey } = credentials;
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
}

function imageDirectory(directory: string): string {
  requireSlashes('directory', directory);
  if (/^(?:\/[^/\s]+)+$/.test(directory) && !directory.split('/').includes('..')) return directory;
  throw new ServingError(
    'InvalidModel',
    `'directory' ('${directory}') must be an absolute path in the image below '/', such as '/models'`,
  );
}

function volumeDirectory(directory: string): string {
  requireSlashes('directory', directory);
  if (/^[^/\s]+(?:\/[^/\s]+)*$/.test(directory) && !directory.split('/').includes('..')) return directory;
  throw new ServingError(
    'InvalidModel',
    `'directory' ('${directory}') must be a path inside the volume and relative to it, such as 'resnet50/v2'`,
  );
}
