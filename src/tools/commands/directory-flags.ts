import { leavesFolder } from '../../models/lock/inside';
import { shownPath } from '../../models/lock/read-lock';
import { CommandError } from '../command-line/command-error';

/** The option of every command that reads what the lock file names. */
export const DIRECTORY_FLAGS = { 'allow-outside': { type: 'boolean' } } as const;

export const DIRECTORY_USAGE = `      --allow-outside      read directories that are outside the folder of the lock file, by name or through symbolic links
                           (as does SERVING_ALLOW_OUTSIDE=true)
`;

/** Whether directories outside the folder of the lock file may be read. */
export function allowsOutside(values: { readonly 'allow-outside'?: boolean }): boolean {
  return values['allow-outside'] ?? process.env.SERVING_ALLOW_OUTSIDE === 'true';
}

/**
 * Refuses what leaves the folder of the lock file. A change of that file, or a link in the checkout, may name any directory
 * of the machine, whose files would be listed in a log or published.
 */
export function requireInside(folder: string, names: Iterable<string>, allowed: boolean): void {
  if (allowed) return;
  for (const name of names) {
    const target = leavesFolder(folder, name);
    if (target === undefined) continue;
    throw new CommandError(
      'OutsideFolder',
      `'${name}' is outside the folder of the lock file ('${shownPath(folder)}'): it leads to '${target}'; add --allow-outside if that directory is meant`,
    );
  }
}
