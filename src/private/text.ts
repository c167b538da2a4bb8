import type { IConstruct } from 'constructs';
import { ServingError } from './errors';

/** What no template, manifest, configuration or argument list can hold. */
const UNWRITABLE: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is the character that is refused.
  { pattern: /\u0000/, what: 'a NUL character, which ends a text for every program' },
  { pattern: /\p{Surrogate}/u, what: 'half of a surrogate pair, which has no encoding' },
  { pattern: /\[object Object\]/, what: "'[object Object]', which an object becomes as text" },
];

/** What a value that is not there becomes inside a text. */
const MISSING = /(?<![A-Za-z0-9])(undefined|null|NaN)(?![A-Za-z0-9])/;

/** Refuses a text that cannot be written. The text is not shown: it can be the value of a variable. */
export function requireWritable(prop: string, text: string, at?: IConstruct): string {
  const found = UNWRITABLE.find(({ pattern }) => pattern.test(text));
  if (found === undefined) return text;
  throw new ServingError('InvalidText', `'${prop}' contains ${found.what}; remove it`, at);
}

/** Refuses a name or an address in which the text of a missing value stands, as templates of text leave it there. */
export function requireFilledIn(prop: string, text: string, at?: IConstruct): string {
  const missing = MISSING.exec(text)?.[1];
  if (missing === undefined) return text;
  throw new ServingError(
    'InvalidText',
    `'${prop}' ('${text}') contains '${missing}', probably from an undefined variable; pass the intended value`,
    at,
  );
}
