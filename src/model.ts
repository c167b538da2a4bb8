import type { Duration } from './duration';
import type { ModelIntent } from './plan/intents';
import { isUnresolved, requireNumber, requireText } from './private/checks';
import { ServingError } from './private/errors';

/** The directory under which models stand in a container. */
const MODELS_ROOT = '/models';

/** Directories that are the container's own file system, or hold something else already. */
const TAKEN = ['/', '/dev', '/dev/shm', '/etc', '/proc', '/sys', '/tmp'];

/** What a model is called and where the server finds it. */
export interface ModelOptions {
  /**
   * The name for people.
   *
   * @default - the last part of where it comes from
   */
  readonly name?: string;

  /**
   * What the model is.
   *
   * @default - none
   */
  readonly description?: string;

  /**
   * Where the server finds the model: absolute, or below `/models`. The directory must hold nothing else that the server
   * needs, because a volume is mounted there; on Kubernetes only over the file where the model is one.
   *
   * @default - `/models` for a directory, `/models/<file name>` for a file
   */
  readonly path?: string;
}

/** Options of a model in S3. */
export interface S3ModelOptions extends ModelOptions {
  /**
   * The longest that the fetch may take before the replica is given up.
   *
   * AWS: the start timeout of the container that fetches, at most 120 s on Fargate. Kubernetes: part of the time that a
   * rollout gets.
   *
   * @default - 10 minutes, or what the compute allows
   */
  readonly fetchTimeout?: Duration;
}

/**
 * The weights that a server reads.
 *
 * A backend may have several; each has a path of its own.
 */
export class Model {
  /**
   * A directory or one file in S3, fetched before the server starts.
   *
   * A changed prefix rolls the backend, an overwritten object does not: keep the version in the path.
   *
   * @param uri `s3://bucket/prefix/` for everything below a prefix, `s3://bucket/key` for one object
   */
  public static fromS3(uri: string, options: S3ModelOptions = {}): Model {
    const match = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.*)$/.exec(requireText('uri', uri));
    if (match === null && !isUnresolved(uri)) {
      throw new ServingError(
        'InvalidModel',
        `'${uri}' must be an S3 address, such as 's3://bucket/prefix/' or 's3://bucket/model.onnx'`,
      );
    }
    if (match !== null && /[*?$\s]/.test(match[2] as string)) {
      throw new ServingError(
        'InvalidModel',
        `'${uri}' must not have '*', '?', '$' or spaces: it is one object, or with a '/' at the end everything below a prefix`,
      );
    }
    const single = !uri.endsWith('/');
    const last = lastPart(uri);
    return new Model({
      name: options.name ?? last,
      description: options.description,
      uri,
      singleObject: single,
      mountPath: resolvePath(options.path ?? (single ? last : ''), single),
      fetchSeconds:
        options.fetchTimeout === undefined
          ? undefined
          : requireNumber('fetchTimeout', options.fetchTimeout.toSeconds(), {
              min: 2,
              max: 86_400,
              hint: 'in seconds',
            }),
    });
  }

  /**
   * Files that are in the image already, beside the code. Nothing is fetched; the name and the description are kept.
   *
   * @param location where they are in the container, absolute or relative to the working directory of the image
   */
  public static inImage(location: string, options: ModelOptions = {}): Model {
    if (location === '')
      throw new ServingError('InvalidModel', "the path of a model in the image ('') must not be empty");
    if (options.path !== undefined && options.path !== location) {
      throw new ServingError(
        'InvalidModel',
        `'path' ('${options.path}') cannot move files that are in the image at '${location}'; leave it out`,
      );
    }
    return new Model({
      name: options.name ?? lastPart(location),
      description: options.description,
      singleObject: false,
      mountPath: location,
    });
  }

  private constructor(
    private readonly intent: ModelIntent,
    /** @internal */
    public readonly _owner?: unknown,
  ) {}

  /**
   * The same model, with what its platform needs to know of where it comes from.
   *
   * @internal
   */
  public _ownedBy(owner: unknown): Model {
    return new Model(this.intent, owner);
  }

  /** @internal */
  public _intent(): ModelIntent {
    return this.intent;
  }
}

function resolvePath(path: string, single: boolean): string {
  const full = path.startsWith('/') ? path : `${MODELS_ROOT}/${path}`;
  const clean = full.replace(/\/+/g, '/').replace(/(.)\/$/, '$1');
  if (clean.split('/').includes('..') || !/^\/[^\s:,]+$/.test(clean)) {
    throw new ServingError(
      'InvalidModel',
      `'path' ('${path}') must be a directory or file below '/', without '..', spaces, ':' or ','`,
    );
  }
  const directory = single ? clean.slice(0, clean.lastIndexOf('/')) || '/' : clean;
  if (TAKEN.includes(directory)) {
    throw new ServingError(
      'InvalidModel',
      `'path' ('${path}') would put the model's volume over '${directory}', which the container needs; use a directory of its own, such as '${MODELS_ROOT}'`,
    );
  }
  return clean;
}

function lastPart(text: string): string {
  return text.split('/').filter(Boolean).at(-1) ?? text;
}
