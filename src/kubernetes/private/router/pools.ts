import { LoadBalancing, QueueStatus, ServerProtocol } from '../../../plan/choices';
import type { HealthCheckIntent } from '../../../plan/intents';
import type { ServingPlan } from '../../../plan/plan';
import type { BackendPlan } from '../../../plan/serving-plan';
import { PORT_NAME } from '../ports';
import { type HaproxyOptions, MAX_IDLE_CONNECTIONS, NAMESPACE_VARIABLE, PURGE_SECONDS } from './options';
import { answer, type ProblemStatus } from './problems';
import { FIRST_RESOLVERS, resolversOf } from './resolvers';
import { Column } from './routes';
import { renderReplicaCookie } from './sticky-sessions';
import { literal, word } from './words';

/** The default health check, rendered once for all pools; a pool renders only what differs. */
const STANDARD: HealthCheckIntent = {
  path: '/',
  statuses: '200-499',
  declared: false,
  intervalSeconds: 10,
  timeoutSeconds: 5,
  healthyThreshold: 2,
  unhealthyThreshold: 3,
};

/** The HAProxy algorithm for each way to choose a replica. */
const ALGORITHMS: { readonly [algorithm in LoadBalancing]: string } = {
  [LoadBalancing.ROUND_ROBIN]: 'roundrobin',
  [LoadBalancing.LEAST_OUTSTANDING_REQUESTS]: 'leastconn',
};

/** The default algorithm. */
const STANDARD_BALANCING = LoadBalancing.ROUND_ROBIN;

/** The lines of a pool whose servers have another protocol than HTTP/1.1. */
const PROTOCOL_LINES: { readonly [protocol in ServerProtocol]: readonly string[] } = {
  [ServerProtocol.HTTP1]: [],
  [ServerProtocol.HTTP2]: ['  default-server proto h2 check-proto h2'],
  // A call of the health service has a binary body, which checks cannot send. Servers require the header that is removed
  // from requests.
  [ServerProtocol.GRPC]: ['  default-server proto h2', '  option tcp-check', '  http-request set-header TE trailers'],
};

/** The name of the headless Service that lists the replicas of a backend. */
export function podsServiceName(slug: string): string {
  return `${slug}-pods`;
}

/** The backends that serve an endpoint; the others get no requests. */
export function poolsOf(plan: ServingPlan): BackendPlan[] {
  return plan.backends.filter((backend) => backend.endpoints.length > 0);
}

/** Whether a pool serves gRPC, so that clients use HTTP/2. */
export function servesCalls(plan: ServingPlan): boolean {
  return poolsOf(plan).some(({ intent }) => intent.protocol === ServerProtocol.GRPC);
}

/** How long a request may be queued: by default as long as the longest request timeout of its endpoints. */
export function queueSeconds(plan: ServingPlan, pool: BackendPlan): number {
  const { timeoutSeconds } = pool.intent.queue ?? {};
  if (timeoutSeconds !== undefined) return timeoutSeconds;
  return Math.ceil(Math.max(...pool.endpoints.map((path) => plan.endpoint(path).intent.requestTimeoutSeconds)));
}

/** The timeouts of a route. */
export const TIMEOUTS: readonly string[] = ['server', 'tunnel'].map(
  (kind) => `  http-request set-timeout ${kind} var(txn.route),field(${Column.TIMEOUT},|)`,
);

/** The settings that all pools share. */
export function renderPoolDefaults(): string[] {
  return [
    'defaults pool from base',
    `  balance ${ALGORITHMS[STANDARD_BALANCING]}`,
    ...TIMEOUTS,
    ...healthCheck(STANDARD),
    `  timeout check ${STANDARD.timeoutSeconds}s`,
    `  default-server init-addr none resolvers ${FIRST_RESOLVERS} resolve-prefer ipv4`,
    `  default-server pool-purge-delay ${PURGE_SECONDS}s pool-max-conn ${MAX_IDLE_CONNECTIONS}`,
    `  default-server check ${intervals(STANDARD)} fastinter 1s observe layer4 on-error fastinter`,
    '',
  ];
}

