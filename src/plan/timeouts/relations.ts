import { MARGIN_SECONDS, type TimeoutRuleId } from '../rules';
import { HopKind } from '../serving-plan';
import { type Hop, isLimited } from './hops';

/** One side of a relation: a time, and what it is called in messages. */
export interface Term {
  readonly what: string;
  readonly seconds: number;
  /** The row of a ladder that shows it. */
  readonly row?: string;
  /** The prop that set it, where it was not computed. */
  readonly setBy?: string;
}

/** That one time is shorter than another by a margin. Every rule of the chain that has numbers comes down to these. */
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

/** What requests ask of every hop that they pass. */
export interface Demand {
  /** The longest request that sends nothing meanwhile. */
  readonly request: number;
  /** The longest silence in a stream. */
  readonly heartbeat: number;
  /** Twice that, but no longer than a stream. */
  readonly pulse: number;
  /** The longest request, streams included. */
  readonly longest: number;
}

/** A rule between two neighbours: `front` sends the requests, `behind` gets them. */
export interface PairRule {
  readonly rule: (front: Hop, behind: Hop) => TimeoutRuleId;
  readonly applies: (front: Hop, behind: Hop) => boolean;
  readonly less: (front: Hop) => Term;
  readonly more: (behind: Hop) => Term;
}

/** A rule of one hop and the requests that pass it. */
export interface HopRule {
  readonly rule: (hop: Hop) => TimeoutRuleId;
  readonly applies: (hop: Hop, demand: Demand) => boolean;
  readonly less: (demand: Demand, hop: Hop) => Term;
  readonly more: (hop: Hop) => Term;
}

/** How each hop calls its idle times in a ladder and in messages. */
export const ROWS: { readonly [kind in HopKind]: { readonly client: string; readonly server: string } } = {
  [HopKind.CLIENT]: { client: '', server: 'client pool idle, at most' },
  [HopKind.IN_FRONT]: { client: 'client idle', server: 'pool idle' },
  [HopKind.BALANCER]: { client: 'balancer client idle', server: 'balancer idle' },
  [HopKind.SIDECAR]: { client: 'sidecar client idle', server: 'sidecar idle' },
  [HopKind.SERVER]: { client: 'server keep-alive', server: '' },
};

/** The row of an idle time: those of hops in front carry their names. */
export function rowOf({ kind, name }: Hop, side: 'client' | 'server'): string {
  return kind === HopKind.IN_FRONT ? `${name}: ${ROWS[kind][side]}` : ROWS[kind][side];
}

/** The row of what ends a request. */
export function cutRow({ kind, name, cutsConnections }: Hop, what: 'silence' | 'request'): string {
  if (kind === HopKind.SIDECAR) return `sidecar ${what}`;
  if (kind !== HopKind.BALANCER) return `${name}: ${what}`;
  if (what === 'request') return 'route timeout';
  return cutsConnections ? ROWS[kind].server : 'route silence';
}

/** How long a hop keeps an idle connection to the next one. */
function idleTimeOf(front: Hop): Term {
  return {
    what: `the idle time of ${front.name}`,
    seconds: front.serverIdle,
    row: rowOf(front, 'server'),
    setBy: front.setBy,
  };
}

/** Who closes an idle connection first must be who sends the next request. */
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
      what: `the ${behind.kind === HopKind.SERVER ? 'keep-alive' : 'idle time'} of ${behind.name}`,
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
      what: `the limit for connections of ${behind.name} that have not sent anything`,
      seconds: behind.firstByte as number,
      row: 'server silent connection',
      setBy: behind.firstByteSetBy,
    }),
  },
];

const cut = (hop: Hop): Term => ({
  what: `the time after which ${hop.name} gives up on silence`,
  seconds: hop.silence,
  row: cutRow(hop, 'silence'),
  setBy: hop.setBy,
});

/** What no hop may end while the server works. */
export const HOP_RULES: readonly HopRule[] = [
  {
    rule: () => 'R2',
    applies: () => true,
    less: ({ request }) => ({ what: 'the longest request', seconds: request, row: 'longest request' }),
    more: cut,
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
      what: `the time after which ${hop.name} ends a request`,
      seconds: hop.request,
      row: cutRow(hop, 'request'),
    }),
  },
];

/** The relations between two neighbours. */
export function relationsOfPair(front: Hop, behind: Hop): Relation[] {
  return PAIR_RULES.filter(({ applies }) => applies(front, behind)).map(({ rule, less, more }) => ({
    rule: rule(front, behind),
    less: less(front),
    more: more(behind),
    margin: MARGIN_SECONDS,
  }));
}

/** The relations of a hop with what passes it. */
export function relationsOfHop(hop: Hop, demand: Demand): Relation[] {
  return HOP_RULES.filter(({ applies }) => applies(hop, demand)).map(({ rule, less, more }) => ({
    rule: rule(hop),
    less: less(demand, hop),
    more: more(hop),
    margin: MARGIN_SECONDS,
  }));
}
