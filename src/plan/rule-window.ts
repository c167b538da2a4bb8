import { type EndpointRule, headerOffsets, type Slot, slotAt } from './numbered-rule';
import { type EndpointPlan, RouteKind } from './serving-plan';
import { type Band, settle, spread } from './slot-claims';

/** How many priorities an endpoint reserves with `priority`. */
export const WINDOW = 100;

/** The part of the window for each kind of route, in matching order. */
const RANGES: { readonly [kind in RouteKind]: Band } = {
  [RouteKind.OWN_ADDRESS]: { first: 0, width: 40 },
  [RouteKind.PREFLIGHT]: { first: 0, width: 40 },
  [RouteKind.HEADER_RULE]: { first: 40, width: 28 },
  [RouteKind.SHARES]: { first: 68, width: 16 },
  [RouteKind.METHOD_NOT_ALLOWED]: { first: 84, width: 16 },
};

/**
 * The priorities of the rules of an endpoint in the window that starts at its `priority`. Each kind has a fixed range, which
 * some kinds share, so that a rule that is added moves no other. Rules for which the range is too small have none.
 */
export function placeInWindow(priority: number, rules: readonly EndpointRule[]): [EndpointRule, Slot][] {
  const ranges = new Map(Object.values(RouteKind).map((kind) => [RANGES[kind].first, kind]));
  return [...ranges].flatMap(([first, kind]) => {
    const inRange = rules.filter(({ route }) => RANGES[route.kind].first === first);
    const band = { first: priority + first, width: RANGES[kind].width };
    return inRange.length === 0 ? [] : PLACES[kind](band, inRange);
  });
}

/** The first of these endpoints whose window overlaps the one that starts at this priority. */
export function overlapOf(priority: number | undefined, endpoints: readonly EndpointPlan[]): EndpointPlan | undefined {
  if (priority === undefined) return undefined;
  return endpoints.find(({ intent }) => intent.priority !== undefined && Math.abs(intent.priority - priority) < WINDOW);
}

type Place = (band: Band, rules: readonly EndpointRule[]) => [EndpointRule, Slot][];

/** By identity, because backends are added and removed in any order. */
const byIdentity: Place = (band, rules) => {
  const claims = rules.map(({ identity }) => ({ identity, band, offsets: [0] }));
  return settle(claims, () => false).flatMap((settled, index): [EndpointRule, Slot][] =>
    settled === undefined ? [] : [[rules[index] as EndpointRule, slotAt(settled, 0)]],
  );
};

const inOrder =
  (offsetsOf: (rules: readonly EndpointRule[]) => number[]): Place =>
  (band, rules) =>
    (spread(band, 0, offsetsOf(rules)) ?? []).map((slot, index) => [rules[index] as EndpointRule, { priority: slot }]);

const byPart = inOrder((rules) => rules.map((_, index) => index));

const PLACES: { readonly [kind in RouteKind]: Place } = {
  [RouteKind.OWN_ADDRESS]: byIdentity,
  [RouteKind.PREFLIGHT]: byIdentity,
  [RouteKind.HEADER_RULE]: inOrder(headerOffsets),
  [RouteKind.SHARES]: byPart,
  [RouteKind.METHOD_NOT_ALLOWED]: byPart,
};
