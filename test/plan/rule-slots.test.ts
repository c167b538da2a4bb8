import fc from 'fast-check';
import { rangesOf } from '../../src/aws/priorities';
import { HttpMethod } from '../../src/constructs/endpoint-options';
import { OwnAddress } from '../../src/plan/choices';
import type { EndpointRule } from '../../src/plan/numbered-rule';
import type { ServingPlan } from '../../src/plan/plan';
import { compareOrder, orderOf } from '../../src/plan/routes';
import { MAX_DEPTH } from '../../src/plan/rule-bands';
import { fits, pathPatterns, splitRoute } from '../../src/plan/rule-parts';
import { placeInWindow, WINDOW } from '../../src/plan/rule-window';
import { RouteKind, type RulePlan } from '../../src/plan/serving-plan';
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
import { check } from '../support/properties';

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
    check(
      fc.property(routes, (route) => {
        const cut = splitRoute(LIMITS, route).flatMap(combinations);
        expect(cut.sort()).toEqual(combinations({ ...route, paths: pathPatterns(route.prefix) }).sort());
      }),
    );
  });

  test('respects the limits of each rule', () => {
    check(
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

/** The rules by the key of their route, with the number of the part after the first one. */
function rulesByKey(plan: ServingPlan): Map<string, RulePlan> {
  const routes = plan.endpoints.flatMap((one) => one.routes);
  return new Map(
    routes.flatMap(({ key, rules }) =>
      rules.map((rule, part): [string, RulePlan] => [part === 0 ? key : `${key}.${part}`, rule]),
    ),
  );
}

/** No rule gets a priority that another rule still has: an update creates and changes rules before it deletes others. */
function expectSafe(...states: [Map<string, RulePlan>, Map<string, RulePlan>]): void {
  for (const [from, to] of [states, [...states].reverse()]) {
    const holders = new Map([...(from ?? [])].map(([key, rule]) => [rule.priority, key]));
    for (const [key, rule] of to ?? []) expect(holders.get(rule.priority) ?? key).toBe(key);
  }
}

describe('priorities', () => {
  test('are unique and within the range of routes', () => {
    check(
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
    check(
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
    check(
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

  test('of an endpoint that is added or removed are unused before, and those that move state it', () => {
    check(
      fc.property(withoutPriorities, fc.nat(), (definition, position) => {
        const list = definition.endpoints.map((endpoint, index) => ({ endpoint, id: `p${index}` }));
        const declareAll = (some: typeof list) => {
          const platform = testPlatform({ target: NUMBERED });
          for (const { endpoint, id } of some) declareEndpoint(platform, endpoint, id);
          const plan = platform.plan();
          fc.pre(fitsIn(plan));
          return rulesByKey(plan);
        };
        const fewer = declareAll(list.filter((_, index) => index !== position % list.length));
        const more = declareAll(list);
        fc.pre(![...fewer.values(), ...more.values()].some(({ mayClash }) => mayClash));
        expectSafe(fewer, more);
        for (const [key, rule] of fewer) {
          if (more.get(key)?.priority !== rule.priority)
            expect(more.get(key)?.movedFrom).toBe(rule.movedFrom ?? rule.priority);
        }
      }),
    );
  });

  const sharesOf = (...endpoints: (readonly [id: string, path: string])[]) => {
    const platform = testPlatform({ target: NUMBERED });
    for (const [id, path] of endpoints) endpointOn(platform, id, { path }).addBackend(`v-${id}`, backendOptions());
    return (id: string) => platform.plan().route(id, 'shares').rules[0]?.priority;
  };

  test('depend on the endpoint, and neither on the others nor on the path', () => {
    const only = sharesOf(['classify', '/classify'])('classify');
    expect(sharesOf(['a', '/a'], ['b', '/b'], ['classify', '/classify'])('classify')).toBe(only);
    expect(sharesOf(['classify', '/other'])('classify')).toBe(only);
  });

  test('of an endpoint with another id are other ones, although the path is the same', () => {
    const before = sharesOf(['v1', '/classify'])('v1');
    for (const id of ['v2', 'v3', 'v10', 'v1b']) expect(sharesOf([id, '/classify'])(id)).not.toBe(before);
  });

  test('are the same in every release, because a rule whose priority changes is replaced', () => {
    const platform = testPlatform({ target: NUMBERED });
    const hosts = ['x.com', '*.y.org'];
    const endpoints = [
      endpointOn(platform, 'classify', { path: '/classify', methods: [METHODS[0] as never] }),
      endpointOn(platform, 'detect', {
        path: '/detect/objects',
        hosts,
        headers: [{ name: 'x-tier', values: ['gold'] }],
      }),
    ];
    for (const endpoint of endpoints) for (const id of ['v1', 'v2']) endpoint.addBackend(id, backendOptions());
    const plan = platform.plan();
    const priorities = plan.routes.map(({ key, rules }) => [key, rules.map(({ priority }) => priority)]);
    expect(Object.fromEntries(priorities)).toEqual({
      'detect#own:detect/v1': [6976, 20805],
      'detect#own:detect/v2': [6977, 20836],
      'detect#shares': [9785, 21763],
      'classify#own:classify/v1': [37324],
      'classify#own:classify/v2': [37325],
      'classify#shares': [40130],
      'classify#405': [41329],
    });
    expect(plan.backends.map(({ anchor }) => anchor?.priority)).toEqual([49_501, 49_502, 45_161, 45_162]);
  });

  test('that are set leave room for every kind of rule', () => {
    const platform = testPlatform({ target: NUMBERED });
    const endpoint = endpointOn(platform, 'endpoint', { path: '/a', methods: [METHODS[0] as never], priority: 700 });
    endpoint.addBackend('v1', backendOptions());
    const rules = rulesByKey(platform.plan());
    const own = rules.get('endpoint#own:endpoint/v1')?.priority;
    expect(own).toBeGreaterThanOrEqual(700);
    expect(own).toBeLessThan(740);
    endpoint.addBackend('v2', backendOptions());
    const more = rulesByKey(platform.plan());
    expect([more.get('endpoint#shares')?.priority, more.get('endpoint#405')?.priority]).toEqual([768, 784]);
    for (const [key, rule] of rules) expect(more.get(key)?.priority).toBe(rule.priority);
  });

  test.each<[RouteKind, number, number]>([
    [RouteKind.OWN_ADDRESS, 700, 40],
    [RouteKind.HEADER_RULE, 740, 28],
    [RouteKind.SHARES, 768, 16],
    [RouteKind.METHOD_NOT_ALLOWED, 784, 16],
  ])('that are set have a fixed range for rules of the kind %s', (kind, first, width) => {
    const rule = (part: number) => ({ route: { key: 'route', kind }, identity: `rule ${part}`, part }) as EndpointRule;
    const rules = (count: number) => Array.from({ length: count }, (_, part) => rule(part));
    const priorities = placeInWindow(700, rules(width)).map(([, { priority }]) => priority);
    expect(priorities.sort((a, b) => a - b)).toEqual(rules(width).map((_, index) => first + index));
    expect(placeInWindow(700, rules(width + 1)).length).toBeLessThanOrEqual(width);
  });

  test('of methods and header rules that are added move no others', () => {
    const plan = (methods: readonly string[], headers: number, priority?: number) => {
      const platform = testPlatform({ target: NUMBERED });
      const endpoint = endpointOn(platform, 'endpoint', { path: '/a', methods: methods as never, priority });
      const backend = endpoint.addBackend('v1', backendOptions());
      const headerRules = Array.from({ length: headers }, (_, index) => ({
        header: `x-${index}`,
        value: 'a',
        backend,
      }));
      endpoint.splitTraffic({ shares: [{ backend, weight: 1 }], headerRules });
      return rulesByKey(platform.plan());
    };
    const all = ['GET', 'POST', 'PUT', 'DELETE', 'PATCH'];
    for (const priority of [undefined, 200]) {
      const few = plan(all.slice(0, 2), 1, priority);
      const many = plan(all, 5, priority);
      expect(many.size).toBeGreaterThan(few.size + 4);
      for (const [key, rule] of few) expect([key, many.get(key)?.priority]).toEqual([key, rule.priority]);
    }
  });

  test('keep out of those that are set', () => {
    const platform = testPlatform({ target: NUMBERED });
    endpointOn(platform, 'a', { path: '/a' }).addBackend('one', backendOptions({ ownAddress: OwnAddress.NONE }));
    const preferred = platform.plan().route('a', 'shares').rules[0]?.priority as number;
    endpointOn(platform, 'b', { path: '/b', priority: preferred - 5 }).addBackend('two', backendOptions());
    const [rule] = platform.plan().route('a', 'shares').rules;
    expect(rule?.movedFrom).toBe(preferred);
    expect(Math.abs((rule?.priority as number) - preferred)).toBeGreaterThan(90);
  });
});

describe('priorities of a part of all', () => {
  const PART = { ...NUMBERED, rules: { ...LIMITS, ...rangesOf({ first: 5001, last: 10_000 }) } };
  const declarePart = (list: readonly { endpoint: Definition['endpoints'][number]; id: string }[]) => {
    const platform = testPlatform({ target: PART });
    for (const { endpoint, id } of list) declareEndpoint(platform, endpoint, id);
    const plan = platform.plan();
    fc.pre(fitsIn(plan));
    return plan;
  };

  test('are unique, in the part and in matching order, and unused before an endpoint is added or removed', () => {
    fc.assert(
      fc.property(withoutPriorities, fc.nat(), ({ endpoints }, position) => {
        const list = endpoints.map((endpoint, index) => ({ endpoint, id: `p${index}` }));
        const more = declarePart(list);
        const rules = more.endpoints
          .flatMap(({ routes }) => routes)
          .flatMap((route) =>
            route.rules.map(({ priority, hosts }) => ({ priority, order: orderOf({ ...route, hosts }) })),
          )
          .sort((a, b) => a.priority - b.priority);
        expect(new Set(rules.map(({ priority }) => priority)).size).toBe(rules.length);
        rules.forEach(({ priority, order }, index) => {
          expect(priority > 5000 && priority <= PART.rules.last).toBe(true);
          const next = rules[index + 1];
          if (next !== undefined) expect(compareOrder(order, next.order)).toBeLessThanOrEqual(0);
        });
        const fewer = declarePart(list.filter((_, index) => index !== position % list.length));
        const [from, to] = [rulesByKey(fewer), rulesByKey(more)];
        fc.pre(![...from.values(), ...to.values()].some(({ mayClash }) => mayClash));
        expectSafe(from, to);
      }),
    );
  });
});

describe('the limits of rules', () => {
  test('allow a few routes that need many rules in a narrow band', () => {
    const platform = testPlatform({ target: NUMBERED });
    const endpoint = endpointOn(platform, 'endpoint', {
      path: '/a/b/c',
      hosts: WILDCARD_HOSTS,
      methods: [HttpMethod.POST, HttpMethod.PUT],
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

  test.each([5, 6, 104])('refuse two endpoints with overlapping priorities: 5 and %i', (priority) => {
    expect(refusalsOf({ path: '/a', priority: 5 }, { path: '/b', priority })).toEqual([
      `[PriorityTaken] 'priority' (${priority}) of endpoint 'e1' reserves 100 priorities, which must not be those of another endpoint and at most 43120; 'e0' has 5; choose another (at e1)`,
    ]);
  });

  test.each([
    [43_120 - WINDOW + 1, 0],
    [43_120 - WINDOW + 2, 1],
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
