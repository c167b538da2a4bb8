import Ajv from 'ajv';
import fc from 'fast-check';
import { parseLock } from '../../../src/models/lock/parse';
import { renderLock } from '../../../src/models/lock/render';
import { LOCK_SCHEMA } from '../../../src/models/lock/schema';
import { findViolation } from '../../../src/models/lock/validate';
import { ServingError } from '../../../src/private/errors';
import { LOCK } from '../../support/lock/locks';

/** A seeded generator of numbers below a limit: fast-check would take minutes for as many cases. */
function randomOf(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

const STRANGE: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e308,
  2 ** 60,
  '',
  ' ',
  '\u0000',
  '..',
  '/',
  '__proto__',
  'sha256:',
  'x'.repeat(300),
  [],
  {},
  [[]],
  [null],
  { version: 1 },
  { toString: 1 },
  '\ud800',
];

/** A copy with one random member replaced, removed, added or renamed. */
function mutate(value: unknown, random: (limit: number) => number): unknown {
  const isLeaf = typeof value !== 'object' || value === null || Object.keys(value).length === 0;
  if (isLeaf || random(6) === 0) return STRANGE[random(STRANGE.length)];
  if (Array.isArray(value)) {
    const place = random(value.length);
    if (random(8) === 0) return [...value, ...value];
    return value.map((item, index) => (index === place ? mutate(item, random) : item));
  }
  const entries = Object.entries(value);
  const [name, member] = entries[random(entries.length)] as [string, unknown];
  const rest = Object.fromEntries(entries.filter(([other]) => other !== name));
  if (random(8) === 0) return rest;
  if (random(8) === 0) return { ...value, [['__proto__', 'extra', '/x', 'constructor'][random(4)] as string]: 1 };
  return {
    ...rest,
    [random(10) === 0 ? (['', '..', '/', '__proto__', '\u0000', 'x'.repeat(300)][random(6)] as string) : name]: mutate(
      member,
      random,
    ),
  };
}

const TEXT = renderLock(LOCK);
const NOISE = '{}[]":,\\\u0000é𝄞 \n<>=019.eE-sha256';

/** The text with a few characters removed, doubled, or replaced. */
function damage(text: string, random: (limit: number) => number): string {
  const at = random(text.length);
  const length = random(12);
  const noise = Array.from({ length: random(5) }, () => NOISE[random(NOISE.length)]).join('');
  return random(10) === 0 ? text.slice(0, at) : text.slice(0, at) + noise + text.slice(at + length);
}

function outcome(text: string): 'accepted' | string {
  try {
    parseLock(text, 'serving.lock.json');
    return 'accepted';
  } catch (error) {
    if (!(error instanceof ServingError) || error.message.length > 600) throw error;
    return error.code;
  }
}

describe('100,000 random lock files', () => {
  test.each([
    ['with wrong members', 60_000, (random: (limit: number) => number) => JSON.stringify(mutate(LOCK, random))],
    ['with damaged text', 40_000, (random: (limit: number) => number) => damage(TEXT, random)],
  ])(
    '%s are accepted or refused by name',
    (_, runs, make) => {
      const random = randomOf(20_261_126);
      const counts: Record<string, number> = {};
      for (let run = 0; run < runs; run++) {
        const result = outcome(make(random));
        counts[result] = (counts[result] ?? 0) + 1;
      }
      expect(Object.keys(counts).sort()).toEqual(
        ['InvalidLockFile', 'LockFileTooNew', 'accepted'].filter((key) => counts[key]),
      );
      // The cases are useful only if some are accepted and some refused.
      expect(counts.InvalidLockFile).toBeGreaterThan(runs / 4);
      expect(counts.accepted).toBeGreaterThan(runs / 1000);
    },
    300_000,
  );
});

test.each([
  '['.repeat(200_000),
  '{"a":'.repeat(200_000),
  `"${'\\'.repeat(200_001)}`,
])('an unterminated text is refused by name', (text) => {
  expect(outcome(text)).toBe('InvalidLockFile');
});

test('any JSON is accepted or refused by name', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(['InvalidLockFile', 'LockFileTooNew']).toContain(outcome(JSON.stringify(value)));
    }),
    { numRuns: 500 },
  );
});

test('a JSON Schema validator gives the same results for the schema', () => {
  const validate = new Ajv({ strict: false, unicodeRegExp: true }).compile(LOCK_SCHEMA);
  const random = randomOf(7);
  const disagreements: string[] = [];
  for (let run = 0; run < 5000; run++) {
    const value = JSON.parse(JSON.stringify(mutate(LOCK, random))) as unknown;
    if (validate(value) !== (findViolation(value, LOCK_SCHEMA) === undefined))
      disagreements.push(JSON.stringify(value));
  }
  expect(disagreements).toEqual([]);
});
