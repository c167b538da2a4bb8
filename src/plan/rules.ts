/** A rule of the timeout chain. */
export interface TimeoutRule {
  /** What must hold, for people. */
  readonly sentence: string;
  /** Where it comes from. */
  readonly source: string;
}

/** The rules that give the timeouts, by id. A ladder names the rule of each of its values. */
export const TIMEOUT_RULES = {
  T: {
    sentence: 'the longest request is what the endpoint says',
    source: 'requestTimeout of the endpoint',
  },
  R1: {
    sentence: 'the server keeps an idle connection longer than the balancer, or closes it after each response',
    source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html',
  },
  R2: {
    sentence: 'the balancer waits for a silent server longer than the longest request',
    source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html',
  },
  R3: {
    sentence: 'a stream says something at least twice in the idle time of the balancer',
    source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html',
  },
  R4: {
    sentence: 'where the keep-alive of the server has a limit, the balancer closes idle connections before it',
    source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html',
  },
  R5: {
    sentence: 'the server bears a connection that has not sent anything yet longer than the balancer keeps it',
    source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html',
  },
  R7: {
    sentence: 'the server gives a request longer than the longest request takes',
    source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html',
  },
  R8: {
    sentence: 'the watchdog of the server outlasts the load of the model and the longest request',
    source: 'https://gunicorn.org/reference/settings/#timeout',
  },
  E1: {
    sentence: 'the balancer closes an idle connection before the server does',
    source: 'https://docs.haproxy.org/2.6/configuration.html#pool-purge-delay',
  },
  E2: {
    sentence: 'the route gives a request longer than the longest request takes',
    source: 'https://gateway-api.sigs.k8s.io/geps/gep-1742/',
  },
  P: {
    sentence: 'a stopping replica serves until the last router has stopped sending to it',
    source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination',
  },
  PT: {
    sentence: 'a server that drops requests when it is stopped gets the signal only when its last request has ended',
    source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination',
  },
  D1: {
    sentence: 'a replica is emptied of its requests before it is stopped',
    source: 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide/load-balancer-connection-draining.html',
  },
  D2: {
    sentence: 'the kill comes after the server has drained',
    source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html',
  },
  F: {
    sentence: 'the server drains for the longest request, as far as the compute allows',
    source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html',
  },
  S2: {
    sentence: 'a server that waits for connections drains for the longest request and for the end of its connection',
    source: 'https://github.com/benoitc/gunicorn/blob/master/gunicorn/workers/gthread.py',
  },
  G: {
    sentence: 'the grace period holds the wait, the drain and the exit',
    source: 'https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#pod-termination',
  },
  B1: {
    sentence: 'the fetch of the models has a time of its own',
    source: 'fetchTimeout of the models',
  },
  B2: {
    sentence: 'the load of the server has a time of its own',
    source: 'loadTimeout of the backend',
  },
  B3: {
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

/** The longest request of a backend that no endpoint uses yet: the default of an endpoint. */
export const DEFAULT_REQUEST_SECONDS = 60;

/** The least time a rollout gets without progress: Kubernetes' own default. */
export const PROGRESS_SECONDS = 600;
