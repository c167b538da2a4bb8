import { endOfString } from '../../private/json';

/** A problem in a JSON text that `JSON.parse` accepts, as a phrase for an error, and its remedy. */
export interface Oddity {
  readonly what: string;
  readonly remedy?: string;
}

/**
 * The first oddity in a JSON text that is valid otherwise: a duplicate name in an object, or `__proto__`. The parser
 * uses the last duplicate, so a merge that kept both would go unnoticed.
 */
export function findOddity(text: string): Oddity | undefined {
  const open: (Set<string> | undefined)[] = [];
  let last = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      const end = endOfString(text, at);
      last = text.slice(at, end + 1);
      at = end;
    } else if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : undefined);
    } else if (character === '}' || character === ']') open.pop();
    else if (character === ':') {
      const name = JSON.parse(last) as string;
      const names = open.at(-1);
      if (names?.has(name))
        return { what: `contains ${quote(name)} twice, probably from a merge;`, remedy: 'keep one of the two' };
      if (name === '__proto__') return { what: "contains the name '__proto__';", remedy: 'remove it' };
      names?.add(name);
    }
  }
  return undefined;
}

function quote(name: string): string {
  return `'${name.length <= 80 ? name : `${name.slice(0, 60)}…`}'`;
}
