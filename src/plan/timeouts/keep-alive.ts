import type { BackendIntent, EndpointIntent, HopIntent } from '../intents';
import { refuse } from '../refuse';
import { KEEP_ALIVE_SECONDS, MARGIN_SECONDS } from '../rules';
import { KeepAliveKind, type ServerDescriptor } from '../server/descriptor';
import { isSettable, keepAliveOf } from '../server/knobs';
import { versionWays } from '../server/version';
import { type BalancerPlan, HopKind } from '../serving-plan';
import { atLeast, type Breach, type Checks } from './checks';
import { silenceOf } from './demand';
import { type Hop, hopOf } from './hops';
import { type Relation, relationsOfPair } from './relations';
import type { Solving, Subject } from './solving';

const { POSITIVE_INFINITY: ENDLESS } = Number;

/** The prop that sets the keep-alive of a server. */
const KEEP_ALIVE_PROP = "'keepAlive' of 'timeouts'";

/** The prop that sets the watchdog of a server. */
export const WATCHDOG_PROP = "'watchdog' of 'timeouts'";

/** A server that is asked to keep idle connections for `wanted` seconds, unless the user said how long. */
export function serverHop({ server, timeouts = {} }: BackendIntent, wanted: number, watchdog: number): Hop {
  const { descriptor } = server;
  const { keepAliveSeconds: asked } = timeouts;
  const setBy = asked !== undefined && isSettable(descriptor.keepAliveKnob) ? KEEP_ALIVE_PROP : undefined;
  const clientIdle = keepAliveOf(descriptor, setBy === undefined ? wanted : (asked as number));
  const { seconds, plus } = descriptor.silentLimit ?? {};
  const added = plus === 'keepAlive' ? clientIdle : plus === 'watchdog' ? watchdog : 0;
  const watched = timeouts.watchdogSeconds !== undefined && isSettable(descriptor.watchdogKnob);
  return {
    name: descriptor.name,
    kind: HopKind.SERVER,
    clientIdle,
    serverIdle: 0,
    silence: ENDLESS,
    request: ENDLESS,
    cutsConnections: false,
    passesThrough: false,
    keepAlive: descriptor.keepAlive,
    ...(seconds !== undefined && { firstByte: seconds + added }),
    setBy,
    firstByteSetBy: plus === 'keepAlive' ? setBy : plus === 'watchdog' && watched ? WATCHDOG_PROP : undefined,
  };
}

/** The idle time that a server allows its balancer, whatever its watchdog, which follows the balancer. */
export function idleAllowedBy(backend: BackendIntent, sidecar?: HopIntent): number {
  const next = sidecar === undefined ? serverHop(backend, ENDLESS, ENDLESS) : hopOf(sidecar, HopKind.SIDECAR);
  return patienceOf(next) - MARGIN_SECONDS;
}

/** How long a hop bears a connection on which nothing happens. */
export function patienceOf({ clientIdle, firstByte = ENDLESS }: Hop): number {
  return Math.min(clientIdle, firstByte);
}

/** A chain from the balancer to the server. */
export interface SolvedKeepAlive {
  /** The balancer, the sidecar where there is one, and the server. */
  readonly chain: Hop[];
  /** Whether the balancer ends each of its connections to the next hop. */
  readonly closeEach: boolean;
}

/** What the server is asked to keep, and whether the balancer has to end its connections. */
export function solveKeepAlive(solving: Solving, subject: Subject, balancer: Hop, watchdog: number): SolvedKeepAlive {
  const { target, checks } = solving;
  const { backend } = subject;
  const sidecar = target.sidecar === undefined ? [] : [hopOf(target.sidecar, HopKind.SIDECAR)];
  const { serverIdle } = sidecar[0] ?? balancer;
  const server = serverHop(backend, Math.max(KEEP_ALIVE_SECONDS, serverIdle + MARGIN_SECONDS), watchdog);
  checkKnob(backend, server, checks);
  const next = sidecar[0] ?? server;
  const closeEach = target.idle.canCloseEach === true && patienceOf(next) < balancer.serverIdle + MARGIN_SECONDS;
  const chain = [closeEach ? { ...balancer, serverIdle: 0 } : balancer, ...sidecar, server];
  chain.forEach((hop, index) => {
    checks.hops++;
    const behind = chain[index + 1];
    if (behind === undefined) return;
    const say = (broken: Relation): Breach => tooShort(broken, [hop, behind], solving, subject);
    // A server that closes early by two timers is one refusal.
    relationsOfPair(hop, behind).reduce(
      (held, relation) => checks.add(relation, backend.path, held ? say : undefined) && held,
      true,
    );
  });
  return { chain, closeEach };
}

