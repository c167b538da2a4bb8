import { isObject } from './kinds';

/** The limits of a JSON text, which bound memory and stack depth. */
export interface JsonLimits {
  /** @default 64 MiB, a lock file of 600,000 files */
  readonly bytes?: number;
  /** How deeply lists and objects may be nested. @default 64 */
  readonly depth?: number;
}

const MAX_BYTES = 64 * 2 ** 20;
/** Images and tokens need four levels; deeper values can exhaust the stack of recursive code. */
const MAX_DEPTH = 64;

/**
 * Parses JSON that this program did not write: registry responses, user files, output of other programs. A fault
 * completes a sentence about the text. It quotes nothing from the text, which can contain credentials.
 */
export function readJson(
  input: Buffer | string,
  limits: JsonLimits = {},
): { readonly value: unknown } | { readonly fault: string } {
  const { bytes = MAX_BYTES, depth = MAX_DEPTH } = limits;
  if (input.length > bytes) return { fault: `has ${input.length} bytes, but at most ${bytes} are supported` };
  const text = input.toString('utf8');
  if (depthOf(text, depth) > depth) return { fault: `is nested more than ${depth} levels deep` };
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { fault: `is not valid JSON (${placeOf(error as Error, text)})` };
  }
}

/** The object in a JSON text; undefined for other values and for what `readJson` rejects. */
export function readJsonObject(input: Buffer | string, limits?: JsonLimits): Record<string, unknown> | undefined {
  const read = readJson(input, limits);
  return 'value' in read && isObject(read.value) ? read.value : undefined;
}

/** How deeply lists and objects are nested, counted up to one level above the limit, without building them. */
function depthOf(text: string, limit: number): number {
  let deepest = 0;
  let depth = 0;
  for (let at = 0; at < text.length && deepest <= limit; at++) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at);
    else if (character === '{' || character === '[') deepest = Math.max(deepest, ++depth);
    else if (character === '}' || character === ']') depth--;
  }
  return deepest;
}

/** The end of the string that starts at a quote: its closing quote, or the end of the text. */
export function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

/** Where the parser failed. Node.js reports no position for short texts. */
function placeOf({ message }: Error, text: string): string {
  const position = /at position (\d+)/.exec(message)?.[1];
  if (position !== undefined) return `line ${text.slice(0, Number(position)).split('\n').length}`;
  return /end of JSON/.test(message) ? 'unexpected end' : 'unexpected character';
}
