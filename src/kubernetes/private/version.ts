import { ServingError } from '../../private/errors';

/** The assumed version of a cluster: the oldest release of Kubernetes that still gets fixes. */
export const DEFAULT_VERSION = '1.35';

/** The minor number of a version such as `1.35`. */
export function minorVersion(version: string): number {
  const minor = /^1\.(\d{1,3})(?:\.\d+)?$/.exec(version)?.[1];
  if (minor === undefined || Number(minor) < 30) {
    throw new ServingError(
      'InvalidNumber',
      `'kubernetesVersion' ('${version}') must be Kubernetes 1.30 or newer, such as '${DEFAULT_VERSION}'`,
    );
  }
  return Number(minor);
}
