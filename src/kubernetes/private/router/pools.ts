import { LoadBalancing } from '../../../plan/choices';
import type { HealthCheckIntent } from '../../../plan/intents';
import type { ServingPlan } from '../../../plan/plan';
import type { BackendPlan } from '../../../plan/serving-plan';
import { PORT_NAME } from '../probes';
import { type HaproxyOptions, MAX_IDLE_CONNECTIONS, NAMESPACE_VARIABLE, PURGE_SECONDS } from './options';
import { FIRST_RESOLVERS, resolversOf } from './resolvers';
import { word } from './words';

/** The health check of a backend that says nothing about it; others write what differs. */
const STANDARD: HealthCheckIntent = {
  path: '/',
  statuses: '200-499',
  declared: false,
  intervalSeconds: 10,
  timeoutSeconds: 5,
  healthyThreshold: 2,
  unhealthyThreshold: 3,
};

/** How HAProxy calls each way to choose a replica. */
const ALGORITHMS: { readonly [way in LoadBalancing]: string } = {
  [LoadBalancing.ROUND_ROBIN]: 'roundrobin',
  [LoadBalancing.LEAST_OUTSTANDING_REQUESTS]: 'leastconn',
};

/** The way of a backend that says nothing about it. */
const STANDARD_BALANCING = LoadBalancing.ROUND_ROBIN;

/** The name of the headless Service that announces the replicas of a backend. */
export function podsServiceName(slug: string): string {
  return `${slug}-pods`;
}

/** The backends that serve an endpoint; nobody asks for the others. */
export function poolsOf(plan: ServingPlan): BackendPlan[] {
  return plan.backends.filter((backend) => backend.endpoints.length > 0);
}

/** How long a request may wait for a server that has room for it: as long as it may take. */
export function queueSeconds(plan: ServingPlan, pool: BackendPlan): number {
  return Math.ceil(Math.max(...pool.endpoints.map((path) => plan.endpoint(path).intent.requestTimeoutSeconds)));
}

/** What pools have in common. */
export function renderPoolDefaults(): string[] {
  return [
    'defaults pool from base',
    `  balance ${ALGORITHMS[STANDARD_BALANCING]}`,
    '  http-request set-timeout server var(txn.route),field(2,|),mul(1000)',
    '  http-request set-timeout tunnel var(txn.route),field(2,|),mul(1000)',
    ...check(STANDARD),
    `  timeout check ${STANDARD.timeoutSeconds}s`,
    `  default-server init-addr none resolvers ${FIRST_RESOLVERS} resolve-prefer ipv4`,
    `  default-server pool-purge-delay ${PURGE_SECONDS}s pool-max-conn ${MAX_IDLE_CONNECTIONS}`,
    `  default-server check ${rhythm(STANDARD)} fastinter 1s observe layer4 on-error fastinter`,
    '',
  ];
}

/** The pools of servers: for each backend a section with what differs from the defaults, and its places. */
export function renderPools(plan: ServingPlan, pools: BackendPlan[], options: HaproxyOptions): string[] {
  return pools.flatMap((pool, index) => {
    const { intent, times } = pool;
    const { healthCheck: health } = intent;
    const limit =
      intent.maxConcurrency === undefined
        ? undefined
        : Math.max(1, Math.floor(intent.maxConcurrency / options.replicas));
    return [
      `backend ${pool.slug} from pool`,
      ...(intent.loadBalancing === STANDARD_BALANCING ? [] : [`  balance ${ALGORITHMS[intent.loadBalancing]}`]),
      ...(times.closeEach ? ['  option http-server-close'] : []),
      ...(same(health, 'path', 'statuses') ? [] : check(health)),
      ...(same(health, 'timeoutSeconds') ? [] : [`  timeout check ${health.timeoutSeconds}s`]),
      ...(same(health, 'intervalSeconds', 'healthyThreshold', 'unhealthyThreshold')
        ? []
        : [`  default-server ${rhythm(health)}`]),
      ...(limit === undefined
        ? []
        : [
            `  default-server maxconn ${limit}`,
            `  timeout queue ${queueSeconds(plan, pool)}s`,
            '  option abortonclose',
          ]),
      ...(resolversOf(index) === FIRST_RESOLVERS ? [] : [`  default-server resolvers ${resolversOf(index)}`]),
      `  server-template pod ${placesOf(pool)} ${address(pool, options)}`,
      '',
    ];
  });
}

/** The most replicas that are ready at a time: during a rollout those of two versions. */
export function placesOf(pool: BackendPlan): number {
  return pool.maxReplicas + Math.ceil((pool.maxReplicas * pool.intent.rollout.surgePercent) / 100);
}

function address(pool: BackendPlan, options: HaproxyOptions): string {
  return `"_${PORT_NAME}._tcp.${podsServiceName(pool.slug)}.\${${NAMESPACE_VARIABLE}}.svc.${options.clusterDomain}"`;
}

function check(health: HealthCheckIntent): string[] {
  return [
    '  option httpchk',
    `  http-check send meth GET uri ${word(health.path)} ver HTTP/1.1 hdr Host localhost`,
    `  http-check expect status ${health.statuses}`,
  ];
}

function rhythm(health: HealthCheckIntent): string {
  return `inter ${health.intervalSeconds}s rise ${health.healthyThreshold} fall ${health.unhealthyThreshold}`;
}

function same(health: HealthCheckIntent, ...parts: (keyof HealthCheckIntent)[]): boolean {
  return parts.every((part) => health[part] === STANDARD[part]);
}
