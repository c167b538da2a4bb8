// Ranges for the brackets of a regular expression. `\u` is spelled out so that JSON Schema can use the same text.

/** Controls of ASCII and Latin-1. */
const CONTROLS = '\\u0000-\\u001f\\u007f-\\u009f';
/** Separators of lines and of paragraphs, and characters that change the order of the text after them. */
const LINES_AND_ORDER = '\\u2028-\\u202e\\u2066-\\u2069';
/** Characters without a glyph: soft hyphens, zero-width characters, marks of order, variants of Mongolian, annotations. */
const WITHOUT_GLYPH = '\\u00ad\\u061c\\u180e\\u200b-\\u200f\\u2060-\\u206f\\ufeff\\ufff9-\\ufffb';

/** What no name contains: it ends a line, moves a cursor or reorders what is shown after it. */
export const UNSEEN = CONTROLS + LINES_AND_ORDER;

const ANY_UNSEEN = new RegExp(`[${UNSEEN}]`);

/** Whether a text contains a character that no name contains. */
export function hasUnseen(text: string): boolean {
  return ANY_UNSEEN.test(text);
}

/** Every unseen or invisible character but tabs and ends of lines; tags of Unicode are pairs of surrogates. */
export const INVISIBLE = new RegExp(`(?![\\t\\n])[${UNSEEN}${WITHOUT_GLYPH}]|\\udb40[\\udc00-\\udc7f]`, 'g');
