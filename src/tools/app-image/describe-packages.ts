import type { LockedPackages } from '../../models/lock/lock-file';
import { plural } from '../command-line/progress';

const SHOWN = 20;

/** States how many packages an app has, and which versions changed. */
export function describePackages(key: string, before: LockedPackages | undefined, after: LockedPackages): string {
  const [old, now] = [versionsOf(before), versionsOf(after)];
  const changes = [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((name) => {
    const [from, to] = [old.get(name), now.get(name)];
    if (from === to) return [];
    if (from === undefined) return [`${name} ${to}`];
    return [to === undefined ? `${name} removed` : `${name} ${from} -> ${to}`];
  });
  const more = changes.length > SHOWN ? ` and ${changes.length - SHOWN} more (the lock file lists all)` : '';
  const shown = changes.length === 0 ? 'unchanged' : `${changes.slice(0, SHOWN).join(', ')}${more}`;
  return `${key}: ${plural(now.size, 'package')} for Python ${after.python}: ${shown}`;
}

/** The versions of each package: several if they differ by architecture. */
function versionsOf({ wheels }: Pick<LockedPackages, 'wheels'> = { wheels: [] }): Map<string, string> {
  const versions = new Map<string, string>();
  for (const { name, version } of wheels) {
    const known = versions.get(name)?.split(' or ') ?? [];
    versions.set(name, [...new Set([...known, version])].join(' or '));
  }
  return versions;
}
