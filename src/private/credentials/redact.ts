import { INVISIBLE } from '../characters';
import { CREDENTIAL_FORMS, hidePrivateKeys, REDACTED } from './forms';
import { isCredentialName, isHarmless } from './names';

type Replacement = readonly [pattern: RegExp, replacement: string];

/** The logins of URLs. */
const LOGINS: readonly Replacement[] = [
  // Passwords may have '@' in them, so the last one ends the user and password.
  [/(?<=:\/\/)(?!user:password@)[^\s/?#'"`<>@]+(?:@[^\s/?#'"`<>@]+){0,32}@(?!sha\d+:)/g, `${REDACTED}@`],
  // A password with '/' in it makes the URL invalid, and the error shows it whole.
  [
    /(?<=:\/\/)(?!user:password@)[^\s/?#'"`<>@:]{1,256}:(?!\d{1,5}[/\s])[^\s'"`<>@]{1,256}(?:@[^\s'"`<>@/]{1,256}){0,8}@(?!sha\d+:)/g,
    `${REDACTED}@`,
  ],
];

/** Credentials that are told by what stands around them. */
const SURROUNDED: readonly Replacement[] = [
  [/(?<![^\s'"=(,])[\w.%+-]+:[^\s'"/@:]+@(?!sha\d+:)(?=[\w.-]+)/g, `${REDACTED}@`],
  [
    /(?<![\w-])((?:[\w-]*[-_])?authorization["']?\s{0,4}[:=]\s{0,4}["']?(?:[a-z0-9-]{1,32}\s+)?)[^\s"',]+/gi,
    `$1${REDACTED}`,
  ],
  // What follows must look like a token: 'basic authentication' is none.
  [
    /(?<![\w-])([Bb]earer|[Bb]asic|BEARER|BASIC|[Nn]egotiate) +(?=[^\s"']*(?:\d|=|[a-z][A-Z]))(?!realm=)[\w+/=.~-]{8}[\w+/=.~-]*/g,
    `$1 ${REDACTED}`,
  ],
];

/**
 * Text without the credentials that can be told by their form, and without the secrets that are known. It is for what
 * people and logs read, never for data that a program reads again.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  const known = secrets.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
  // A private key has many lines, so it is looked for in the whole.
  return piecesOf(hidePrivateKeys(known)).map(redactPiece).join('');
}

const FORMS_OF_A_LINE = CREDENTIAL_FORMS.filter(({ hide }) => hide !== hidePrivateKeys);

function redactPiece(piece: string): string {
  const named = redactNamed(replaceAll(piece, LOGINS));
  return FORMS_OF_A_LINE.reduce((rest, { hide }) => hide(rest), named);
}

/** The engine keeps a state for each character that some patterns pass, and many megabytes of one word exhaust it. */
const LONGEST_PIECE = 64 * 1024;

/** Text in pieces that end with a line, else with a word, and only in a longer word anywhere. */
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

/** Text without what is called a credential in it: by a name, a scheme of HTTP, or a login before a host. */
export function redactNamed(text: string): string {
  return hideNamed(replaceAll(text, SURROUNDED));
}

function replaceAll(text: string, replacements: readonly Replacement[]): string {
  return replacements.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), text);
}

/** A name and what follows it: an assignment, a member of JSON, a line of YAML or a header; of a flag, spaces too. */
const NAMED =
  /(?<![\w.-])(?:([A-Za-z_][\w.-]*)(\\?["']?[ \t]{0,2}=[ \t]{0,2}|\\?["']\s{0,4}:\s{0,4}|:[ \t]{1,2})|(--?[A-Za-z][\w.-]*)([ \t]{0,2}=[ \t]{0,2}|[ \t]{1,2}(?!--)))/g;

/** The value from there: what opens a quotation, and the rest up to its end. */
const VALUE = /(\\")([^"\\]*)|(")([^"\\]*(?:\\[\s\S][^"\\]*){0,64})|(')([^']*)|()([^\s&"',;)]*[^\s&"',;)}\]])/y;

/** Words of a sentence after a colon or a flag: 'token: missing', '--token (from CI)'. */
const PROSE = /^(?:[A-Za-z]{1,15}[.:!?]?$|[^A-Za-z0-9]{1,3}$|\()/;

/** Parameters of signed URLs, and members of files of logins, that no variable or flag has as its name. */
const PARAMETER = /^(?:sig|signature|x-(?:amz|goog)-signature|awsaccesskeyid)$/i;

function hideNamed(text: string): string {
  const shown: string[] = [];
  let end = 0;
  for (const match of text.matchAll(NAMED)) {
    const [whole, word, separator, flag, space] = match;
    const name = word ?? (flag as string);
    // A value that was looked at is not looked into again: each character is read once.
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

/** A header of authorization has a scheme before its credential, which is shown. */
function isHidden(name: string, separator = ''): boolean {
  if (/authorization$/i.test(name)) return false;
  return isCredentialName(name) || PARAMETER.test(name) || (name === 'auth' && /["']/.test(separator));
}

/** The shortest value that is searched for: shorter ones are words of other texts too. */
const SHORTEST_SECRET = 8;

const PROXY_VARIABLE = /_proxy$/i;

/** The credentials in variables of an environment: by the names that tools use, and the passwords of proxies. */
export function secretsOf(environment: { readonly [name: string]: string | undefined }): string[] {
  const found = Object.entries(environment).flatMap(([name, value = '']) => {
    if (PROXY_VARIABLE.test(name)) return proxySecrets(value);
    const isPath = value.startsWith('/') || isHarmless(value);
    return isCredentialName(name) && !isPath && !/^[A-Za-z]*$/.test(value) ? [value] : [];
  });
  // The longest first: one may contain another.
  return [...new Set(found)].filter(({ length }) => length >= SHORTEST_SECRET).sort((a, b) => b.length - a.length);
}

/** The password of a proxy as it is typed, with and without its user. */
function proxySecrets(proxy: string): string[] {
  const at = proxy.lastIndexOf('@');
  if (at < 0) return [];
  const login = proxy.slice(0, at).replace(/^[a-z0-9+.-]{1,20}:\/\//i, '');
  return [login, login.slice(login.indexOf(':') + 1)];
}

/** Sequences that a terminal acts on: OSC, DCS, APC, PM and SOS up to their end, CSI, and the short ones. */
const ESCAPE_SEQUENCES =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /(?:\u001b[\]PX^_]|[\u009d\u0090\u0098\u009e\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]?|\u001b[ -/]*[0-~]?/g;

/** Text that a terminal shows and does not act on: without escape sequences, controls and invisible characters. */
export function printable(text: string): string {
  return text.replace(ESCAPE_SEQUENCES, '').replace(INVISIBLE, '');
}

/** The same on one line, for text that must not look like a line of its own. */
export function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, ' ')).trim();
}

/** JSON in which such characters are escaped inside strings: the same value, safe to show. */
export function printableJson(json: string): string {
  return json.replace(INVISIBLE, (character) =>
    [...Array(character.length).keys()]
      .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
      .join(''),
  );
}
