import type { ServerDescriptor } from './descriptor';

/** The first fix to suggest if the version of a server is unknown. */
export function versionWays({ versionUnknown, versionNote, verifiedVersion }: ServerDescriptor): string[] {
  if (!versionUnknown) return [];
  const example = verifiedVersion === undefined ? '' : `, such as '${verifiedVersion}'`;
  return [`set 'version' of the server${example} (${versionNote})`];
}
