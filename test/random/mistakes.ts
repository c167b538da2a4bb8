/** Wrong values in definitions. */
import fc from 'fast-check';
import type { Definition } from './definition';
import { call, name, type Part, type PartObject, type Path, partAt, pathsIn, replaced } from './part';

/** Values that are rarely sensible, by the type of the value that they replace. */
const WRONG: { readonly [kind: string]: readonly Part[] } = {
  number: [0, -1, 0.5, 3, 1e9, 1e21, 65_536, name('Number.NaN'), name('Number.POSITIVE_INFINITY')],
  string: [
    ...[
      '',
      ' ',
      'x'.repeat(300),
      'a b',
      'a\nb',
      'é',
      '/',
      '../..',
      '*',
      'a\u0000b',
      '__proto__',
      'constructor',
      '-',
      '--',
    ],
    ...[
      'PORT',
      'PATH',
      '.',
      '{{x}}',
      '%s',
      '$(PORT)',
      'localhost',
      'https://',
      '0',
      '"',
      "'",
      '\\',
      'A',
      '[object Object]',
    ],
  ],
  boolean: [true, false],
  Duration: [
    ...[call('Duration.millis', 1), call('Duration.seconds', 0), call('Duration.seconds', 7.5)],
    ...[call('Duration.minutes', 30), call('Duration.hours', 20), call('Duration.days', 400)],
  ],
  Size: [
    call('Size.mebibytes', 0),
    call('Size.mebibytes', 1),
    call('Size.gibibytes', 200),
    call('Size.gibibytes', 1e6),
  ],
  object: [{}, { a: { b: [null] } }, []],
  any: [null, 1, '', [], {}, ['', ''], [null], true],
};

const kindOf = (part: Part | undefined): string => {
  if (typeof part !== 'object' || part === null) return typeof part;
  const callee = (part as PartObject).$call;
  return typeof callee === 'string' ? callee.replace(/\..*/, '') : 'object';
};

interface Mistake {
  /** Which of all values is wrong, from 0 to 1. */
  readonly place: number;
  /** Which of the wrong values it is, from 0 to 1. */
  readonly value: number;
  /** Whether it has another type. */
  readonly ofAnyType: boolean;
}

const share = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

const mistake: fc.Arbitrary<Mistake> = fc.record({
  place: share,
  value: share,
  ofAnyType: fc.integer({ min: 0, max: 5 }).map((one) => one === 0),
});

/** Definitions, a fifth of which have one or two wrong values. */
export function withMistakes(sensible: fc.Arbitrary<Definition>): fc.Arbitrary<Definition> {
  const mistakes = fc.oneof(
    { weight: 4, arbitrary: fc.constant<readonly Mistake[]>([]) },
    { weight: 1, arbitrary: fc.array(mistake, { minLength: 1, maxLength: 2 }) },
  );
  return fc.tuple(sensible, mistakes).map(([definition, all]) => {
    let found = definition;
    for (const one of all) found = withMistake(found, one);
    return found;
  });
}

function withMistake(definition: Definition, { place, value, ofAnyType }: Mistake): Definition {
  const part = definition as unknown as Part;
  const paths = pathsIn(part).filter((path) => isOption(part, path));
  const path = paths[Math.floor(place * paths.length)];
  if (path === undefined) return definition;
  const wrong = (ofAnyType ? undefined : WRONG[kindOf(partAt(part, path))]) ?? (WRONG.any as readonly Part[]);
  return replaced(part, path, wrong[Math.floor(value * wrong.length)]) as unknown as Definition;
}

/** Whether a place is an option or a part of one, and not the structure of the definition. */
export function isOption(part: Part, path: Path): boolean {
  if (path[0] === 'platforms') return path.length > 1;
  const own = path.findIndex((step) => ['props', 'options', 'split', 'scaling', 'attach'].includes(String(step)));
  return own >= 0 && own < path.length - 1 && partAt(part, path) !== undefined;
}
