/** No lock file nests deeper; what comes after reads the value recursively. */
const MAX_DEPTH = 32;

/** What is wrong with a JSON text that `JSON.parse` passes over, as words for a message and the way out of it. */
export interface Oddity {
  readonly what: string;
  readonly remedy?: string;
}

/**
 * The first oddity of a JSON text that was parsed already: a name that an object has twice, of which the parser takes the
 * last, so that a merge which kept both would go unnoticed; `__proto__`; or nesting without end.
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
      if (open.length > MAX_DEPTH) return { what: `is nested more than ${MAX_DEPTH} levels deep;` };
    } else if (character === '}' || character === ']') open.pop();
    else if (character === ':') {
      const name = JSON.parse(last) as string;
      const names = open.at(-1);
      if (names?.has(name))
        return { what: `says ${quote(name)} twice, as a merge can leave it;`, remedy: 'keep one of the two' };
      if (name === '__proto__') return { what: "has the name '__proto__';", remedy: 'remove it' };
      names?.add(name);
    }
  }
  return undefined;
}

/** Where the string that begins at a quote ends. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

function quote(name: string): string {
  return `'${name.length <= 80 ? name : `${name.slice(0, 60)}…`}'`;
}
