/** Text that HAProxy reads as one word without quotes, wherever it stands. */
const PLAIN = /^[A-Za-z0-9._/:=][A-Za-z0-9._/:=-]*$/;

/** One word of the configuration, whatever is in it: inside single quotes nothing but the next quote has a meaning. */
export function word(text: string): string {
  if (PLAIN.test(text)) return text;
  if (hasControls(text)) throw new Error(`${JSON.stringify(text)} cannot stand in the router's configuration`);
  return `'${text.replace(/'/g, "'\\''")}'`;
}

/** A word in a place where `%` starts a variable. */
export function literal(text: string): string {
  return word(text.replace(/%/g, '%%'));
}

/** A fetch or converter with one text argument, as one word. */
export function call(name: string, argument: string): string {
  if (PLAIN.test(argument)) return `${name}(${argument})`;
  return word(`${name}(${argument.replace(/[\\'"(),]/g, '\\$&')})`);
}

/** Text that needs no quotes in any place and that the converter `url_dec` turns back. */
export function encode(text: string): string {
  return encodeURIComponent(text)
    .replace(/%2F/g, '/')
    .replace(/[!'()*~]/g, (char) => `%${hex(char)}`);
}

function hex(char: string): string {
  return char.charCodeAt(0).toString(16).toUpperCase();
}

/** Whether a text has characters that no line of the configuration can hold. */
export function hasControls(text: string): boolean {
  return [...text].some((char) => char < ' ' || char === '\x7f');
}
