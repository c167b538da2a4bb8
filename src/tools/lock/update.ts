import { existsSync, readdirSync } from 'node:fs';
import { dirname, posix } from 'node:path';
import { entryOf } from '../../models/lock/entries';
import { isBelow } from '../../models/lock/inside';
import type { LockedModel, LockFile } from '../../models/lock/lock-file';
import { shownPath } from '../../models/lock/read-lock';
import { shellWord } from '../../private/shell-word';
import { nearestPath } from '../../private/suggest';
import { CommandError } from '../command-line/command-error';
import { OK } from '../command-line/exit-codes';
import { stderr, stdout } from '../command-line/output';
import { createProgress, plural, size } from '../command-line/progress';
import { lookUpImage, packApp, showFiles, showPackages } from './contents';
import { newPrograms } from './differences';
import type { ModelSettings } from './model-settings';
import { packAs } from './pack-locked';
import type { LockState, Work } from './work';
import { writeEntries } from './writer';

type Place = Pick<ModelSettings, 'key' | 'directory'>;

/** Locks everything in `work`, and writes the lock file. */
export async function updateLock(work: Work, { path, before }: LockState): Promise<number> {
  const { models, images, apps, removed, plainHttp } = work;
  for (const { key, directory } of models) requireDirectory({ key, directory }, `'${key}'`, before);
  for (const { key, directory } of apps) requireDirectory({ key, directory }, `--app (${key})`, before);
  const progress = createProgress();
  const entries: Partial<LockFile>[] = [];
  for (const settings of models) {
    requireOutside(path, settings);
    const { entry } = await packAs(settings, progress);
    entries.push({ models: { [settings.key]: entry } });
    progress.end();
    stdout.line(`${settings.key}  ${entry.digest}  ${size(entry.bytes)} in ${plural(entry.layers.length, 'layer')}`);
    noteModes(settings.key, entryOf(before.models, settings.key), entry);
  }
  for (const reference of images) {
    const image = await lookUpImage(reference, plainHttp);
    entries.push({ images: { [reference]: image } });
    stdout.line(
      `${reference}  ${image.digest}  ${image.platforms.map(({ os, architecture }) => `${os}/${architecture}`).join(', ')}`,
    );
  }
  for (const settings of apps) {
    const { entry } = await packApp(settings, progress);
    entries.push({ apps: { [settings.key]: entry } });
    progress.end();
    stdout.line(`${settings.key}  ${entry.digest}  based on ${entry.base}`);
    if (entry.packages !== undefined) showPackages(settings, entry.packages);
    showFiles(settings.key, entry.layers);
  }
  requireUsed(work.allowed, entries);
  stdout.line(`${shownPath(path)} ${writeEntries(path, entries, removed) ? 'was written' : 'is up to date'}`);
  return OK;
}

/** States which modes change the digest of a model, although the content of its files may be the same. */
function noteModes(key: string, old: LockedModel | undefined, entry: LockedModel): void {
  if (old === undefined) return;
  const programs = newPrograms(old, entry);
  if (programs.length === 0) return;
  const files = programs.map((path) => `'${path}'`).join(', ');
  stderr.line(`note: ${key}: now executable, which changes the digest: ${files}`);
}

/** An unused --allow-file is a typing error, or a wrong assumption about the file. */
function requireUsed(allowed: readonly string[], entries: readonly Partial<LockFile>[]): void {
  const used = entries.flatMap(({ models = {}, apps = {} }) =>
    [...Object.values(models), ...Object.values(apps)].flatMap((entry) => entry.allowed ?? []),
  );
  const unused = allowed.find((path) => !used.includes(path));
  if (unused === undefined) return;
  throw new CommandError(
    'InvalidOption',
    `--allow-file (${unused}) matches no file that looks like a credential; correct the path, or remove the option`,
  );
}

/** A directory that does not exist is mistyped, unless it is locked: an entry remains after its directory was removed. */
function requireDirectory({ key, directory }: Place, shown: string, { models, apps }: LockFile): void {
  if (existsSync(directory)) return;
  const isLocked = (entryOf(models, key) ?? entryOf(apps, key)) !== undefined;
  if (isLocked)
    throw new CommandError(
      'DirectoryMissing',
      `'${key}' is locked, but its directory does not exist; restore it, or run: serving lock --remove ${shellWord(key)}`,
    );
  const beside = directoriesIn(dirname(directory)).map((name) => posix.join(posix.dirname(key), name));
  const nearest = nearestPath(key, [...Object.keys(models), ...Object.keys(apps), ...beside]);
  const guess = nearest === undefined ? 'correct its path' : `did you mean '${nearest}'?`;
  throw new CommandError('DirectoryMissing', `${shown} must be a directory that exists; ${guess}`);
}

function directoriesIn(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() || entry.isSymbolicLink())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

/** The lock file contains the digest of the directory, so it cannot be in that directory. */
function requireOutside(path: string, { key, directory }: ModelSettings): void {
  if (!isBelow(directory, path)) return;
  throw new CommandError(
    'InvalidOption',
    `the lock file '${shownPath(path)}' must not be inside the model '${key}'; pass --lock-file with a path outside it`,
  );
}
