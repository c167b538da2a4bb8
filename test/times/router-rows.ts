/** Every time of the router's configuration, and where its value comes from. */
import { longestInRouter } from './kubernetes-rows';
import { constant, planned, ROUTE_SILENCE, type Row, reference, said } from './rows';

const byRoute = reference('var(txn.route),field(2,|),mul(1000)', 'the second field of the route, in milliseconds');

/** What most backends have stands in the defaults; others write what differs. */
const STANDARD_INTERVAL = 10;
const STANDARD_TIMEOUT = 5;

export const ROUTER_ROWS: readonly Row[] = [
  { field: 'hard-stop-after', of: 'platform', origin: planned('longest request of the router', longestInRouter) },
  { field: 'timeout client', of: 'platform', origin: ROUTE_SILENCE },
  { field: 'timeout server', of: 'platform', origin: ROUTE_SILENCE },
  { field: 'timeout tunnel', of: 'platform', origin: ROUTE_SILENCE },
  {
    field: 'route',
    of: 'endpoint',
    origin: ROUTE_SILENCE,
  },
  { field: 'set-timeout server', of: 'platform', origin: byRoute },
  { field: 'set-timeout tunnel', of: 'platform', origin: byRoute },
  {
    field: 'timeout queue',
    of: 'backend',
    origin: planned('longest request of the backend', ({ plan, backend }) =>
      Math.ceil(
        Math.max(...(backend?.endpoints ?? []).map((path) => plan.endpoint(path).intent.requestTimeoutSeconds)),
      ),
    ),
    when: ({ backend }) => backend?.intent.maxConcurrency !== undefined,
  },
  {
    field: 'pool-purge-delay',
    of: 'platform',
    origin: planned(
      'balancer idle, of which it is a fifteenth: the last of 4096 idle connections lives up to fifteen of them',
      ({ plan }) => plan.balancer.idle / 15,
    ),
  },
  {
    field: 'timeout check',
    of: 'backend',
    origin: said('timeout of the health check', ({ intent }) => intent.healthCheck.timeoutSeconds),
    when: ({ backend }) => backend?.intent.healthCheck.timeoutSeconds !== STANDARD_TIMEOUT,
  },
  {
    field: 'inter',
    of: 'backend',
    origin: said('interval of the health check', ({ intent }) => intent.healthCheck.intervalSeconds),
    when: ({ backend }) => backend?.intent.healthCheck.intervalSeconds !== STANDARD_INTERVAL,
  },
  { field: 'timeout check', of: 'platform', origin: constant(STANDARD_TIMEOUT, 'the standard of a health check') },
  { field: 'inter', of: 'platform', origin: constant(STANDARD_INTERVAL, 'the standard of a health check') },
  { field: 'fastinter', of: 'platform', origin: constant(1, 'a server that failed is looked at again at once') },
  {
    field: 'timeout http-keep-alive',
    of: 'platform',
    origin: constant(4010, 'above the idle time of every balancer and pool of clients that may stand in front'),
  },
  {
    field: 'timeout http-request',
    of: 'platform',
    origin: constant(10, 'a client that takes longer to send all headers is cut off'),
  },
  {
    field: 'expire',
    of: 'platform',
    origin: constant(10, 'how long an address is remembered that has no connection any more'),
  },
  {
    field: 'timeout connect',
    of: 'platform',
    origin: constant(1, 'a server of the cluster accepts at once; another one is tried then'),
  },
  { field: 'timeout resolve', of: 'platform', origin: constant(1, 'how often the DNS is asked for addresses') },
  { field: 'timeout retry', of: 'platform', origin: constant(1, 'a lost question is asked again') },
  { field: 'hold valid', of: 'platform', origin: constant(1, 'an answer counts until the next one') },
  {
    field: 'hold obsolete',
    of: 'platform',
    origin: constant(0, 'what the DNS does not name any more gets no request'),
  },
  { field: 'hold nx', of: 'platform', origin: constant(1, 'no such name means no replica') },
  ...['timeout', 'refused', 'other'].map(
    (state): Row => ({
      field: `hold ${state}`,
      of: 'platform',
      origin: constant(86_400, 'while the DNS does not answer the replicas are where they were'),
    }),
  ),
];
