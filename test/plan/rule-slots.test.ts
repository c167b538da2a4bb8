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

describe('cutting a route into rules', () => {
  test('keeps what it matches, each combination once', () => {
    fc.assert(
      fc.property(routes, (route) => {
        const cut = splitRoute(LIMITS, route).flatMap(combinations);
        expect(cut.sort()).toEqual(combinations({ ...route, paths: pathPatterns(route.prefix) }).sort());
      }),
    );
  });

  test('keeps to the limits of each rule', () => {
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
  ])('makes as few as the limits allow: %j', (change, count) => {
    const route = { kind: RouteKind.SHARES, hosts: [], prefix: '/', methods: [], headers: [], pickedByHeader: false };
    expect(splitRoute(LIMITS, { ...route, ...change })).toHaveLength(count);
  });

  test('does not hold more header values than a rule can', () => {
    const headers = [{ name: 'x-tier', values: ['a', 'b', 'c', 'd'] }];
    const route = { kind: RouteKind.SHARES, hosts: [], prefix: '/', methods: [], headers, pickedByHeader: false };
    expect(fits(LIMITS, splitRoute(LIMITS, route))).toBe(false);
  });
});

const numbered = (definition: Definition) => declare(definition, NUMBERED).plan();
const withoutPriorities = definitions.map(({ endpoints }) => ({
  endpoints: endpoints.map((endpoint) => ({ ...endpoint, priority: undefined })),
}));

/** Where something does not fit, the rules only hold a place in the output. */
const fitsIn = (plan: ServingPlan) =>
  !plan.refusals.some(({ code }) => ['PriorityTaken', 'TooManyRules', 'TooManyConditions'].includes(code));

function prioritiesByRoute(list: readonly RoutePlan[]): Map<string, number[]> {
  return new Map(list.map((route) => [route.key, route.rules.map((rule) => rule.priority)]));
}

describe('priorities', () => {
  test('are unique and inside the band of the routes', () => {
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

  test('stand in the order of matching', () => {
    fc.assert(
      fc.property(withoutPriorities, (definition) => {
        const plan = numbered(definition);
        fc.pre(fitsIn(plan));
        // One host at a time: the rules of a route with full hosts and wildcards stand at two places.
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

  test('keep the header rules of an endpoint in their order', () => {
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

  test('of earlier endpoints stay when one is appended', () => {
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

  test('of later endpoints move only away from those of one in front, and say from where', () => {
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

  test('come from the route alone', () => {
    const rulesOf = (...paths: string[]) => {
      const platform = testPlatform({ target: NUMBERED });
      for (const path of paths) endpointOn(platform, path.slice(1), { path }).addBackend(`v-${path}`, backendOptions());
      return platform.plan().route('classify', 'shares').rules;
    };
    expect(rulesOf('/classify')).toEqual(rulesOf('/a', '/b', '/classify'));
    expect(rulesOf('/classify')).toEqual(rulesOf('/classify', '/c'));
  });

  test('follow one another from the one that was asked for', () => {
    const platform = testPlatform({ target: NUMBERED });
    const endpoint = endpointOn(platform, 'endpoint', { path: '/a', methods: [METHODS[0] as never], priority: 7 });
    endpoint.addBackend('backend', backendOptions());
    const { routes: list } = platform.plan().endpoint('endpoint');
    expect(list.flatMap((route) => route.rules.map((rule) => rule.priority))).toEqual([7, 8, 9]);
  });

  test('make room for those that were asked for, and say where they moved from', () => {
    const alone = testPlatform({ target: NUMBERED });
    endpointOn(alone, 'a', { path: '/a' }).addBackend('one', backendOptions({ ownAddress: OwnAddress.NONE }));
    const wanted = alone.plan().route('a', 'shares').rules[0]?.priority as number;

    const platform = testPlatform({ target: NUMBERED });
    endpointOn(platform, 'a', { path: '/a' }).addBackend('one', backendOptions({ ownAddress: OwnAddress.NONE }));
    const placed = endpointOn(platform, 'b', { path: '/b', priority: wanted });
    placed.addBackend('two', backendOptions({ ownAddress: OwnAddress.NONE }));
    expect(platform.plan().route('b', 'shares').rules[0]).toMatchObject({ priority: wanted });
    expect(platform.plan().route('a', 'shares').rules[0]).toMatchObject({ priority: wanted + 1, movedFrom: wanted });
  });
});

describe('what rules cannot hold', () => {
  test('is not a few routes that need many rules in a narrow band', () => {
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

  test('fails when two endpoints ask for one priority', () => {
    expect(refusalsOf({ path: '/a', priority: 5 }, { path: '/b', priority: 5 })).toEqual([
      "[PriorityTaken] 'priority' (5) of endpoint 'e1' and the priorities after it, one for each of its rules, must be unused and at most 43120; choose another (at e1)",
    ]);
  });

  test.each([
    [43_120, 0],
    [43_121, 1],
  ])('knows the last priority: %i', (priority, refusals) => {
    expect(refusalsOf({ path: '/a', priority })).toHaveLength(refusals);
  });

  test('fails when a path has more segments than bands', () => {
    const path = (depth: number) => `/${Array.from({ length: depth }, (_, index) => `s${index}`).join('/')}`;
    expect(refusalsOf({ path: path(MAX_DEPTH) })).toEqual([]);
    expect(refusalsOf({ path: path(MAX_DEPTH + 1), priority: 5 })).toEqual([]);
    expect(refusalsOf({ path: path(MAX_DEPTH + 1) })).toEqual([
      `[PathTooDeep] 'path' ('${path(8)}') must have at most 7 segments on an Application Load Balancer, including '/_b/<backend>'; use a shorter path, or set 'priority' (at e0)`,
    ]);
  });

  test('fails when a rule has too many values', () => {
    expect(refusalsOf({ path: '/a', headers: [{ name: 'x-tier', values: ['a', 'b', 'c'] }] })).toEqual([]);
    expect(refusalsOf({ path: '/a', headers: [{ name: 'x-tier', values: ['a', 'b', 'c', 'd'] }] })).toEqual([
      "[TooManyConditions] endpoint 'e0' exceeds the limits of a rule of an Application Load Balancer: 3 values for a header and 5 values in total; match fewer headers or values (at e0)",
    ]);
  });

  test('fails when there are more rules than the quota', () => {
    const props = Array.from({ length: 51 }, (_, index) => ({ path: `/m${index}` }));
    expect(refusalsOf(...props.slice(0, 50))).toEqual([]);
    expect(refusalsOf(...props)).toEqual([
      "[TooManyRules] the endpoints and backends need 102 rules, but an Application Load Balancer supports at most 100; raise the quota and set 'ruleQuota', or use a second platform (at )",
    ]);
  });

  test('fails when there are more backends than target groups', () => {
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
