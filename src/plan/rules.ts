/** How a rule of the timeout chain is kept. */
export enum RuleKind {
  /** What the user said, or a time that stands for itself. */
  GIVEN = 'given',
  /** Two times that are compared, on every ladder. */
  RELATION = 'relation',
  /** A choice of this library, the same on every ladder. */
  CHOICE = 'choice',
}

/** A rule of the timeout chain. */
export interface TimeoutRule {
  /** What must hold, for people. */
  readonly sentence: string;
  /** Where it comes from. */
  readonly source: string;
  /** How it is kept. */
  readonly kind: RuleKind;
  /** What the library does about it, where nothing is compared. @default - the sentence says it */
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

/** The rules that give the timeouts, by id. A ladder names the rule of each of its values. */
export const TIMEOUT_RULES = {
  T: {
    kind: GIVEN,
    sentence: 'the longest request is what the endpoint says',
    source: 'requestTimeout of the endpoint',
  },
  R1: {
    kind: RELATION,
    sentence: 'the server keeps an idle connection longer than the balancer, or closes it after each response',
    source: ALB_TROUBLE,
  },
  R2: {
    kind: RELATION,
    sentence: 'nothing on the way gives up on a silent server before the longest request has ended',
    source: ALB_ATTRIBUTES,
  },
  R3: {
    kind: RELATION,
    sentence: 'a stream says something at least twice in the idle time of a balancer that cuts silent connections',
    source: ALB_ATTRIBUTES,
  },
  R4: {
    kind: RELATION,
    sentence:
      'where the keep-alive of the server is fixed or has a limit, the balancer closes idle connections before it',
    source: ALB_TROUBLE,
  },
  R5: {
    kind: RELATION,
    sentence: 'the server bears a connection that has not sent anything yet longer than the balancer keeps it',
    source: ALB_TROUBLE,
  },
  R6: {
    kind: RELATION,
    sentence:
      'the pool of a client closes idle connections before the first hop does, and a client waits longer than the longest request',
    source: ALB_ATTRIBUTES,
  },
  R7: {
    kind: RELATION,
    sentence: 'the server gives a request longer than the longest request takes, and the client waits at least as long',
    source: ALB_TROUBLE,
  },
  R8: {
    kind: RELATION,
    sentence: 'the watchdog of the server outlasts the load of the model and the longest request',
    source: 'https://gunicorn.org/reference/settings/#timeout',
  },
  R9: {
    kind: CHOICE,
    sentence:
      'a limit of connections holds those that all nodes of the balancer keep, beside the requests that are worked on',
    source: 'https://www.uvicorn.org/settings/#resource-limits',
    choice:
      'no limit of connections is set, and maxConcurrency is not mapped onto one; the ledger compares the limits that servers have by themselves',
  },
  E1: {
    kind: RELATION,
    sentence: 'the balancer closes an idle connection before the server does',
    source: 'https://docs.haproxy.org/2.6/configuration.html#pool-purge-delay',
  },
  E2: {
    kind: RELATION,
    sentence: 'a limit of a whole request on the way is longer than the longest request, streams included',
    source: 'https://gateway-api.sigs.k8s.io/geps/gep-1742/',
  },
  E3: {
    kind: RELATION,
    sentence: 'a stream says something before a proxy gives up on its silence',
    source: ENVOY_TIMEOUTS,
  },
  E4: {
    kind: RELATION,
    sentence: 'of two neighbours on the way, the one that sends the requests closes idle connections first',
    source: ENVOY_TIMEOUTS,
  },
  E5: {
    kind: CHOICE,
    sentence: 'a retry hides a closed connection for requests that may be sent twice only',
    source: 'https://docs.haproxy.org/2.6/configuration.html#4.2-retry-on',
    choice: 'only what was not sent yet is tried again, and no policy of a gateway turns retries on',
  },
  E6: {
    kind: CHOICE,
    sentence: 'where the server never closes an idle connection, the balancer does, within minutes',
    source: 'https://gateway.envoyproxy.io/docs/api/extension_types/#httptimeout',
    choice: 'the router closes within 15 s, Envoy Gateway is told 5 minutes unless the gateway says otherwise',
  },
  P: {
    kind: RELATION,
    sentence: 'a stopping replica serves until the last router has stopped sending to it',
    source: POD_TERMINATION,
  },
  PT: {
    kind: RELATION,
    sentence: 'what a server cannot finish after the signal has ended before it',
    source: POD_TERMINATION,
  },
  F: {
    kind: RELATION,
    sentence: 'the server drains for what is left of the longest request at the signal',
    source: ECS_CONTAINER,
  },
  S1: {
    kind: CHOICE,
    sentence: 'pods that a load balancer has as targets are deregistered for as long as the longest request',
    source: 'https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/pod_readiness_gate/',
    choice:
      'pods are targets of the router or the gateway only; tasks on ECS are targets by address, and D1 holds for them',
  },
  S2: {
    kind: CHOICE,
    sentence: 'a server that waits for connections drains for the longest request and for the end of its connection',
    source: 'https://github.com/benoitc/gunicorn/blob/master/gunicorn/workers/gthread.py',
    choice: 'the drain of such a server is the longest request and 5 s, or its own linger',
  },
  S3: {
    kind: CHOICE,
    sentence: 'a replica drains for its longest stream, unless streams may be cut',
    source: POD_TERMINATION,
    choice: 'maxDuration of streaming counts as a request, except with cutOnStop',
  },
  S4: {
    kind: CHOICE,
    sentence: 'a failing readiness probe is not what takes a replica out of service',
    source:
      'https://github.com/triton-inference-server/server/blob/main/docs/customization_guide/inference_protocols.md',
    choice: 'the wait before the signal takes it out, whatever the probe says meanwhile',
  },
  S5: {
    kind: CHOICE,
    sentence: 'the wait before the signal needs no shell in the image',
    source: 'https://kubernetes.io/docs/concepts/containers/container-lifecycle-hooks/',
    choice: 'the preStop hook is the sleep of the kubelet',
  },
  G: {
    kind: RELATION,
    sentence: 'the grace period holds the wait, the drain and the exit',
    source: POD_TERMINATION,
  },
  D1: {
    kind: RELATION,
    sentence: 'the balancer waits for the longest request of a replica that it takes out, before that is stopped',
    source: ALB_TROUBLE,
  },
  D2: {
    kind: RELATION,
    sentence:
      'the kill comes after the server has drained, within what the compute allows; with callers around the balancer the drain holds the longest request',
    source: ECS_CONTAINER,
  },
  D3: {
    kind: CHOICE,
    sentence: 'a replica that ends without having been taken out of service loses its requests',
    source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-capacity-providers.html',
    choice: 'no capacity that can be reclaimed is used, and no container beside the server ends the task',
  },
  D4: {
    kind: CHOICE,
    sentence: 'the process that gets the signal hands it on',
    source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinuxParameters.html',
    choice: 'commands are in exec form, and ECS puts an init process in front of them',
  },
  D5: {
    kind: CHOICE,
    sentence: 'a server that always spends its whole drain time gets no more of it than it needs',
    source: ECS_CONTAINER,
    choice: 'the kill comes 5 s after the drain, whatever the class of the server',
  },
  B1: {
    kind: GIVEN,
    sentence: 'the fetch of the models has a time of its own',
    source: 'fetchTimeout of the models',
  },
  B2: { kind: GIVEN, sentence: 'the load of the server has a time of its own', source: 'loadTimeout of the backend' },
  B3: {
    kind: RELATION,
    sentence: 'a new replica is not judged before image pull, fetch and load have had their time',
    source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CreateService.html',
  },
} as const satisfies Record<string, TimeoutRule>;

/** The id of a timeout rule. */
export type TimeoutRuleId = keyof typeof TIMEOUT_RULES;

/** The space between two timers that must not meet: timer granularity, latency and the offset of their starts. */
export const MARGIN_SECONDS = 10;

/** The time a process needs to exit and flush its logs after its last request. */
export const EXIT_SECONDS = 5;

/** The time that a server which does not drain has to stop: ECS's own default. */
export const STOP_SECONDS = 30;

/** Keep-alive of every server that can be told one: above the longest idle time of any balancer (ALB: 4000 s). */
export const KEEP_ALIVE_SECONDS = 4010;

/** The time allowed for pulling images before a new replica is judged. */
export const IMAGE_PULL_SECONDS = 300;

/** The time allowed for a model fetch where nobody said one. */
export const FETCH_SECONDS = 600;

/**
 * The rate at which a container is taken to bring a model, in bytes per second. A round number below what one copy of the
 * AWS CLI and general purpose disks are known for; the true rate depends on the machine, and `fetchTimeout` overrules it.
 */
export const COPY_BYTES_PER_SECOND = 100 * 2 ** 20;

/** The longest request of a backend that no endpoint uses yet: the default of an endpoint. */
export const DEFAULT_REQUEST_SECONDS = 60;

/** The least time a rollout gets without progress: Kubernetes' own default. */
export const PROGRESS_SECONDS = 600;
