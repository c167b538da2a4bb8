import { leavesFolder } from '../../models/lock/inside';
import { shownPath } from '../../models/lock/read-lock';
import { CommandError } from '../command-line/command-error';

/** The option of every command that reads the directories of the lock file. */
export const DIRECTORY_FLAGS = { 'allow-outside': { type: 'boolean' } } as const;

export const DIRECTORY_USAGE = `      --allow-outside      read directories outside the folder of the lock file, also through symbolic links (as does
                           SERVING_ALLOW_OUTSIDE=true)
`;

/** Whether directories outside the folder of the lock file may be read. */
export function allowsOutside(values: { readonly 'allow-outside'?: boolean }): boolean {
  return values['allow-outside'] ?? process.env.SERVING_ALLOW_OUTSIDE === 'true';
}

/**
 * Rejects directories outside the folder of the lock file. Otherwise a change to that file, or a link in the checkout, could
 * list the files of any directory of the machine in a log, or publish them.
 */
export function requireInside(folder: string, names: Iterable<string>, allowed: boolean): void {
  if (allowed) return;
  for (const name of names) {
    const target = leavesFolder(folder, name);
    if (target === undefined) continue;
    throw new CommandError(
      'OutsideFolder',
      `'${name}' is outside the folder of the lock file ('${shownPath(folder)}'): it resolves to '${target}'; add --allow-outside if this is intended`,
    );
  }
}
