/** Reads from a plan what is really set, and from a target and a server what they really do. No rule is asked. */
import type { HopIntent } from '../../src/plan/intents';
import type { ServingPlan } from '../../src/plan/plan';
import { DrainBehavior, KeepAliveKind } from '../../src/plan/server/descriptor';
import { KnobPlace, NewConnections, type ServerKnob, TimeUnit } from '../../src/plan/server/parts';
import type { BackendPlan, EndpointPlan } from '../../src/plan/serving-plan';
import { DrainOrder, type TargetProfile } from '../../src/plan/target-profile';
import type { Demand } from './scenarios';
import type { Hop, Leaving, Newcomer, Server, Way } from './world';

const { POSITIVE_INFINITY: NEVER } = Number;

/** What nobody says of a hop it does not do. */
const PASSIVE: Omit<Hop, 'name'> = {
  clientIdle: NEVER,
  serverIdle: NEVER,
  silence: NEVER,
  request: NEVER,
  cutsConnections: false,
  passesThrough: false,
  triesAgain: false,
  inReplica: false,
};

/** What a plan sets on the way to a server. */
export interface Settings {
  /** The idle time of the balancer. */
  readonly idle: number;
  /** Whether the balancer ends each connection to the server. */
  readonly closeEach: boolean;
  /** The keep-alive that a server is asked for which can be told one. @default - what the plan tells it */
  readonly keepAlive?: number;
}

/** What this plan sets. */
export function settingsOf(plan: ServingPlan, { times }: BackendPlan): Settings {
  return { idle: plan.balancer.idle, closeEach: times.closeEach };
}

/** What is there whatever a plan sets: the target, and what the user says stands in front of it. */
export interface Surroundings {
  readonly target: TargetProfile;
  readonly behind: readonly HopIntent[];
}

/** The way of an endpoint's requests to a backend. */
export function wayOf(
  { target, behind }: Surroundings,
  endpoint: EndpointPlan,
  backend: BackendPlan,
  settings: Settings,
): Way {
  const sidecar = target.sidecar === undefined ? [] : [{ ...declaredHop(target.sidecar), inReplica: true }];
  return {
    hops: [clientOf(endpoint), ...behind.map(declaredHop), balancerOf(target, endpoint, settings), ...sidecar],
    server: serverOf(backend, settings),
  };
}

/** A client whose pool keeps connections for as long as the plan says that it may. */
function clientOf({ ladder }: EndpointPlan): Hop {
  const advice = ladder.hops.find(({ hop }) => hop === 'client pool idle, at most');
  return { ...PASSIVE, name: 'the client', serverIdle: advice?.seconds ?? NEVER };
}

/** A hop with the times that the user says it has. */
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
    silence: cutsSilence ? idle : target.requestTimeout ? endpoint.silenceSeconds : NEVER,
    request: limit === 0 ? NEVER : limit,
    cutsConnections: cutsSilence,
  };
}

const NEWCOMERS: Readonly<Record<NewConnections, Newcomer>> = {
  [NewConnections.REFUSED]: 'refused',
  [NewConnections.HANG]: 'hangs',
  [NewConnections.RESET]: 'reset',
  [NewConnections.SERVED]: 'served',
  [NewConnections.UNKNOWN]: 'hangs',
};

/** The server as it is told by its command and its environment; what nobody tells it has its own standard. */
function serverOf(backend: BackendPlan, settings: Settings): Server {
  const { descriptor } = backend.intent.server;
  const { drain, silentLimit, requestLimit, newConnections, name } = descriptor;
  const keepAlive = keepAliveOf(backend, settings.keepAlive);
  const watchdog = toldTo(backend, descriptor.watchdogKnob) ?? NEVER;
  const plus = silentLimit?.plus === 'keepAlive' ? keepAlive : silentLimit?.plus === 'watchdog' ? watchdog : 0;
  return {
    name,
    keepAlive,
    firstByte: silentLimit === undefined ? NEVER : silentLimit.seconds + plus,
    // A worker that does nothing but one request shows no life meanwhile.
    request: Math.min(watchdog, toldTo(backend, requestLimit?.knob) ?? NEVER),
    drains: drain !== DrainBehavior.DROPS_REQUESTS,
    drain: toldTo(backend, descriptor.drainKnob) ?? standardOf(descriptor.drainKnob) ?? NEVER,
    closesIdle: drain !== DrainBehavior.WAITS_FULL_PERIOD,
    servesLate: drain !== DrainBehavior.DROPS_REQUESTS,
    newcomer: NEWCOMERS[newConnections ?? NewConnections.UNKNOWN],
  };
}

function keepAliveOf(backend: BackendPlan, asked: number | undefined): number {
  const { keepAlive, keepAliveKnob: knob, keepAliveSeconds } = backend.intent.server.descriptor;
  if (keepAlive === KeepAliveKind.CLOSES_EACH) return 0;
  // What is not known the application has to do right, which the ledger says.
  if (keepAlive === KeepAliveKind.NEVER_CLOSES || keepAlive === KeepAliveKind.UNKNOWN) return NEVER;
  const told = toldTo(backend, knob);
  if (told !== undefined) return asked === undefined ? told : Math.min(asked, knob?.maxSeconds ?? asked);
  return keepAliveSeconds ?? standardOf(knob) ?? NEVER;
}

/** The value of a setting in the command or the environment, in seconds; undefined where it does not stand there. */
function toldTo({ command, environment }: BackendPlan, knob: ServerKnob | undefined): number | undefined {
  if (knob === undefined) return undefined;
  const unit = knob.unit === TimeUnit.MILLISECONDS ? 1000 : 1;
  const joined = command.find((word) => word.startsWith(`${knob.name}=`))?.slice(knob.name.length + 1);
  const at = command.indexOf(knob.name);
  const value =
    knob.place === KnobPlace.VARIABLE ? environment[knob.name] : (joined ?? (at < 0 ? undefined : command[at + 1]));
  return value === undefined ? undefined : Number(value) / unit;
}

function standardOf(knob: ServerKnob | undefined): number | undefined {
  return knob?.place === KnobPlace.CODE || knob?.place === KnobPlace.FILE ? knob.defaultSeconds : undefined;
}

/** The longest that an endpoint sends. */
export function demandOf({ intent }: EndpointPlan): Demand {
  const { requestTimeoutSeconds, streamSeconds, heartbeatSeconds, cutOnStop = false } = intent;
  if (streamSeconds === undefined) return { request: requestTimeoutSeconds };
  const heartbeat = heartbeatSeconds ?? streamSeconds;
  return { request: requestTimeoutSeconds, stream: { seconds: streamSeconds, heartbeat, mayBeCut: cutOnStop } };
}

/** How a replica of the backend is taken away. */
export function leavingOf(target: TargetProfile, { times, intent }: BackendPlan): Omit<Leaving, 'at'> {
  const { directCallers = false } = intent;
  if (target.drainOrder === DrainOrder.BALANCER_FIRST) {
    // Nobody tells those who call a task by its address, so that they call it until it is told to stop.
    const { deregistration, stop } = times;
    const lastDirect = directCallers ? deregistration : 0;
    return { lastSent: 0, lastDirect, letsGo: deregistration, signal: deregistration, kill: stop };
  }
  const { propagationSeconds: lastSent } = target;
  const { preStop, grace } = times;
  return { lastSent, lastDirect: directCallers ? lastSent : 0, signal: preStop, kill: grace - preStop };
}
