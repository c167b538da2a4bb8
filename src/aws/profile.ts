import {
  approximated,
  type CapabilityTable,
  capabilitiesOf,
  emulated,
  leftToApplication,
  native,
  refused,
  type Support,
} from '../plan/capabilities';
import { BalancerAccess, DrainOrder, Feature, type TargetProfile } from '../plan/target-profile';
import { CONTAINER_CHECK } from './container-limits';
import { ALL_PRIORITIES, rangesOf } from './priorities';
import type { PriorityRange } from './priority-range';
import { QUOTAS } from './quotas';

/** What the profile depends on in the listener. */
export interface EcsListener {
  /** The priorities that rules may have. @default - all */
  readonly priorities?: PriorityRange;
  /** @default BalancerAccess.INTERNAL */
  readonly access?: BalancerAccess;
  /** Whether clients use TLS. @default false */
  readonly isEncrypted?: boolean;
}

/** The target profile of ECS behind an Application Load Balancer. */
export function ecsProfile(
  ruleQuota: number,
  importedIdleSeconds?: number,
  { priorities = ALL_PRIORITIES, access = BalancerAccess.INTERNAL, isEncrypted = false }: EcsListener = {},
): TargetProfile {
  return {
    name: 'an Application Load Balancer',
    access,
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupTuple.html
    maxWeight: 999,
    maxBackendsPerEndpoint: QUOTAS.targetGroupsPerAction.value,
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupStickinessConfig.html
    maxStickySeconds: 604_800,
    // The API refuses stickiness of a target group that a rule with several groups forwards to without it.
    stickyReplicasNeedBackend: true,
    // Paths: aws/private/listener-rules counts them as patterns, together with the names of backends.
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_HttpHeaderConditionConfig.html
    matching: { maxHeaderNameLength: 40, maxHeaderValueLength: 128, headerValueReserved: '*?', rewriteReserved: '$' },
    maxReplicas: QUOTAS.tasksPerService.value,
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
    healthCheck: {
      minIntervalSeconds: 5,
      maxIntervalSeconds: 300,
      minTimeoutSeconds: 2,
      maxTimeoutSeconds: 120,
      endsBeforeNext: true,
      minThreshold: 2,
      maxThreshold: 10,
      namesService: false,
    },
    livenessCheck: CONTAINER_CHECK,
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
    idle: {
      min: 1,
      max: 4000,
      defaultSeconds: importedIdleSeconds ?? 60,
      cutsSilence: true,
      settable: importedIdleSeconds === undefined,
    },
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
    statuses: { closed: 502, silent: 504, unavailable: 503 },
    drainOrder: DrainOrder.BALANCER_FIRST,
    propagationSeconds: 0,
    maxDeregistrationSeconds: 3600,
    requestTimeout: false,
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
    rules: {
      ...rangesOf(priorities),
      valuesPerCondition: 3,
      valuesPerRule: 5,
      maxRules: ruleQuota,
      maxBackends: QUOTAS.targetGroupsPerLoadBalancer.value,
    },
    sharesCors: true,
    capabilities: [
      ...CAPABILITIES,
      ...capabilitiesOf(isEncrypted ? OVER_TLS : WITHOUT_TLS),
      ...capabilitiesOf(importedIdleSeconds === undefined ? OWN_LISTENER : EXISTING_LISTENER),
    ],
  };
}

/**
 * The protocols of target groups that require a listener with TLS.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
 */
const OVER_TLS = {
  [Feature.HTTP2]: approximated(
    'the protocol version of the target group; the load balancer answers clients that use HTTP/1.1 with 464',
  ),
  [Feature.GRPC]: native('the protocol version of the target group; other requests are answered with 464'),
} satisfies Partial<CapabilityTable>;

/**
 * The features that are attributes of the listener, which also apply to fixed responses.
 *
 * @see https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html
 */
const OWN_LISTENER = {
  [Feature.CORS]: approximated(
    'a rule that answers preflight requests, and attributes of the listener, which add the headers to every response, regardless of the origin of the request',
  ),
} satisfies Partial<CapabilityTable>;

