import { MARGIN_SECONDS, type TimeoutRuleId } from '../rules';
import { HopKind } from '../serving-plan';
import { type Hop, isLimited } from './hops';

/** One side of a relation: a time and its name in messages. */
export interface Term {
  readonly what: string;
  readonly seconds: number;
  /** Its row in a ladder. */
  readonly row?: string;
  /** The prop that set it, unless it was computed. */
  readonly setBy?: string;
}

/** One time must be shorter than another by a margin. Every numeric rule of the chain consists of these. */
export interface Relation {
  readonly rule: TimeoutRuleId;
  readonly less: Term;
  readonly more: Term;
  readonly margin: number;
}

/** Whether a relation holds. */
export function holds({ less, more, margin }: Relation): boolean {
  return less.seconds + margin <= more.seconds;
}

/** What requests require of every hop, in seconds. */
export interface Demand {
  /** The longest request without traffic. */
  readonly request: number;
  /** The longest silence in a stream. */
  readonly heartbeat: number;
  /** Twice the heartbeat, but at most the length of a stream. */
  readonly pulse: number;
  /** The longest request, streams included. */
  readonly longest: number;
}

/** A rule for two adjacent hops: `front` sends requests to `behind`. */
export interface PairRule {
  readonly rule: (front: Hop, behind: Hop) => TimeoutRuleId;
  readonly applies: (front: Hop, behind: Hop) => boolean;
  readonly less: (front: Hop) => Term;
  readonly more: (behind: Hop) => Term;
}

/** A rule for one hop and the requests that pass it. */
export interface HopRule {
  readonly rule: (hop: Hop) => TimeoutRuleId;
  readonly applies: (hop: Hop, demand: Demand) => boolean;
  readonly less: (demand: Demand, hop: Hop) => Term;
  readonly more: (hop: Hop) => Term;
  /** @default - the margin between any two timers */
  readonly margin?: (hop: Hop) => number;
}

/** The names of the idle timeouts of each hop in a ladder. */
export const ROWS: { readonly [kind in HopKind]: { readonly client: string; readonly server: string } } = {
  [HopKind.CLIENT]: { client: '', server: 'client pool idle, at most' },
  [HopKind.IN_FRONT]: { client: 'client idle', server: 'pool idle' },
  [HopKind.BALANCER]: { client: 'balancer client idle', server: 'balancer idle' },
  [HopKind.SIDECAR]: { client: 'sidecar client idle', server: 'sidecar idle' },
  [HopKind.SERVER]: { client: 'server keep-alive', server: '' },
};

/** The row of the limit of routes for the whole request, whether or not data arrives. */
export const ROUTE_TIMEOUT = 'route timeout';

/** The row of the limit of routes for the time without data. */
export const ROUTE_SILENCE = 'route silence';

/** The row of an idle timeout. Rows of hops in front start with the name of the hop. */
export function rowOf({ kind, name }: Hop, side: 'client' | 'server'): string {
  return kind === HopKind.IN_FRONT ? `${name}: ${ROWS[kind][side]}` : ROWS[kind][side];
}

/** The row of a timeout that ends a request. */
export function cutRow({ kind, name, cutsConnections }: Hop, what: 'silence' | 'request'): string {
  if (kind === HopKind.SIDECAR) return `sidecar ${what}`;
  if (kind !== HopKind.BALANCER) return `${name}: ${what}`;
  if (what === 'request') return ROUTE_TIMEOUT;
  return cutsConnections ? ROWS[kind].server : ROUTE_SILENCE;
}

/** How long a hop keeps an idle connection to the next one. */
function idleTimeOf(front: Hop): Term {
  return {
    what: `the idle timeout of ${front.name}`,
    seconds: front.serverIdle,
    row: rowOf(front, 'server'),
    setBy: front.setBy,
  };
}

/** The hop that sends the next request must close an idle connection first. */
export const PAIR_RULES: readonly PairRule[] = [
  {
    rule: (front, behind) => {
      if (front.kind === HopKind.CLIENT) return 'R6';
      if (behind.kind !== HopKind.SERVER) return 'E4';
      if (front.kind === HopKind.SIDECAR || !front.cutsConnections) return 'E1';
      return isLimited(behind) ? 'R4' : 'R1';
    },
    applies: (front) => front.serverIdle > 0,
    less: idleTimeOf,
    more: (behind) => ({
      what: `the ${behind.kind === HopKind.SERVER ? 'keep-alive' : 'idle timeout'} of ${behind.name}`,
      seconds: behind.clientIdle,
      row: rowOf(behind, 'client'),
      setBy: behind.setBy,
    }),
  },
  {
    rule: () => 'R5',
    applies: (front, behind) => front.serverIdle > 0 && behind.firstByte !== undefined,
    less: idleTimeOf,
    more: (behind) => ({
      what: `the timeout of ${behind.name} for connections that have not sent any data`,
      seconds: behind.firstByte as number,
      row: 'server silent connection',
      setBy: behind.firstByteSetBy,
    }),
  },
];

const afterRequest = ({ requestMargin = MARGIN_SECONDS }: Hop): number => requestMargin;

const cut = (hop: Hop): Term => ({
  what: `the silence timeout of ${hop.name}`,
  seconds: hop.silence,
  row: cutRow(hop, 'silence'),
  // The prop sets the idle timeout, which is the silence timeout only where it ends requests.
  setBy: hop.cutsConnections ? hop.setBy : undefined,
});

/** No hop may end a request while the server handles it. */
export const HOP_RULES: readonly HopRule[] = [
  {
    rule: () => 'R2',
    applies: () => true,
    less: ({ request }) => ({ what: 'the longest request', seconds: request, row: 'longest request' }),
    more: cut,
    margin: afterRequest,
  },
  {
    rule: (hop) => (hop.cutsConnections ? 'R3' : 'E3'),
    applies: (_, { heartbeat }) => heartbeat > 0,
    less: ({ heartbeat, pulse }, hop) => ({
      what: hop.cutsConnections ? 'twice the heartbeat' : 'the heartbeat',
      seconds: hop.cutsConnections ? pulse : Math.min(heartbeat, pulse),
      row: 'heartbeat',
    }),
    more: cut,
  },
  {
    rule: () => 'E2',
    applies: ({ request }) => Number.isFinite(request),
    less: ({ longest }) => ({ what: 'the longest request', seconds: longest, row: 'longest request' }),
    more: (hop) => ({
      what: `the request timeout of ${hop.name}`,
      seconds: hop.request,
      row: cutRow(hop, 'request'),
    }),
    margin: afterRequest,
  },
];

/** The relations between two adjacent hops. */
export function relationsOfPair(front: Hop, behind: Hop): Relation[] {
  return PAIR_RULES.filter(({ applies }) => applies(front, behind)).map(({ rule, less, more }) => ({
    rule: rule(front, behind),
    less: less(front),
    more: more(behind),
    margin: MARGIN_SECONDS,
  }));
}

/** The relations between a hop and the requests that pass it. */
export function relationsOfHop(hop: Hop, demand: Demand): Relation[] {
  return HOP_RULES.filter(({ applies }) => applies(hop, demand)).map(
    ({ rule, less, more, margin = () => MARGIN_SECONDS }) => ({
      rule: rule(hop),
      less: less(demand, hop),
      more: more(hop),
      margin: margin(hop),
    }),
  );
}
