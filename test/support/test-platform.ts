import type { Construct } from 'constructs';
import type { AutoscalingPolicy } from '../../src/constructs/autoscaling-policy';
import type { Backend } from '../../src/constructs/backend';
import type { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import { ServingPlatform, type ServingPlatformProps } from '../../src/constructs/serving-platform';
import { bakedImage } from '../../src/plan/models';
import type { BackendPlan, RoutePlan } from '../../src/plan/serving-plan';
import { DrainOrder, Feature, SupportLevel, type TargetProfile } from '../../src/plan/target-profile';

/** A route of the document. */
export interface TestRoute {
  readonly hosts: readonly string[];
  readonly prefix: string;
  readonly methods: readonly string[];
  readonly headers: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly forward: readonly { readonly service: string; readonly weight: number }[];
  readonly allow: readonly string[];
  readonly replacePrefix?: string;
  readonly replacePath?: string;
  readonly timeout: number;
}

/** A service of the document. */
export interface TestService {
  readonly name: string;
  /** The name for people. */
  readonly title: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly port: number;
  readonly replicas?: number;
  readonly scaling?: { readonly min: number; readonly max: number; readonly targets: Readonly<Record<string, number>> };
  readonly health: {
    readonly path: string;
    readonly statuses: string;
    readonly interval: number;
    readonly timeout: number;
    readonly healthyThreshold: number;
    readonly unhealthyThreshold: number;
  };
  readonly gpus: number;
  readonly memoryMib: number;
  readonly readOnlyRoot: boolean;
  readonly user?: number;
  readonly models: readonly { readonly path: string; readonly uri: string }[];
  readonly times: {
    readonly preStop: number;
    readonly stop: number;
    readonly startup: number;
    readonly deregistration: number;
  };
}

/** What the test platform renders. */
export interface TestDocument {
  readonly idle: number;
  /** The routes, in the order in which they are tried. */
  readonly routes: readonly TestRoute[];
  readonly services: readonly TestService[];
}

/** Every feature, done by the target itself. */
export const EVERYTHING: TargetProfile['capabilities'] = Object.values(Feature).map((feature) => ({
  feature,
  level: SupportLevel.NATIVE,
  detail: 'done',
}));

/** A target that can do everything. */
export const TEST_PROFILE: TargetProfile = {
  name: 'the test platform',
  maxWeight: 10_000,
  idle: { min: 1, max: 700_000, standard: 60, cutsSilence: true },
  drainOrder: DrainOrder.TOGETHER,
  propagationSeconds: 5,
  requestTimeout: true,
  capabilities: EVERYTHING,
};

/** Properties of the test platform. */
export interface TestPlatformProps extends ServingPlatformProps {
  readonly target?: Partial<TargetProfile>;
}

/** A platform as someone outside this package would write one: no framework, one JSON document. */
export class TestPlatform extends ServingPlatform {
  public readonly kind = 'test';
  public readonly target: TargetProfile;
  /** The events that came, in order. */
  public readonly events: string[] = [];

  constructor(scope: Construct, id: string, props: TestPlatformProps = {}) {
    super(scope, id, props);
    this.target = { ...TEST_PROFILE, ...props.target };
  }

  public bindEndpoint(endpoint: ServingEndpoint): void {
    this.events.push(`endpoint ${endpoint.intent.slug}`);
  }

  public bindBackend(backend: Backend): void {
    this.events.push(`backend ${backend.intent.slug}`);
  }

  public attachBackend(endpoint: ServingEndpoint, backend: Backend): void {
    this.events.push(`${backend.intent.slug} serves ${endpoint.intent.slug}`);
  }

  public bindAutoscaling(policy: AutoscalingPolicy): void {
    this.events.push(`scales ${policy.backend.intent.slug}`);
  }

  public urlOf(endpoint: ServingEndpoint): string {
    return `http://test.example${endpoint.intent.prefix}`;
  }

  /** Validates the whole tree, as a framework would, and renders the document. */
  public synthesize(): TestDocument {
    const errors = this.node.root.node.findAll().flatMap((construct) => construct.node.validate());
    if (errors.length > 0) throw new Error(`Validation failed:\n${errors.map((error) => `  ${error}`).join('\n')}`);
    const plan = this.plan();
    const names = new Map(plan.backends.map((backend) => [backend.path, backend.slug]));
    return {
      idle: plan.balancer.idle,
      routes: plan.routes.map((route) => renderRoute(route, (key) => names.get(key) as string)),
      services: this.backends.map((backend) => renderService(backend, plan.backend(backend.node.path))),
    };
  }
}

function renderRoute(route: RoutePlan, nameOf: (backend: string) => string): TestRoute {
  return {
    hosts: route.hosts,
    prefix: route.prefix,
    methods: route.methods,
    headers: route.headers,
    forward: route.shares.map((share) => ({ service: nameOf(share.backend), weight: share.weight })),
    allow: route.allow,
    replacePrefix: route.replacePrefix,
    replacePath: route.replacePath,
    timeout: route.timeoutSeconds,
  };
}

function renderService(backend: Backend, plan: BackendPlan): TestService {
  const { intent, times } = plan;
  const { path, statuses, intervalSeconds, timeoutSeconds, healthyThreshold, unhealthyThreshold } = intent.healthCheck;
  return {
    name: plan.slug,
    title: plan.name,
    image: bakedImage(plan.models) ?? (backend.image.reference as string),
    command: plan.command,
    environment: intent.environment,
    secrets: Object.keys(backend.secrets),
    port: intent.port,
    ...(plan.autoscaling === undefined
      ? { replicas: plan.minReplicas }
      : {
          scaling: {
            min: plan.minReplicas,
            max: plan.maxReplicas,
            targets: Object.fromEntries(plan.autoscaling.targets.map((target) => [target.metric, target.value])),
          },
        }),
    health: {
      path,
      statuses,
      interval: intervalSeconds,
      timeout: timeoutSeconds,
      healthyThreshold,
      unhealthyThreshold,
    },
    gpus: intent.gpu?.count ?? 0,
    memoryMib: intent.memoryMib,
    readOnlyRoot: intent.readOnlyRoot,
    user: intent.user,
    models: plan.models.flatMap(({ intent: { mountPath, volume }, source = volume }) =>
      source === undefined ? [] : [{ path: mountPath, uri: source }],
    ),
    times: {
      preStop: times.preStop,
      stop: times.stop,
      startup: times.startup,
      deregistration: times.deregistration,
    },
  };
}
