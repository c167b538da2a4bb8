import { type Place, ServingError } from './errors';

/** What templates, manifests, configuration files and argument lists cannot contain. */
const UNWRITABLE: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern rejects this character.
  { pattern: /\u0000/, what: 'a NUL character, which no target can store' },
  { pattern: /\p{Surrogate}/u, what: 'an unpaired surrogate, which has no encoding' },
  { pattern: /\[object Object\]/, what: "'[object Object]', the text of an object" },
];

/** The text of a missing value in a template string. */
const MISSING = /(?<![A-Za-z0-9])(undefined|null|NaN)(?![A-Za-z0-9])/;

/** Rejects a string that cannot be written. The message does not quote it, because it can be the value of a variable. */
export function requireWritable(prop: string, text: string, at?: Place): string {
  const found = UNWRITABLE.find(({ pattern }) => pattern.test(text));
  if (found === undefined) return text;
  throw new ServingError('InvalidText', `'${prop}' contains ${found.what}; remove it`, at);
}

/** Rejects a name or an address that contains the text of a missing value, as template strings produce it. */
export function requireFilledIn(prop: string, text: string, at?: Place): string {
  const missing = MISSING.exec(text)?.[1];
  if (missing === undefined) return text;
  throw new ServingError(
    'InvalidText',
    `'${prop}' ('${text}') contains '${missing}', probably from an undefined variable; pass the intended value`,
    at,
  );
}

/**
 * The beginning of a text that fits a limit. No character is cut in half, which would leave an unpaired surrogate.
 */
export function leading(text: string, most: number, sizeOf: (character: string) => number = () => 1): string {
  let size = 0;
  let end = 0;
  for (const character of text) {
    size += sizeOf(character);
    if (size > most) break;
    end += character.length;
  }
  return text.slice(0, end);
}
