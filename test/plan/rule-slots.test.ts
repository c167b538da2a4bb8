import fc from 'fast-check';
import { OwnAddress } from '../../src/plan/choices';
import type { ServingPlan } from '../../src/plan/plan';
import { compareOrder, orderOf } from '../../src/plan/routes';
import { fits, MAX_DEPTH, pathPatterns, splitRoute } from '../../src/plan/rule-slots';
import { RouteKind, type RoutePlan } from '../../src/plan/serving-plan';
import type { RuleLimits } from '../../src/plan/target-profile';
import {
  type Definition,
  declare,
  declareEndpoint,
  definitions,
  EXACT_HOSTS,
  METHODS,
  PATHS,
  TIERS,
  WILDCARD_HOSTS,
} from '../support/arbitraries';
import { backendOptions, endpointOn, testPlatform } from '../support/definitions';
import { NUMBERED } from '../support/profiles';

const LIMITS = NUMBERED.rules as RuleLimits;

const routes = fc.record({
  kind: fc.constant(RouteKind.SHARES),
  hosts: fc.subarray([...EXACT_HOSTS, ...WILDCARD_HOSTS, 'c.com', 'd.com']),
  prefix: fc.constantFrom(...PATHS),
  methods: fc.subarray<string>([...METHODS, 'HEAD', 'PATCH', 'OPTIONS']),
  headers: fc
    .subarray(TIERS, { maxLength: 2 })
    .map((values) => (values.length === 0 ? [] : [{ name: 'x-tier', values }])),
  pickedByHeader: fc.constant(false),
});

/** Every combination of values that a rule, or a whole route, matches. */
function combinations(rule: { hosts: string[]; methods: string[]; paths: string[] }): string[] {
  const all = (values: string[]) => (values.length === 0 ? ['*any'] : values);
  return all(rule.hosts).flatMap((host) =>
    all(rule.methods).flatMap((method) => all(rule.paths).map((path) => `${method} ${host} ${path}`)),
  );
}

describe('splitting a route into rules', () => {
  test('keeps each combination of values once', () => {
    fc.assert(
      fc.property(routes, (route) => {
        const cut = splitRoute(LIMITS, route).flatMap(combinations);
        expect(cut.sort()).toEqual(combinations({ ...route, paths: pathPatterns(route.prefix) }).sort());
      }),
    );
  });

  test('respects the limits of each rule', () => {
    fc.assert(
      fc.property(routes, (route) => {
        const rules = splitRoute(LIMITS, route);
        expect(fits(LIMITS, rules)).toBe(true);
        for (const rule of rules) {
          for (const values of [rule.hosts, rule.methods, rule.paths]) expect(values.length).toBeLessThanOrEqual(3);
          expect(rule.headers).toEqual(route.headers);
        }
      }),
    );
  });

  test.each([
    [{}, 1],
    [{ prefix: '/a' }, 1],
    [{ prefix: '/a', methods: ['GET', 'POST', 'PUT'] }, 1],
    [{ prefix: '/a', methods: ['GET', 'POST', 'PUT', 'DELETE'] }, 2],
    [{ prefix: '/a', hosts: ['a.com', 'b.com', 'c.com', 'd.com'] }, 2],
    [{ prefix: '/a', hosts: ['a.com', '*.a.com'] }, 2],
  ])('creates the minimum number of rules: %j', (change, count) => {
    const route = { kind: RouteKind.SHARES, hosts: [], prefix: '/', methods: [], headers: [], pickedByHeader: false };
    expect(splitRoute(LIMITS, { ...route, ...change })).toHaveLength(count);
  });

  test('cannot split header values', () => {
    const headers = [{ name: 'x-tier', values: ['a', 'b', 'c', 'd'] }];
    const route = { kind: RouteKind.SHARES, hosts: [], prefix: '/', methods: [], headers, pickedByHeader: false };
    expect(fits(LIMITS, splitRoute(LIMITS, route))).toBe(false);
  });
});

const numbered = (definition: Definition) => declare(definition, NUMBERED).plan();
const withoutPriorities = definitions.map(({ endpoints }) => ({
  endpoints: endpoints.map((endpoint) => ({ ...endpoint, priority: undefined })),
}));

/** If something exceeds the limits, the rules are placeholders. */
const fitsIn = (plan: ServingPlan) =>
  !plan.refusals.some(({ code }) => ['PriorityTaken', 'TooManyRules', 'TooManyConditions'].includes(code));

function prioritiesByRoute(list: readonly RoutePlan[]): Map<string, number[]> {
  return new Map(list.map((route) => [route.key, route.rules.map((rule) => rule.priority)]));
}

