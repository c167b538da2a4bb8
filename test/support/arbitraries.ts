import type { Construct, RootConstruct } from 'constructs';
import fc from 'fast-check';
import { Backend } from '../../src/constructs/backend';
import type { BackendOptions } from '../../src/constructs/backend-options';
import { HttpMethod, type ServingEndpointProps } from '../../src/constructs/endpoint-options';
import { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import { Model } from '../../src/models/model';
import { OwnAddress } from '../../src/plan/choices';
import type { PlatformIntents } from '../../src/plan/intents';
import type { TargetProfile } from '../../src/plan/target-profile';
import { ModelServer } from '../../src/servers/model-server';
import { Duration } from '../../src/units/duration';
import { Size } from '../../src/units/size';
import { EnvironmentSource } from '../../src/workload/environment-source';
import { HealthCheck } from '../../src/workload/health-check';
import { ScratchVolume } from '../../src/workload/scratch-volume';
import { ServerImage } from '../../src/workload/server-image';
import { backendOptions, testPlatform } from './definitions';
import type { TestPlatform } from './test-platform';

/** A definition as data, so that a counterexample can be printed. */
export interface Definition {
  readonly endpoints: readonly EndpointDefinition[];
}

export interface EndpointDefinition {
  readonly path: string;
  readonly hosts: readonly string[];
  readonly methods: readonly HttpMethod[];
  readonly tiers: readonly string[];
  readonly stripPrefix: boolean;
  /** The request timeout of a path below it. */
  readonly batch?: number;
  readonly requestTimeout: number;
  readonly stream?: { readonly seconds: number; readonly heartbeat: number };
  readonly priority?: number;
  readonly backends: readonly BackendDefinition[];
  readonly headerRules: readonly { readonly value: string; readonly backend: boolean; readonly path: boolean }[];
  /** Whether the first backend of the definition also serves this endpoint. */
  readonly shares: boolean;
}

export interface BackendDefinition {
  readonly server: ServerKind;
  readonly keepAlive: number;
  readonly weight: number;
  readonly address: OwnAddress;
  readonly files: FilesKind;
  readonly user?: number;
  readonly readOnly: boolean;
  /** The scratch directories; those in memory end with `!`. */
  readonly scratch: readonly string[];
  readonly health: HealthDefinition;
  /** Other containers and ports of each replica. */
  readonly extra?: keyof typeof EXTRAS;
}

/** Times of health checks in seconds. */
export interface HealthDefinition {
  readonly interval?: number;
  readonly unhealthyThreshold?: number;
  readonly initialDelay?: number;
  readonly liveness?: number;
}

/** Where a backend has files in addition to its image. */
export type FilesKind = 'none' | 'file' | 'working directory' | 'archive' | 'store' | 'text' | 'url';

export type ServerKind =
  | 'wsgi'
  | 'asgi'
  | 'drains'
  | 'drops'
  | 'fixed'
  | 'fixed, drops'
  | 'unknown'
  | 'image'
  | 'image, args';

export const METHODS = [HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.DELETE];
export const TIERS = ['gold', 'silver', 'iron'];
export const EXACT_HOSTS = ['x.com', 'a.x.com', 'y.org', 'b.y.org'];
export const WILDCARD_HOSTS = ['*.x.com', '*.y.org'];
export const PATHS = ['/', '/a', '/a/b', '/a/b/c', '/b', '/ab'];

const KINDS: ServerKind[] = [
  'wsgi',
  'asgi',
  'drains',
  'drops',
  'fixed',
  'fixed, drops',
  'unknown',
  'image',
  'image, args',
];

const FILES: { readonly [kind in FilesKind]: () => Partial<BackendOptions> } = {
  none: () => ({}),
  file: () => ({ model: Model.fromS3('s3://acme/labels.csv', { path: '/srv/app/labels.csv' }) }),
  'working directory': () => ({
    workingDirectory: '/srv/app',
    model: Model.fromS3('s3://acme/net/v1/', { path: './data/net' }),
  }),
  archive: () => ({
    model: Model.fromS3('s3://acme/model.tar.gz', { unpack: true, unpackedSize: Size.mebibytes(500) }),
  }),
  store: () => ({ model: Model.fromS3('s3://acme/net/v1/', { endpoint: 'http://minio.minio.svc:9000' }) }),
  text: () => ({ model: Model.fromText('version: 1\n', { path: '/app/config.yaml' }) }),
  url: () => ({ model: Model.fromUrl('https://example.com/net.onnx', { sha256: '0a'.repeat(32) }) }),
};

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 2, nil: undefined });

