import { hash } from '../private/hash';
import { compareOrder, hostParts, orderOf, type RouteConditions } from './routes';
import { type AnchorPlan, RouteKind, type RoutePlan, type RulePlan } from './serving-plan';
import type { RuleLimits } from './target-profile';

/** The deepest path with a separate band. */
export const MAX_DEPTH = 7;

/**
 * The width of a band, by host (full, wildcard, none), depth of the path, and kind with conditions (own address, header
 * rule and shares, each with headers and methods, headers, methods, neither; then 405). Bands that are used more are
 * wider, so that two rules rarely have the same slot.
 */
const HOST_WIDTHS = [3, 1, 3];
const DEPTH_WIDTHS = [2, 6, 6, 3, 2, 1, 1, 1];
const KIND_WIDTHS = [
  [1, 1, 4, 4],
  [1, 1, 2, 2],
  [1, 1, 3, 3],
  [0, 1, 0, 3],
];

interface Band {
  readonly first: number;
  readonly width: number;
}

/** The conditions of one rule, within the limits of a condition and of a rule. */
export type RuleConditions = Pick<RulePlan, 'hosts' | 'paths' | 'methods' | 'headers'>;

/**
 * Splits a route that has too many values for one rule into several rules, by kind of host, then methods, hosts and paths.
 * Their number depends only on the route, so that resources can be created before the plan is computed.
 */
export function splitRoute(limits: RuleLimits, route: RouteConditions): RuleConditions[] {
  return hostParts(route).flatMap((part) => splitPart(limits, part));
}

function splitPart(limits: RuleLimits, route: RouteConditions): RuleConditions[] {
  const paths = pathPatterns(route.prefix);
  const sizes = { methods: route.methods.length, hosts: route.hosts.length, paths: paths.length };
  for (const part of ['methods', 'hosts', 'paths'] as const) {
    sizes[part] = Math.min(sizes[part], limits.valuesPerCondition);
  }
  for (const part of ['methods', 'hosts', 'paths'] as const) {
    while (sizes[part] > 1 && sizes.methods + sizes.hosts + sizes.paths + headerValues(route) > limits.valuesPerRule)
      sizes[part]--;
  }
  const rules: RuleConditions[] = [];
  for (const methods of chunks(route.methods, sizes.methods)) {
    for (const hosts of chunks(route.hosts, sizes.hosts)) {
      for (const part of chunks(paths, sizes.paths))
        rules.push({ methods, hosts, paths: part, headers: route.headers });
    }
  }
  return rules;
}

/** Whether every rule of a route is within the limits. */
export function fits(limits: RuleLimits, rules: RuleConditions[]): boolean {
  return rules.every(
    (rule) =>
      rule.methods.length + rule.hosts.length + rule.paths.length + headerValues(rule) <= limits.valuesPerRule &&
      rule.headers.every((header) => header.values.length <= limits.valuesPerCondition),
  );
}

/** The patterns of a path prefix: the path itself and everything below it. */
export function pathPatterns(prefix: string): string[] {
  return prefix === '/' ? ['/*'] : [prefix, `${prefix}/*`];
}

/**
 * Assigns priorities to the rules of every route.
 *
 * A priority depends on the route itself: its specificity selects a band, its hash a slot. It does not depend on the rank
 * among other routes, because ranks shift when a route is added, and a changed priority collides with the existing rule
 * that still has it. If two routes have the same slot, the one declared later gets the next free one.
 */
export class RuleSlots {
  private readonly taken = new Set<number>();

  constructor(private readonly limits: RuleLimits) {}

  /** The rules of the routes of one endpoint by route key; undefined if no slot is left. */
  public place(routes: RoutePlan[], priority: number | undefined): Map<string, RulePlan[]> | undefined {
    const placed = new Map<string, RulePlan[]>();
    let next = priority;
    const parts = routes.flatMap(hostParts).sort((a, b) => orderOf(a).host - orderOf(b).host);
    for (const group of groups(parts)) {
      const rules = group.flatMap((route) => splitRoute(this.limits, route).map((rule) => ({ rule, key: route.key })));
      const preferred = next ?? this.slotOf(group[0] as RoutePlan, rules.length);
      const slots =
        next === undefined
          ? this.findFree(bandOf(this.limits, group[0] as RoutePlan), preferred, rules.length)
          : this.freeFrom(next, Math.min(next + rules.length - 1, this.limits.last), rules.length);
      if (slots === undefined) return undefined;
      if (next !== undefined) next += rules.length;
      rules.forEach(({ rule, key }, index) => {
        const slot = slots[index] as number;
        this.taken.add(slot);
        const moved = slot !== preferred + index ? { movedFrom: preferred + index } : {};
        const list = placed.get(key) ?? [];
        list.push({ priority: slot, ...moved, ...rule });
        placed.set(key, list);
      });
    }
    return placed;
  }

