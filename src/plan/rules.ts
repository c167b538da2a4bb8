/** How a rule of the timeout chain is enforced. */
export enum RuleKind {
  /** The time is an input. */
  GIVEN = 'given',
  /** Two times are compared in every chain. */
  RELATION = 'relation',
  /** A design choice of this library, the same for every chain. */
  CHOICE = 'choice',
}

/** A rule of the timeout chain. */
export interface TimeoutRule {
  /** What the rule requires, as a sentence. */
  readonly sentence: string;
  /** The source of the rule. */
  readonly source: string;
  /** How it is enforced. */
  readonly kind: RuleKind;
  /** What the library does to comply, for a design choice. @default - the sentence states it */
  readonly choice?: string;
}

const ALB_ATTRIBUTES =
  'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html';
const ALB_TROUBLE =
  'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html';
const ENVOY_TIMEOUTS = 'https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts';
const POD_TERMINATION = 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination';
const ECS_CONTAINER = 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html';
const { GIVEN, RELATION, CHOICE } = RuleKind;

/** The rules behind the timeouts, by id. A ladder names the rule of each of its values. */
export const TIMEOUT_RULES = {
  T: {
    kind: GIVEN,
    sentence: 'the longest request is set on the endpoint',
    source: 'requestTimeout of the endpoint',
  },
  R1: {
    kind: RELATION,
    sentence: 'the server keeps idle connections longer than the balancer, or closes them after each response',
    source: ALB_TROUBLE,
  },
  R2: {
    kind: RELATION,
    sentence: 'no hop times out on a silent server before the longest request has ended',
    source: ALB_ATTRIBUTES,
  },
  R3: {
    kind: RELATION,
    sentence: 'a stream sends data at least twice within the idle timeout of a balancer that closes silent connections',
    source: ALB_ATTRIBUTES,
  },
  R4: {
    kind: RELATION,
    sentence:
      'if the keep-alive of the server is fixed or capped, the balancer closes idle connections before the server does',
    source: ALB_TROUBLE,
  },
  R5: {
    kind: RELATION,
    sentence: 'the server keeps connections that have not sent any data longer than the balancer does',
    source: ALB_TROUBLE,
  },
  R6: {
    kind: RELATION,
    sentence:
      'the connection pool of a client closes idle connections before the first hop does, and a client waits longer than the longest request',
    source: ALB_ATTRIBUTES,
  },
  R7: {
    kind: RELATION,
    sentence: 'the request timeout of the server exceeds the longest request, and the client waits at least as long',
    source: ALB_TROUBLE,
  },
  R8: {
    kind: RELATION,
    sentence: 'the watchdog timeout of the server exceeds the model load time and the longest request',
    source: 'https://gunicorn.org/reference/settings/#timeout',
  },
  R9: {
    kind: CHOICE,
    sentence:
      'a connection limit of the server covers the pooled connections of all balancer nodes in addition to running requests',
    source: 'https://www.uvicorn.org/settings/#resource-limits',
    choice:
      'no connection limit is set, and maxConcurrency does not become one; the ledger compares the default limits of servers',
  },
  R10: {
    kind: RELATION,
    sentence: 'the wait of a request for its batch is shorter than the longest request',
    source: 'https://mlserver.readthedocs.io/en/latest/user-guide/adaptive-batching.html',
  },
  E1: {
    kind: RELATION,
    sentence: 'the balancer closes idle connections before the server does',
    source: 'https://docs.haproxy.org/2.6/configuration.html#pool-purge-delay',
  },
  E2: {
    kind: RELATION,
    sentence: 'the request timeout of every hop exceeds the longest request, streams included',
    source: 'https://gateway-api.sigs.k8s.io/geps/gep-1742/',
  },
  E3: {
    kind: RELATION,
    sentence: 'a stream sends data before a proxy times out on silence',
    source: ENVOY_TIMEOUTS,
  },
  E4: {
    kind: RELATION,
    sentence: 'of two adjacent hops, the one closer to the client closes idle connections first',
    source: ENVOY_TIMEOUTS,
  },
  E5: {
    kind: CHOICE,
    sentence: 'retries hide a closed connection only for requests that are safe to send twice',
    source: 'https://docs.haproxy.org/2.6/configuration.html#4.2-retry-on',
    choice: 'only requests that were not sent yet are retried, and no gateway policy enables retries',
  },
  E6: {
    kind: CHOICE,
    sentence: 'if the server never closes idle connections, the balancer does so within minutes',
    source: 'https://gateway.envoyproxy.io/docs/api/extension_types/#httptimeout',
    choice:
      'the router closes them after 15 s, Envoy Gateway after 5 minutes unless the gateway is declared with another time',
  },
  P: {
    kind: RELATION,
    sentence: 'a stopping replica serves requests until the last router has stopped sending any',
    source: POD_TERMINATION,
  },
  PT: {
    kind: RELATION,
    sentence: 'requests that the server cannot complete after SIGTERM end before it',
    source: POD_TERMINATION,
  },
  F: {
    kind: RELATION,
    sentence: 'after SIGTERM, the server drains for the rest of the longest request',
    source: ECS_CONTAINER,
  },
  S1: {
    kind: CHOICE,
    sentence: 'the deregistration delay of pods that are targets of a load balancer covers the longest request',
    source: 'https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/pod_readiness_gate/',
    choice: 'pods are targets of the router or the gateway only; ECS tasks are IP targets, and D1 applies to them',
  },
  S2: {
    kind: CHOICE,
    sentence:
      'the drain of a server that waits for idle connections covers the longest request and the close of its connection',
    source: 'https://github.com/benoitc/gunicorn/blob/master/gunicorn/workers/gthread.py',
    choice:
      'such a server drains for the longest request plus 5 s, or plus the time that it needs to exit if that is longer',
  },
  S3: {
    kind: CHOICE,
    sentence: 'a replica drains for its longest stream, unless streams may be cut off',
    source: POD_TERMINATION,
    choice: 'maxDuration of streaming counts as the longest request, except with cutOnStop',
  },
  S4: {
    kind: CHOICE,
    sentence: 'removing a replica from service does not depend on a failing readiness probe',
    source:
      'https://github.com/triton-inference-server/server/blob/main/docs/customization_guide/inference_protocols.md',
    choice: 'the wait before SIGTERM covers the removal, regardless of the probe',
  },
  S5: {
    kind: CHOICE,
    sentence: 'the wait before SIGTERM requires no shell in the image',
    source: 'https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/',
    choice: 'the preStop hook is the sleep action of the kubelet',
  },
  G: {
    kind: RELATION,
    sentence: 'the grace period covers the wait, the drain and the exit',
    source: POD_TERMINATION,
  },
  D1: {
    kind: RELATION,
    sentence:
      'the deregistration delay covers the longest request, so that a replica stops only after its requests have ended',
    source: ALB_TROUBLE,
  },
  D2: {
    kind: RELATION,
    sentence:
      'the stop timeout covers the drain, within the limit of the compute; with callers that bypass the balancer, the drain covers the longest request',
    source: ECS_CONTAINER,
  },
  D3: {
    kind: CHOICE,
    sentence: 'a replica that stops before it is deregistered loses its requests',
    source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html',
    choice: 'no Spot capacity is used, and a task stops only with its server container',
  },
  D4: {
    kind: CHOICE,
    sentence: 'the process that receives SIGTERM forwards it',
    source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinuxParameters.html',
    choice: 'commands are in exec form, and on ECS an init process runs them',
  },
  D5: {
    kind: CHOICE,
    sentence: 'a server that always uses its full drain time gets no more than it needs',
    source: ECS_CONTAINER,
    choice: 'SIGKILL comes 5 s after the drain, for every drain behavior',
  },
  B1: {
    kind: GIVEN,
    sentence: 'fetching the models has a separate timeout',
    source: 'fetchTimeout of the models',
  },
  B2: {
    kind: GIVEN,
    sentence: 'loading the model into the server has a separate timeout',
    source: 'loadTimeout of the backend',
  },
  B3: {
    kind: RELATION,
    sentence: 'a new replica is not considered failed before the timeouts of image pull, fetch and load',
    source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html',
  },
} as const satisfies Record<string, TimeoutRule>;

