import { existsSync } from 'node:fs';
import { entryOf } from '../../models/lock/entries';
import { isBelow } from '../../models/lock/inside';
import type { LockFile } from '../../models/lock/lock-file';
import { shownPath } from '../../models/lock/read-lock';
import { shellWord } from '../../private/shell-word';
import { CommandError } from '../command-line/command-error';
import { OK } from '../command-line/exit-codes';
import { stdout } from '../command-line/output';
import { createProgress, plural, size } from '../command-line/progress';
import { lookUpImage, packApp, showFiles } from './contents';
import type { ModelSettings } from './model-settings';
import { packAs } from './pack-locked';
import type { LockState, Work } from './work';
import { writeEntries } from './writer';

/** Locks everything in `work`, and writes the lock file. */
export async function updateLock(work: Work, { path, before }: LockState): Promise<number> {
  const { models, images, apps, removed, plainHttp } = work;
  for (const { key, directory } of [...models, ...apps]) requireDirectory(key, directory, before);
  const missing = apps.find(({ directory }) => !existsSync(directory));
  if (missing !== undefined)
    throw new CommandError('DirectoryMissing', `--app (${missing.key}) must be a directory that exists`);
  const progress = createProgress();
  const entries: Partial<LockFile>[] = [];
  for (const settings of models) {
    requireOutside(path, settings);
    const { entry } = await packAs(settings, progress);
    entries.push({ models: { [settings.key]: entry } });
    progress.end();
    stdout.line(`${settings.key}  ${entry.digest}  ${size(entry.bytes)} in ${plural(entry.layers.length, 'layer')}`);
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
    showFiles(settings.key, entry.layers);
  }
  requireUsed(work.allowed, entries);
  stdout.line(`${shownPath(path)} ${writeEntries(path, entries, removed) ? 'was written' : 'is up to date'}`);
  return OK;
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

/** An entry remains in the lock file after its directory was removed. */
function requireDirectory(key: string, directory: string, { models, apps }: LockFile): void {
  const isLocked = (entryOf(models, key) ?? entryOf(apps, key)) !== undefined;
  if (!isLocked || existsSync(directory)) return;
  throw new CommandError(
    'DirectoryMissing',
    `'${key}' is locked, but its directory does not exist; restore it, or run: serving lock --remove ${shellWord(key)}`,
  );
}

/** The lock file contains the digest of the directory, so it cannot be in that directory. */
function requireOutside(path: string, { key, directory }: ModelSettings): void {
  if (!isBelow(directory, path)) return;
  throw new CommandError(
    'InvalidOption',
    `the lock file '${shownPath(path)}' must not be inside the model '${key}'; pass --lock-file with a path outside it`,
  );
}
