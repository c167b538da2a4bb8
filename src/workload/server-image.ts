import { keyOf, lockedApp, lockedImage } from '../models/lock/entries';
import type { LockedArtifact } from '../models/lock/lock-file';
import { readLock, requireLock } from '../models/lock/read-lock';
import type { ImagePlatformIntent } from '../plan/intents';
import { requireDirectory, requireIdentifier } from '../private/checks';
import { redact } from '../private/credentials/redact';
import { ServingError } from '../private/errors';
import { isRepository, parseReference } from '../private/images/reference';
import { isSameImage } from '../private/images/same-image';
import { otherLocation, withoutScheme } from '../private/locations';
import { checkOptions } from '../private/options';
import { tagClass } from '../private/package-copy';
import { shellWord } from '../private/shell-word';
import { requireSlashes } from '../private/slashes';
import { isUnresolved } from '../private/tokens';
import { findEnvironment } from './private/environments';

/** The directory of the code, and the working directory, of an image that this package builds. */
const APP_DIRECTORY = '/app';

/** Options of an image in a registry. */
export interface RegistryImageOptions {
  /**
   * The lock file.
   *
   * @default - the nearest `serving.lock.json` in the working directory or its parents, within the project
   */
  readonly lockFile?: string;
}

/** Options of an image with a framework. */
export interface EnvironmentOptions {
  /**
   * Whether the image has CUDA. The backend must then request an NVIDIA GPU to use it.
   *
   * @default false
   */
  readonly gpu?: boolean;

  /**
   * The lock file.
   *
   * @default - the nearest `serving.lock.json` in the working directory or its parents, within the project
   */
  readonly lockFile?: string;
}

/** Options of an image that is built from a directory of code. */
export interface DirectoryImageOptions {
  /** The base image, as in the lock file or by digest. It must contain the runtime for the code. */
  readonly base: string;

  /**
   * The requirements file of the Python packages that are installed with the code, relative to the directory.
   *
   * @default - none
   */
  readonly requirements?: string;

  /**
   * The lock file.
   *
   * @default - the nearest `serving.lock.json` in the working directory or its parents, within the project
   */
  readonly lockFile?: string;

  /**
   * The repository that the image is published to, such as `registry.example.com/svm`.
   *
   * @default - the destination in the lock file
   */
  readonly to?: string;
}

/**
 * The container image with a backend's code.
 *
 * Images that only one target supports are in the namespace of that target, such as `aws.EcrImage`.
 *
 * @example
 *
 * import { ServerImage } from 'serving-constructs';
 *
 * const image = ServerImage.fromRegistry('registry.example.com/sentiment:1.4.2');
 */
export abstract class ServerImage {
  /**
   * An image in any registry, by digest or by an immutable tag.
   *
   * If the tag is locked with `serving lock --image`, the image is referenced by its digest, and its architectures and
   * size are validated against the compute.
   *
   * @param reference such as `acme/svm@sha256:...` or `registry.example.com/acme/svm:1.4.2`
   */
  public static fromRegistry(reference: string, options: RegistryImageOptions = {}): ServerImage {
    checkOptions('RegistryImageOptions', options, 'options');
    if (isUnresolved(requireIdentifier('reference', reference))) return RegistryImage.of(reference);
    refuseOther(reference);
    const { tag, digest } = parseReference(reference);
    const loaded = readLock({ lockFile: options.lockFile });
    const locked = loaded === undefined ? undefined : lockedImage(loaded, reference);
    if (locked !== undefined) {
      return RegistryImage.of(digest === undefined ? `${reference}@${locked.digest}` : reference, locked);
    }
    if (digest === undefined && (tag === undefined || tag === 'latest')) {
      throw new ServingError(
        'MutableImage',
        `'${reference}' ${tag === undefined ? 'has no tag and defaults to' : 'uses the tag'} 'latest', which can change while the endpoint is running; use a digest or an immutable tag`,
      );
    }
    return RegistryImage.of(reference);
  }

  /**
   * A maintained image with PyTorch or TensorFlow, by framework and version. It is public, so that both targets pull it
   * without credentials, and is the same as `fromRegistry` with the reference that `reference` has: by digest where the
   * catalog has one, otherwise by tag. Lock tags with `serving lock --image`, because AWS patches its images in place.
   *
   * An image with CUDA for a GPU that its CUDA has no code for, and an image without CUDA for a backend with a GPU, are
   * errors.
   *
   * @param name such as `pytorch-2.8` or `tensorflow-2.20`, in the notation of FloydHub
   *
   * @example
   *
   * import { ServerImage } from 'serving-constructs';
   *
   * const image = ServerImage.fromEnvironment('pytorch-2.8', { gpu: true });
   */
  public static fromEnvironment(name: string, options: EnvironmentOptions = {}): ServerImage {
    checkOptions('EnvironmentOptions', options, 'options');
    const { gpu = false, lockFile } = options;
    if (isUnresolved(requireIdentifier('name', name)))
      throw new ServingError('UnknownEnvironment', "'name' is a token, but its value must be known at synthesis");
    const { reference } = findEnvironment(name, gpu);
    return ServerImage.fromRegistry(reference, { lockFile });
  }

