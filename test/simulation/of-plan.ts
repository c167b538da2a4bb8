/** Reads the configured times from a plan, and the behavior from target and server, without using any rule. */
import type { HopIntent } from '../../src/plan/intents';
import type { ServingPlan } from '../../src/plan/plan';
import { DrainBehavior, KeepAliveKind } from '../../src/plan/server/descriptor';
import { KnobPlace, NewConnections, type ServerKnob, TimeUnit } from '../../src/plan/server/parts';
import type { BackendPlan, EndpointPlan } from '../../src/plan/serving-plan';
import { DrainOrder, Feature, SupportLevel, type TargetProfile } from '../../src/plan/target-profile';
import type { Demand } from './scenarios';
import type { Chain, Hop, LateConnection, Leaving, Server } from './world';

const { POSITIVE_INFINITY: NEVER } = Number;

/** The defaults of a hop. */
const PASSIVE: Omit<Hop, 'name'> = {
  clientIdle: NEVER,
  serverIdle: NEVER,
  silence: NEVER,
  request: NEVER,
  cutsConnections: false,
  passesThrough: false,
  retries: false,
  inReplica: false,
};

/** The times of a plan for the connections to a server. */
export interface Settings {
  /** The idle timeout of the balancer. */
  readonly idle: number;
  /** Whether the balancer closes each connection to the server. */
  readonly closeEach: boolean;
  /** The keep-alive of a server that supports one. @default - that of the plan */
  readonly keepAlive?: number;
}

/** The settings of this plan. */
export function settingsOf(plan: ServingPlan, { times }: BackendPlan): Settings {
  return { idle: plan.balancer.idle, closeEach: times.closeEach };
}

/** The environment of a plan: the target and the declared hops in front of it. */
export interface Surroundings {
  readonly target: TargetProfile;
  readonly behind: readonly HopIntent[];
}

/** The chain of an endpoint's requests to a backend. */
export function chainOf(
  { target, behind }: Surroundings,
  endpoint: EndpointPlan,
  backend: BackendPlan,
  settings: Settings,
): Chain {
  const sidecar = target.sidecar === undefined ? [] : [{ ...declaredHop(target.sidecar), inReplica: true }];
  return {
    hops: [clientOf(endpoint), ...behind.map(declaredHop), balancerOf(target, endpoint, settings), ...sidecar],
    server: serverOf(backend, settings),
  };
}

/** A client whose pool keeps connections as long as the plan allows. */
function clientOf({ ladder }: EndpointPlan): Hop {
  const advice = ladder.hops.find(({ hop }) => hop === 'client pool idle, at most');
  return { ...PASSIVE, name: 'the client', serverIdle: advice?.seconds ?? NEVER };
}

/** A hop with its declared times. */
function declaredHop(intent: HopIntent): Hop {
  return {
    ...PASSIVE,
    name: intent.name,
    clientIdle: intent.clientIdleSeconds ?? NEVER,
    serverIdle: intent.serverIdleSeconds ?? NEVER,
    silence: intent.silenceSeconds ?? NEVER,
    request: intent.requestSeconds ?? NEVER,
    cutsConnections: intent.cutsConnections ?? false,
    passesThrough: intent.passesThrough ?? false,
  };
}

function balancerOf(target: TargetProfile, endpoint: EndpointPlan, { idle, closeEach }: Settings): Hop {
  const { cutsSilence } = target.idle;
  const limit = endpoint.routes[0]?.timeoutSeconds ?? 0;
  return {
    ...PASSIVE,
    name: 'the balancer',
    clientIdle: cutsSilence ? idle : (target.clientIdleSeconds ?? NEVER),
    serverIdle: closeEach ? 0 : idle,
    silence: cutsSilence ? idle : (target.silenceTimeout ?? target.requestTimeout) ? endpoint.silenceSeconds : NEVER,
    request: limit === 0 || !limitsRequests(target) ? NEVER : limit,
    cutsConnections: cutsSilence,
    ...(target.requestMarginSeconds !== undefined && { requestSkew: 0.99 * target.requestMarginSeconds }),
  };
}

/** Whether the target ends a request that keeps sending data. */
function limitsRequests({ requestTimeout, capabilities }: TargetProfile): boolean {
  const support = capabilities.find(({ feature }) => feature === Feature.REQUEST_TIMEOUT);
  return requestTimeout && support?.level === SupportLevel.NATIVE;
}