const health: fc.Arbitrary<HealthDefinition> = fc.record({
  interval: maybe(fc.constantFrom(6, 10, 60, 300)),
  unhealthyThreshold: maybe(fc.integer({ min: 2, max: 10 })),
  initialDelay: maybe(fc.integer({ min: 1, max: 299 })),
  liveness: maybe(fc.constantFrom(6, 30, 300)),
});

const proxy = { name: 'proxy', image: ServerImage.fromRegistry('acme/proxy:1.2.0') };

/** What a backend may have next to its server. */
const EXTRAS: { readonly [extra: string]: Partial<BackendOptions> } = {
  port: { additionalPorts: [{ name: 'metrics', port: 9000 }] },
  keys: { environmentFrom: [EnvironmentSource.fromSecretKeys('acme', { keys: ['A'], prefix: 'X_' })] },
  sidecar: { sidecars: [{ ...proxy, sharedDirectories: ['/shared'] }] },
  sidecars: {
    sidecars: [
      { ...proxy, healthCheck: { command: ['/proxy', 'ready'] }, stopTimeout: Duration.seconds(30) },
      { ...proxy, name: 'logs', essential: false, ports: [{ name: 'logs', port: 9001 }] },
    ],
  },
};

const backend: fc.Arbitrary<BackendDefinition> = fc.record({
  server: fc.constantFrom(...KINDS),
  keepAlive: fc.constantFrom(1, 5, 20, 60, 75, 100, 1000, 5000),
  weight: fc.constantFrom(0, 1, 2, 5, 0.5, 90),
  address: fc.constantFrom(...Object.values(OwnAddress)),
  files: fc.constantFrom(...(Object.keys(FILES) as FilesKind[])),
  user: fc.constantFrom(undefined, 0, 1000),
  readOnly: fc.boolean(),
  scratch: fc.subarray(['/tmp', '/app/logs', '/app/index!'], { maxLength: 3 }),
  health,
  extra: fc.option(fc.constantFrom(...Object.keys(EXTRAS)), { nil: undefined }),
});

export const endpoints: fc.Arbitrary<EndpointDefinition> = fc.record({
  path: fc.constantFrom(...PATHS),
  hosts: fc.subarray([...EXACT_HOSTS, ...WILDCARD_HOSTS], { maxLength: 3 }),
  methods: fc.subarray(METHODS, { maxLength: 4 }),
  tiers: fc.subarray(TIERS, { maxLength: 2 }),
  stripPrefix: fc.boolean(),
  requestTimeout: fc.oneof(
    fc.constantFrom(1, 30, 60, 110, 120, 3590, 3600, 3990, 3991, 4000),
    fc.integer({ min: 1, max: 5000 }),
    fc.integer({ min: 10, max: 99 }).map((tenths) => tenths / 10),
  ),
  batch: fc.option(fc.integer({ min: 1, max: 3600 }), { freq: 4, nil: undefined }),
  stream: fc.option(
    fc.record({ seconds: fc.integer({ min: 1, max: 10_000 }), heartbeat: fc.integer({ min: 1, max: 2500 }) }),
    { freq: 4, nil: undefined },
  ),
  priority: fc.option(fc.integer({ min: 1, max: 43_120 }), { freq: 8, nil: undefined }),
  backends: fc.array(backend, { minLength: 1, maxLength: 3 }),
  headerRules: fc.uniqueArray(
    fc
      .record({ value: fc.constantFrom('one', 'two'), backend: fc.boolean(), path: fc.boolean() })
      .filter((rule) => rule.backend || rule.path),
    { maxLength: 2, selector: (rule) => rule.value },
  ),
  shares: fc.boolean(),
});

/** Any definition of up to four endpoints, sensible or not. */
export const definitions: fc.Arbitrary<Definition> = fc.record({
  endpoints: fc.array(endpoints, { minLength: 1, maxLength: 4 }),
});