/** The id of a timeout rule. */
export type TimeoutRuleId = keyof typeof TIMEOUT_RULES;

/** The margin between two timers that must not fire together: granularity, latency and the offset of their starts. */
export const MARGIN_SECONDS = 10;

/** The least time between the wait for a batch and the end of a request: the smallest unit of that wait. */
export const BATCH_MARGIN_SECONDS = 0.001;

/** The time that a process needs to flush its logs and exit after its last request. */
export const EXIT_SECONDS = 5;

/** The stop timeout of a server that does not drain: the default of ECS. */
export const STOP_SECONDS = 30;

/** The keep-alive of every server that supports one: above the longest idle timeout of any balancer (ALB: 4000 s). */
export const KEEP_ALIVE_SECONDS = 4010;

/** The time allowed for pulling images before a new replica is considered failed. */
export const IMAGE_PULL_SECONDS = 300;

/** The default timeout of a model fetch. */
export const FETCH_SECONDS = 600;

/**
 * The assumed rate of copying a model, in bytes per second. A round number below what one copy of the AWS CLI and general
 * purpose disks reach; the actual rate depends on the machine, and `fetchTimeout` overrides it.
 */
export const COPY_BYTES_PER_SECOND = 100 * 2 ** 20;

/** The longest request of a backend without an endpoint: the default of an endpoint. */
export const DEFAULT_REQUEST_SECONDS = 60;

/** The shortest progress deadline of a rollout: the default of Kubernetes. */
export const PROGRESS_SECONDS = 600;