const LATE_CONNECTIONS: Readonly<Record<NewConnections, LateConnection>> = {
  [NewConnections.REFUSED]: 'refused',
  [NewConnections.HANG]: 'hangs',
  [NewConnections.RESET]: 'reset',
  [NewConnections.SERVED]: 'served',
  [NewConnections.UNKNOWN]: 'hangs',
};

/** The server as configured by its command and environment; other times have the defaults of the server. */
function serverOf(backend: BackendPlan, settings: Settings): Server {
  const { descriptor } = backend.intent.server;
  const { drain, silentLimit, requestLimit, newConnections, name } = descriptor;
  const keepAlive = keepAliveOf(backend, settings.keepAlive);
  const watchdog = configuredFor(backend, descriptor.watchdogKnob) ?? NEVER;
  const plus = silentLimit?.plus === 'keepAlive' ? keepAlive : silentLimit?.plus === 'watchdog' ? watchdog : 0;
  return {
    name,
    keepAlive,
    firstByte: silentLimit === undefined ? NEVER : silentLimit.seconds + plus,
    // A worker that handles a request is unresponsive meanwhile.
    request: Math.min(watchdog, configuredFor(backend, requestLimit?.knob) ?? NEVER),
    drains: drain !== DrainBehavior.DROPS_REQUESTS,
    drain: configuredFor(backend, descriptor.drainKnob) ?? defaultOf(descriptor.drainKnob) ?? NEVER,
    closesIdle: drain !== DrainBehavior.WAITS_FULL_PERIOD,
    servesLate: drain !== DrainBehavior.DROPS_REQUESTS,
    lateConnection: LATE_CONNECTIONS[newConnections ?? NewConnections.UNKNOWN],
  };
}

function keepAliveOf(backend: BackendPlan, requested: number | undefined): number {
  const { keepAlive, keepAliveKnob: knob, keepAliveSeconds } = backend.intent.server.descriptor;
  if (keepAlive === KeepAliveKind.CLOSES_EACH) return 0;
  // An unknown keep-alive is left to the application, which the ledger reports.
  if (keepAlive === KeepAliveKind.NEVER_CLOSES || keepAlive === KeepAliveKind.UNKNOWN) return NEVER;
  const configured = configuredFor(backend, knob);
  if (configured !== undefined)
    return requested === undefined ? configured : Math.min(requested, knob?.maxSeconds ?? requested);
  return keepAliveSeconds ?? defaultOf(knob) ?? NEVER;
}

/** The value of a setting in the command or the environment, in seconds; undefined if it is not set there. */
function configuredFor({ command, environment }: BackendPlan, knob: ServerKnob | undefined): number | undefined {
  if (knob === undefined) return undefined;
  const unit = knob.unit === TimeUnit.MILLISECONDS ? 1000 : 1;
  const joined = command.find((word) => word.startsWith(`${knob.name}=`))?.slice(knob.name.length + 1);
  const at = command.indexOf(knob.name);
  const value =
    knob.place === KnobPlace.VARIABLE ? environment[knob.name] : (joined ?? (at < 0 ? undefined : command[at + 1]));
  return value === undefined ? undefined : Number(value) / unit;
}

function defaultOf(knob: ServerKnob | undefined): number | undefined {
  return knob?.place === KnobPlace.CODE || knob?.place === KnobPlace.FILE ? knob.defaultSeconds : undefined;
}

/** The longest request and stream of an endpoint. */
export function demandOf({ intent }: EndpointPlan): Demand {
  const { requestTimeoutSeconds, streamSeconds, heartbeatSeconds, cutOnStop = false } = intent;
  if (streamSeconds === undefined) return { request: requestTimeoutSeconds };
  const heartbeat = heartbeatSeconds ?? streamSeconds;
  return { request: requestTimeoutSeconds, stream: { seconds: streamSeconds, heartbeat, mayBeCut: cutOnStop } };
}

/** How a replica of the backend is stopped. */
export function leavingOf(target: TargetProfile, { times, intent }: BackendPlan): Omit<Leaving, 'at'> {
  const { directCallers = false } = intent;
  if (target.drainOrder === DrainOrder.BALANCER_FIRST) {
    // Direct callers of a task are not notified, so they call it until it gets SIGTERM.
    const { deregistration, stop } = times;
    const lastDirect = directCallers ? deregistration : 0;
    return { lastSent: 0, lastDirect, deregistered: deregistration, signal: deregistration, kill: stop };
  }
  const { propagationSeconds: lastSent } = target;
  const { preStop, grace } = times;
  return { lastSent, lastDirect: directCallers ? lastSent : 0, signal: preStop, kill: grace - preStop };
}
