import { orderOf, type RouteConditions } from './routes';
import type { Band } from './slot-claims';
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

/** The priorities for routes of this specificity. */
export function bandOf(limits: RuleLimits, route: RouteConditions): Band {
  const order = orderOf(route);
  const depth = Math.min(order.depth, MAX_DEPTH);
  const hostWidth = HOST_WIDTHS[order.host] as number;
  const depthWidth = DEPTH_WIDTHS[depth] as number;
  const earlierKinds = [
    ...KIND_WIDTHS.slice(0, order.kind).flat(),
    ...(KIND_WIDTHS[order.kind] as number[]).slice(0, order.conditions),
  ];
  const before: Extent = {
    width:
      sum(HOST_WIDTHS.slice(0, order.host)) * DEPTH_WIDTH * KIND_WIDTH +
      hostWidth * sum(DEPTH_WIDTHS.slice(depth + 1)) * KIND_WIDTH +
      hostWidth * depthWidth * sum(earlierKinds),
    bands: (order.host * DEPTH_WIDTHS.length + MAX_DEPTH - depth) * KINDS + earlierKinds.filter(Boolean).length,
  };
  const kindWidth = (KIND_WIDTHS[order.kind] as number[])[order.conditions] as number;
  const through: Extent = {
    width: before.width + hostWidth * depthWidth * kindWidth,
    bands: before.bands + Math.sign(kindWidth),
  };
  const size = limits.last - limits.first + 1;
  const start = scaled(size, before);
  return { first: limits.first + start, width: scaled(size, through) - start };
}

/** Several bands: their relative width, and how many there are. */
interface Extent {
  readonly width: number;
  readonly bands: number;
}

/** How many priorities bands have in a range of this size. In a small range, each band has one before the rest is divided. */
function scaled(size: number, { width, bands }: Extent): number {
  const unit = Math.floor(size / TOTAL_WIDTH);
  return unit > 0 ? width * unit : bands + Math.floor((width * (size - TOTAL_BANDS)) / TOTAL_WIDTH);
}

/** The priorities for the anchor rules of backends, after those of every route. */
export function anchorBand(limits: RuleLimits): Band {
  return { first: limits.last + 1, width: limits.lastAnchor - limits.last };
}

const sum = (numbers: number[]): number => numbers.reduce((total, number) => total + number, 0);
const DEPTH_WIDTH = sum(DEPTH_WIDTHS);
const KIND_WIDTH = sum(KIND_WIDTHS.flat());
const TOTAL_WIDTH = sum(HOST_WIDTHS) * DEPTH_WIDTH * KIND_WIDTH;
/** Kinds that no route has are without a band. */
const KINDS = KIND_WIDTHS.flat().filter(Boolean).length;
const TOTAL_BANDS = HOST_WIDTHS.length * DEPTH_WIDTHS.length * KINDS;
