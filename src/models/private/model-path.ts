import { hasUnseen } from '../../private/characters';
import { requireIdentifier } from '../../private/checks';
import { ServingError } from '../../private/errors';

/** The directory under which models stand in a container. */
const MODELS_ROOT = '/models';

/** Directories that are the container's own file system, or hold something else already. */
const TAKEN = [
  ...['/', '/bin', '/boot', '/dev/shm', '/etc', '/home', '/lib', '/lib64', '/opt', '/root', '/run', '/sbin', '/tmp'],
  ...['/usr', '/usr/bin', '/usr/lib', '/usr/local', '/usr/local/bin', '/usr/local/lib', '/usr/sbin', '/usr/share'],
  ...['/var', '/var/lib', '/var/run', '/var/tmp'],
];
/** Where nothing can be mounted, however deep. */
const KERNEL = /^\/(dev|proc|sys)(\/|$)/;

/** What every file system takes, with the names of files behind. */
const LONGEST = 1024;

function shortened(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

/** Where a model stands in the container: `path`, relative to the models' root, which must be a directory of its own. */
export function resolvePath(path: string, single: boolean): string {
  requireIdentifier('path', path);
  const full = path.startsWith('/') ? path : `${MODELS_ROOT}/${path}`;
  const clean = full.replace(/\/+/g, '/').replace(/(.)\/$/, '$1');
  if (clean.split('/').includes('..') || !/^\/[^\s:,]+$/.test(clean) || hasUnseen(clean) || clean.length > LONGEST) {
    throw new ServingError(
      'InvalidModel',
      `'path' ('${shortened(path)}') must be a directory or file below '/', without '..', spaces, ':' or ',', of at most ${LONGEST} characters`,
    );
  }
  const directory = single ? clean.slice(0, clean.lastIndexOf('/')) || '/' : clean;
  if (TAKEN.includes(directory) || KERNEL.test(directory)) {
    throw new ServingError(
      'InvalidModel',
      `'path' ('${path}') would put the model's volume over '${directory}', which the container needs; use a directory of its own, such as '${MODELS_ROOT}'`,
    );
  }
  return clean;
}

/** The last part of an address or a path. */
export function lastPart(text: string): string {
  return text.split('/').filter(Boolean).at(-1) ?? text;
}