describe('priorities', () => {
  test('are unique and within the range of routes', () => {
    fc.assert(
      fc.property(definitions, (definition) => {
        const plan = numbered(definition);
        fc.pre(fitsIn(plan));
        const all = plan.endpoints
          .flatMap((one) => one.routes)
          .flatMap((route) => route.rules.map((rule) => rule.priority));
        expect(new Set(all).size).toBe(all.length);
        expect(Math.min(...all)).toBeGreaterThanOrEqual(LIMITS.first);
        expect(Math.max(...all)).toBeLessThanOrEqual(LIMITS.last);
      }),
    );
  });

  test('are in matching order', () => {
    fc.assert(
      fc.property(withoutPriorities, (definition) => {
        const plan = numbered(definition);
        fc.pre(fitsIn(plan));
        // One host at a time: the rules of a route with full hosts and wildcards are at two positions.
        const rules = plan.endpoints
          .flatMap((one) => one.routes)
          .flatMap((route) =>
            route.rules.map((rule) => ({ priority: rule.priority, order: orderOf({ ...route, hosts: rule.hosts }) })),
          );
        rules.sort((a, b) => a.priority - b.priority);
        rules.forEach(({ order }, index) => {
          const next = rules[index + 1];
          if (next !== undefined) expect(compareOrder(order, next.order)).toBeLessThanOrEqual(0);
        });
      }),
    );
  });

  test('keep the order of the header rules of an endpoint', () => {
    fc.assert(
      fc.property(withoutPriorities, (definition) => {
        const plan = numbered(definition);
        fc.pre(fitsIn(plan));
        for (const endpoint of plan.endpoints) {
          const rules = endpoint.routes
            .filter((route) => route.kind === RouteKind.HEADER_RULE)
            .map((route) => route.rules);
          rules.slice(1).forEach((later, index) => {
            later.forEach((rule, part) => {
              expect(rule.priority).toBeGreaterThan(rules[index]?.[part]?.priority ?? 0);
            });
          });
        }
      }),
    );
  });

  test('of earlier endpoints do not change when one is appended', () => {
    fc.assert(
      fc.property(withoutPriorities, (definition) => {
        const platform = declare({ endpoints: definition.endpoints.slice(0, -1) }, NUMBERED);
        const before = prioritiesByRoute(platform.plan().endpoints.flatMap((one) => one.routes));
        const last = definition.endpoints.at(-1);
        if (last !== undefined) declareEndpoint(platform, last, 'appended');
        const after = prioritiesByRoute(platform.plan().endpoints.flatMap((one) => one.routes));
        for (const [key, priorities] of before) expect(after.get(key)).toEqual(priorities);
      }),
    );
  });

  test('of later endpoints move only if an inserted endpoint has them, and state from where', () => {
    fc.assert(
      fc.property(withoutPriorities, (definition) => {
        const [first, ...rest] = definition.endpoints.map((endpoint, index) => ({ endpoint, id: `p${index}` }));
        const declareAll = (list: readonly { endpoint: Definition['endpoints'][number]; id: string }[]) => {
          const platform = testPlatform({ target: NUMBERED });
          for (const { endpoint, id } of list) declareEndpoint(platform, endpoint, id);
          const plan = platform.plan();
          fc.pre(fitsIn(plan));
          return plan.endpoints.flatMap((one) => one.routes);
        };
        if (first === undefined) return;
        const before = new Map(declareAll(rest).map((route) => [route.key, route.rules]));
        for (const route of declareAll([first, ...rest])) {
          route.rules.forEach((rule, index) => {
            const was = before.get(route.key)?.[index];
            if (was === undefined || was.priority === rule.priority) return;
            expect(rule.movedFrom ?? was.movedFrom).toBeDefined();
          });
        }
      }),
    );
  });

  test('depend only on the route', () => {
    const rulesOf = (...paths: string[]) => {
      const platform = testPlatform({ target: NUMBERED });
      for (const path of paths) endpointOn(platform, path.slice(1), { path }).addBackend(`v-${path}`, backendOptions());
      return platform.plan().route('classify', 'shares').rules;
    };
    expect(rulesOf('/classify')).toEqual(rulesOf('/a', '/b', '/classify'));
    expect(rulesOf('/classify')).toEqual(rulesOf('/classify', '/c'));
  });

  test('are consecutive, starting at the configured one', () => {
    const platform = testPlatform({ target: NUMBERED });
    const endpoint = endpointOn(platform, 'endpoint', { path: '/a', methods: [METHODS[0] as never], priority: 7 });
    endpoint.addBackend('backend', backendOptions());
    const { routes: list } = platform.plan().endpoint('endpoint');
    expect(list.flatMap((route) => route.rules.map((rule) => rule.priority))).toEqual([7, 8, 9]);
  });

  test('move away from configured ones, and state from where', () => {
    const alone = testPlatform({ target: NUMBERED });
    endpointOn(alone, 'a', { path: '/a' }).addBackend('one', backendOptions({ ownAddress: OwnAddress.NONE }));
    const preferred = alone.plan().route('a', 'shares').rules[0]?.priority as number;

    const platform = testPlatform({ target: NUMBERED });
    endpointOn(platform, 'a', { path: '/a' }).addBackend('one', backendOptions({ ownAddress: OwnAddress.NONE }));
    const placed = endpointOn(platform, 'b', { path: '/b', priority: preferred });
    placed.addBackend('two', backendOptions({ ownAddress: OwnAddress.NONE }));
    expect(platform.plan().route('b', 'shares').rules[0]).toMatchObject({ priority: preferred });
    expect(platform.plan().route('a', 'shares').rules[0]).toMatchObject({
      priority: preferred + 1,
      movedFrom: preferred,
    });
  });
});

