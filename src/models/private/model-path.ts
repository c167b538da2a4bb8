import type { IConstruct } from 'constructs';
import { hasUnseen } from '../../private/characters';
import { requireIdentifier } from '../../private/checks';
import { ServingError } from '../../private/errors';
import { MODELS_ROOT, parentOf } from '../../private/paths';
import { requireSlashes } from '../../private/slashes';

/** Directories of the container's own file system. */
const RESERVED = [
  ...['/', '/bin', '/boot', '/dev/shm', '/etc', '/home', '/lib', '/lib64', '/opt', '/root', '/run', '/sbin', '/tmp'],
  ...['/usr', '/usr/bin', '/usr/lib', '/usr/local', '/usr/local/bin', '/usr/local/lib', '/usr/sbin', '/usr/share'],
  ...['/var', '/var/lib', '/var/run', '/var/tmp'],
];
/** Directories below which nothing can be mounted. */
const KERNEL = /^\/(dev|proc|sys)(\/|$)/;

/** Short enough for every file system, with file names appended. */
const LONGEST = 1024;

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** The working directory of a backend's server. */
export interface WorkingDirectory {
  /** The absolute path. @default - unknown */
  readonly path?: string;
  /** Whether the definition sets it. */
  readonly isSet: boolean;
  /** Where errors occur. */
  readonly at?: IConstruct;
}

/** Whether the path of a model is relative to the working directory of its server. */
function isInWorkingDirectory(path: string): boolean {
  return path === '.' || path.startsWith('./');
}

/** The path of a model before its backend is known: absolute, unless it is relative to the working directory. */
export function typedPath(path: string, single: boolean): string {
  if (!isInWorkingDirectory(requireIdentifier('path', path))) return resolvePath(path, single);
  const rest = path.replace(/^\.\/+/, '');
  if (rest === '' || rest === '.') {
    throw new ServingError(
      'InvalidModel',
      `'path' ('${shortened(path)}') must name a directory or file below the working directory, such as './data'`,
    );
  }
  resolvePath(`${MODELS_ROOT}/${rest}`, single);
  return path;
}

/** Returns an absolute path of a directory in the container. */
export function requireContainerDirectory(prop: string, path: string, at?: IConstruct): string {
  requireSlashes(prop, requireIdentifier(prop, path, at));
  if (/^\/(?:[^/\s]+(?:\/[^/\s]+)*)?$/.test(path) && !hasDots(path) && !hasUnseen(path) && path.length <= LONGEST)
    return path;
  throw new ServingError(
    'InvalidText',
    `'${prop}' ('${shortened(path)}') must be an absolute path in the container, without spaces, '.', '..' or a final '/', such as '/app'`,
    at,
  );
}

/** The absolute path of a model, as it was set, for a server in this directory. */
export function placedPath(path: string, single: boolean, { name, directory }: PlacedModel): string {
  const { path: workingDirectory, isSet, at } = directory;
  if (isInWorkingDirectory(path)) {
    if (workingDirectory === undefined) {
      throw new ServingError(
        'InvalidModel',
        `'path' ('${shortened(path)}') of model '${name}' is relative to the working directory of the server, which is unknown; set 'workingDirectory' of the backend to that of its image, such as '/app', or use an absolute path`,
        at,
      );
    }
    return resolvePath(`${workingDirectory}/${path.slice(2)}`, single, at);
  }
  if (isSet && path !== '' && !path.startsWith('/')) {
    throw new ServingError(
      'InvalidModel',
      `'path' ('${shortened(path)}') of model '${name}' is ambiguous, because the backend sets 'workingDirectory' ('${workingDirectory}'); use './${shortened(path)}' for a path below it, or '${MODELS_ROOT}/${shortened(path)}'`,
      at,
    );
  }
  return resolvePath(path, single, at);
}

/** The name of a model for messages, and the directory that it is placed in. */
export interface PlacedModel {
  readonly name: string;
  readonly directory: WorkingDirectory;
}

function hasDots(path: string): boolean {
  return path.split('/').some((part) => part === '.' || part === '..');
}

/** The path of a model in the container: `path`, relative to the models' root. It must be a separate directory. */
export function resolvePath(path: string, single: boolean, at?: IConstruct): string {
  requireSlashes('path', requireIdentifier('path', path, at));
  const full = path.startsWith('/') ? path : `${MODELS_ROOT}/${path}`;
  const clean = full.replace(/\/+/g, '/').replace(/(.)\/$/, '$1');
  if (clean.split('/').includes('..') || !/^\/[^\s:,]+$/.test(clean) || hasUnseen(clean) || clean.length > LONGEST) {
    throw new ServingError(
      'InvalidModel',
      `'path' ('${shortened(path)}') must be a directory or file below '/', without '..', spaces, ':' or ',', of at most ${LONGEST} characters`,
      at,
    );
  }
  const directory = single ? parentOf(clean) : clean;
  if (RESERVED.includes(directory) || KERNEL.test(directory)) {
    throw new ServingError(
      'InvalidModel',
      `'path' ('${path}') would mount the model over '${directory}', which the container needs; use a separate directory, such as '${MODELS_ROOT}'`,
      at,
    );
  }
  return clean;
}

/** The last part of a URI or a path. */
export function lastPart(text: string): string {
  return text.split('/').filter(Boolean).at(-1) ?? text;
}
