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

/** The path of a model in the container: `path`, relative to the models' root. It must be a separate directory. */
export function resolvePath(path: string, single: boolean): string {
  requireSlashes('path', requireIdentifier('path', path));
  const full = path.startsWith('/') ? path : `${MODELS_ROOT}/${path}`;
  const clean = full.replace(/\/+/g, '/').replace(/(.)\/$/, '$1');
  if (clean.split('/').includes('..') || !/^\/[^\s:,]+$/.test(clean) || hasUnseen(clean) || clean.length > LONGEST) {
    throw new ServingError(
      'InvalidModel',
      `'path' ('${shortened(path)}') must be a directory or file below '/', without '..', spaces, ':' or ',', of at most ${LONGEST} characters`,
    );
  }
  const directory = single ? parentOf(clean) : clean;
  if (RESERVED.includes(directory) || KERNEL.test(directory)) {
    throw new ServingError(
      'InvalidModel',
      `'path' ('${path}') would mount the model over '${directory}', which the container needs; use a separate directory, such as '${MODELS_ROOT}'`,
    );
  }
  return clean;
}

/** The last part of a URI or a path. */
export function lastPart(text: string): string {
  return text.split('/').filter(Boolean).at(-1) ?? text;
}
