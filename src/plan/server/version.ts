import type { ServerDescriptor, ServerUpgrades } from './descriptor';

/** What a newer version supports, for messages. */
const GAINS: { readonly [gain in keyof ServerUpgrades]-?: string } = {
  keepAlive: 'whose keep-alive can be configured',
  drain: 'which completes its requests',
};

/** The first fix to suggest: to set the version of a server if it is unknown, or to use a version that supports more. */
export function versionWays(descriptor: ServerDescriptor, gain?: keyof ServerUpgrades): string[] {
  const { name, versionUnknown, versionNote, verifiedVersion, upgrades = {} } = descriptor;
  const upgrade = gain === undefined ? undefined : upgrades[gain];
  if (gain !== undefined && upgrade !== undefined) return [`use ${name} ${upgrade} or newer, ${GAINS[gain]}`];
  if (!versionUnknown) return [];
  const example = verifiedVersion === undefined ? '' : `, such as '${verifiedVersion}'`;
  return [`set 'version' of the server${example} (${versionNote})`];
}
