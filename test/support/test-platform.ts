import type { Construct } from 'constructs';
// A platform outside this package can use only its public names.
import { extension, type ServingPlatformProps, TargetSettings } from '../../src';

/** A route of the document. */
export interface TestRoute {
  readonly hosts: readonly string[];
  readonly prefix: string;
  readonly methods: readonly string[];
  readonly headers: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly forward: readonly { readonly service: string; readonly weight: number }[];
  readonly allow: readonly string[];
  /** Whether it answers preflight requests. */
  readonly preflight: boolean;
  readonly replacePrefix?: string;
  readonly replacePath?: string;
  readonly removedPrefix?: string;
  readonly stickySeconds?: number;
  readonly timeout: number;
}

/** How a model gets to the path where the server reads it. */
export interface TestModel {
  readonly path: string;
  readonly delivery: extension.ModelDeliveryKind;
  readonly source?: string;
}

/** A service of the document. */
export interface TestService {
  readonly name: string;
  /** The display name. */
  readonly title: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly environmentSources: readonly string[];
  readonly port: number;
  readonly additionalPorts: readonly extension.AdditionalPortIntent[];
  readonly sidecars: readonly (extension.SidecarIntent & { readonly secrets: readonly string[] })[];
  readonly replicas?: number;
  readonly keepsReplicaFor?: number;
  readonly limit?: {
    readonly requests: number;
    readonly waiting?: number;
    readonly waitSeconds: number;
    readonly fullStatus?: number;
  };
  readonly cancels: boolean;
  readonly scaling?: { readonly min: number; readonly max: number; readonly targets: Readonly<Record<string, number>> };
  readonly health: {
    readonly path: string;
    readonly statuses: string;
    readonly initialDelay?: number;
    readonly startup?: extension.StartupCheckIntent;
    readonly liveness?: extension.LivenessCheckIntent;
    readonly host?: string;
    readonly interval: number;
    readonly timeout: number;
    readonly healthyThreshold: number;
    readonly unhealthyThreshold: number;
  };
  readonly smokeTest?: extension.SmokeTestIntent;
  readonly gpus: number;
  readonly gpu?: extension.GpuIntent;
  readonly cpu: number;
  readonly cpuLimit?: number;
  readonly memoryMib: number;
  readonly memoryLimitMib: number;
  readonly readOnlyRootFilesystem: boolean;
  readonly user?: number;
  readonly workingDirectory?: string;
  /** The directories that the definition makes writable. */
  readonly scratch: readonly extension.ScratchIntent[];
  readonly models: readonly TestModel[];
  readonly settings: TestSettingsOptions;
  readonly times: {
    readonly preStop: number;
    readonly stop: number;
    readonly startup: number;
    readonly deregistration: number;
    readonly keepAlive: number;
    readonly drain: number;
  };
}

/** Options that only the test platform has. */
export interface TestSettingsOptions {
  readonly zone?: string;
  readonly labels?: { readonly [name: string]: string };
  readonly hints?: readonly string[];
}

/** Settings that only the test platform has. */
export class TestSettings extends TargetSettings {
  constructor(options: TestSettingsOptions) {
    super('test', 'TestSettings', { ...options });
  }
}

/** What the test platform renders. */
export interface TestDocument {
  readonly idle: number;
  /** The routes, in the order in which they are matched. */
  readonly routes: readonly TestRoute[];
  readonly services: readonly TestService[];
}

const DONE = { level: extension.SupportLevel.NATIVE, detail: 'done' };

