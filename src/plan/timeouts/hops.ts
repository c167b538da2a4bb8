import type { HopIntent } from '../intents';
import { MARGIN_SECONDS } from '../rules';
import { KeepAliveKind } from '../server/descriptor';
import { HopKind, type HopTimes } from '../serving-plan';
import type { TargetProfile } from '../target-profile';

const { POSITIVE_INFINITY: ENDLESS } = Number;

/** A hop of a chain with all times in seconds. A time without a limit is infinite. */
export interface Hop {
  readonly name: string;
  readonly kind: HopKind;
  /** How long it keeps an idle connection on the client side. */
  readonly clientIdle: number;
  /** How long it keeps an idle connection to the next hop; 0 keeps none. */
  readonly serverIdle: number;
  /** The timeout of a request without traffic. */
  readonly silence: number;
  /** The timeout of a request. */
  readonly request: number;
  /** By how much both exceed the longest request. @default - the margin between any two timers */
  readonly requestMargin?: number;
  /** Whether `silence` applies to the connection, in both directions. */
  readonly cutsConnections: boolean;
  readonly passesThrough: boolean;
  /** Servers only: when it closes idle connections, and how long it keeps one that has not sent any data. */
  readonly keepAlive?: KeepAliveKind;
  readonly firstByte?: number;
  /** The prop that set the idle timeout. */
  readonly setBy?: string;
  /** The prop that set `firstByte`. */
  readonly firstByteSetBy?: string;
}

/** The hop of a declaration. */
export function hopOf(intent: HopIntent, kind: HopKind): Hop {
  return {
    name: intent.name,
    kind,
    clientIdle: intent.clientIdleSeconds ?? ENDLESS,
    serverIdle: intent.serverIdleSeconds ?? ENDLESS,
    silence: intent.silenceSeconds ?? ENDLESS,
    request: intent.requestSeconds ?? ENDLESS,
    cutsConnections: intent.cutsConnections ?? false,
    passesThrough: intent.passesThrough ?? false,
  };
}

/** The limits of the routes to a backend. One that the target does not enforce is infinite. */
export interface RouteLimits {
  /** For the time without data. */
  readonly silence: number;
  /** For the whole request. */
  readonly request: number;
}

/** The balancer of a target with this idle timeout and the timeouts of its routes. */
export function balancerHop(
  target: TargetProfile,
  idle: number,
  { silence, request }: RouteLimits = { silence: ENDLESS, request: ENDLESS },
  setBy?: string,
): Hop {
  const { cutsSilence } = target.idle;
  return {
    name: target.name,
    kind: HopKind.BALANCER,
    clientIdle: cutsSilence ? idle : (target.clientIdleSeconds ?? ENDLESS),
    serverIdle: idle,
    silence: cutsSilence ? Math.min(idle, silence) : silence,
    request,
    ...(target.requestMarginSeconds !== undefined && { requestMargin: target.requestMarginSeconds }),
    cutsConnections: cutsSilence,
    passesThrough: false,
    setBy,
  };
}

/**
 * The chain from the client to the balancer. The client's pool closes connections first. A hop that only forwards bytes has the
 * connections of its neighbors: the hop in front of it determines how long they stay open.
 */
export function chainOf(hops: Hop[]): Hop[] {
  const client: Hop = {
    name: 'the client',
    kind: HopKind.CLIENT,
    clientIdle: ENDLESS,
    serverIdle: Math.max(0, firstLimit(hops) - MARGIN_SECONDS),
    silence: ENDLESS,
    request: ENDLESS,
    cutsConnections: false,
    passesThrough: false,
  };
  const chain = [client];
  for (const hop of hops) {
    const { serverIdle } = chain.at(-1) as Hop;
    chain.push(hop.passesThrough ? { ...hop, serverIdle } : hop);
  }
  return chain;
}

/** How long the client's connection stays open, up to the first hop that does not only forward bytes. */
function firstLimit(hops: Hop[]): number {
  let limit = ENDLESS;
  for (const hop of hops) {
    limit = Math.min(limit, hop.clientIdle);
    if (!hop.passesThrough) break;
  }
  return limit;
}

/** The hop of a plan. */
export function timesOf(hop: Hop): HopTimes {
  const finite = (seconds: number): number | undefined => (Number.isFinite(seconds) ? seconds : undefined);
  return {
    name: hop.name,
    kind: hop.kind,
    clientIdleSeconds: finite(hop.clientIdle),
    serverIdleSeconds: finite(hop.serverIdle),
    silenceSeconds: finite(hop.silence),
    requestSeconds: finite(hop.request),
    ...(hop.passesThrough && { passesThrough: true }),
  };
}

/** Whether the keep-alive of a server is fixed or capped. */
export function isLimited(hop: Hop): boolean {
  return hop.keepAlive === KeepAliveKind.FIXED || hop.keepAlive === KeepAliveKind.CAPPED;
}
