import { ServerProtocol } from '../../../plan/choices';
import type { ServingPlan } from '../../../plan/plan';
import type { BackendPlan } from '../../../plan/serving-plan';
import { SERVICE_PORT } from '../ports';
import { type HaproxyOptions, NAMESPACE_VARIABLE } from './options';
import { cancellationOf, limitOf, TIMEOUTS } from './pools';
import { answer } from './problems';
import { FIRST_RESOLVERS } from './resolvers';

/** The usual section for requests whose pool has no ready server. The underscore avoids conflicts with the names of backends. */
export const SERVICE = '_service';

/** The sections by protocol. */
const SERVICES: { readonly [protocol in ServerProtocol]: string } = {
  [ServerProtocol.HTTP1]: SERVICE,
  [ServerProtocol.HTTP2]: `${SERVICE}-h2`,
  [ServerProtocol.GRPC]: `${SERVICE}-grpc`,
};

/** The lines of a section, which has no health checks. */
const SERVICE_LINES: { readonly [protocol in ServerProtocol]: readonly string[] } = {
  [ServerProtocol.HTTP1]: [],
  [ServerProtocol.HTTP2]: ['  default-server proto h2'],
  [ServerProtocol.GRPC]: ['  default-server proto h2', '  http-request set-header TE trailers'],
};

/** The section for the requests of a pool without ready servers: shared, unless the pool limits its concurrency. */
export function serviceSection({ slug, intent }: BackendPlan): string {
  return intent.maxConcurrency === undefined ? SERVICES[intent.protocol] : `${slug}${SERVICE}`;
}

/**
 * The sections for requests whose pool has no ready server according to DNS, which may cache that for up to its TTL after a
 * replica is ready. They use the Service of the backend, which learns of it at once, and has stopping replicas otherwise.
 */
export function renderServices(plan: ServingPlan, pools: BackendPlan[], options: HaproxyOptions): string[] {
  const sections = new Map(pools.map((pool) => [serviceSection(pool), pool]));
  if (sections.size === 0) return [];
  return [
    'defaults service from base',
    ...TIMEOUTS,
    '  # The Service of the backend, which includes ready replicas before cached DNS answers do.',
    `  http-request set-var(txn.name) "var(txn.pool),concat(.\${${NAMESPACE_VARIABLE}}.svc.${options.clusterDomain})"`,
    `  http-request do-resolve(txn.address,${FIRST_RESOLVERS},ipv4) var(txn.name)`,
    answer(503, 'no replica is ready', 'unless { var(txn.address) -m found }'),
    '  http-request set-dst var(txn.address)',
    '  # Each connection can reach another replica.',
    '  default-server pool-max-conn 0',
    '',
    ...[...sections].flatMap(([name, pool]) => [
      `backend ${name} from service`,
      ...SERVICE_LINES[pool.intent.protocol],
      ...limitOf(plan, pool, options),
      ...(pool.intent.maxConcurrency === undefined ? [] : cancellationOf(pool)),
      `  server service 0.0.0.0:${SERVICE_PORT}`,
      '',
    ]),
  ];
}
