import type { ServingPlan } from '../plan/plan';
import { type BackendPlan, type EndpointPlan, HopKind, type HopTimes, type TimeRange } from '../plan/serving-plan';
import { CLIENT_TIMEOUT } from '../plan/timeouts/endpoint';
import { ROUTE_SILENCE, ROUTE_TIMEOUT } from '../plan/timeouts/relations';
import type { Table } from './sections';

/** A time of the summary. */
interface KeyTime {
  /** Its name if it is the same for all. */
  readonly time: string;
  /** Its name in front of the names of endpoints or backends if they differ. */
  readonly timeOf: string;
  /** The failure that it prevents, or its cause. */
  readonly protects: (plan: ServingPlan) => string;
  readonly ofEndpoint?: (endpoint: EndpointPlan, plan: ServingPlan) => string | undefined;
  readonly ofBackend?: (backend: BackendPlan) => string | undefined;
  /** Whether the row is left out if no endpoint has the time. @default - it is not */
  readonly isOptional?: (plan: ServingPlan) => boolean;
}

/** The times of the summary, in the order of a request. */
const KEY_TIMES: readonly KeyTime[] = [
  {
    time: 'longest request',
    timeOf: 'longest request of',
    protects: () => '(set by requestTimeout)',
    ofEndpoint: ({ ladder }) => `${ladder.requestTimeoutSeconds} s`,
  },
  {
    time: 'client timeout',
    timeOf: 'client timeout of',
    protects: () => 'clients giving up too early',
    ofEndpoint: ({ ladder }) => {
      const found = ladder.hops.find(({ hop }) => hop === CLIENT_TIMEOUT);
      return found === undefined ? undefined : `at least ${found.seconds} s`;
    },
  },
  {
    time: 'silent request',
    timeOf: 'silent request of',
    protects: ({ balancer: { statuses } }) =>
      `requests that hang${statuses === undefined ? '' : ` (${statuses.silent})`}`,
    ofEndpoint: (endpoint, plan) => endAfter(limitsOf(endpoint, plan).silence),
    isOptional: (plan) => plan.endpoints.every((endpoint) => Number.isFinite(limitsOf(endpoint, plan).total)),
  },
  {
    time: 'total request time',
    timeOf: 'total request time of',
    protects: ({ balancer: { statuses } }) =>
      `requests that take too long${statuses === undefined ? '' : ` (${statuses.silent})`}`,
    ofEndpoint: (endpoint, plan) => endAfter(limitsOf(endpoint, plan).total),
    isOptional: () => true,
  },
  {
    time: 'idle connection',
    timeOf: 'idle connection to',
    protects: ({ balancer: { statuses } }) =>
      `${statuses === undefined ? 'lost requests' : `${statuses.closed}s`} when the server closes first`,
    ofBackend: idleOf,
  },
  {
    time: 'stop of a replica',
    timeOf: 'stop of',
    protects: () => 'requests cut off by a deployment',
    ofBackend: ({ rollout }) => rangeOf(rollout.stopSeconds),
  },
  {
    time: 'start of a replica',
    timeOf: 'start of',
    protects: () => 'replicas killed while the model loads',
    ofBackend: ({ times }) => `at most ${times.startup} s`,
  },
  {
    time: 'rollout',
    timeOf: 'rollout of',
    protects: () => '(time that a deployment takes)',
    ofBackend: ({ rollout }) => rangeOf(rollout.totalSeconds),
  },
];

/** The table of these times. If endpoints or backends differ, each value has a row with their names. */
export function keyTimesTable(plan: ServingPlan): Table {
  const rows = KEY_TIMES.flatMap(({ time, timeOf, protects, ofEndpoint, ofBackend, isOptional }) => {
    const values = [
      ...(ofEndpoint === undefined ? [] : plan.endpoints.map((one) => [one.name, ofEndpoint(one, plan)] as const)),
      ...(ofBackend === undefined ? [] : plan.backends.map((one) => [one.name, ofBackend(one)] as const)),
    ];
    if (isOptional?.(plan) && values.every(([, value]) => value === undefined)) return [];
    const groups = new Map<string, string[]>();
    for (const [name, value = '-'] of values) groups.set(value, [...(groups.get(value) ?? []), name]);
    if (groups.size === 1) return [...groups.keys()].map((value) => [time, value, protects(plan)]);
    return [...groups].map(([value, names]) => [`${timeOf} ${names.join(', ')}`, value, protects(plan)]);
  });
  return { headings: ['time', 'value', 'prevents'], rows };
}

function endAfter(seconds: number): string | undefined {
  return Number.isFinite(seconds) ? `ends after ${seconds} s` : undefined;
}

/** After how many seconds a request of an endpoint ends: one on which nothing arrives, and any. */
interface RequestLimits {
  readonly silence: number;
  readonly total: number;
}

/** The least limits of all hops. A silence limit that is not shorter than a limit of the whole request has no effect. */
function limitsOf(endpoint: EndpointPlan, plan: ServingPlan): RequestLimits {
  const { shares, ladder } = endpoint;
  const [totals, silences] = [ROUTE_TIMEOUT, ROUTE_SILENCE].map((row) =>
    ladder.hops.filter(({ hop }) => hop === row).map(({ seconds }) => seconds),
  ) as [number[], number[]];
  // The plan may come from a file, so it has data only.
  const served = shares.map(({ backend }) => backend);
  const chains = plan.backends.filter(({ path }) => served.includes(path)).map(({ chain }) => chain);
  // The limits of the balancer are those of its longest endpoint, unless routes have their own.
  const hops = chains.flat().filter(({ kind }) => kind !== HopKind.BALANCER || totals.length + silences.length === 0);
  const total = Math.min(...totals, ...hops.map(({ requestSeconds = Number.POSITIVE_INFINITY }) => requestSeconds));
  const silence = Math.min(...silences, ...hops.map(({ silenceSeconds = Number.POSITIVE_INFINITY }) => silenceSeconds));
  return { silence: silence < total ? silence : Number.POSITIVE_INFINITY, total };
}

/** When the balancer and the server close an idle connection between them. */
function idleOf({ chain }: BackendPlan): string | undefined {
  const [server, front] = [...chain].reverse() as [HopTimes?, HopTimes?];
  if (server === undefined || front?.serverIdleSeconds === undefined) return undefined;
  if (front.serverIdleSeconds === 0) return 'closed after each response';
  const kept = server.clientIdleSeconds;
  return `${front.serverIdleSeconds} s${kept === undefined ? '' : ` (server ${kept} s)`}`;
}

/** A range of times for reports, in minutes if it is long. */
export function rangeOf({ best, worst }: TimeRange): string {
  // A common unit is written once, and so is a common value after rounding.
  if (best !== worst && worst < MINUTES_FROM) return `${best} to ${worst} s`;
  return [...new Set([best, worst].map(durationOf))].join(' to ');
}

const MINUTES_FROM = 600;

function durationOf(seconds: number): string {
  return seconds < MINUTES_FROM ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
