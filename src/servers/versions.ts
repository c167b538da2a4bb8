import { DrainBehavior, KeepAliveKind, type ServerDescriptor, type VersionedBehavior } from '../plan/server/descriptor';
import { KnobPlace, NewConnections, type ServerKnob } from '../plan/server/parts';

/** What an unknown version may do, most cautious behavior first. */
const DRAIN_CAUTION = [
  DrainBehavior.DROPS_REQUESTS,
  DrainBehavior.WAITS_FULL_PERIOD,
  DrainBehavior.UNBOUNDED,
  DrainBehavior.COMPLETES_REQUESTS,
];
const KEEP_ALIVE_CAUTION = [
  KeepAliveKind.UNKNOWN,
  KeepAliveKind.FIXED,
  KeepAliveKind.CAPPED,
  KeepAliveKind.SETTABLE,
  KeepAliveKind.NEVER_CLOSES,
  KeepAliveKind.CLOSES_EACH,
];
const NEW_CONNECTIONS_CAUTION = [
  NewConnections.UNKNOWN,
  NewConnections.HANG,
  NewConnections.RESET,
  NewConnections.SERVED,
  NewConnections.REFUSED,
];

/** Results by server and version, because many backends share a server. */
const KNOWN = new WeakMap<ServerDescriptor, Map<string | undefined, ServerDescriptor>>();

/**
 * The behavior of a server in one version. If the version is missing or not a number, the descriptor has the most
 * cautious behavior of all versions and a note.
 */
export function descriptorFor(server: ServerDescriptor, version?: string): ServerDescriptor {
  const known = KNOWN.get(server) ?? new Map<string | undefined, ServerDescriptor>();
  KNOWN.set(server, known);
  const descriptor = known.get(version) ?? describe(server, version);
  known.set(version, descriptor);
  return descriptor;
}

function describe(server: ServerDescriptor, version?: string): ServerDescriptor {
  const { versions = [], ...base } = server;
  if (versions.length === 0) return base;
  const requested = version === undefined ? undefined : versionNumbers(version);
  if (requested === undefined) {
    const each = statesOf(server);
    const found = version === undefined ? 'its version is unknown' : `its version ('${version}') is not a number`;
    const froms = versions.map(({ from }) => `from ${from}`).join(' and ');
    return {
      ...base,
      ...cautious(each),
      versionUnknown: true,
      versionNote: `${found}; versions ${froms} on behave differently, and the most cautious behavior is assumed${watchdogNote(each)}`,
    };
  }
  const states = statesOf(server);
  const last = versions.filter(({ from }) => compareVersions(versionNumbers(from) as number[], requested) <= 0).length;
  const verified = versionNumbers(base.verifiedVersion ?? '');
  const newer = verified !== undefined && compareVersions(requested, verified) > 0;
  return {
    ...base,
    ...(states[last] as VersionedBehavior),
    upgrades: upgradesOf(server, states, last),
    ...(newer && {
      versionNote: `version ${version} is newer than the verified ${base.verifiedVersion}, whose behavior is assumed`,
    }),
  };
}

/** The first versions after the state at `last` that support what it does not. */
function upgradesOf(
  { versions = [] }: ServerDescriptor,
  states: VersionedBehavior[],
  last: number,
): ServerDescriptor['upgrades'] {
  const first = (supports: (state: VersionedBehavior) => boolean): string | undefined => {
    const at = states.findIndex((state, index) => index >= last && supports(state));
    return at > last ? versions[at - 1]?.from : undefined;
  };
  const keepAlive = first((state) => state.keepAlive === KeepAliveKind.SETTABLE);
  const drain = first((state) => state.drain !== DrainBehavior.DROPS_REQUESTS);
  return keepAlive === undefined && drain === undefined ? undefined : { keepAlive, drain };
}

