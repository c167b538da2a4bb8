import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EQUIVALENT, isEquivalent } from './equivalent';
import { mutantsOf } from './mutants';

const ROOT = resolve(__dirname, '../..');

describe('equivalent mutations', () => {
  test('exist in the sources, once each', () => {
    const files = new Set(EQUIVALENT.map(({ file }) => file));
    const found = [...files].flatMap((file) =>
      mutantsOf(file, readFileSync(join(ROOT, file), 'utf8')).filter((mutant) => isEquivalent(mutant)),
    );
    const names = (list: readonly { file: string; code: string; change: string }[]) =>
      list.map(({ file, code, change }) => `${file}: ${code}: ${change}`).sort();
    expect(names(found)).toEqual(names(EQUIVALENT));
  });
});
