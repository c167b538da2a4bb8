import { CREDENTIAL_FORMS, type CredentialForm } from './credential-forms';
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

/** What is told apart by what stands around it, beside what has a form of its own. */
const VALUES: readonly Pick<CredentialForm, 'what' | 'pattern'>[] = [
  ...CREDENTIAL_FORMS,
  { pattern: /(?<=\b[a-z][a-z0-9+.-]*:\/\/)[^\s:@/]*:(?!\$)[^\s@/]+(?=@)/gi, what: 'a URL with a password' },
];

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
