import { type EndpointRule, headerOffsets, type Slot, slotAt } from './numbered-rule';
import { compareOrder, orderOf, ownKey } from './routes';
import { anchorBand, bandOf } from './rule-bands';
import { type RuleConditions, splitRoute } from './rule-parts';
import { placeInWindow, WINDOW } from './rule-window';
import { type AnchorPlan, RouteKind, type RoutePlan } from './serving-plan';
import { type Band, type Claim, type Settled, settle } from './slot-claims';
import type { RuleLimits } from './target-profile';

/** An endpoint whose rules get priorities. */
export interface NumberedEndpoint {
  /** What the endpoint is, regardless of its routes. */
  readonly identity: string;
  /** The first of the priorities that the user reserved. @default - priorities of the platform */
  readonly priority?: number;
  /** The routes in matching order. */
  readonly routes: RoutePlan[];
  /** The segment of a backend in its own address. */
  readonly segmentOf: (backend: string) => string;
}

/** The rules of an endpoint by route key. Rules without a priority have no place left. */
export type NumberedRules = Map<string, (RuleConditions & Partial<Slot>)[]>;

/**
 * Assigns priorities to the rules of every endpoint.
 *
 * The specificity of a route selects a band, and the identity of the rule its numbers in the band. They depend neither on
 * the rank among other rules nor on the content: an update creates and changes rules before it deletes others, and fails if
 * two of them have the same priority meanwhile.
 */
export function placeRules(limits: RuleLimits, endpoints: readonly NumberedEndpoint[]): NumberedRules[] {
  const isReserved = reservedBy(endpoints);
  const rules = endpoints.map((endpoint) => rulesOf(limits, endpoint));
  const parts = endpoints.flatMap(({ priority }, index) => {
    const own = rules[index] as EndpointRule[];
    return priority === undefined ? groupsOf(limits, own) : [];
  });
  const settled = settle(parts.map(claimOf), isReserved);
  const slots = new Map<EndpointRule, Slot>(parts.flatMap((group, index) => slotsOf(group, settled[index])));
  endpoints.forEach(({ priority }, index) => {
    if (priority === undefined) return;
    for (const [rule, slot] of placeInWindow(priority, rules[index] as EndpointRule[])) slots.set(rule, slot);
  });
  return rules.map((list) => {
    const byRoute: NumberedRules = new Map();
    for (const rule of list) {
      const { key } = rule.route;
      byRoute.set(key, [...(byRoute.get(key) ?? []), { ...slots.get(rule), ...rule.conditions }]);
    }
    return byRoute;
  });
}

/** The priorities of the anchor rules of backends, in the band after every route. */
export function placeAnchors(limits: RuleLimits, identities: readonly string[]): AnchorPlan[] {
  const band = anchorBand(limits);
  const claims = identities.map((identity) => ({ identity, band, offsets: [0] }));
  return settle(claims, () => false).map((settled) => (settled && slotAt(settled, 0)) ?? { priority: band.first });
}

/** Whether a number is in a range that an endpoint reserves. */
function reservedBy(endpoints: readonly NumberedEndpoint[]): (slot: number) => boolean {
  const windows = endpoints.flatMap(({ priority }) => (priority === undefined ? [] : [priority]));
  return (slot) => windows.some((first) => slot >= first && slot < first + WINDOW);
}

function rulesOf(limits: RuleLimits, endpoint: NumberedEndpoint): EndpointRule[] {
  return endpoint.routes.flatMap((route) => {
    const id = idOf(route, endpoint);
    return splitRoute(limits, route).map((conditions, part) => ({
      route,
      conditions,
      part,
      identity: `${endpoint.identity}#${id}${part === 0 ? '' : `.${part}`}`,
    }));
  });
}

/** The id of a route in its endpoint. That of an own address has the segment of the backend instead of its key. */
function idOf({ key, endpoint, kind, shares }: RoutePlan, { segmentOf }: NumberedEndpoint): string {
  const id = key.slice(endpoint.length + 1);
  const backend = shares[0]?.backend;
  if (kind !== RouteKind.OWN_ADDRESS || backend === undefined) return id;
  return `own:${segmentOf(backend)}${id.slice(ownKey(backend).length)}`;
}

/** Rules that keep their order, in one band. */
interface RuleGroup {
  readonly band: Band;
  readonly rules: readonly EndpointRule[];
}

/** The rules of an endpoint by band: each on its own, except header rules, whose order must be kept. */
function groupsOf(limits: RuleLimits, rules: readonly EndpointRule[]): RuleGroup[] {
  const groups: { readonly band: Band; readonly rules: EndpointRule[] }[] = [];
  const parts = rules.map((rule) => ({ rule, conditions: { ...rule.route, hosts: rule.conditions.hosts } }));
  parts.sort((a, b) => compareOrder(orderOf(a.conditions), orderOf(b.conditions)));
  for (const { rule, conditions } of parts) {
    const band = bandOf(limits, conditions);
    const last = groups.at(-1);
    const isOrdered = rule.route.kind === RouteKind.HEADER_RULE;
    if (isOrdered && last?.rules[0]?.route.kind === RouteKind.HEADER_RULE && last.band.first === band.first)
      last.rules.push(rule);
    else groups.push({ band, rules: [rule] });
  }
  return groups;
}

function claimOf({ band, rules }: RuleGroup): Claim {
  const { identity, route } = rules[0] as EndpointRule;
  return route.kind === RouteKind.HEADER_RULE
    ? { identity, band, offsets: headerOffsets(rules), mayGrow: true }
    : { identity, band, offsets: [0] };
}

function slotsOf({ rules }: RuleGroup, settled: Settled | undefined): [EndpointRule, Slot][] {
  return settled === undefined ? [] : rules.map((rule, index) => [rule, slotAt(settled, index)]);
}
