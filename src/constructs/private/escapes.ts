import type { IConstruct } from 'constructs';
import { ServingError } from '../../private/errors';

/** Characters that a path contains without an escape. */
const PLAIN = /[A-Za-z0-9._~!$&'()+,;=:@-]/;

/** Separators and control characters, which balancers and servers read differently before and after decoding. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a path may contain them as escapes.
const AMBIGUOUS = /[\u0000-\u001f\u007f/\\]/;

/**
 * Returns a path whose escapes have one form, in capitals, and refuses others: some targets compare the path of a request as it
 * was sent, others after decoding.
 */
export function checkEscapes(prop: string, path: string, at: IConstruct): string {
  const invalid = (text: string, advice: string): ServingError =>
    new ServingError('InvalidPath', `'${prop}' ('${path}') must not contain '${text}', ${advice}`, at);
  const incomplete = /%(?![0-9A-Fa-f]{2}).{0,2}/.exec(path)?.[0];
  if (incomplete !== undefined)
    throw invalid(incomplete, "because '%' starts an escape of two hexadecimal digits; write '%25' for a percent sign");
  for (const [encoded = ''] of path.matchAll(/%[0-9A-Fa-f]{2}/g)) {
    const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
    if (PLAIN.test(character))
      throw invalid(encoded, `because it needs no escape and targets compare paths differently; write '${character}'`);
    if (AMBIGUOUS.test(character))
      throw invalid(encoded, 'which balancers and servers interpret differently; use another character');
  }
  if (!isText(path)) throw invalid('%', 'with escapes that are not UTF-8; encode the text in UTF-8');
  return path.replace(/%[0-9A-Fa-f]{2}/g, (encoded) => encoded.toUpperCase());
}

function isText(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
