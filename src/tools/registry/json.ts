import { isObject } from '../../private/kinds';

/** Images and tokens need four levels; what is deeper exhausts the stack of whoever writes it again. */
const MAX_DEPTH = 64;

/** A JSON object of a stranger: nothing for other values, for what is not JSON, and for what is nested too deeply. */
export function parseJson(bytes: Buffer): Record<string, unknown> | undefined {
  if (isTooDeep(bytes)) return undefined;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/** Whether lists and objects are nested too deeply, without building them. */
function isTooDeep(bytes: Buffer): boolean {
  let depth = 0;
  let isText = false;
  for (let at = 0; at < bytes.length && depth <= MAX_DEPTH; at++) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) isText = !isText;
    else if (isText && byte === BACKSLASH) at++;
    else if (!isText && OPENING.has(byte)) depth++;
    else if (!isText && CLOSING.has(byte)) depth--;
  }
  return depth > MAX_DEPTH;
}
