/** The division of a range of priorities by the specificity of routes. */
import { rangesOf } from '../../src/aws/priorities';
import { compareOrder, orderOf, type RouteConditions } from '../../src/plan/routes';
import { anchorBand, bandOf, MAX_DEPTH } from '../../src/plan/rule-bands';
import { RouteKind } from '../../src/plan/serving-plan';
import type { RuleLimits } from '../../src/plan/target-profile';
import { NUMBERED } from '../support/profiles';

const limitsOf = (first: number, last: number): RuleLimits => ({
  ...(NUMBERED.rules as RuleLimits),
  ...rangesOf({ first, last }),
});

const HEADERS = [{ name: 'x-tier', values: ['gold'] }];

/** A route of every specificity. A 405 has no methods, because it answers the others. */
const ROUTES: RouteConditions[] = [['a.com'], ['*.a.com'], []].flatMap((hosts) =>
  Array.from({ length: MAX_DEPTH + 1 }, (_, depth) => (depth === 0 ? '/' : '/s'.repeat(depth))).flatMap((prefix) =>
    Object.values(RouteKind).flatMap((kind) =>
      [HEADERS, []].flatMap((headers) =>
        (kind === RouteKind.METHOD_NOT_ALLOWED ? [[]] : [['GET'], []]).map((methods) => ({
          kind,
          hosts,
          prefix,
          methods,
          headers,
          pickedByHeader: false,
        })),
      ),
    ),
  ),
);

test.each([
  [1, 50_000],
  [1, 1000],
  [49_001, 50_000],
  [2501, 5000],
  [1, 9999],
])('the range %i to %i has a band for each specificity, in matching order', (first, last) => {
  const limits = limitsOf(first, last);
  const ordered = [...ROUTES].sort((a, b) => compareOrder(orderOf(a), orderOf(b)));
  // Some kinds of routes have the same bands.
  const isFirst = (route: RouteConditions, index: number) =>
    index === 0 || compareOrder(orderOf(ordered[index - 1] as RouteConditions), orderOf(route)) !== 0;
  const bands = ordered.filter(isFirst).map((route) => bandOf(limits, route));
  expect(bands).toHaveLength(336);
  let next = first;
  for (const band of bands) {
    expect(band.first).toBe(next);
    expect(band.width).toBeGreaterThan(0);
    next += band.width;
  }
  const anchors = anchorBand(limits);
  expect(next).toBeLessThanOrEqual(anchors.first);
  expect(anchors.width).toBeGreaterThan(100);
  expect(anchors.first + anchors.width - 1).toBe(last);
});

// Deployed rules have these numbers: another division would move them.
test('the bands of all priorities never change', () => {
  const route = ROUTES.find(
    ({ hosts, prefix, kind }) => hosts.length === 0 && prefix === '/s' && kind === RouteKind.SHARES,
  );
  expect(bandOf(limitsOf(1, 50_000), route as RouteConditions)).toEqual({ first: 39_281, width: 180 });
  expect(anchorBand(limitsOf(1, 50_000))).toEqual({ first: 43_121, width: 6880 });
});