/** A keep-alive that the user set must be one that the server can be told. */
function checkKnob({ path, server, timeouts = {} }: BackendIntent, hop: Hop, checks: Checks): void {
  const { keepAliveSeconds: asked } = timeouts;
  if (asked === undefined) return;
  const { name, keepAliveKnob: knob } = server.descriptor;
  if (!isSettable(knob)) {
    const { keepAlive } = server.descriptor;
    const what = Number.isFinite(hop.clientIdle)
      ? `which has ${hop.clientIdle} s`
      : `whose keep-alive is '${keepAlive}'`;
    const ways = [...versionWays(server.descriptor), 'leave it out', ...waysOut(server.descriptor)].join(', or ');
    refuse(
      checks.refusals,
      'TimeoutNotSettable',
      path,
      `${KEEP_ALIVE_PROP} (${asked} s) cannot be told to ${name}, ${what}; ${ways}`,
    );
  } else if (asked > (knob?.maxSeconds ?? ENDLESS)) {
    refuse(
      checks.refusals,
      'TimeoutOverride',
      path,
      `${KEEP_ALIVE_PROP} (${asked} s) must be at most ${knob?.maxSeconds} s, which is the limit of ${knob?.name} of ${name} (rule R4); change it, or leave it out to have it computed`,
    );
  }
}

function tooShort(
  relation: Relation,
  [front, behind]: [front: Hop, behind: Hop],
  { target: { idle }, balancer: { plan } }: Solving,
  { backend: { server }, endpoints }: Subject,
): Breach {
  const patience = patienceOf(behind);
  const sidecar = front.kind === HopKind.SIDECAR;
  const silent = !sidecar && idle.settable !== false && plan.requestTimeout + MARGIN_SECONDS >= plan.idle;
  const because = silent ? ` because of its longest request (${plan.requestTimeout} s)` : '';
  const ways = [...versionWays(server.descriptor), 'use a server whose keep-alive can be set'];
  if (sidecar)
    ways.push(
      `have ${front.name} close them after at most ${Math.max(0, patience - MARGIN_SECONDS)} s and say so in 'sidecar'`,
    );
  else if (idle.settable === false) ways.push("state a shorter 'idleTimeout' if that is what it has");
  else if (silent) ways.push(...shorterSilence(patience - 2 * MARGIN_SECONDS, plan, endpoints));
  return {
    code: 'KeepAliveTooShort',
    message: `${atLeast(relation)}: ${front.name} keeps idle connections for ${front.serverIdle} s${because}, and a server that closes first loses requests; ${[...ways, ...waysOut(server.descriptor)].join(', or ')}`,
  };
}

/** What brings the idle time of a balancer down to a server, whose requests may then be silent for so long. */
function shorterSilence(allowed: number, plan: BalancerPlan, endpoints: EndpointIntent[]): string[] {
  if (allowed < 1) return [];
  const own = Math.max(0, ...endpoints.map(silenceOf));
  const alone = own <= allowed && own < plan.requestTimeout;
  return [
    `let no request on this balancer be silent for longer than ${allowed} s`,
    ...(alone ? ['give this backend a platform of its own'] : []),
  ];
}

/** What else the user can do, where that is more than can be said of every server. */
function waysOut({ keepAlive, keepAliveKnob: knob }: ServerDescriptor): string[] {
  const code =
    knob !== undefined && !isSettable(knob) ? [`set ${knob.name} in its ${knob.place} and declare 'keepAlive'`] : [];
  const around =
    keepAlive === KeepAliveKind.FIXED && code.length === 0
      ? ['use a balancer that ends each connection itself, such as the built-in router on Kubernetes']
      : [];
  return [...code, ...around];
}
