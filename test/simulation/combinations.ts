/** Combinations of servers, versions, targets, times and hops as data, so that a failing one can be printed. */
import { RootConstruct } from 'constructs';
import fc from 'fast-check';
import { CATALOG } from '../../scripts/server-catalog';
import { ecsProfile } from '../../src/aws/profile';
import { Backend } from '../../src/constructs/backend';
import { Intermediary } from '../../src/constructs/intermediary';
import { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import { Gateway } from '../../src/kubernetes';
import { routerProfile } from '../../src/kubernetes/private/router/profile';
import { StreamProtocol } from '../../src/plan/choices';
import { DrainOrder, Feature, type IdleRange, type TargetProfile } from '../../src/plan/target-profile';
import { ModelServer } from '../../src/servers/model-server';
import { Duration } from '../../src/units/duration';
import { HealthCheck } from '../../src/workload/health-check';
import { backendOptions } from '../support/definitions';
import { GATEWAY_PROFILES } from '../support/gateway-profiles';
import { EVERYTHING, TestPlatform } from '../support/test-platform';

export interface BackendCombination {
  /** A server of the catalog, or a declared one. */
  readonly server: string;
  readonly version?: string;
  /** The keep-alive of a declared server, and whether it drains. */
  readonly keepAlive?: number;
  readonly drains: boolean;
  readonly load: number;
  /** Overrides. */
  readonly timeouts: { readonly [time in (typeof TIMES)[number]]?: number };
  readonly directCallers: boolean;
}

const TIMES = ['keepAlive', 'watchdog', 'deregistrationDelay', 'preStop', 'drain', 'stop'] as const;

export interface EndpointCombination {
  readonly request: number;
  readonly stream?: {
    readonly seconds: number;
    readonly heartbeat: number;
    readonly cutOnStop: boolean;
    readonly webSocket: boolean;
  };
  readonly backends: readonly BackendCombination[];
  /** The backends of earlier endpoints that serve it, too. */
  readonly shared: readonly number[];
}

export interface Combination {
  readonly target: TargetCombination;
  readonly endpoints: readonly EndpointCombination[];
}

export interface TargetCombination {
  readonly kind:
    | 'tasks'
    | 'tasks that stop within 2 minutes'
    | 'an existing balancer'
    | 'router'
    | 'gateway'
    | 'any target';
  /** The name of the profile of a gateway. */
  readonly gateway: string;
  /** The idle timeout of an existing balancer or gateway. */
  readonly idle: number;
  /** The propagation delay. */
  readonly propagation: number;
  /** The idle timeout override. */
  readonly idleTimeout?: number;
  /** The hops in front. */
  readonly behind: readonly HopCombination[];
  /** The sidecar of each server. */
  readonly sidecar?: HopCombination;
  /** The properties of an arbitrary target. */
  readonly any: AnyTarget;
}

/** An arbitrary target. */
export interface AnyTarget {
  readonly idle: IdleRange;
  readonly balancerFirst: boolean;
  readonly mostDelay?: number;
  readonly mostStop?: number;
  readonly requestTimeout: boolean;
}

/** A declared proxy or balancer. */
export interface HopCombination {
  readonly kind:
    | 'load balancer'
    | 'network load balancer'
    | 'CDN'
    | 'nginx'
    | 'Envoy'
    | 'HAProxy'
    | 'Istio'
    | 'another';
  readonly clientIdle: number;
  readonly serverIdle: number;
  readonly silence: number;
  readonly request?: number;
  readonly reuses: boolean;
}

const DECLARED = 'a declared server';
export const SERVER_NAMES: readonly string[] = [...CATALOG.map(({ name }) => name), DECLARED];

/** Versions of a server: those with changes, older and newer ones, and tags without a version. */
function versionsOf(name: string): (string | undefined)[] {
  const { versions = [], oldestVersion = '0.0.1', verifiedVersion } = CATALOG.find((one) => one.name === name) ?? {};
  return [undefined, 'latest', oldestVersion, ...versions.map(({ from }) => from), verifiedVersion, '999.0'];
}

const seconds: fc.Arbitrary<number> = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 1, max: 120 }) },
  { weight: 2, arbitrary: fc.constantFrom(1, 30, 40, 41, 50, 60, 110, 120, 300, 600, 3590, 3600, 3990, 3991) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 6000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 10, max: 900 }).map((tenths) => tenths / 10) },
);

