import type { LockedLayer } from '../../models/lock/lock-file';
import { plural } from '../command-line/progress';

const SHOWN = 10;

/** What goes into the image, because whoever can pull it can read it. The lock file has the whole list. */
export function describeFiles(key: string, layers: readonly LockedLayer[] = []): string {
  const paths = layers.flatMap(({ files }) => files.map(({ path }) => path));
  const more = paths.length > SHOWN ? ` and ${paths.length - SHOWN} more, which the lock file lists` : '';
  return `${key}: ${plural(paths.length, 'file')} of code: ${paths.slice(0, SHOWN).join(', ')}${more}`;
}
