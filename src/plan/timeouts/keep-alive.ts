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

/** A server whose keep-alive is `requested` seconds, unless the user set it. */
export function serverHop({ server, timeouts = {} }: BackendIntent, requested: number, watchdog: number): Hop {
  const { descriptor } = server;
  const { keepAliveSeconds: override } = timeouts;
  const setBy = override !== undefined && isSettable(descriptor.keepAliveKnob) ? KEEP_ALIVE_PROP : undefined;
  const clientIdle = keepAliveOf(descriptor, setBy === undefined ? requested : (override as number));
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

/** The longest idle timeout that a server allows for its balancer. The watchdog is ignored, because it follows from the balancer. */
export function idleAllowedBy(backend: BackendIntent, sidecar?: HopIntent): number {
  const next = sidecar === undefined ? serverHop(backend, ENDLESS, ENDLESS) : hopOf(sidecar, HopKind.SIDECAR);
  return idleLimitOf(next) - MARGIN_SECONDS;
}

/** How long a hop keeps a connection without traffic. */
export function idleLimitOf({ clientIdle, firstByte = ENDLESS }: Hop): number {
  return Math.min(clientIdle, firstByte);
}

/** A chain from the balancer to the server. */
export interface SolvedKeepAlive {
  /** The balancer, the sidecar where there is one, and the server. */
  readonly chain: Hop[];
  /** Whether the balancer closes its connection to the next hop after each response. */
  readonly closeEach: boolean;
}

/** Solves the keep-alive of a server, and whether the balancer must close its connections. */
export function solveKeepAlive(solving: Solving, subject: Subject, balancer: Hop, watchdog: number): SolvedKeepAlive {
  const { target, checks } = solving;
  const { backend } = subject;
  const sidecar = target.sidecar === undefined ? [] : [hopOf(target.sidecar, HopKind.SIDECAR)];
  const { serverIdle } = sidecar[0] ?? balancer;
  const server = serverHop(backend, Math.max(KEEP_ALIVE_SECONDS, serverIdle + MARGIN_SECONDS), watchdog);
  checkKnob(backend, server, checks);
  const next = sidecar[0] ?? server;
  const closeEach = target.idle.canCloseEach === true && idleLimitOf(next) < balancer.serverIdle + MARGIN_SECONDS;
  const chain = [closeEach ? { ...balancer, serverIdle: 0 } : balancer, ...sidecar, server];
  chain.forEach((hop, index) => {
    checks.hops++;
    const behind = chain[index + 1];
    if (behind === undefined) return;
    const breach = (broken: Relation): Breach => tooShort(broken, [hop, behind], solving, subject);
    // If two timers of a server are too short, only the first is refused.
    relationsOfPair(hop, behind).reduce(
      (held, relation) => checks.add(relation, backend.path, held ? breach : undefined) && held,
      true,
    );
  });
  return { chain, closeEach };
}

/** A keep-alive that the user set must be supported by the server. */
function checkKnob({ path, server, timeouts = {} }: BackendIntent, hop: Hop, checks: Checks): void {
  const { keepAliveSeconds: override } = timeouts;
  if (override === undefined) return;
  const { name, keepAliveKnob: knob } = server.descriptor;
  if (!isSettable(knob)) {
    const { keepAlive } = server.descriptor;
    const what = Number.isFinite(hop.clientIdle)
      ? `whose keep-alive is ${hop.clientIdle} s`
      : `whose keep-alive is '${keepAlive}'`;
    const ways = [...versionWays(server.descriptor, 'keepAlive'), 'leave it out', ...waysOut(server.descriptor)].join(
      ', or ',
    );
    refuse(
      checks.refusals,
      'TimeoutNotSettable',
      path,
      `${KEEP_ALIVE_PROP} (${override} s) cannot be configured for ${name}, ${what}; ${ways}`,
    );
  } else if (override > (knob?.maxSeconds ?? ENDLESS)) {
    refuse(
      checks.refusals,
      'TimeoutOverride',
      path,
      `${KEEP_ALIVE_PROP} (${override} s) must be at most ${knob?.maxSeconds} s, the limit of ${knob?.name} of ${name} (rule R4); change it, or omit it to use the computed value`,
    );
  }
}

function tooShort(
  relation: Relation,
  [front, behind]: [front: Hop, behind: Hop],
  { target: { idle }, balancer: { plan } }: Solving,
  { backend: { server }, endpoints }: Subject,
): Breach {
  const limit = idleLimitOf(behind);
  const sidecar = front.kind === HopKind.SIDECAR;
  const silent = !sidecar && idle.settable !== false && plan.requestTimeout + MARGIN_SECONDS >= plan.idle;
  const because = silent ? ` because of its longest request (${plan.requestTimeout} s)` : '';
  const ways = [...versionWays(server.descriptor, 'keepAlive'), 'use a server with a configurable keep-alive'];
  if (sidecar)
    ways.push(
      `configure ${front.name} to close them after at most ${Math.max(0, limit - MARGIN_SECONDS)} s and declare it in 'sidecar'`,
    );
  else if (idle.settable === false) ways.push("declare its actual 'idleTimeout' if it is shorter");
  else if (silent) ways.push(...shorterSilence(limit - 2 * MARGIN_SECONDS, plan, endpoints));
  return {
    code: 'KeepAliveTooShort',
    message: `${atLeast(relation)}: ${front.name} keeps idle connections for ${front.serverIdle} s${because}, and requests are lost if the server closes first; ${[...ways, ...waysOut(server.descriptor)].join(', or ')}`,
  };
}

/** Ways to lower the idle timeout of a balancer to what a server allows: `allowed` is the longest silence of requests then. */
function shorterSilence(allowed: number, plan: BalancerPlan, endpoints: EndpointIntent[]): string[] {
  if (allowed < 1) return [];
  const own = Math.max(0, ...endpoints.map(silenceOf));
  const alone = own <= allowed && own < plan.requestTimeout;
  return [
    `limit the silence of all requests on this balancer to ${allowed} s`,
    ...(alone ? ['use a separate platform for this backend'] : []),
  ];
}

/** Ways out that only some servers have. */
function waysOut({ keepAlive, keepAliveKnob: knob }: ServerDescriptor): string[] {
  const code =
    knob !== undefined && !isSettable(knob) ? [`set ${knob.name} in its ${knob.place} and declare 'keepAlive'`] : [];
  const around =
    keepAlive === KeepAliveKind.FIXED && code.length === 0
      ? ['use a balancer that closes the connection after each response, such as the built-in router on Kubernetes']
      : [];
  return [...code, ...around];
}
