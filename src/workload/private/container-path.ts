import { hasUnseen } from '../../private/characters';
import { requireIdentifier } from '../../private/checks';
import { ServingError } from '../../private/errors';
import { requireSlashes } from '../../private/slashes';

/** Directories of the image without which no server starts. An empty volume would hide their files. */
const SYSTEM = [
  ...['/', '/bin', '/boot', '/etc', '/home', '/lib', '/lib64', '/opt', '/sbin', '/usr', '/usr/bin', '/usr/lib'],
  ...['/usr/local', '/usr/local/bin', '/usr/local/lib', '/usr/sbin', '/usr/share', '/var', '/var/lib'],
];

/** Directories below which nothing can be mounted. */
const KERNEL = /^\/(dev|proc|sys)(\/|$)/;

/** Short enough for every file system, with file names appended. */
const LONGEST = 1024;

/** The absolute path of a directory that is mounted in a container, without a slash at its end. */
export function requireContainerPath(prop: string, path: string): string {
  requireSlashes(prop, requireIdentifier(prop, path));
  const clean = path.replace(/\/+/g, '/').replace(/(.)\/$/, '$1');
  const shown = path.length > 80 ? `${path.slice(0, 77)}...` : path;
  const segments = clean.split('/');
  if (
    !/^\/[^\s:,]*$/.test(clean) ||
    segments.includes('..') ||
    segments.includes('.') ||
    hasUnseen(clean) ||
    clean.length > LONGEST
  ) {
    throw new ServingError(
      'InvalidPath',
      `'${prop}' ('${shown}') must be the absolute path of a directory, without '.', '..', spaces, ':' or ',', of at most ${LONGEST} characters`,
    );
  }
  if (clean === '/dev/shm') {
    throw new ServingError(
      'InvalidPath',
      `'${prop}' ('${clean}') is set by 'sharedMemory' of 'resources'; use that instead`,
    );
  }
  if (SYSTEM.includes(clean) || KERNEL.test(clean)) {
    throw new ServingError(
      'InvalidPath',
      `'${prop}' ('${shown}') would hide files that the container needs; use the directory that the server writes to, such as '/app/logs'`,
    );
  }
  return clean;
}
