/** Ranges that are not in the schemas of CloudFormation: property, bounds and source. */

export interface Limit {
  readonly type: string;
  /** The property, as in `a.b`, with `[]` for every element of a list, or `attributes:key` for a key-value attribute. */
  readonly at: string;
  readonly min: number;
  readonly max: number;
  /** A valid value outside the range, such as 0 for "off". */
  readonly or?: number;
  readonly source: string;
}

const ELB = 'Elastic Load Balancing user guide';
const API = 'Elastic Load Balancing API reference';
const ECS = 'Amazon ECS API reference';
const SCALING = 'Application Auto Scaling API reference';

const LISTENER_RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';
const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const TARGET_GROUP = 'AWS::ElasticLoadBalancingV2::TargetGroup';
const TASK = 'AWS::ECS::TaskDefinition';
const SERVICE = 'AWS::ECS::Service';
const SCALABLE = 'AWS::ApplicationAutoScaling::ScalableTarget';

export const LIMITS: readonly Limit[] = [
  { type: LISTENER_RULE, at: 'Priority', min: 1, max: 50000, source: `${API}, CreateRule` },
  {
    type: LOAD_BALANCER,
    at: 'attributes:idle_timeout.timeout_seconds',
    min: 1,
    max: 4000,
    source: `${ELB}, load balancer attributes`,
  },
  {
    type: LOAD_BALANCER,
    at: 'attributes:client_keep_alive.seconds',
    min: 60,
    max: 604800,
    source: `${ELB}, load balancer attributes`,
  },
  {
    type: TARGET_GROUP,
    at: 'attributes:deregistration_delay.timeout_seconds',
    min: 0,
    max: 3600,
    source: `${ELB}, target group attributes`,
  },
  {
    type: TARGET_GROUP,
    at: 'attributes:slow_start.duration_seconds',
    min: 30,
    max: 900,
    or: 0,
    source: `${ELB}, target group attributes`,
  },
  {
    type: TARGET_GROUP,
    at: 'attributes:stickiness.lb_cookie.duration_seconds',
    min: 1,
    max: 604800,
    source: `${ELB}, sticky sessions`,
  },
  {
    type: TARGET_GROUP,
    at: 'attributes:stickiness.app_cookie.duration_seconds',
    min: 1,
    max: 604800,
    source: `${ELB}, sticky sessions`,
  },
  { type: TARGET_GROUP, at: 'HealthCheckIntervalSeconds', min: 5, max: 300, source: `${ELB}, health checks` },
  { type: TARGET_GROUP, at: 'HealthCheckTimeoutSeconds', min: 2, max: 120, source: `${ELB}, health checks` },
  { type: TARGET_GROUP, at: 'HealthyThresholdCount', min: 2, max: 10, source: `${ELB}, health checks` },
  { type: TARGET_GROUP, at: 'UnhealthyThresholdCount', min: 2, max: 10, source: `${ELB}, health checks` },
  { type: TARGET_GROUP, at: 'Port', min: 1, max: 65535, source: `${API}, CreateTargetGroup` },
  { type: TASK, at: 'ContainerDefinitions[].HealthCheck.Interval', min: 5, max: 300, source: `${ECS}, HealthCheck` },
  { type: TASK, at: 'ContainerDefinitions[].HealthCheck.Timeout', min: 2, max: 120, source: `${ECS}, HealthCheck` },
  { type: TASK, at: 'ContainerDefinitions[].HealthCheck.Retries', min: 1, max: 10, source: `${ECS}, HealthCheck` },
  { type: TASK, at: 'ContainerDefinitions[].HealthCheck.StartPeriod', min: 0, max: 300, source: `${ECS}, HealthCheck` },
  {
    type: TASK,
    at: 'ContainerDefinitions[].StartTimeout',
    min: 2,
    max: 2 ** 31 - 1,
    source: `${ECS}, ContainerDefinition`,
  },
  {
    type: TASK,
    at: 'ContainerDefinitions[].StopTimeout',
    min: 2,
    max: 2 ** 31 - 1,
    source: `${ECS}, ContainerDefinition`,
  },
  {
    type: TASK,
    at: 'ContainerDefinitions[].PortMappings[].ContainerPort',
    min: 1,
    max: 65535,
    source: `${ECS}, PortMapping`,
  },
  { type: SERVICE, at: 'HealthCheckGracePeriodSeconds', min: 0, max: 2 ** 31 - 1, source: `${ECS}, CreateService` },
  {
    type: SERVICE,
    at: 'DeploymentConfiguration.MinimumHealthyPercent',
    min: 0,
    max: 100,
    source: `${ECS}, DeploymentConfiguration`,
  },
  {
    type: SERVICE,
    at: 'DeploymentConfiguration.MaximumPercent',
    min: 100,
    max: 200,
    source: `${ECS}, DeploymentConfiguration`,
  },
  { type: SCALABLE, at: 'MinCapacity', min: 0, max: 2 ** 31 - 1, source: `${SCALING}, RegisterScalableTarget` },
  { type: SCALABLE, at: 'MaxCapacity', min: 0, max: 2 ** 31 - 1, source: `${SCALING}, RegisterScalableTarget` },
];

/** Ranges that apply only to tasks on Fargate. */
export const FARGATE_LIMITS: readonly Limit[] = [
  { type: TASK, at: 'ContainerDefinitions[].StartTimeout', min: 2, max: 120, source: `${ECS}, ContainerDefinition` },
  { type: TASK, at: 'ContainerDefinitions[].StopTimeout', min: 2, max: 120, source: `${ECS}, ContainerDefinition` },
  { type: TASK, at: 'EphemeralStorage.SizeInGiB', min: 21, max: 200, source: `${ECS}, EphemeralStorage` },
];

/** Counts and lengths in listener rules. Source: Elastic Load Balancing user guide, quotas and listener rules. */
export const RULE_LIMITS = {
  rulesPerLoadBalancer: 100,
  targetGroupsPerLoadBalancer: 100,
  valuesPerCondition: 3,
  valuesPerRule: 5,
  wildcardsPerRule: 5,
  valueLength: 128,
  headerNameLength: 40,
  targetGroupsPerForward: 5,
  weight: 999,
  groupStickiness: 604800,
  fixedResponseBody: 1024,
  regexLength: 1024,
} as const;

/** The kinds of condition that a rule can have only once. */
export const SINGLE_CONDITIONS: ReadonlySet<string> = new Set([
  'host-header',
  'http-request-method',
  'path-pattern',
  'source-ip',
]);
export const CONDITIONS: ReadonlySet<string> = new Set([...SINGLE_CONDITIONS, 'http-header', 'query-string']);

export const FIXED_RESPONSE_TYPES: ReadonlySet<string> = new Set([
  'text/plain',
  'text/css',
  'text/html',
  'application/javascript',
  'application/json',
]);

/** Memory in GiB for each CPU of Fargate: first, last, step. Source: Amazon ECS developer guide, task size. */
export const FARGATE_MEMORY: ReadonlyMap<number, readonly number[]> = new Map([
  [256, [0.5, 1, 2]],
  [512, steps(1, 4, 1)],
  [1024, steps(2, 8, 1)],
  [2048, steps(4, 16, 1)],
  [4096, steps(8, 30, 1)],
  [8192, steps(16, 60, 4)],
  [16384, steps(32, 120, 8)],
]);

function steps(from: number, to: number, by: number): readonly number[] {
  return Array.from({ length: (to - from) / by + 1 }, (_, i) => from + i * by);
}