describe('the limits of rules', () => {
  test('allow a few routes that need many rules in a narrow band', () => {
    const platform = testPlatform({ target: NUMBERED });
    const endpoint = endpointOn(platform, 'endpoint', {
      path: '/a/b/c',
      hosts: WILDCARD_HOSTS,
      methods: [METHODS[0] as never, METHODS[1] as never],
      headers: [{ name: 'x-tier', values: ['gold'] }],
    });
    for (const id of ['one', 'two']) endpoint.addBackend(id, backendOptions({ ownAddress: OwnAddress.PATH }));
    expect(platform.plan().refusals).toEqual([]);
  });

  const refusalsOf = (...props: Parameters<typeof endpointOn>[2][]) => {
    const platform = testPlatform({ target: NUMBERED });
    for (const [index, prop] of props.entries()) {
      endpointOn(platform, `e${index}`, prop).addBackend(`v${index}`, backendOptions({ ownAddress: OwnAddress.NONE }));
    }
    return platform.plan().refusals.map(({ code, message, path }) => `[${code}] ${message} (at ${path})`);
  };

  test('refuse two endpoints with the same priority', () => {
    expect(refusalsOf({ path: '/a', priority: 5 }, { path: '/b', priority: 5 })).toEqual([
      "[PriorityTaken] 'priority' (5) of endpoint 'e1' and the priorities after it (one per rule) must be unused and at most 43120; choose another (at e1)",
    ]);
  });

  test.each([
    [43_120, 0],
    [43_121, 1],
  ])('include the last priority: %i', (priority, refusals) => {
    expect(refusalsOf({ path: '/a', priority })).toHaveLength(refusals);
  });

  test('refuse a path with more segments than bands', () => {
    const path = (depth: number) => `/${Array.from({ length: depth }, (_, index) => `s${index}`).join('/')}`;
    expect(refusalsOf({ path: path(MAX_DEPTH) })).toEqual([]);
    expect(refusalsOf({ path: path(MAX_DEPTH + 1), priority: 5 })).toEqual([]);
    expect(refusalsOf({ path: path(MAX_DEPTH + 1) })).toEqual([
      `[PathTooDeep] 'path' ('${path(8)}') must have at most 7 segments on an Application Load Balancer, including '/_b/<backend>'; use a shorter path, or set 'priority' (at e0)`,
    ]);
  });

  test('refuse a rule with too many values', () => {
    expect(refusalsOf({ path: '/a', headers: [{ name: 'x-tier', values: ['a', 'b', 'c'] }] })).toEqual([]);
    expect(refusalsOf({ path: '/a', headers: [{ name: 'x-tier', values: ['a', 'b', 'c', 'd'] }] })).toEqual([
      "[TooManyConditions] endpoint 'e0' exceeds the limits of a rule of an Application Load Balancer: 3 values for a header and 5 values in total; match fewer headers or values (at e0)",
    ]);
  });

  test('refuse more rules than the quota', () => {
    const props = Array.from({ length: 51 }, (_, index) => ({ path: `/m${index}` }));
    expect(refusalsOf(...props.slice(0, 50))).toEqual([]);
    expect(refusalsOf(...props)).toEqual([
      "[TooManyRules] the endpoints and backends need 102 rules, but an Application Load Balancer supports at most 100; raise the quota and set 'ruleQuota', or use a second platform (at )",
    ]);
  });

  test('refuse more backends than target groups', () => {
    const target = { ...NUMBERED, rules: { ...LIMITS, maxRules: 1000 } };
    const platform = testPlatform({ target });
    for (let index = 0; index <= 100; index++) {
      endpointOn(platform, `e${index}`, { path: `/m${index}` }).addBackend(`v${index}`, backendOptions());
    }
    expect(platform.plan().refusals.map((refusal) => refusal.message)).toEqual([
      '101 backends need 101 target groups, but an Application Load Balancer supports at most 100; use a second platform',
    ]);
  });
});
