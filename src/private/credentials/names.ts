/** How names of credentials end, in capitals with `_` between words. */
const NAME_ENDINGS: readonly string[] = [
  'PASSWORD',
  'PASSWD',
  'PASSPHRASE',
  '_PASS',
  '_PWD',
  'APIKEY',
  'CREDENTIALS?',
  'AUTHORIZATION',
  '(?:^|_)(?:CLIENT|SHARED|APP)?SECRET',
  '(?:^|_)(?:ACCESS|AUTH|API|BEARER|REFRESH|ID|IDENTITY|SESSION|SECURITY)?TOKEN',
  '(?:^|_)(?:API|ACCESS|SECRET|PRIVATE|SIGNING|ENCRYPTION|AUTH|ACCOUNT|MASTER)_KEY',
  '(?:^|_)(?:ACCESS|SECRET|PRIVATE|ACCOUNT)KEY',
  '(?:^|_)AUTH_CONFIG',
  'CONNECTION_STRING',
];

/** Tokens that models read and write, and words that make a name one of a limit or a switch. */
const OTHER_TOKENS: readonly string[] = [
  ...['[BE]O[A-Z]', 'PAD', 'UNK', 'UNKNOWN', 'SEP', 'SEPARATOR', 'CLS', 'MASK', 'STOP', 'START', 'END', 'SPECIAL'],
  ...['DEFAULT', 'CHAT', 'IMAGE', 'AUDIO', 'VIDEO', 'SPEECH', 'VISION', 'DELIMITER', 'BLANK', 'NEWLINE', 'THINK'],
  ...['FIRST', 'LAST', 'NEXT', 'NEW', 'PER', 'MAX', 'MIN', 'NUM', 'PREFIX', 'SUFFIX'],
];

const NAME = new RegExp(`(?:${NAME_ENDINGS.join('|')})$`);
const OTHER_NAME = new RegExp(`(?:^|_)(?:${OTHER_TOKENS.join('|')})_TOKEN$`);

/** How much of a name is looked at, from its end. */
const LONGEST_NAME = 128;

/** Whether a variable, flag, member or header of this name holds a credential. */
export function isCredentialName(name: string): boolean {
  const words = name
    .slice(-LONGEST_NAME)
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/(?:_?\d+|_VALUE|_B64|_BASE64)$/, '');
  return NAME.test(words) && !OTHER_NAME.test(words);
}

/** Values that are no credential under any name: nothing, a switch, a word for none, a path, a reference. */
const HARMLESS: readonly RegExp[] = [
  /^(?:|true|false|yes|no|on|off|none|null|auto|[01]|empty|dummy|not-needed|\*+)$/i,
  // A token of a model: <unk>, </s>, <|im_end|>, [PAD].
  /^(?:<[^<>\s]{1,40}>|\[[A-Z_]{1,20}\])$/,
  /^\/[\w.-]+(?:\/[\w.-]+)+$/,
  /^\.{1,2}\/[\w./-]+$/,
  /^[\w-][\w./-]{0,250}\.(?:json|key|pem|crt|cer|txt|ya?ml|toml|ini|conf|p12|pfx|jks)$/i,
  /^(?:(?:file|vault|ssm):|arn:aws[\w-]*:)[^\s=&?]*$/i,
  /^\$\(?\{?[A-Za-z_]\w*\)?\}?$/,
];

/** As long as a path may be. */
const LONGEST_HARMLESS = 4096;

/** Whether a value is no credential, whatever it is given to. */
export function isHarmless(value: string): boolean {
  return value.length <= LONGEST_HARMLESS && HARMLESS.some((form) => form.test(value));
}