  /** The priority of the anchor rule of a backend, in the band after every route. */
  public placeAnchor(path: string): AnchorPlan {
    const band = { first: this.limits.last + 1, width: this.limits.lastAnchor - this.limits.last };
    const preferred = band.first + (hash(path) % band.width);
    const [priority = preferred] = this.findFree(band, preferred, 1) ?? [];
    this.taken.add(priority);
    return priority === preferred ? { priority } : { priority, movedFrom: preferred };
  }

  private slotOf(route: RoutePlan, length: number): number {
    const band = bandOf(this.limits, route);
    const identity = JSON.stringify([route.kind, route.hosts, route.prefix, route.methods, route.headers]);
    return band.first + (hash(identity) % Math.max(1, band.width - length + 1));
  }

  /** Free slots from the preferred one, else from the start of the band. Ascending order keeps the order of header rules. */
  private findFree(band: Band, preferred: number, length: number): number[] | undefined {
    const last = band.first + band.width - 1;
    return this.freeFrom(preferred, last, length) ?? this.freeFrom(band.first, last, length);
  }

  private freeFrom(first: number, last: number, length: number): number[] | undefined {
    const free: number[] = [];
    for (let slot = first; slot <= last && free.length < length; slot++) {
      if (!this.taken.has(slot)) free.push(slot);
    }
    return free.length === length ? free : undefined;
  }
}

/** Groups the header rules of one endpoint that share a band, so that they keep their order. */
function groups(routes: RoutePlan[]): RoutePlan[][] {
  const result: RoutePlan[][] = [];
  for (const route of routes) {
    const last = result.at(-1);
    if (
      last !== undefined &&
      route.kind === RouteKind.HEADER_RULE &&
      compareOrder(orderOf(last[0] as RoutePlan), orderOf(route)) === 0
    )
      last.push(route);
    else result.push([route]);
  }
  return result;
}

function bandOf(limits: RuleLimits, route: RouteConditions): Band {
  const order = orderOf(route);
  const unit = Math.floor((limits.last - limits.first + 1) / TOTAL_WIDTH);
  const depth = Math.min(order.depth, MAX_DEPTH);
  const hostWidth = HOST_WIDTHS[order.host] as number;
  const depthWidth = DEPTH_WIDTHS[depth] as number;
  const before =
    sum(HOST_WIDTHS.slice(0, order.host)) * DEPTH_WIDTH * KIND_WIDTH +
    hostWidth * sum(DEPTH_WIDTHS.slice(depth + 1)) * KIND_WIDTH +
    hostWidth *
      depthWidth *
      (sum(KIND_WIDTHS.slice(0, order.kind).flat()) +
        sum((KIND_WIDTHS[order.kind] as number[]).slice(0, order.conditions)));
  const width = hostWidth * depthWidth * ((KIND_WIDTHS[order.kind] as number[])[order.conditions] as number);
  return { first: limits.first + before * unit, width: width * unit };
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
const DEPTH_WIDTH = sum(DEPTH_WIDTHS);
const KIND_WIDTH = sum(KIND_WIDTHS.flat());
const TOTAL_WIDTH = sum(HOST_WIDTHS) * DEPTH_WIDTH * KIND_WIDTH;

function headerValues(route: { readonly headers: RulePlan['headers'] }): number {
  return sum(route.headers.map((header) => header.values.length));
}

function chunks(values: string[], size: number): string[][] {
  if (values.length === 0) return [[]];
  const result: string[][] = [];
  for (let start = 0; start < values.length; start += size) result.push(values.slice(start, start + size));
  return result;
}