/** A value that few combinations have. */
function seldom<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
  return fc.oneof({ weight: 11, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

const rarely: fc.Arbitrary<boolean> = fc.nat(24).map((number) => number === 24);
const whole: fc.Arbitrary<number> = seconds.map(Math.ceil);
const overrides = {
  keepAlive: whole,
  watchdog: whole,
  deregistrationDelay: whole.map((value) => Math.min(3600, value)),
  preStop: whole,
  drain: whole,
  stop: whole,
};

const backend: fc.Arbitrary<BackendCombination> = fc.constantFrom(...SERVER_NAMES).chain((server) =>
  fc.record({
    server: fc.constant(server),
    version: fc.constantFrom(...versionsOf(server)),
    keepAlive: fc.option(fc.constantFrom(1, 5, 20, 60, 75, 100, 700, 5000), { nil: undefined }),
    drains: fc.boolean(),
    load: fc.constantFrom(1, 60, 300, 1200),
    timeouts: fc.oneof(
      { weight: 40, arbitrary: fc.constant({}) },
      {
        weight: 1,
        arbitrary: fc
          .constantFrom(...TIMES)
          .chain((time) => seconds.map((value) => ({ [time]: Math.min(3600, Math.ceil(value)) }))),
      },
      { weight: 1, arbitrary: fc.record(overrides, { requiredKeys: [] }) },
    ),
    directCallers: rarely,
  }),
);

const endpoint: fc.Arbitrary<EndpointCombination> = fc.record({
  request: seconds,
  stream: fc.option(
    fc.record({
      seconds: fc.oneof(seconds, fc.integer({ min: 1, max: 20_000 })),
      heartbeat: seconds,
      cutOnStop: fc.boolean(),
      webSocket: rarely,
    }),
    { freq: 3, nil: undefined },
  ),
  backends: fc.array(backend, { minLength: 1, maxLength: 2 }),
  shared: fc.array(fc.nat(4), { maxLength: 1 }),
});

const hop: fc.Arbitrary<HopCombination> = fc.record({
  kind: fc.constantFrom<HopCombination['kind']>(
    ...(['load balancer', 'network load balancer', 'CDN', 'nginx', 'Envoy', 'HAProxy', 'Istio', 'another'] as const),
  ),
  clientIdle: fc.oneof(fc.constantFrom(60, 75, 350, 3600, 4010), whole),
  serverIdle: fc.oneof(fc.constantFrom(5, 20, 60), whole),
  silence: fc.oneof(fc.constantFrom(60, 300, 600, 4000, 10_000), whole),
  request: fc.option(fc.oneof(fc.constantFrom(600, 3600, 30_000), whole), { nil: undefined }),
  reuses: fc.boolean(),
});

const IN_FRONT_ONLY: readonly HopCombination['kind'][] = ['load balancer', 'network load balancer', 'CDN'];
const sidecar = hop.filter(({ kind }) => !IN_FRONT_ONLY.includes(kind));

const anyTarget: fc.Arbitrary<AnyTarget> = fc.record({
  idle: fc.record({
    min: fc.integer({ min: 1, max: 5 }),
    max: fc.integer({ min: 200, max: 4000 }),
    defaultSeconds: fc.integer({ min: 5, max: 200 }),
    cutsSilence: fc.boolean(),
    settable: fc.boolean(),
    canCloseEach: fc.boolean(),
  }),
  balancerFirst: fc.boolean(),
  mostDelay: fc.option(fc.integer({ min: 0, max: 300 }), { nil: undefined }),
  mostStop: fc.option(fc.integer({ min: 12, max: 300 }), { nil: undefined }),
  requestTimeout: fc.boolean(),
});

const target: fc.Arbitrary<TargetCombination> = fc.record({
  kind: fc.constantFrom<TargetCombination['kind']>(
    'tasks',
    'tasks that stop within 2 minutes',
    'an existing balancer',
    'router',
    'gateway',
    'any target',
  ),
  gateway: fc.constantFrom(...GATEWAY_PROFILES.map(({ name }) => name)),
  idle: fc.oneof(fc.constantFrom(15, 60, 65, 300, 3600, 4000), fc.integer({ min: 1, max: 4000 })),
  propagation: fc.oneof(fc.constantFrom(1, 5, 30, 45, 600), fc.integer({ min: 1, max: 600 })),
  any: anyTarget,
  idleTimeout: seldom(whole),
  behind: fc.oneof(
    { weight: 5, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(hop, { minLength: 1, maxLength: 2 }) },
  ),
  sidecar: seldom(sidecar),
});

/** One to four endpoints with one to five backends in total. */
export const combinations: fc.Arbitrary<Combination> = fc
  .record({ target, endpoints: fc.array(endpoint, { minLength: 1, maxLength: 4 }) })
  .map((combination) => ({ ...combination, endpoints: upToFive(combination.endpoints) }));

function upToFive(endpoints: readonly EndpointCombination[]): EndpointCombination[] {
  let left = 5 - endpoints.length;
  return endpoints.map((one) => {
    const backends = one.backends.slice(0, 1 + Math.min(left, one.backends.length - 1));
    left -= backends.length - 1;
    return { ...one, backends };
  });
}

/** The target profile. Rules are not numbered, because they are not tested here. */
export function profileOf({ kind, gateway, idle, propagation, sidecar, any }: TargetCombination): TargetProfile {
  const profiles: Record<TargetCombination['kind'], () => TargetProfile> = {
    tasks: () => ecsProfile(100),
    'tasks that stop within 2 minutes': () => ({ ...ecsProfile(100), maxStopSeconds: 120 }),
    'an existing balancer': () => ecsProfile(100, idle),
    router: () => routerProfile(propagation),
    gateway: () =>
      Gateway.fromName('inference', {
        profile: GATEWAY_PROFILES.find(({ name }) => name === gateway),
        idleTimeout: Duration.seconds(idle),
        propagationDelay: Duration.seconds(propagation),
      })._target(),
    'any target': () => ({
      name: 'any target',
      maxWeight: 1000,
      idle: any.idle,
      drainOrder: any.balancerFirst ? DrainOrder.BALANCER_FIRST : DrainOrder.TOGETHER,
      propagationSeconds: any.balancerFirst ? 0 : propagation / 8,
      ...(any.mostDelay !== undefined && { maxDeregistrationSeconds: any.mostDelay }),
      ...(any.mostStop !== undefined && { maxStopSeconds: any.mostStop }),
      requestTimeout: any.requestTimeout,
      capabilities: EVERYTHING,
    }),
  };
  const profile = profiles[kind]();
  const ownLimits = profile.capabilities.filter(({ feature }) => feature === Feature.REQUEST_TIMEOUT);
  return {
    ...profile,
    rules: undefined,
    capabilities: [...EVERYTHING.filter(({ feature }) => feature !== Feature.REQUEST_TIMEOUT), ...ownLimits],
    ...(sidecar && { sidecar: intermediaryOf(sidecar)._intent() }),
  };
}

function intermediaryOf({ kind, request, reuses, ...times }: HopCombination): Intermediary {
  const [clientIdle, serverIdle, silence] = [times.clientIdle, times.serverIdle, times.silence].map(
    Duration.seconds,
  ) as [Duration, Duration, Duration];
  switch (kind) {
    case 'load balancer':
      return Intermediary.applicationLoadBalancer({ idleTimeout: Duration.seconds(Math.min(4000, times.clientIdle)) });
    case 'network load balancer':
      return Intermediary.networkLoadBalancer({
        idleTimeout: Duration.seconds(Math.min(6000, Math.max(60, times.clientIdle))),
      });
    case 'CDN':
      return Intermediary.cloudFront({ responseTimeout: Duration.seconds(Math.min(600, times.silence)) });
    case 'nginx':
      return Intermediary.nginx({
        keepaliveTimeout: clientIdle,
        upstreamKeepaliveTimeout: serverIdle,
        readTimeout: silence,
      });
    case 'Envoy':
      return Intermediary.envoy({
        idleTimeout: clientIdle,
        upstreamIdleTimeout: serverIdle,
        streamIdleTimeout: silence,
        ...(request !== undefined && { routeTimeout: Duration.seconds(request) }),
      });
    case 'HAProxy':
      return Intermediary.haproxy({ clientTimeout: clientIdle, serverTimeout: silence });
    case 'Istio':
      return Intermediary.istioSidecar();
    default:
      return Intermediary.of({
        name: 'another proxy',
        clientIdle,
        silence,
        ...(request !== undefined && { requestTimeout: Duration.seconds(request) }),
        ...(reuses ? { serverIdle } : { reusesConnections: false }),
      });
  }
}

/** Declares a combination. */
export function declare({ target: where, endpoints }: Combination): TestPlatform {
  const root = new RootConstruct();
  const { behind, idleTimeout } = where;
  const platform = new TestPlatform(root, 'Platform', {
    target: profileOf(where),
    behind: behind.map(intermediaryOf),
    ...(idleTimeout !== undefined && { idleTimeout: Duration.seconds(idleTimeout) }),
  });
  const all: Backend[] = [];
  endpoints.forEach(({ request, stream, backends, shared }, index) => {
    const declared = new ServingEndpoint(root, `e${index}`, {
      path: `/${index}`,
      requestTimeout: Duration.seconds(request),
      ...(stream && {
        streaming: {
          maxDuration: Duration.seconds(stream.seconds),
          heartbeat: Duration.seconds(Math.min(stream.heartbeat, stream.seconds)),
          cutOnStop: stream.cutOnStop,
          ...(stream.webSocket && { protocol: StreamProtocol.WEB_SOCKET }),
        },
      }),
    });
    const before = [...all];
    for (const one of backends) {
      const made = new Backend(root, `b${all.length}`, {
        ...backendOptions({ server: modelServerOf(one), healthCheck: HealthCheck.http('/healthz') }),
        loadTimeout: Duration.seconds(one.load),
        directCallers: one.directCallers,
        timeouts: Object.fromEntries(
          Object.entries(one.timeouts).map(([time, value]) => [time, Duration.seconds(value as number)]),
        ),
      });
      declared.attachBackend(made);
      all.push(made);
    }
    for (const number of shared) {
      const other = before[number % Math.max(1, before.length)];
      if (other !== undefined) declared.attachBackend(other);
    }
  });
  return platform;
}

function modelServerOf({ server, version, keepAlive, drains }: BackendCombination): ModelServer {
  const descriptor = CATALOG.find(({ name }) => name === server);
  if (descriptor !== undefined) return ModelServer.custom({ command: ['serve'], descriptor, version });
  const behavior = {
    name: DECLARED,
    drains,
    ...(keepAlive !== undefined && { keepAlive: Duration.seconds(keepAlive) }),
  };
  return ModelServer.command({ command: ['serve'], behavior });
}