const EXISTING_LISTENER: { readonly [feature in keyof typeof OWN_LISTENER]: Support } = {
  [Feature.CORS]: refused(
    "the headers are attributes of the listener, which another stack owns; remove 'cors' and let the server answer, or omit 'listener'",
  ),
};

const WITHOUT_TLS: { readonly [feature in keyof typeof OVER_TLS]: Support } = {
  [Feature.HTTP2]: refused(
    "a target group with HTTP/2 requires a listener with TLS; set 'certificate' of the platform, or omit 'protocol'",
  ),
  [Feature.GRPC]: refused(
    "a target group for gRPC requires a listener with TLS; set 'certificate' of the platform, or use HTTP/1.1 or WebSocket",
  ),
};

/** How ECS and the load balancer support each feature. */
const CAPABILITIES = capabilitiesOf({
  [Feature.WEIGHTS]: native('weights of a forward action, applied per request by each load balancer node'),
  [Feature.STICKY_BACKENDS]: approximated(
    'stickiness of the forward action, with the cookie AWSALBTG; backends with weight 0 are not part of it; clients of a backend without a healthy replica get 503 until its weight is 0 or their cookie expires',
  ),
  [Feature.STICKY_REPLICAS]: native(
    'stickiness of the target group, with the cookie AWSALB; clients of a replica that stops get another one',
  ),
  [Feature.ROUND_ROBIN]: native('load_balancing.algorithm.type of the target group'),
  [Feature.LEAST_OUTSTANDING]: native('load_balancing.algorithm.type of the target group'),
  [Feature.REQUEST_TIMEOUT]: approximated(
    'the idle timeout ends a request that sends no data for longer than the longest request of the load balancer; nothing ends a request that keeps sending data',
  ),
  [Feature.PATH_TIMEOUT]: leftToApplication(
    'the load balancer has one idle timeout, for the longest request of all; the server must end requests whose time is shorter',
  ),
  [Feature.METHOD_MATCH]: native('a condition of the rule'),
  [Feature.METHOD_NOT_ALLOWED]: native('a rule with a fixed response after the rules of the path'),
  [Feature.ALLOW_HEADER]: approximated('a fixed response cannot set headers; its body lists the methods'),
  [Feature.STRIP_PREFIX]: native('a URL rewrite of the rule'),
  [Feature.FORWARDED_PREFIX]: leftToApplication(
    'a rule cannot set or remove headers: servers must not trust an X-Forwarded-Prefix, which only a client can have sent',
  ),
  [Feature.HEADER_MATCH]: approximated('a condition of the rule; values are compared case-insensitively'),
  [Feature.PATH_BY_HEADER]: native('a URL rewrite of the rule'),
  [Feature.OWN_ADDRESS]: approximated('a separate rule; backend names in the header are compared case-insensitively'),
  [Feature.MAX_CONCURRENCY]: leftToApplication(
    'the load balancer has no limit of concurrent requests; the server must enforce it',
  ),
  [Feature.QUEUE]: leftToApplication(
    'the load balancer has no queue; the server must limit its own, and answer further requests with 429 or 503',
  ),
  [Feature.CANCELLATION]: leftToApplication(
    'the load balancer decides whether it closes the connection to the server; a request can run to its end',
  ),
  [Feature.HEALTH_CHECK_HOST]: refused(
    "a load balancer sends the address of the target and the port as Host; accept every host for the path of the health check in the application, and remove 'host'",
  ),
  [Feature.INITIAL_DELAY]: approximated(
    'the load balancer checks from the start, and a replica that is healthy earlier gets requests earlier; failures have no effect during the grace period, which includes the delay',
  ),
  [Feature.STARTUP_CHECK]: approximated(
    'a target group has one check, so a replica is ready when it passes the health check, and the path of the startup check is not requested, unless the backend has a smoke test',
  ),
  [Feature.LIVENESS_CHECK]: approximated(
    'a health check of the container, sent by the Python interpreter in its image, and ECS replaces the task instead of restarting it; without a known interpreter, only the check of the target group, which also replaces tasks',
  ),
  [Feature.SMOKE_TEST]: emulated(
    'a container with the image of the server answers the health checks: with 503 until the smoke test has succeeded, and then as the server does',
  ),
  [Feature.DEFAULT_READINESS]: native('the target group treats a status of 200-499 for GET / as healthy'),
  [Feature.KEEP_ALIVE]: native('the idle timeout of the load balancer'),
  [Feature.SIDECARS]: approximated(
    'containers of the task, which start before the server and stop after it; one that exits within a minute of its start is not started again',
  ),
  [Feature.DRAIN]: native('the deregistration delay, then the stop timeout'),
  [Feature.AUTOSCALING]: native('target tracking of the service'),
  [Feature.REQUEST_SCALING]: native('target tracking of the service on a metric of the load balancer'),
  [Feature.QUEUE_SCALING]: refused(
    'CloudWatch does not have the metrics of servers unless a collector publishes them; use ScalingTarget.ongoingRequests, which counts requests that wait, or aws.MetricTarget for a published metric',
  ),
  [Feature.GPU_SCALING]: refused(
    'ECS publishes no GPU utilization of a service; use ScalingTarget.ongoingRequests, or publish the metric of a DCGM exporter and use aws.MetricTarget.ofAverage',
  ),
  [Feature.CUSTOM_SCALING]: native('target tracking of the service on a CloudWatch metric'),
  [Feature.QUERY_SCALING]: refused(
    'CloudWatch does not evaluate PromQL; use aws.MetricTarget with a CloudWatch metric, as the target for AWS of ScalingTarget.byPlatform if the definition is for Kubernetes too',
  ),
  [Feature.SCHEDULES]: native('two scheduled actions of the scalable target for each schedule'),
  [Feature.SCALE_TO_ZERO]: native(
    'the scheduled actions start and stop all replicas; without replicas, requests get 503',
  ),
  [Feature.SCALING_DELAY]: approximated(
    'the cooldowns of the policies; target tracking itself waits 3 minutes before scaling out and 15 minutes before scaling in',
  ),
  [Feature.MODEL_FETCH]: native(
    'a container that runs before the server, as root without capabilities, because root owns the volumes of a task; any user can read the files',
  ),
  [Feature.MODEL_FILE]: emulated(
    "a container of the server's image copies the directory of the file into a volume of the task first, because ECS mounts directories only; the image must have 'sh' and 'cp'",
  ),
  [Feature.MODEL_IMAGE_VOLUME]: refused("ECS cannot mount images; remove 'delivery' or use ModelDelivery.copy()"),
  [Feature.MODEL_COPY]: native(
    'a container of the model image, which copies the files into a volume of the task, as root without capabilities',
  ),
  [Feature.MODEL_BAKED]: native('the image of the server container'),
  [Feature.MODEL_VOLUME]: native('a volume of the task, mounted read-only'),
  [Feature.MODEL_PUBLISH]: native("a file asset of the stack that runs 'serving publish'"),
  [Feature.FAILOVER]: approximated(
    'a backend without a healthy replica keeps its share, and its requests fail with 503',
  ),
  [Feature.TOKENS]: native('CDK resolves them'),
  [Feature.CPU_LIMIT]: approximated(
    'Fargate reserves the limit, because the size of a task is both; instances have no limit, so a replica can use all of their idle CPU',
  ),
  [Feature.MEMORY_LIMIT]: approximated(
    'memoryReservation and memory of the container on instances; Fargate reserves the limit, because the size of a task is both',
  ),
  [Feature.GPU]: native('an instance of a capacity provider'),
  [Feature.IMAGE_USER]: leftToApplication(
    "the container runs without capabilities as the user of its image, or as root if the image sets none; set 'user' to one that can read the files of the server, with which '/tmp' on Fargate is in memory and writable; otherwise an image that is not known and does not run as root needs 'VOLUME /tmp'",
  ),
  [Feature.CACHE_VOLUME]: native(
    'an EFS volume of the task with an access point, which all replicas write to as its POSIX user',
  ),
  [Feature.SCRATCH_VOLUME]: approximated(
    "a tmpfs in memory; on disk a volume of the task, whose size is not limited, and which 'chmod' in a container of the same image opens to every user before the server starts",
  ),
  [Feature.WEB_SOCKET]: native(
    'an upgraded connection, which the load balancer closes when both sides send no data for the idle timeout',
  ),
} satisfies Omit<CapabilityTable, keyof typeof OVER_TLS | keyof typeof OWN_LISTENER>);
