/** Every time in the router configuration, and its origin. */
import { MARGIN_SECONDS } from '../../src/plan/rules';
import { longestInRouter } from './kubernetes-rows';
import { constant, defined, planned, ROUTE_SILENCE, type Row, reference } from './rows';

const byRoute = reference('var(txn.route),field(2,|)', 'the second field of the route, in milliseconds');

/** The values of the defaults section; backends only have values that differ. */
const DEFAULT_INTERVAL = 10;
const DEFAULT_TIMEOUT = 5;

export const ROUTER_ROWS: readonly Row[] = [
  { field: 'hard-stop-after', of: 'platform', origin: planned('longest request of the router', longestInRouter) },
  {
    field: 'timeout client',
    of: 'platform',
    origin: planned(
      'route silence and the margin, so that the timeout of the server decides',
      ({ plan }) => Math.max(...plan.endpoints.map(({ silenceSeconds }) => silenceSeconds)) + MARGIN_SECONDS,
    ),
  },
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
    origin: planned(
      'queue of the backend, or its longest request',
      ({ plan, backend }) =>
        backend?.intent.queue?.timeoutSeconds ??
        Math.ceil(
          Math.max(...(backend?.endpoints ?? []).map((path) => plan.endpoint(path).intent.requestTimeoutSeconds)),
        ),
    ),
    when: ({ backend }) => backend?.intent.maxConcurrency !== undefined,
  },
  {
    field: 'maxidle',
    of: 'backend',
    origin: defined('stickySession of the backend', ({ intent }) => intent.stickySeconds),
    when: ({ backend }) => backend?.intent.stickySeconds !== undefined,
  },
  {
    field: 'pool-purge-delay',
    of: 'platform',
    origin: planned(
      'a fifteenth of balancer idle, because the last of 4096 idle connections stays open for up to fifteen intervals',
      ({ plan }) => plan.balancer.idle / 15,
    ),
  },
  {
    field: 'timeout check',
    of: 'backend',
    origin: defined('timeout of the health check', ({ health }) => health.timeoutSeconds),
    when: ({ backend }) => backend?.health.timeoutSeconds !== DEFAULT_TIMEOUT,
  },
  {
    field: 'inter',
    of: 'backend',
    origin: defined('interval of the health check', ({ health }) => health.intervalSeconds),
    when: ({ backend }) =>
      backend?.health.intervalSeconds !== DEFAULT_INTERVAL || backend?.blockingRequests !== undefined,
  },
  {
    field: 'fastinter',
    of: 'backend',
    origin: defined(
      'interval of the health check, of a server whose requests block it',
      ({ health }) => health.intervalSeconds,
    ),
    when: ({ backend }) => backend?.blockingRequests !== undefined,
  },
  { field: 'timeout check', of: 'platform', origin: constant(DEFAULT_TIMEOUT, 'the default of a health check') },
  { field: 'inter', of: 'platform', origin: constant(DEFAULT_INTERVAL, 'the default of a health check') },
  { field: 'fastinter', of: 'platform', origin: constant(1, 'a failed server is checked again immediately') },
  {
    field: 'timeout http-keep-alive',
    of: 'platform',
    origin: constant(4010, 'above the idle timeout of every balancer and client pool in front'),
  },
  {
    field: 'timeout http-request',
    of: 'platform',
    origin: constant(10, 'a client that takes longer to send all headers is cut off'),
  },
  {
    field: 'expire',
    of: 'platform',
    origin: constant(10, 'how long an address without connections is tracked'),
  },
  {
    field: 'timeout connect',
    of: 'platform',
    origin: constant(1, 'a server in the cluster accepts immediately; otherwise another one is tried'),
  },
  { field: 'timeout resolve', of: 'platform', origin: constant(1, 'the interval of DNS queries') },
  { field: 'timeout retry', of: 'platform', origin: constant(1, 'a lost query is retried') },
  { field: 'hold valid', of: 'platform', origin: constant(1, 'a response is valid until the next one') },
  {
    field: 'hold obsolete',
    of: 'platform',
    origin: constant(0, 'an address that DNS no longer returns gets no requests'),
  },
  { field: 'hold nx', of: 'platform', origin: constant(1, 'no such name means no replica') },
  ...['timeout', 'refused', 'other'].map(
    (state): Row => ({
      field: `hold ${state}`,
      of: 'platform',
      origin: constant(86_400, 'replicas keep their addresses while DNS does not respond'),
    }),
  ),
];
