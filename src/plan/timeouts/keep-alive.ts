import { isTold, keepAliveOf } from '../../servers/knobs';
import { KeepAliveKind, type ServerDescriptor } from '../../servers/server-descriptor';
import type { BackendIntent, HopIntent } from '../intents';
import { refuse } from '../refuse';
import { KEEP_ALIVE_SECONDS, MARGIN_SECONDS } from '../rules';
import { type BalancerPlan, HopKind } from '../serving-plan';
import type { TargetProfile } from '../target-profile';
import { atLeast, type Breach, type Checks } from './checks';
import { type Hop, hopOf } from './hops';
import { type Relation, relationsOfPair } from './relations';

const { POSITIVE_INFINITY: ENDLESS } = Number;

/** The prop that sets the keep-alive of a server. */
const KEEP_ALIVE_PROP = "'keepAlive' of 'timeouts'";

/** The prop that sets the watchdog of a server. */
export const WATCHDOG_PROP = "'watchdog' of 'timeouts'";

/** A server that is asked to keep idle connections for `wanted` seconds, unless the user said how long. */
export function serverHop({ server, timeouts = {} }: BackendIntent, wanted: number, watchdog: number): Hop {
  const { descriptor } = server;
  const { keepAliveSeconds: asked } = timeouts;
  const setBy = asked !== undefined && isTold(descriptor.keepAliveKnob) ? KEEP_ALIVE_PROP : undefined;
  const clientIdle = keepAliveOf(descriptor, setBy === undefined ? wanted : (asked as number));
  const { seconds, plus } = descriptor.silentLimit ?? {};
  const added = plus === 'keepAlive' ? clientIdle : plus === 'watchdog' ? watchdog : 0;
  const watched = timeouts.watchdogSeconds !== undefined && isTold(descriptor.watchdogKnob);
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
export function solveKeepAlive(
  target: TargetProfile,
  balancer: Hop,
  plan: BalancerPlan,
  backend: BackendIntent,
  watchdog: number,
  checks: Checks,
): SolvedKeepAlive {
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
    const say = (broken: Relation): Breach => tooShort(broken, hop, behind, target, plan, backend);
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
  if (!isTold(knob)) {
    const { keepAlive } = server.descriptor;
    const what = Number.isFinite(hop.clientIdle)
      ? `which has ${hop.clientIdle} s`
      : `whose keep-alive is '${keepAlive}'`;
    const ways = waysOut(server.descriptor);
    refuse(
      checks.refusals,
      'TimeoutNotSettable',
      path,
      `${KEEP_ALIVE_PROP} (${asked} s) cannot be told to ${name}, ${what}; leave it out${ways}`,
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
  front: Hop,
  behind: Hop,
  { idle }: TargetProfile,
  plan: BalancerPlan,
  { server }: BackendIntent,
): Breach {
  if (front.kind === HopKind.SIDECAR) {
    return {
      code: 'KeepAliveTooShort',
      message: `${atLeast(relation)}: ${front.name} keeps idle connections for ${front.serverIdle} s, and a server that closes first loses requests; use a server whose keep-alive can be set, or have ${front.name} close them after at most ${Math.max(0, patienceOf(behind) - MARGIN_SECONDS)} s and say so in 'sidecar'${waysOut(server.descriptor)}`,
    };
  }
  const because = idle.settable === false ? '' : ` because of its longest request (${plan.requestTimeout} s)`;
  const shorter =
    idle.settable === false ? "state a shorter 'idleTimeout' if that is what it has" : 'a shorter request timeout';
  return {
    code: 'KeepAliveTooShort',
    message: `${atLeast(relation)}: ${front.name} keeps idle connections for ${front.serverIdle} s${because}, and a server that closes first loses requests; use a server whose keep-alive can be set, ${shorter}, or a platform of its own for this backend${waysOut(server.descriptor)}`,
  };
}

/** What else the user can do, where that is more than can be said of every server. */
function waysOut({ keepAlive, keepAliveKnob: knob, versionNote }: ServerDescriptor): string {
  const code =
    knob !== undefined && !isTold(knob) ? [`set ${knob.name} in its ${knob.place} and declare 'keepAlive'`] : [];
  const version = versionNote === undefined ? [] : [`say the 'version' (${versionNote})`];
  const around =
    keepAlive === KeepAliveKind.FIXED && code.length === 0
      ? ['use a balancer that ends each connection itself, such as the built-in router on Kubernetes']
      : [];
  return [...code, ...around, ...version].map((way) => `; or ${way}`).join('');
}