/** Declares a definition on a platform with this target. */
export function declare(definition: Definition, target: TargetProfile): TestPlatform {
  const platform = testPlatform({ target });
  let first: Backend | undefined;
  definition.endpoints.forEach((item, index) => {
    const declared = declareEndpoint(platform, item, `e${index}`);
    first ??= declared.backends[0];
    if (item.shares && first !== undefined && !declared.backends.includes(first)) declared.attachBackend(first);
  });
  return platform;
}

/** Declares one endpoint with its backends on the test platform. */
export function declareEndpoint(platform: TestPlatform, item: EndpointDefinition, id: string): ServingEndpoint {
  return declareIn(platform.node.root as RootConstruct, item, id);
}

/** Declares one endpoint with its backends in a scope of any target. */
export function declareIn(scope: Construct, item: EndpointDefinition, id: string): ServingEndpoint {
  const declared = new ServingEndpoint(scope, id, propsOf(item));
  const backends = item.backends.map((one, index) => {
    const made = new Backend(scope, `${id}v${index}`, {
      ...backendOptions({ ...FILES[one.files](), server: serverOf(one), healthCheck: healthCheckOf(one.health) }),
      ...(one.extra !== undefined && EXTRAS[one.extra]),
      ownAddress: one.address,
      user: one.user,
      readOnlyRootFilesystem: one.readOnly,
      scratch: one.scratch.map((path) => ScratchVolume.at(path.replace('!', ''), { inMemory: path.endsWith('!') })),
    });
    declared.attachBackend(made);
    return { made, weight: one.weight };
  });
  if (backends.some(({ weight }) => weight > 0)) {
    declared.splitTraffic({
      shares: backends.map(({ made, weight }) => ({ backend: made, weight })),
      headerRules: item.headerRules.map((rule) => ({
        header: 'x-serve-call-method',
        value: rule.value,
        backend: rule.backend ? backends[0]?.made : undefined,
        path: rule.path ? `/${rule.value}` : undefined,
      })),
    });
  }
  return declared;
}

function healthCheckOf({ interval, unhealthyThreshold, initialDelay, liveness }: HealthDefinition): HealthCheck {
  const time = (seconds: number | undefined) => (seconds === undefined ? undefined : Duration.seconds(seconds));
  return HealthCheck.http('/healthz', {
    interval: time(interval),
    unhealthyThreshold,
    initialDelay: time(initialDelay),
    liveness: liveness === undefined ? undefined : { interval: time(liveness) },
  });
}

function propsOf(item: EndpointDefinition): ServingEndpointProps {
  return {
    path: item.path,
    stripPrefix: item.stripPrefix,
    requestTimeout: Duration.seconds(item.requestTimeout),
    ...(item.batch !== undefined && { paths: [{ path: '/batch', requestTimeout: Duration.seconds(item.batch) }] }),
    priority: item.priority,
    ...(item.hosts.length > 0 && { hosts: [...item.hosts] }),
    ...(item.methods.length > 0 && { methods: [...item.methods] }),
    ...(item.tiers.length > 0 && { headers: [{ name: 'x-tier', values: [...item.tiers] }] }),
    ...(item.stream && {
      streaming: {
        maxDuration: Duration.seconds(item.stream.seconds),
        heartbeat: Duration.seconds(Math.min(item.stream.heartbeat, item.stream.seconds)),
      },
    }),
  };
}

function serverOf({ server, keepAlive }: BackendDefinition): ModelServer {
  const command = ['serve'];
  switch (server) {
    case 'wsgi':
      return ModelServer.wsgi({ app: 'app' });
    case 'asgi':
      return ModelServer.asgi({ app: 'app' });
    case 'unknown':
      return ModelServer.command({ command });
    case 'image':
      return ModelServer.fromImage();
    case 'image, args':
      return ModelServer.fromImage({ args: ['--fast'], behavior: { drains: true, drainFlag: '--drain' } });
    case 'drains':
      return ModelServer.command({ command, behavior: { drains: true } });
    case 'drops':
      return ModelServer.command({ command, behavior: { drains: false } });
    default: {
      const behavior = { drains: server === 'fixed', keepAlive: Duration.seconds(keepAlive) };
      return ModelServer.command({ command, behavior });
    }
  }
}

/** The intents of a platform, which are the input of its plan. */
export function intentsOf(platform: TestPlatform): PlatformIntents {
  return (platform as unknown as { intents(): PlatformIntents }).intents();
}