/** The pools of servers: for each backend, a section with its differences from the defaults and its server slots. */
export function renderPools(plan: ServingPlan, pools: BackendPlan[], options: HaproxyOptions): string[][] {
  return pools.map((pool, index) => {
    const { intent, times, health } = pool;
    return [
      `backend ${pool.slug} from pool`,
      ...(intent.loadBalancing === STANDARD_BALANCING ? [] : [`  balance ${ALGORITHMS[intent.loadBalancing]}`]),
      ...renderReplicaCookie(pool),
      ...(times.closeEach ? ['  option http-server-close'] : []),
      ...PROTOCOL_LINES[intent.protocol],
      ...(intent.protocol === ServerProtocol.GRPC || isStandard(health, 'path', 'statuses', 'host')
        ? []
        : healthCheck(health)),
      ...(isStandard(health, 'timeoutSeconds') ? [] : [`  timeout check ${health.timeoutSeconds}s`]),
      ...(isStandard(health, 'intervalSeconds', 'healthyThreshold', 'unhealthyThreshold') && !isBlocked(pool)
        ? []
        : [`  default-server ${intervals(health)}${pacing(pool)}`]),
      ...limitOf(plan, pool, options),
      ...cancellationOf(pool),
      ...(resolversOf(index) === FIRST_RESOLVERS ? [] : [`  default-server resolvers ${resolversOf(index)}`]),
      `  server-template pod ${slotsOf(pool)} ${address(pool, options)}`,
      '',
    ];
  });
}

/** The part of the lines of a pool that limits the concurrency of a server. */
export function limitOf(plan: ServingPlan, pool: BackendPlan, options: HaproxyOptions): string[] {
  const { maxConcurrency } = pool.intent;
  if (maxConcurrency === undefined) return [];
  return [
    `  default-server maxconn ${Math.max(1, Math.floor(maxConcurrency / options.replicas))}`,
    `  timeout queue ${timeOf(queueSeconds(plan, pool))}`,
    ...queueLimit(pool, options),
  ];
}

/** A time in the syntax of HAProxy, which has no fractions. */
function timeOf(seconds: number): string {
  return Number.isInteger(seconds) ? `${seconds}s` : `${Math.round(1000 * seconds)}ms`;
}

/** Answers a request at once if it would have to wait and the queue is full. */
function queueLimit({ intent: { queue } }: BackendPlan, { replicas }: HaproxyOptions): string[] {
  if (queue?.maxRequests === undefined) return [];
  const part = Math.floor(queue.maxRequests / replicas);
  return [answer(STATUSES[queue.fullStatus], 'the queue is full', `if { be_conn_free le 0 } { queue ge ${part} }`)];
}

const STATUSES: { readonly [status in QueueStatus]: ProblemStatus } = {
  [QueueStatus.TOO_MANY_REQUESTS]: 429,
  [QueueStatus.SERVICE_UNAVAILABLE]: 503,
};

/** The line by which requests of a pool leave the queue, or their server, when their clients close the connection. */
export function cancellationOf({ cancelOnDisconnect }: BackendPlan): string[] {
  return cancelOnDisconnect ? ['  option abortonclose'] : [];
}

/** The number of server slots: the maximum number of ready replicas, which during a rollout are of two versions. */
export function slotsOf(pool: BackendPlan): number {
  return pool.maxReplicas + Math.ceil((pool.maxReplicas * pool.intent.rollout.surgePercent) / 100);
}

function address(pool: BackendPlan, options: HaproxyOptions): string {
  return `"_${PORT_NAME}._tcp.${podsServiceName(pool.slug)}.\${${NAMESPACE_VARIABLE}}.svc.${options.clusterDomain}"`;
}

function healthCheck(health: HealthCheckIntent): string[] {
  return [
    '  option httpchk',
    `  http-check send meth GET uri ${word(health.path)} ver HTTP/1.1 hdr Host ${hostOf(health)}`,
    `  http-check expect status ${health.statuses}`,
  ];
}

/** A busy server must not be checked more often after a failure, because it fails each check until its request ends. */
function pacing(pool: BackendPlan): string {
  return isBlocked(pool) ? ` fastinter ${pool.health.intervalSeconds}s` : '';
}

/** Whether requests can block the health checks of its servers. */
function isBlocked({ blockingRequests }: BackendPlan): boolean {
  return blockingRequests !== undefined;
}

/** Without a declared host, that of the kubelet: the address of the replica, in brackets for IPv6, and the port. */
function hostOf({ host }: HealthCheckIntent): string {
  return host === undefined ? `'%[bc_dst,regsub("^(.*:.*)$","[\\1]")]:%[bc_dst_port]'` : literal(host);
}

function intervals(health: HealthCheckIntent): string {
  return `inter ${health.intervalSeconds}s rise ${health.healthyThreshold} fall ${health.unhealthyThreshold}`;
}

function isStandard(health: HealthCheckIntent, ...parts: (keyof HealthCheckIntent)[]): boolean {
  return parts.every((part) => health[part] === STANDARD[part]);
}
