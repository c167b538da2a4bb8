/** Reduces a definition with a fault to the smallest one that still has it. */
import type { Definition } from './definition';
import { isOption } from './mistakes';
import { type Part, type Path, pathsIn, replaced } from './part';

/** The kind of a violation, without the names and numbers of one definition. */
export function kindOf(violation: string): string {
  return violation
    .split('\n')[0]
    ?.replace(/"[^"]*"|'[^']*'/g, "'...'")
    .replace(/\d+/g, '0')
    .slice(0, 120) as string;
}

/** Removes parts as long as the definition has the fault. It tries each part at most twice. */
export function reduce(definition: Definition, hasFault: (smaller: Definition) => boolean): Definition {
  let found = definition;
  for (let round = 0; round < 2; round++)
    for (const path of removable(found)) {
      const smaller = without(found, path);
      if (smaller !== undefined && hasFault(smaller)) found = smaller;
    }
  return found;
}

/** Places from the end, so that a removal does not move those that follow. */
function removable(definition: Definition): Path[] {
  const part = definition as unknown as Part;
  const isWhole = (path: Path) => path[0] === 'platforms' || /^(split|scaling|attach)$/.test(String(path.at(-1)));
  const isElement = ([first, , second]: Path, { length }: Path) =>
    first === 'endpoints' && (length === 2 || (second === 'backends' && length === 4));
  return pathsIn(part)
    .filter((path) => path.length > 1 && (isWhole(path) || isElement(path, path) || isOption(part, path)))
    .reverse();
}

function without(definition: Definition, path: Path): Definition | undefined {
  try {
    return replaced(definition as unknown as Part, path, undefined) as unknown as Definition;
  } catch {
    return undefined;
  }
}