/** Every feature as native. It is a complete table, so that a new feature does not compile without a row. */
const FEATURES: { readonly [feature in extension.Feature]: Omit<extension.Capability, 'feature'> } = {
  [extension.Feature.WEIGHTS]: DONE,
  [extension.Feature.STICKY_BACKENDS]: DONE,
  [extension.Feature.STICKY_REPLICAS]: DONE,
  [extension.Feature.ROUND_ROBIN]: DONE,
  [extension.Feature.LEAST_OUTSTANDING]: DONE,
  [extension.Feature.REQUEST_TIMEOUT]: DONE,
  [extension.Feature.PATH_TIMEOUT]: DONE,
  [extension.Feature.METHOD_NOT_ALLOWED]: DONE,
  [extension.Feature.ALLOW_HEADER]: DONE,
  [extension.Feature.CORS]: DONE,
  [extension.Feature.STRIP_PREFIX]: DONE,
  [extension.Feature.FORWARDED_PREFIX]: DONE,
  [extension.Feature.HEADER_MATCH]: DONE,
  [extension.Feature.PATH_BY_HEADER]: DONE,
  [extension.Feature.METHOD_MATCH]: DONE,
  [extension.Feature.OWN_ADDRESS]: DONE,
  [extension.Feature.MAX_CONCURRENCY]: DONE,
  [extension.Feature.QUEUE]: DONE,
  [extension.Feature.CANCELLATION]: DONE,
  [extension.Feature.HEALTH_CHECK_HOST]: DONE,
  [extension.Feature.INITIAL_DELAY]: DONE,
  [extension.Feature.STARTUP_CHECK]: DONE,
  [extension.Feature.LIVENESS_CHECK]: DONE,
  [extension.Feature.SMOKE_TEST]: DONE,
  [extension.Feature.DEFAULT_READINESS]: DONE,
  [extension.Feature.KEEP_ALIVE]: DONE,
  [extension.Feature.DRAIN]: DONE,
  [extension.Feature.AUTOSCALING]: DONE,
  [extension.Feature.REQUEST_SCALING]: DONE,
  [extension.Feature.QUEUE_SCALING]: DONE,
  [extension.Feature.GPU_SCALING]: DONE,
  [extension.Feature.CUSTOM_SCALING]: DONE,
  [extension.Feature.QUERY_SCALING]: DONE,
  [extension.Feature.SCHEDULES]: DONE,
  [extension.Feature.SCALE_TO_ZERO]: DONE,
  [extension.Feature.SCALING_DELAY]: DONE,
  [extension.Feature.MODEL_FETCH]: DONE,
  [extension.Feature.MODEL_FILE]: DONE,
  [extension.Feature.MODEL_IMAGE_VOLUME]: DONE,
  [extension.Feature.MODEL_COPY]: DONE,
  [extension.Feature.MODEL_BAKED]: DONE,
  [extension.Feature.MODEL_VOLUME]: DONE,
  [extension.Feature.MODEL_PUBLISH]: DONE,
  [extension.Feature.FAILOVER]: DONE,
  [extension.Feature.CPU_LIMIT]: DONE,
  [extension.Feature.MEMORY_LIMIT]: DONE,
  [extension.Feature.SIDECARS]: DONE,
  [extension.Feature.GPU]: DONE,
  [extension.Feature.TOKENS]: DONE,
  [extension.Feature.IMAGE_USER]: DONE,
  [extension.Feature.CACHE_VOLUME]: DONE,
  [extension.Feature.SCRATCH_VOLUME]: DONE,
  [extension.Feature.WEB_SOCKET]: DONE,
  [extension.Feature.HTTP2]: DONE,
  [extension.Feature.GRPC]: DONE,
};

/** The capabilities in the table. */
export const EVERYTHING: extension.Capability[] = (
  Object.entries(FEATURES) as [extension.Feature, Omit<extension.Capability, 'feature'>][]
).map(([feature, ability]) => ({ feature, ...ability }));

/** A target that supports everything. */
export const TEST_PROFILE: extension.TargetProfile = {
  name: 'the test platform',
  maxWeight: 10_000,
  idle: { min: 1, max: 700_000, defaultSeconds: 60, cutsSilence: true },
  drainOrder: extension.DrainOrder.TOGETHER,
  propagationSeconds: 5,
  requestTimeout: true,
  capabilities: EVERYTHING,
};

/** Properties of the test platform. */
export interface TestPlatformProps extends ServingPlatformProps {
  readonly target?: Partial<extension.TargetProfile>;
  /** The compute limits of every backend. */
  readonly limits?: extension.ComputeLimits;
}

/** Records what is declared. */
class TestRenderer extends extension.TargetRenderer {
  public readonly events: string[] = [];
  public readonly endpoints: extension.EndpointBinding[] = [];
  public readonly backends: extension.BackendBinding[] = [];

  constructor(private readonly limits: extension.ComputeLimits = {}) {
    super();
  }

  public bindEndpoint(endpoint: extension.EndpointBinding): void {
    this.endpoints.push(endpoint);
    this.events.push(`endpoint ${endpoint.intent.slug}`);
  }

  public bindBackend(backend: extension.BackendBinding): void {
    this.backends.push(backend);
    this.events.push(`backend ${backend.intent.slug}`);
  }

  public bindAttachment({ endpoint, backend }: extension.AttachmentBinding): void {
    this.events.push(`${backend.intent.slug} serves ${endpoint.intent.slug}`);
  }

  public bindAutoscaling({ backend }: extension.AutoscalingBinding): void {
    this.events.push(`scales ${backend.intent.slug}`);
  }

  public override limitsOf(): extension.ComputeLimits {
    return this.limits;
  }

  public urlOf({ intent }: extension.EndpointBinding): string {
    return `http://test.example${intent.prefix}`;
  }
}

/** The name of each scaling metric in the document. */
const METRICS: { readonly [metric in extension.ScalingMetric]: string } = {
  [extension.ScalingMetric.CPU]: 'cpu',
  [extension.ScalingMetric.MEMORY]: 'memory',
  [extension.ScalingMetric.REQUESTS_PER_SECOND]: 'requests per second',
  [extension.ScalingMetric.ONGOING_REQUESTS]: 'ongoing requests',
  [extension.ScalingMetric.QUEUE_DEPTH]: 'queue depth',
  [extension.ScalingMetric.GPU]: 'gpu',
  [extension.ScalingMetric.CUSTOM]: 'custom metric',
  [extension.ScalingMetric.QUERY]: 'query',
};

