import fc from 'fast-check';
import { ServingPlan } from '../../src/plan/plan';
import { declare, definitions, intentsOf } from '../support/arbitraries';
import { backendOptions, endpointOn, testPlatform } from '../support/definitions';
import { GATEWAY, NUMBERED, ROUTER, SHORT_STOP } from '../support/profiles';
import { check } from '../support/properties';

const targets = fc.constantFrom(NUMBERED, SHORT_STOP, ROUTER, GATEWAY);

/** Deep-freezes data, so that a change throws. */
function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(freeze);
  }
  return value;
}

describe('a plan', () => {
  test('is computed for any definition without throwing', () => {
    check(
      fc.property(definitions, targets, (definition, target) => {
        const plan = declare(definition, target).plan();
        expect(plan.endpoints).toHaveLength(definition.endpoints.length);
      }),
      300,
    );
  });

  test('is the same for the same intents', () => {
    check(
      fc.property(definitions, targets, (definition, target) => {
        const intents = intentsOf(declare(definition, target));
        expect(new ServingPlan(intents)).toEqual(new ServingPlan(structuredClone(intents)));
        expect(new ServingPlan(intentsOf(declare(definition, target)))).toEqual(new ServingPlan(intents));
      }),
    );
  });

  test('does not change the intents', () => {
    check(
      fc.property(definitions, targets, (definition, target) => {
        const intents = intentsOf(declare(definition, target));
        const before = structuredClone(intents);
        new ServingPlan(freeze(intents));
        expect(intents).toEqual(before);
      }),
    );
  });

  test('does not change when it is read', () => {
    check(
      fc.property(definitions, targets, (definition, target) => {
        const plan = declare(definition, target).plan();
        const before = JSON.stringify(plan);
        plan.routes.reverse();
        for (const { path } of plan.endpoints) plan.route(path, 'shares');
        expect(JSON.stringify(plan)).toBe(before);
      }),
    );
  });

  test('finds its parts by construct path', () => {
    const platform = testPlatform();
    endpointOn(platform, 'a').addBackend('b', backendOptions());
    const plan = platform.plan();
    expect(plan.endpoint('a')).toBe(plan.endpoints[0]);
    expect(plan.backend('a/b')).toBe(plan.backends[0]);
    expect(plan.route('a', 'shares')).toBe(plan.endpoints[0]?.routes.at(-1));
  });

  test.each([
    ['endpoint', (plan: ServingPlan) => plan.endpoint('x'), "the plan has no endpoint 'x'"],
    ['backend', (plan: ServingPlan) => plan.backend('x'), "the plan has no backend 'x'"],
    ['route', (plan: ServingPlan) => plan.route('x', 'shares'), "the plan has no route 'x#shares'"],
  ])('fails for an unknown %s', (_, ask, message) => {
    const platform = testPlatform();
    expect(() => ask(platform.plan())).toThrow(message);
  });
});
