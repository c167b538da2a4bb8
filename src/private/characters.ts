// Ranges for the brackets of a regular expression. `\u` is spelled out so that JSON Schema can use the same text.

/** Control characters of ASCII and Latin-1. */
const CONTROLS = '\\u0000-\\u001f\\u007f-\\u009f';
/** Line and paragraph separators, and characters that change the direction of the text after them. */
const LINES_AND_ORDER = '\\u2028-\\u202e\\u2066-\\u2069';
/** Characters without a glyph: soft hyphens, zero-width characters, directional marks, annotation marks. */
const WITHOUT_GLYPH = '\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb';

/** Characters that names must not contain: they end a line, move the cursor or reorder the text after them. */
export const UNSEEN = CONTROLS + LINES_AND_ORDER;

const ANY_UNSEEN = new RegExp(`[${UNSEEN}]`);

/** Whether a text contains a character that names must not contain. */
export function hasUnseen(text: string): boolean {
  return ANY_UNSEEN.test(text);
}

/** Every unseen or invisible character except tabs and line feeds. Unicode tags are surrogate pairs. */
export const INVISIBLE = new RegExp(`(?![\\t\\n])[${UNSEEN}${WITHOUT_GLYPH}]|\\udb40[\\udc00-\\udc7f]`, 'g');
