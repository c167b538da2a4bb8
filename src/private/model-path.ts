import { ServingError } from './errors';

/** The directory under which models stand in a container. */
const MODELS_ROOT = '/models';

/** Directories that are the container's own file system, or hold something else already. */
const TAKEN = ['/', '/dev', '/dev/shm', '/etc', '/proc', '/sys', '/tmp'];

/** Where a model stands in the container: `path`, relative to the models' root, which must be a directory of its own. */
export function resolvePath(path: string, single: boolean): string {
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

/** The last part of an address or a path. */
export function lastPart(text: string): string {
  return text.split('/').filter(Boolean).at(-1) ?? text;
}
