import { ERROR_CODES } from '../../src/private/error-codes';
import { ACCEPTED } from './accepted';
import { REFUSED } from './refused';
import { refusalOf, TARGET_NAMES, type TargetName } from './targets';

const CODES = new Set(Object.keys(ERROR_CODES));

/** The error codes of this package in a message. A framework can collect several. */
function codesIn(message: string): string[] {
  const found = [...message.matchAll(/\[([A-Za-z]+)\] /g)].map((match) => match[1] as string);
  return [...new Set(found)].filter((code) => CODES.has(code));
}

const pairs = <T extends { readonly name: string }>(
  list: readonly T[],
  targets: (item: T) => readonly TargetName[],
): [string, TargetName, T][] =>
  list.flatMap((item) => targets(item).map((target): [string, TargetName, T] => [item.name, target, item]));

describe('accepted', () => {
  test.each(pairs(ACCEPTED, () => TARGET_NAMES))('%s on %s', (_name, target, { define }) => {
    expect(refusalOf(target, define)).toBeUndefined();
  });

  test.each(
    pairs(REFUSED, ({ acceptedOn = [] }) => acceptedOn),
  )('%s on %s, although another target refuses it', (_name, target, { define }) => {
    expect(refusalOf(target, define)).toBeUndefined();
  });
});

describe('refused', () => {
  test.each(pairs(REFUSED, ({ on = TARGET_NAMES }) => on))('%s on %s', (_name, target, { code, message, define }) => {
    const refusal = refusalOf(target, define) ?? 'accepted';
    expect(refusal).toContain(`[${code}] ${message}`);
    expect(codesIn(refusal)).toEqual([code]);
  });
});

test('every definition has a unique name', () => {
  const names = [...ACCEPTED, ...REFUSED].map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