/** A platform as written outside this package: without a framework, with one JSON document as output. */
export class TestPlatform extends extension.TargetPlatform {
  public readonly kind = 'test';
  public readonly target: extension.TargetProfile;

  protected readonly renderer: TestRenderer;

  constructor(scope: Construct, id: string, props: TestPlatformProps = {}) {
    super(scope, id, props);
    this.renderer = new TestRenderer(props.limits);
    this.target = { ...TEST_PROFILE, ...props.target };
  }

  /** The events, in order. */
  public get events(): string[] {
    return this.renderer.events;
  }

  /** What was declared, in order. */
  public get declared(): Pick<TestRenderer, 'endpoints' | 'backends'> {
    return this.renderer;
  }

  /** Validates the whole tree, as a framework does, and renders the document. */
  public synthesize(): TestDocument {
    const errors = this.node.root.node.findAll().flatMap((construct) => construct.node.validate());
    if (errors.length > 0) throw new Error(`Validation failed:\n${errors.map((error) => `  ${error}`).join('\n')}`);
    const plan = this.plan();
    const names = new Map(plan.backends.map((backend) => [backend.path, backend.slug]));
    return {
      idle: plan.balancer.idle,
      routes: plan.routes.map((route) => renderRoute(route, (key) => names.get(key) as string)),
      services: this.renderer.backends.map((backend) => renderService(backend, plan.backend(backend.intent.path))),
    };
  }
}

function renderRoute(route: extension.RoutePlan, nameOf: (backend: string) => string): TestRoute {
  return {
    hosts: route.hosts,
    prefix: route.prefix,
    methods: route.methods,
    headers: route.headers,
    forward: route.shares.map((share) => ({ service: nameOf(share.backend), weight: share.weight })),
    allow: route.allow,
    preflight: route.kind === extension.RouteKind.PREFLIGHT,
    replacePrefix: route.replacePrefix,
    replacePath: route.replacePath,
    removedPrefix: route.removedPrefix,
    stickySeconds: route.stickySeconds,
    timeout: route.timeoutSeconds,
  };
}

function renderLimit({ intent: { maxConcurrency, queue }, times }: extension.BackendPlan): TestService['limit'] {
  if (maxConcurrency === undefined) return undefined;
  return {
    requests: maxConcurrency,
    waiting: queue?.maxRequests,
    waitSeconds: queue?.timeoutSeconds ?? times.requestTimeout,
    ...(queue?.maxRequests !== undefined && { fullStatus: Number(queue.fullStatus) }),
  };
}

function renderService(
  { secrets, settings, sidecars = [] }: extension.BackendBinding,
  plan: extension.BackendPlan,
): TestService {
  const { intent, times, health } = plan;
  const { path, statuses, host, intervalSeconds, timeoutSeconds, healthyThreshold, unhealthyThreshold } = health;
  return {
    name: plan.slug,
    title: plan.name,
    image: plan.image as string,
    command: plan.command,
    args: plan.args ?? [],
    environment: plan.environment,
    secrets: Object.keys(secrets),
    environmentSources: intent.environmentSources ?? [],
    port: intent.port,
    keepsReplicaFor: intent.stickySeconds,
    limit: renderLimit(plan),
    cancels: plan.cancelOnDisconnect,
    additionalPorts: intent.additionalPorts ?? [],
    sidecars: sidecars.map((sidecar) => ({ ...sidecar.intent, secrets: Object.keys(sidecar.secrets) })),
    ...(plan.autoscaling === undefined
      ? { replicas: plan.minReplicas }
      : {
          scaling: {
            min: plan.minReplicas,
            max: plan.maxReplicas,
            targets: Object.fromEntries(plan.autoscaling.targets.map(({ metric, value }) => [METRICS[metric], value])),
          },
        }),
    health: {
      path,
      statuses,
      host,
      initialDelay: health.initialDelaySeconds,
      startup: health.startup,
      liveness: health.liveness,
      interval: intervalSeconds,
      timeout: timeoutSeconds,
      healthyThreshold,
      unhealthyThreshold,
    },
    smokeTest: intent.smokeTest,
    gpus: intent.gpu?.count ?? 0,
    gpu: intent.gpu,
    cpu: intent.cpu,
    cpuLimit: intent.cpuLimit,
    memoryMib: intent.memoryMib,
    memoryLimitMib: intent.memoryLimitMib,
    readOnlyRootFilesystem: intent.readOnlyRootFilesystem,
    user: intent.user,
    workingDirectory: intent.workingDirectory,
    scratch: intent.scratch ?? [],
    models: plan.models.map(({ intent: { mountPath, volume }, delivery, source = volume }) => ({
      path: mountPath,
      delivery,
      source,
    })),
    settings,
    times: {
      preStop: times.preStop,
      stop: times.stop,
      startup: times.startup,
      deregistration: times.deregistration,
      keepAlive: times.keepAlive,
      drain: times.drain,
    },
  };
}
