/** Every single edit of a definition, in both directions, is deployed without a clash; the exceptions are listed. */

import { checkUpdate } from '../../src/tools/changes/aws/check-update';
import type { ChangeKind } from '../../src/tools/changes/change';
import { define, type Edit } from './definition';
import { BACKEND_EDITS } from './edits/backends';
import { ENDPOINT_EDITS } from './edits/endpoints';
import { PLATFORM_EDITS } from './edits/platforms';
import { declareStacks, STACK_EDITS } from './edits/stacks';
import { FAULTS, INHERENT } from './faults';
import { clashesIn, type Output, stacksOf, TARGETS } from './outputs';

const EDITS = [...ENDPOINT_EDITS, ...BACKEND_EDITS, ...PLATFORM_EDITS];
const EXPECTED = [...FAULTS, ...INHERENT];
type Target = keyof typeof TARGETS;

// The first synthesis loads the frameworks.
jest.setTimeout(120_000);

/** Outputs by definition: most edits start from the same one. */
const outputs: { readonly [target in Target]: Map<object, Output> } = { aws: new Map(), kubernetes: new Map() };

function outputOf(target: Target, definition: Edit['from']): Output {
  const known = outputs[target].get(definition);
  if (known !== undefined) return known;
  const output = TARGETS[target]((scope) => define(scope, definition));
  outputs[target].set(definition, output);
  return output;
}

/** The findings that the lists expect of an edit. */
function expectedOf(name: string, target: Target): { readonly [direction in 'forth' | 'back']: readonly ChangeKind[] } {
  const found = EXPECTED.filter((row) => row.edit === name && row.target === target);
  const kinds = (direction: 'forth' | 'back') => [...new Set(found.flatMap((row) => row[direction] ?? []))].sort();
  return { forth: kinds('forth'), back: kinds('back') };
}

const rows = (['aws', 'kubernetes'] as const).flatMap((target) =>
  EDITS.filter((edit) => (edit.target ?? target) === target).map((edit) => ({ ...edit, target })),
);

test.each(rows)('$target: $name', ({ name, target, from, to }) => {
  const [before, after] = [outputOf(target, from), outputOf(target, to)];
  expect({ forth: clashesIn(before.changesTo(after)), back: clashesIn(after.changesTo(before)) }).toEqual(
    expectedOf(name, target),
  );
});

test.each(STACK_EDITS)('aws: $name', ({ name, from, to }) => {
  const [before, after] = [from, to].map((layout) => stacksOf((app) => declareStacks(app, layout)));
  expect({ forth: clashesIn(checkUpdate(before!, after!)), back: clashesIn(checkUpdate(after!, before!)) }).toEqual(
    expectedOf(name, 'aws'),
  );
});

test('the matrix has an edit for each word, and each name once', () => {
  const names = [...EDITS.map(({ name }) => name), ...STACK_EDITS.map(({ name }) => name)];
  expect(names.length).toBeGreaterThanOrEqual(120);
  expect(new Set(names).size).toBe(names.length);
});

test('each exception is one of an edit, with findings that no other has', () => {
  const known = new Set([
    ...rows.map(({ name, target }) => `${target} ${name}`),
    ...STACK_EDITS.map(({ name }) => `aws ${name}`),
  ]);
  for (const row of EXPECTED) {
    expect(known).toContain(`${row.target} ${row.edit}`);
    expect((row.forth ?? []).length + (row.back ?? []).length).toBeGreaterThan(0);
  }
  // If two rows expected the same finding, the second one would stay unnoticed after the first was mended.
  const each = EXPECTED.flatMap(({ edit, target, forth = [], back = [] }) => [
    ...forth.map((kind) => `${target} ${edit} forth ${kind}`),
    ...back.map((kind) => `${target} ${edit} back ${kind}`),
  ]);
  expect(new Set(each).size).toBe(each.length);
});
