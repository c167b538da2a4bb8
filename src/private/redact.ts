import { CREDENTIAL_FORMS, type CredentialForm, REDACTED } from './credential-forms';

/** Names of parameters and members whose value is a credential. */
const SECRET_NAMES = [
  'X-Amz-(?:Signature|Credential|Security-Token)',
  'AWSAccessKeyId',
  'aws_(?:secret_access_key|session_token)',
  'sig(?:nature)?',
  'credential',
  '(?:access|refresh|id|identity|auth|session|security)?[_-]?token',
  '(?:client|shared)?[_-]?secret(?:[_-]?(?:access)?[_-]?key)?',
  '(?:secret|api|private|access|account)[_-]?key',
  'pass(?:word|wd|phrase)',
].join('|');

/** Credentials that are told by what stands around them, and those of a form of their own. */
const KINDS: readonly Pick<CredentialForm, 'pattern' | 'replacement'>[] = [
  // Passwords may have '@' in them, so the last one ends the user and password.
  {
    pattern: /(?<=:\/\/)(?!user:password@)[^\s/?#'"`<>@]+(?:@[^\s/?#'"`<>@]+)*@(?!sha\d+:)/g,
    replacement: `${REDACTED}@`,
  },
  // A password with '/' in it makes the URL invalid, and the error shows it whole.
  {
    pattern:
      /(?<=:\/\/)(?!user:password@)[^\s/?#'"`<>@:]{1,256}:(?!\d{1,5}[/\s])[^\s'"`<>@]{1,256}(?:@[^\s'"`<>@/]{1,256}){0,8}@(?!sha\d+:)/g,
    replacement: `${REDACTED}@`,
  },
  { pattern: /(?<![^\s'"=(,])[\w.%+-]+:[^\s'"/@:]+@(?!sha\d+:)(?=[\w.-]+)/g, replacement: `${REDACTED}@` },
  {
    pattern: /(?<![\w-])((?:proxy-)?authorization["']?\s{0,4}[:=]\s{0,4}["']?(?:[a-z0-9-]{1,32}\s+)?)[^\s"',]+/gi,
    replacement: `$1${REDACTED}`,
  },
  // What follows must look like a token: 'basic authentication' is none.
  {
    pattern:
      /(?<![\w-])([Bb]earer|[Bb]asic|BEARER|BASIC|[Nn]egotiate) +(?=[^\s"']*(?:\d|=|[a-z][A-Z]))(?!realm=)[\w+/=.~-]{8,}/g,
    replacement: `$1 ${REDACTED}`,
  },
  { pattern: new RegExp(`(?<![\\w-])(${SECRET_NAMES})=(?!\\*)[^\\s&"',;)]+`, 'gi'), replacement: `$1=${REDACTED}` },
  {
    pattern: new RegExp(`(["'](?:${SECRET_NAMES}|auth)["']\\s{0,4}:\\s{0,4}["'])[^"']+`, 'gi'),
    replacement: `$1${REDACTED}`,
  },
  ...CREDENTIAL_FORMS,
];

/**
 * Text without the credentials that can be told by their form, and without the secrets that are known. It is for what
 * people and logs read, never for data that a program reads again.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  const known = secrets.reduce((rest, secret) => rest.replaceAll(secret, REDACTED), text);
  return KINDS.reduce((rest, { pattern, replacement }) => rest.replace(pattern, replacement), known);
}

/** The shortest value that is searched for: shorter ones are words of other texts too. */
const SHORTEST_SECRET = 8;

const SECRET_VARIABLE =
  /(?:^|_)(?:SECRET|TOKEN|PASSWORD|PASSWD|PWD|PASSPHRASE|API_?KEY|SECRET_?KEY|ACCESS_?KEY|PRIVATE_?KEY|ACCESSTOKEN|AUTH_CONFIG)$/i;
const PROXY_VARIABLE = /_proxy$/i;

/** The credentials in variables of an environment: by the names that tools use, and the passwords of proxies. */
export function secretsOf(environment: { readonly [name: string]: string | undefined }): string[] {
  const found = Object.entries(environment).flatMap(([name, value = '']) => {
    if (PROXY_VARIABLE.test(name)) return proxySecrets(value);
    const isPath = value.startsWith('/') || /^(?:OLD)?PWD$/.test(name);
    return SECRET_VARIABLE.test(name) && !isPath && !/^[A-Za-z]*$/.test(value) ? [value] : [];
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

/** Controls but for tabs and ends of lines, and characters that are invisible or reorder what is around them. */
const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f]/g;

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