/** The numbers of a version such as `v0.18.1` or `2.58.0-py311`; undefined if it does not start with one. */
export function versionNumbers(version: string): number[] | undefined {
  const match = /^v?(\d+(?:\.\d+)*)/.exec(version);
  return match === null ? undefined : (match[1] as string).split('.').map(Number);
}

/** Negative if `a` is older than `b`. */
export function compareVersions(a: number[], b: number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The version in the tag of an image, if it is the server's official image. */
export function versionOfImage(server: ServerDescriptor, reference: string | undefined): string | undefined {
  const repository = server.image?.repository;
  if (repository === undefined || reference === undefined) return undefined;
  const name = reference.replace(/^docker\.io\//, '');
  if (!name.startsWith(`${repository}:`)) return undefined;
  const tag = name.slice(repository.length + 1).replace(/@.*$/, '');
  return versionNumbers(tag) === undefined ? undefined : tag;
}

/** The behavior of each version: the first, and the one after each change. */
export function statesOf(server: ServerDescriptor): VersionedBehavior[] {
  const { drain, drainKnob, keepAlive, keepAliveSeconds, keepAliveKnob } = server;
  const { watchdogKnob, lingerSeconds, newConnections, announcesClose } = server;
  const connections = { keepAlive, keepAliveSeconds, keepAliveKnob, newConnections, announcesClose };
  const list: VersionedBehavior[] = [{ drain, drainKnob, watchdogKnob, lingerSeconds, ...connections }];
  for (const { from: _, ...change } of server.versions ?? []) list.push({ ...list.at(-1), ...change });
  return list;
}

/** A note on a watchdog whose flag is not set, because some versions do not support it. */
function watchdogNote(each: VersionedBehavior[]): string {
  const knob = each.find(({ watchdogKnob }) => watchdogKnob !== undefined)?.watchdogKnob;
  if (knob?.defaultSeconds === undefined || common(each.map(({ watchdogKnob }) => watchdogKnob)) !== undefined)
    return '';
  return `; versions with ${knob.name} kill a process that does not answer for ${knob.defaultSeconds} s, unless 'version' is set`;
}

function cautious(each: VersionedBehavior[]): VersionedBehavior {
  const first = <T>(order: T[], values: (T | undefined)[]): T | undefined => order.find((one) => values.includes(one));
  const seconds = each.flatMap(({ keepAliveSeconds }) => keepAliveSeconds ?? []);
  return {
    drain: first(
      DRAIN_CAUTION,
      each.map(({ drain }) => drain),
    ),
    drainKnob: common(each.map(({ drainKnob }) => drainKnob)),
    keepAlive: first(
      KEEP_ALIVE_CAUTION,
      each.map(({ keepAlive }) => keepAlive),
    ),
    keepAliveSeconds: seconds.length === 0 ? undefined : Math.min(...seconds),
    keepAliveKnob: common(each.map(({ keepAliveKnob }) => keepAliveKnob)),
    watchdogKnob: common(each.map(({ watchdogKnob }) => watchdogKnob)),
    lingerSeconds: Math.max(...each.map(({ lingerSeconds = 0 }) => lingerSeconds)),
    newConnections: first(
      NEW_CONNECTIONS_CAUTION,
      each.map(({ newConnections }) => newConnections),
    ),
    announcesClose: each.every(({ announcesClose }) => announcesClose === each[0]?.announcesClose)
      ? each[0]?.announcesClose
      : false,
  };
}

/** A setting that every version has: a server does not start with a flag that it does not support. */
function common(knobs: (ServerKnob | undefined)[]): ServerKnob | undefined {
  const [first] = knobs;
  const known = knobs.every((knob) => knob?.name === first?.name && (knob?.place ?? KnobPlace.FLAG) === first?.place);
  if (!known || first === undefined) return undefined;
  const standards = knobs.flatMap((knob) => knob?.defaultSeconds ?? []);
  return { ...first, defaultSeconds: standards.length === 0 ? undefined : Math.min(...standards) };
}
