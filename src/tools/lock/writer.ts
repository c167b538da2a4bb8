import { existsSync, readFileSync } from 'node:fs';
import { entryOf } from '../../models/lock/entries';
import type { LockedArtifact, LockFile } from '../../models/lock/lock-file';
import { parseLock } from '../../models/lock/parse';
import { shownPath } from '../../models/lock/read-lock';
import { renderLock } from '../../models/lock/render';
import { LOCK_SCHEMA } from '../../models/lock/schema';
import { describeValue, findViolation } from '../../models/lock/validate';
import { replaceFile } from '../../private/files/replace-file';
import { CommandError } from '../command-line/command-error';

const KINDS = ['apps', 'images', 'models'] as const;

/**
 * Writes entries to a lock file and returns whether that changed it. The file is read again first, because locking can take
 * long and another process may have changed it in the meantime. Members that this release does not recognize are kept.
 */
export function writeEntries(
  path: string,
  entries: readonly Partial<LockFile>[],
  removed: readonly string[] = [],
): boolean {
  const before = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  let lock: LockFile =
    before === undefined ? { version: 1, models: {}, images: {}, apps: {} } : parseLock(before, shownPath(path));
  for (const kind of KINDS) {
    const kept = Object.entries(lock[kind]).filter(([name]) => !removed.includes(name));
    lock = { ...lock, [kind]: Object.fromEntries(kept) };
    for (const change of entries) lock = { ...lock, [kind]: merge(lock[kind], change[kind] ?? {}) };
  }
  const after = renderLock(lock);
  if (after === before) return false;
  requireReadable(lock);
  writeLock(path, after);
  return true;
}

/** Rejects a lock file that could not be read again. */
export function requireReadable(lock: LockFile): void {
  const violation = findViolation(JSON.parse(renderLock(lock)), LOCK_SCHEMA);
  if (violation === undefined) return;
  const { where, value, expected } = violation;
  throw new CommandError('InvalidOption', `${where} (${describeValue(value)}) must be ${expected}`);
}

/** Optional members of an entry. Those that are not set anymore must be removed. */
const OPTIONAL = {
  allowed: undefined,
  base: undefined,
  owner: undefined,
  packages: undefined,
  requirements: undefined,
  source: undefined,
  to: undefined,
};
/** Members that are valid for one digest only. */
const EVIDENCE = { attestations: undefined, signatures: undefined };

function merge<T extends LockedArtifact>(
  before: { readonly [name: string]: T },
  changes: { readonly [name: string]: T },
) {
  const merged = Object.entries(changes).map(([name, entry]) => {
    const old = entryOf(before, name);
    const reset = old?.digest === entry.digest ? OPTIONAL : { ...OPTIONAL, ...EVIDENCE };
    return [name, { ...old, ...reset, ...entry }];
  });
  return { ...before, ...Object.fromEntries(merged) };
}

function writeLock(path: string, text: string): void {
  try {
    replaceFile(path, text);
  } catch (error) {
    throw new CommandError('OutputUnwritable', `'${shownPath(path)}' cannot be written: ${(error as Error).message}`);
  }
}