  /**
   * An image that `serving lock --app` and `serving publish` build from a base image and a directory of code, without
   * Docker. Synthesis reads only the lock file.
   *
   * @param directory the path relative to the lock file, as in its entry; or an absolute path
   */
  public static fromDirectory(directory: string, options: DirectoryImageOptions): ServerImage {
    checkOptions('DirectoryImageOptions', options, 'options');
    const { base, requirements, lockFile } = options;
    const list =
      requirements === undefined ? '' : ` --requirements ${shellWord(requireSlashes('requirements', requirements))}`;
    const command = (key: string): string => `--app ${shellWord(key)} --base ${shellWord(base)}${list}`;
    requireDirectory(directory);
    const loaded = requireLock({ lockFile, command: command(directory) });
    const key = keyOf(loaded.folder, directory);
    const locked = lockedApp(loaded, key, command(key));
    parseReference(base);
    const isBase = isSameImage(locked.base, base, lockedImage(loaded, base)?.digest);
    if (!isBase || requirements !== locked.requirements) {
      const [what, requested, found] = isBase
        ? ['requirements', requirements, locked.requirements]
        : ['base', base, locked.base];
      throw new ServingError(
        'LockedOtherwise',
        `'${what}' (${requested === undefined ? 'none' : `'${requested}'`}) of image '${key}' does not match the lock file (${found === undefined ? 'none' : `'${found}'`}); run: serving lock ${command(key)}`,
      );
    }
    const to = options.to ?? locked.to;
    if (to === undefined || !isRepository(to)) {
      throw new ServingError(
        'InvalidImage',
        `'to' (${to === undefined ? 'not set' : `'${to}'`}) of image '${key}' must be the repository that it is published to, such as 'registry.example.com/${key.split('/').at(-1)}'`,
      );
    }
    return RegistryImage.of(`${to}:${locked.digest.split(':')[1]}@${locked.digest}`, locked, {
      workingDirectory: APP_DIRECTORY,
      base: locked.base,
    });
  }

  /**
   * Only for the compiler: object literals are not images.
   *
   * @internal
   */
  protected declare readonly _made: true;

  /** @internal */
  public readonly _platforms?: ImagePlatformIntent[];

  /**
   * The working directory of the image, if it is known.
   *
   * @internal
   */
  public readonly _workingDirectory?: string;

  /**
   * The reference of the image that it was built from, whose user and variables it keeps; undefined if it is not known.
   *
   * @internal
   */
  public readonly _base?: string;

  protected constructor(
    /** The reference for a container runtime. @default - the platform resolves the image */
    public readonly reference?: string,
    /** The only platform that can use this image, such as `aws`. @default - every platform */
    public readonly platform?: string,
  ) {}
}

tagClass('ServerImage', ServerImage);

/** What is known of an image in addition to its reference. */
interface RegistryImageFacts {
  readonly workingDirectory?: string;
  /** The image that it was built from. */
  readonly base?: string;
}

/** Rejects the reference of a model, and one with a scheme. */
function refuseOther(reference: string): void {
  const plain = withoutScheme(reference);
  const problem =
    plain === undefined
      ? otherLocation(reference, 'ServerImage.fromRegistry')
      : `has a scheme, which image references do not have; use '${plain}'`;
  if (problem !== undefined) throw new ServingError('InvalidImage', `'reference' ('${redact(reference)}') ${problem}`);
}

class RegistryImage extends ServerImage {
  public static of(reference: string, locked?: LockedArtifact, facts: RegistryImageFacts = {}): RegistryImage {
    return new RegistryImage(reference, locked, facts);
  }

  public override readonly _platforms?: ImagePlatformIntent[];
  public override readonly _workingDirectory?: string;
  public override readonly _base?: string;

  private constructor(reference: string, locked: LockedArtifact | undefined, facts: RegistryImageFacts) {
    super(reference);
    this._workingDirectory = facts.workingDirectory;
    this._base = facts.base;
    this._platforms = locked?.platforms.map(({ architecture, compressedSize }) => ({
      architecture,
      bytes: compressedSize,
    }));
  }
}
