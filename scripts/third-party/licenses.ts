/** The licenses under which bundled code may be shipped in a package that is licensed under Apache-2.0. */
const ALLOWED = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT']);

type Expression =
  | { readonly license: string; readonly exception?: string; readonly plus?: true }
  | { readonly left: Expression; readonly conjunction: 'and' | 'or'; readonly right: Expression };

// The package has no declarations.
const parse: (expression: string) => Expression = require('spdx-expression-parse');

/** Throws where the license of a package is unknown, or not one of those allowed. */
export function assertAllowed(name: string, license: string | undefined): asserts license is string {
  if (license === undefined || !isAllowed(license)) {
    throw new Error(
      `the license of ${name} (${license ?? 'none'}) is not one of ${[...ALLOWED].join(', ')}; replace the package, or add the license to scripts/third-party/licenses.ts after review`,
    );
  }
}

function isAllowed(license: string): boolean {
  try {
    return holds(parse(license));
  } catch {
    // Not an SPDX expression, such as 'SEE LICENSE IN ...'.
    return false;
  }
}

function holds(expression: Expression): boolean {
  if ('license' in expression) return expression.exception === undefined && ALLOWED.has(expression.license);
  const [left, right] = [holds(expression.left), holds(expression.right)];
  return expression.conjunction === 'and' ? left && right : left || right;
}
