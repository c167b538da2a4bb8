/** The endings of credential names, in upper case with `_` between words. */
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

/** The words before `_TOKEN` in names of model tokens, limits and switches, which are not credentials. */
const OTHER_TOKENS: readonly string[] = [
  ...['[BE]O[A-Z]', 'PAD', 'UNK', 'UNKNOWN', 'SEP', 'SEPARATOR', 'CLS', 'MASK', 'STOP', 'START', 'END', 'SPECIAL'],
  ...['DEFAULT', 'CHAT', 'IMAGE', 'AUDIO', 'VIDEO', 'SPEECH', 'VISION', 'DELIMITER', 'BLANK', 'NEWLINE', 'THINK'],
  ...['FIRST', 'LAST', 'NEXT', 'NEW', 'PER', 'MAX', 'MIN', 'NUM', 'PREFIX', 'SUFFIX'],
];

const NAME = new RegExp(`(?:${NAME_ENDINGS.join('|')})$`);
const OTHER_NAME = new RegExp(`(?:^|_)(?:${OTHER_TOKENS.join('|')})_TOKEN$`);

/** The maximum number of characters that are matched, from the end of a name. */
const LONGEST_NAME = 128;

/** Whether a variable, flag, member or header with this name contains a credential. */
export function isCredentialName(name: string): boolean {
  const words = name
    .slice(-LONGEST_NAME)
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/(?:_?\d+|_VALUE|_B64|_BASE64)$/, '');
  return NAME.test(words) && !OTHER_NAME.test(words);
}

/** Values that are not credentials under any name: empty values, switches, words for none, paths, references. */
const HARMLESS: readonly RegExp[] = [
  /^(?:|true|false|yes|no|on|off|none|null|auto|[01]|empty|dummy|not-needed|\*+)$/i,
  // A model token: <unk>, </s>, <|im_end|>, [PAD].
  /^(?:<[^<>\s]{1,40}>|\[[A-Z_]{1,20}\])$/,
  /^\/[\w.-]+(?:\/[\w.-]+)+$/,
  /^\.{1,2}\/[\w./-]+$/,
  /^[\w-][\w./-]{0,250}\.(?:json|key|pem|crt|cer|txt|ya?ml|toml|ini|conf|p12|pfx|jks)$/i,
  /^(?:(?:file|vault|ssm):|arn:aws[\w-]*:)[^\s=&?]*$/i,
  /^\$\(?\{?[A-Za-z_]\w*\)?\}?$/,
];

/** The maximum length of a path. */
const LONGEST_HARMLESS = 4096;

/** Whether a value is not a credential under any name. */
export function isHarmless(value: string): boolean {
  return value.length <= LONGEST_HARMLESS && HARMLESS.some((form) => form.test(value));
}
