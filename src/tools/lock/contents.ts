import type { LockedLayer, LockedPackages } from '../../models/lock/lock-file';
import type { AppSettings } from '../app-image/pack-app';
import { stderr } from '../command-line/output';
import type { Progress } from '../command-line/progress';

// Each function loads its module on first use: models need neither registries nor pip.

/** Builds the image of a code directory. */
export function packApp(settings: AppSettings, progress: Progress) {
  return (require('../app-image/pack-app') as typeof import('../app-image/pack-app')).packApp(settings, progress);
}

/** Prints which files of a code directory are in its image. */
export function showFiles(key: string, layers: LockedLayer[] | undefined): void {
  const { describeFiles } = require('../app-image/describe-files') as typeof import('../app-image/describe-files');
  stderr.line(describeFiles(key, layers));
}

/** Prints which versions of packages are in the image of a code directory. */
export function showPackages({ key, before }: AppSettings, packages: LockedPackages): void {
  const { describePackages } =
    require('../app-image/describe-packages') as typeof import('../app-image/describe-packages');
  stderr.line(describePackages(key, before?.packages, packages));
}

/** Looks an image up in its registry. */
export function lookUpImage(reference: string, plainHttp: boolean | undefined) {
  const { resolveImage } = require('../registry/resolve-image') as typeof import('../registry/resolve-image');
  return resolveImage(reference, { plainHttp });
}
