import type { HopIntent } from '../intents';
import { MARGIN_SECONDS } from '../rules';
import { KeepAliveKind } from '../server/descriptor';
import { HopKind, type HopTimes } from '../serving-plan';
import type { TargetProfile } from '../target-profile';

const { POSITIVE_INFINITY: ENDLESS } = Number;

/** A hop of a chain with every time filled in. A time without a limit is infinite. */
export interface Hop {
  readonly name: string;
  readonly kind: HopKind;
  /** How long an idle connection of the client's side stays. */
  readonly clientIdle: number;
  /** How long an idle connection to the next hop stays; 0 for none. */
  readonly serverIdle: number;
  /** After how long a request on which nothing comes is given up. */
  readonly silence: number;
  /** After how long a request is ended whatever comes. */
  readonly request: number;
  /** Whether `silence` is that of the connection, in both directions. */
  readonly cutsConnections: boolean;
  readonly passesThrough: boolean;
  /** Of a server: what it does with an idle connection, and how long it bears one that has not sent anything. */
  readonly keepAlive?: KeepAliveKind;
  readonly firstByte?: number;
  /** The prop that set the time of an idle connection. */
  readonly setBy?: string;
  /** The prop that set `firstByte`. */
  readonly firstByteSetBy?: string;
}

/** A hop as it was declared. */
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

/** The limits of the routes that lead to a backend, where the target can be told any. */
export interface RouteLimits {
  readonly silence: number;
  readonly request: number;
}

/** The balancer of a target with this idle time, and with the limits of its routes. */
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
    cutsConnections: cutsSilence,
    passesThrough: false,
    setBy,
  };
}

/**
 * The chain from the client to the balancer. The client's pool closes before anything else does. What hands bytes on has
 * the connections of its neighbours: who is in front of it decides how long they stay.
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

/** When the first end of a client's connection closes it, past what only hands bytes on. */
function firstLimit(hops: Hop[]): number {
  let limit = ENDLESS;
  for (const hop of hops) {
    limit = Math.min(limit, hop.clientIdle);
    if (!hop.passesThrough) break;
  }
  return limit;
}

/** A hop as a plan says it. */
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

/** Whether the keep-alive of a server is less than what it could be asked for. */
export function isLimited(hop: Hop): boolean {
  return hop.keepAlive === KeepAliveKind.FIXED || hop.keepAlive === KeepAliveKind.CAPPED;
}
