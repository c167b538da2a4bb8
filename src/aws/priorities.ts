import type { IConstruct } from 'constructs';
import { requireNumber } from '../private/checks';
import type { PriorityRange } from './priority-range';

/** The priorities that a listener supports. */
export const ALL_PRIORITIES: PriorityRange = { first: 1, last: 50_000 };

/** The smallest number of priorities that orders rules by every condition and leaves a choice for most of them. */
const LEAST = 1000;

/** The part of a range for routes. The rest is for the anchors of backends. */
const ROUTES = 0.8624;

/** Checks the bounds of a range. */
export function checkPriorityRange({ first, last }: PriorityRange, at: IConstruct): void {
  const max = ALL_PRIORITIES.last - LEAST + 1;
  requireNumber('priorityRange.first', first, { min: ALL_PRIORITIES.first, max, integer: true, at });
  requireNumber('priorityRange.last', last, {
    min: first + LEAST - 1,
    max: ALL_PRIORITIES.last,
    integer: true,
    hint: `a range has at least ${LEAST} priorities`,
    at,
  });
}

/** The priorities of routes, followed by those of anchors. */
export function rangesOf({ first, last }: PriorityRange): {
  readonly first: number;
  readonly last: number;
  readonly lastAnchor: number;
} {
  return { first, last: first + Math.floor((last - first + 1) * ROUTES) - 1, lastAnchor: last };
}
