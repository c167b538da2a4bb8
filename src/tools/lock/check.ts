import { existsSync } from 'node:fs';
import { entryOf } from '../../models/lock/entries';
import { shownPath } from '../../models/lock/read-lock';
import { OK, REFUSED } from '../command-line/exit-codes';
import { stdout } from '../command-line/output';
import { createProgress } from '../command-line/progress';
import { lookUpImage, packApp } from './contents';
import { differencesOfImage, differencesOfModel } from './differences';
import { packAs } from './pack-locked';
import type { LockState, Work } from './work';

/** Prints differences from the lock file, without changing it. */
export async function checkLock(
  { models, images, apps, plainHttp }: Work,
  { path, before }: LockState,
): Promise<number> {
  const progress = createProgress();
  const differences: string[] = [];
  for (const settings of models) {
    const locked = entryOf(before.models, settings.key);
    if (locked === undefined) differences.push(`${settings.key}: not locked`);
    else if (!existsSync(settings.directory)) differences.push(`${settings.key}: the directory does not exist`);
    else {
      const { entry } = await packAs(settings, progress);
      differences.push(...differencesOfModel(settings, locked, entry));
    }
  }
  for (const reference of images) {
    differences.push(
      ...differencesOfImage(reference, entryOf(before.images, reference), await lookUpImage(reference, plainHttp)),
    );
  }
  for (const settings of apps) {
    const locked = entryOf(before.apps, settings.key);
    if (locked === undefined) differences.push(`${settings.key}: not locked`);
    else if (!existsSync(settings.directory)) differences.push(`${settings.key}: the directory does not exist`);
    else if ((await packApp(settings, progress)).entry.digest !== locked.digest)
      differences.push(`${settings.key}: the code, its packages or its base changed`);
  }
  progress.end();
  for (const difference of differences) stdout.line(difference);
  if (differences.length > 0) return REFUSED;
  stdout.line(`${shownPath(path)} matches the working tree`);
  return OK;
}
