/** Text that HAProxy reads as one word without quotes in any position. */
const PLAIN = /^[A-Za-z0-9._/:=][A-Za-z0-9._/:=-]*$/;

/** Quotes any text as one word of the configuration: within single quotes, only the next quote is special. */
export function word(text: string): string {
  if (PLAIN.test(text)) return text;
  if (hasControls(text)) throw new Error(`the configuration of the router cannot contain ${JSON.stringify(text)}`);
  return `'${text.replace(/'/g, "'\\''")}'`;
}

/** A word in a position where `%` starts a variable. */
export function literal(text: string): string {
  return word(text.replace(/%/g, '%%'));
}

/** A sample fetch or converter with one text argument, as one word. */
export function call(name: string, argument: string): string {
  if (PLAIN.test(argument)) return `${name}(${argument})`;
  return word(`${name}(${argument.replace(/[\\'"(),]/g, '\\$&')})`);
}

/** Encodes a text so that it needs no quotes in any position, and that the converter `url_dec` decodes. */
export function encode(text: string): string {
  return encodeURIComponent(text)
    .replace(/%2F/g, '/')
    .replace(/[!'()*~]/g, (char) => `%${hex(char)}`);
}

function hex(char: string): string {
  return char.charCodeAt(0).toString(16).toUpperCase();
}

/** Whether a text has control characters, which a line of the configuration cannot contain. */
export function hasControls(text: string): boolean {
  return [...text].some((char) => char < ' ' || char === '\x7f');
}

/** HAProxy accepts at most 64 words per line. */
const PATTERNS_PER_LINE = 48;

/** Tests that match a sample against any of the patterns, split into lines of a legal length. */
export function test(sample: string, patterns: string[]): string[] {
  const lines: string[] = [];
  for (let start = 0; start < patterns.length; start += PATTERNS_PER_LINE) {
    lines.push(
      `${sample} -- ${patterns
        .slice(start, start + PATTERNS_PER_LINE)
        .map(word)
        .join(' ')}`,
    );
  }
  return lines;
}
