import { isUnresolved } from './tokens';

/** How names of credentials end, in capitals with `_` between words. */
const NAME_ENDINGS: readonly string[] = [
  'PASSWORD',
  'PASSWD',
  'PASSPHRASE',
  'APIKEY',
  'CREDENTIALS?',
  'AUTHORIZATION',
  '(?:^|_)(?:CLIENT|SHARED|APP)?SECRET',
  '(?:^|_)(?:ACCESS|AUTH|API|BEARER)?TOKEN',
  '_PWD',
  '(?:^|_)(?:API|ACCESS|SECRET|PRIVATE|SIGNING|ENCRYPTION|AUTH|ACCOUNT|MASTER)_KEY',
  'CONNECTION_STRING',
];

/** Tokens that models read and write, and words that make a name one of a limit or a switch. */
const OTHER_TOKENS =
  '(?:^|_)(?:EOS|BOS|PAD|UNK|SEP|CLS|MASK|STOP|START|END|SPECIAL|IMAGE|AUDIO|VIDEO|FIRST|LAST|NEXT|PER|MAX|MIN|NUM|PREFIX|SUFFIX)_TOKEN';

const NAME = new RegExp(`(?:${NAME_ENDINGS.join('|')})$`);
const OTHER_NAME = new RegExp(`${OTHER_TOKENS}$`);

/** Values that are no credential under any name: nothing, a switch, a path, a reference to what holds it. */
const REFERENCE =
  /^(?:|true|false|yes|no|on|off|none|null|auto|[01]|\/[\w.-]+(?:\/[\w.-]+)+|(?:file|vault|arn:aws[\w-]*):.*|\$\(?\{?[A-Za-z_]\w*\)?\}?|\*+)$/i;

/** What credentials look like by themselves, wherever they stand. */
const VALUES: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  { pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g, what: 'an access key of AWS' },
  {
    pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----(?:[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----)?/g,
    what: 'a private key',
  },
  { pattern: /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}/g, what: 'a signed token (JWT)' },
  { pattern: /(?<=\b[a-z][a-z0-9+.-]*:\/\/)[^\s:@/]*:(?!\$)[^\s@/]+(?=@)/gi, what: 'a URL with a password' },
  { pattern: /\bsk-[A-Za-z0-9_-]{20,}/g, what: 'a secret key' },
  { pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{22,})/g, what: 'a token of GitHub' },
  { pattern: /\bglpat-[\w-]{20,}/g, what: 'a token of GitLab' },
  { pattern: /\bhf_[A-Za-z0-9]{30,}/g, what: 'a token of Hugging Face' },
  { pattern: /\bnvapi-[\w-]{20,}/g, what: 'a key of NVIDIA' },
  { pattern: /\bxox[abprs]-[\w-]{10,}/g, what: 'a token of Slack' },
  { pattern: /\bAIza[\w-]{35}/g, what: 'a key of Google' },
  { pattern: /\{\{resolve:(?:secretsmanager|ssm-secure):[^}]*\}\}/g, what: 'a secret that CloudFormation writes out' },
];

/** What is shown in place of a value. */
export const HIDDEN = '***';

/** Why a named value appears to be a credential; undefined where it does not. */
export function credentialReason(name: string, value: string): string | undefined {
  if (isUnresolved(value)) return undefined;
  const found = VALUES.find(({ pattern }) => value.search(pattern) >= 0);
  if (found !== undefined) return `its value looks like ${found.what}`;
  return isCredentialName(name) && !REFERENCE.test(value) ? 'its name is that of a credential' : undefined;
}

/** Whether a variable, flag or header of this name holds a credential. */
export function isCredentialName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/(?:_?\d+|_VALUE|_B64|_BASE64)$/, '');
  return NAME.test(words) && !OTHER_NAME.test(words);
}

/** A text without the credentials that are known by their looks. */
export function hideCredentials(text: string): string {
  return VALUES.reduce((shown, { pattern }) => shown.replace(pattern, HIDDEN), text);
}
