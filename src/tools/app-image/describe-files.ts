import type { LockedLayer } from '../../models/lock/lock-file';
import { plural } from '../command-line/progress';

const SHOWN = 10;

/** Lists the files that go into the image, because anyone who can pull the image can read them. */
export function describeFiles(key: string, layers: readonly LockedLayer[] = []): string {
  const paths = layers.flatMap(({ files }) => files.map(({ path }) => path));
  const more = paths.length > SHOWN ? ` and ${paths.length - SHOWN} more (the lock file lists all)` : '';
  return `${key}: ${plural(paths.length, 'code file')}: ${paths.slice(0, SHOWN).join(', ')}${more}`;
}
