import { INVISIBLE } from '../characters';
import { CREDENTIAL_FORMS, hidePrivateKeys, REDACTED } from './forms';
import { isCredentialName, isHarmless } from './names';

/** A pattern, its replacement, and what every match contains: most texts contain it nowhere, and a search for it is fast. */
type Replacement = readonly [pattern: RegExp, replacement: string, contained: RegExp];

/** User names and passwords in URLs. */
const LOGINS: readonly Replacement[] = [
  // Passwords can contain '@', so the last one ends the user name and password.
  [/(?<=:\/\/)(?!user:password@)[^\s/?#'"`<>@]+(?:@[^\s/?#'"`<>@]+){0,32}@(?!sha\d+:)/g, `${REDACTED}@`, /@/],
  // A password with '/' makes the URL invalid, and the error of the parser contains the whole URL.
  [
    /(?<=:\/\/)(?!user:password@)[^\s/?#'"`<>@:]{1,256}:(?!\d{1,5}[/\s])[^\s'"`<>@]{1,256}(?:@[^\s'"`<>@/]{1,256}){0,8}@(?!sha\d+:)/g,
    `${REDACTED}@`,
    /@/,
  ],
];

/** Credentials that are recognized by the text around them. */
const SURROUNDED: readonly Replacement[] = [
  [/(?<![^\s'"=(,])[\w.%+-]+:[^\s'"/@:]+@(?!sha\d+:)(?=[\w.-]+)/g, `${REDACTED}@`, /@/],
  [
    /(?<![\w-])((?:[\w-]*[-_])?authorization["']?\s{0,4}[:=]\s{0,4}["']?(?:[a-z0-9-]{1,32}\s+)?)[^\s"',]+/gi,
    `$1${REDACTED}`,
    /authorization/i,
  ],
  // The next word must look like a token: 'basic authentication' is not a credential.
  [
    /(?<![\w-])([Bb]earer|[Bb]asic|BEARER|BASIC|[Nn]egotiate) +(?=[^\s"']*(?:\d|=|[a-z][A-Z]))(?!realm=)[\w+/=.~-]{8}[\w+/=.~-]*/g,
    `$1 ${REDACTED}`,
    / /,
  ],
];

/**
 * Replaces the given secrets, and credentials that are recognized by their form. For output that people and logs read,
 * never for data that a program parses again.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  const known = secrets.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
  // A private key has many lines, so the whole text is searched for it.
  return piecesOf(hidePrivateKeys(known)).map(redactPiece).join('');
}

const FORMS_OF_A_LINE = CREDENTIAL_FORMS.filter(({ hide }) => hide !== hidePrivateKeys);

function redactPiece(piece: string): string {
  const named = redactNamed(replaceAll(piece, LOGINS));
  return FORMS_OF_A_LINE.reduce((rest, { hide }) => hide(rest), named);
}

/** For some patterns the engine stores a state for each character, and fails on many megabytes of one word. */
const LONGEST_PIECE = 64 * 1024;

/** Splits a text after lines, otherwise after words, and inside a word only if it is longer than a piece. */
function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  let from = 0;
  while (text.length - from > LONGEST_PIECE) {
    const piece = text.slice(from, from + LONGEST_PIECE);
    const end = [piece.lastIndexOf('\n') + 1, piece.lastIndexOf(' ') + 1, piece.length].find((at) => at > 0) as number;
    pieces.push(piece.slice(0, end));
    from += end;
  }
  return [...pieces, text.slice(from)];
}

/** Replaces what a text labels as a credential: by a name, an HTTP scheme, or a login before a host. */
export function redactNamed(text: string): string {
  return hideNamed(replaceAll(text, SURROUNDED));
}

function replaceAll(text: string, replacements: readonly Replacement[]): string {
  return replacements.reduce(
    (rest, [pattern, replacement, contained]) => (contained.test(rest) ? rest.replace(pattern, replacement) : rest),
    text,
  );
}

/** A name and its separator: an assignment, a JSON member, a YAML line or a header; after a flag also spaces. */
const NAMED =
  /(?<![\w.-])(?:([A-Za-z_][\w.-]*)(\\?["']?[ \t]{0,2}=[ \t]{0,2}|\\?["']\s{0,4}:\s{0,4}|:[ \t]{1,2})|(--?[A-Za-z][\w.-]*)([ \t]{0,2}=[ \t]{0,2}|[ \t]{1,2}(?!--)))/g;

/** The value after the separator: an opening quote, and the text up to the closing quote. */
const VALUE = /(\\")([^"\\]*)|(")([^"\\]*(?:\\[\s\S][^"\\]*){0,64})|(')([^']*)|()([^\s&"',;)]*[^\s&"',;)}\]])/y;

/** Words of a sentence after a colon or a flag: 'token: missing', '--token (from CI)'. */
const PROSE = /^(?:[A-Za-z]{1,15}[.:!?]?$|[^A-Za-z0-9]{1,3}$|\()/;

/** Parameters of signed URLs, which are not names of variables or flags. */
const PARAMETER = /^(?:sig|signature|x-(?:amz|goog)-signature|awsaccesskeyid)$/i;

function hideNamed(text: string): string {
  const shown: string[] = [];
  let end = 0;
  for (const match of text.matchAll(NAMED)) {
    const [whole, word, separator, flag, space] = match;
    const name = word ?? (flag as string);
    // A value is not searched again, so that each character is read once.
    if (match.index < end || !isHidden(name, separator)) continue;
    const from = match.index + whole.length;
    VALUE.lastIndex = from;
    const [all = '', ...parts] = VALUE.exec(text) ?? [];
    const quote = parts[0] ?? parts[2] ?? parts[4] ?? '';
    const value = all.slice(quote.length);
    const isLoose = quote === '' && !(separator ?? space ?? '').includes('=') && !/["']/.test(separator ?? '');
    const isShown = isHarmless(value) || (isLoose && PROSE.test(value));
    shown.push(text.slice(end, from), isShown ? all : `${quote}${REDACTED}`);
    end = from + all.length;
  }
  return shown.join('') + text.slice(end);
}

/** An authorization header has a scheme before its credential, and the scheme is shown. */
function isHidden(name: string, separator = ''): boolean {
  if (/authorization$/i.test(name)) return false;
  return isCredentialName(name) || PARAMETER.test(name) || (name === 'auth' && /["']/.test(separator));
}

/** The minimum length of a secret. Shorter values also occur as words in other texts. */
const SHORTEST_SECRET = 8;

const PROXY_VARIABLE = /_proxy$/i;

/** The credentials in environment variables: those with names that tools use, and the passwords of proxies. */
export function secretsOf(environment: { readonly [name: string]: string | undefined }): string[] {
  const found = Object.entries(environment).flatMap(([name, value = '']) => {
    if (PROXY_VARIABLE.test(name)) return proxySecrets(value);
    const isPath = value.startsWith('/') || isHarmless(value);
    return isCredentialName(name) && !isPath && !/^[A-Za-z]*$/.test(value) ? [value] : [];
  });
  // The longest first, because one can contain another.
  return [...new Set(found)].filter(({ length }) => length >= SHORTEST_SECRET).sort((a, b) => b.length - a.length);
}

/** The password of a proxy URL as typed, with and without the user name. */
function proxySecrets(proxy: string): string[] {
  const at = proxy.lastIndexOf('@');
  if (at < 0) return [];
  const login = proxy.slice(0, at).replace(/^[a-z0-9+.-]{1,20}:\/\//i, '');
  return [login, login.slice(login.indexOf(':') + 1)];
}

/** Sequences that a terminal interprets: OSC, DCS, APC, PM and SOS up to their end, CSI, and short ones. */
const ESCAPE_SEQUENCES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern matches control characters
  /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|\u001b[ -/]*[0-~]?/g;

/** Text that a terminal only displays: without escape sequences, control characters and invisible characters. */
export function printable(text: string): string {
  return text.replace(ESCAPE_SEQUENCES, '').replace(INVISIBLE, '');
}

/** The same on one line, for text that must not look like a separate line of output. */
export function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, ' ')).trim();
}

/** JSON with these characters escaped inside strings: the same value, safe to display. */
export function printableJson(json: string): string {
  return json.replace(INVISIBLE, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
