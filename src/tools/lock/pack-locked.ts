import { resolve } from 'node:path';
import { lockedModel } from '../../models/lock/entries';
import type { LoadedLock } from '../../models/lock/read-lock';
import { shellWord } from '../../private/shell-word';
import type { Artifact } from '../artifact/artifact';
import type { BaseImage } from '../artifact/base-image';
import { type ModelOptions, type PackedModel, packModel } from '../artifact/pack-model';
import { lockedPrograms } from '../artifact/programs';
import { CommandError } from '../command-line/command-error';
import type { Progress } from '../command-line/progress';
import { differencesOfModel } from './differences';
import type { ModelSettings } from './model-settings';

/** Builds the image of a model, on top of its base if it has one. */
export async function packAs(
  settings: ModelSettings & Pick<ModelOptions, 'programs'>,
  progress: Pick<Progress, 'report'>,
): Promise<PackedModel> {
  const { base: reference, plainHttp, ...rest } = settings;
  const base = reference === undefined ? undefined : await loadBase(reference, plainHttp);
  return packModel({ ...rest, base, report: (event) => progress.report(event) });
}

/** The image of a model exactly as locked. Throws an error that lists the files if the directory differs. */
export async function packLocked(
  loaded: LoadedLock,
  key: string,
  progress: Pick<Progress, 'report'>,
  plainHttp?: boolean,
): Promise<Artifact> {
  const locked = lockedModel(loaded, key);
  const { variant, base, to, owner, source, allowed } = locked;
  const directory = resolve(loaded.folder, key);
  const programs = lockedPrograms(locked);
  const settings = { key, directory, variant, base, to, owner, source, programs, allowed, plainHttp };
  const { artifact, entry } = await packAs(settings, progress);
  if (entry.digest === locked.digest) return artifact;
  const differences = differencesOfModel(settings, locked, entry);
  throw new CommandError(
    'LockDiffers',
    `the directory differs from the lock file; restore the files, or run 'serving lock ${shellWord(key)}'\n${differences.join('\n')}`,
  );
}

function loadBase(reference: string, plainHttp: boolean | undefined): Promise<BaseImage> {
  const { loadBaseImage } = require('../registry/resolve-image') as typeof import('../registry/resolve-image');
  return loadBaseImage(reference, { plainHttp });
}
