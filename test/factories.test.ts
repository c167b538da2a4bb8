import * as library from '../src';
import { aws, kubernetes } from '../src';

type Factory = (...args: unknown[]) => unknown;

/** Every static method of the public classes, except type checks. */
function factories(): [name: string, owner: object, factory: Factory][] {
  const spaces = { '': library, 'aws.': aws, 'kubernetes.': kubernetes };
  return Object.entries(spaces).flatMap(([prefix, space]) =>
    Object.entries(space as object)
      .filter(([, member]) => typeof member === 'function')
      .flatMap(([className, owner]: [string, object]) =>
        Object.getOwnPropertyNames(owner)
          .filter((name) => !/^(?:is[A-Z]|_|prototype$)/.test(name))
          .map((name) => [name, Object.getOwnPropertyDescriptor(owner, name)?.value] as const)
          .filter(([, value]) => typeof value === 'function')
          .map(([name, value]): [string, object, Factory] => [`${prefix}${className}.${name}`, owner, value]),
      ),
  );
}

const BAD: readonly unknown[] = [undefined, null, 5, Number.NaN, true, [], {}, () => 1, Symbol('s'), new Date(), ''];

test('there are factories in each namespace', () => {
  const names = factories().map(([name]) => name);
  expect(names.length).toBeGreaterThan(40);
  expect(names).toEqual(expect.arrayContaining(['Model.inImage', 'aws.EcrImage.fromRepository']));
  expect(names).toEqual(expect.arrayContaining(['kubernetes.Gateway.fromName', 'kubernetes.ClaimVolume.fromClaim']));
});

test.each(factories())('%s throws only ServingErrors for values of the wrong type', (_, owner, factory) => {
  const count = Math.max(factory.length, 1) + 1;
  for (const others of [
    ['x', 'x', 'x', 'x'],
    ['a/b', 'x', {}, {}],
  ])
    for (let place = 0; place < count; place++)
      for (const bad of BAD) {
        const args = others.slice(0, count).map((value, index) => (index === place ? bad : value));
        try {
          factory.apply(owner, args);
        } catch (error) {
          expect(error).toMatchObject({ name: 'ServingError' });
        }
      }
});

test.each<[string, () => unknown, string]>([
  ['Model.inImage', () => library.Model.inImage(5 as never), "'location' (5) must be a string"],
  ['Gateway.fromName', () => kubernetes.Gateway.fromName(null as never), "'name' (null) must be a string"],
  ['ClaimVolume.fromName', () => kubernetes.ClaimVolume.fromName(null as never), "'name' (null) must be a string"],
  ['ClaimVolume.fromClaim', () => kubernetes.ClaimVolume.fromClaim({} as never), "'claim' ({}) must be"],
  ['KubernetesSecret.fromName', () => kubernetes.KubernetesSecret.fromName([] as never, 'k'), 'must be a string'],
  ['EcrImage.fromRepository', () => aws.EcrImage.fromRepository('x' as never, 'v1'), "'repository' ('x') must be"],
])('%s reports the invalid argument', (_, make, message) => expect(make).toThrow(message));
