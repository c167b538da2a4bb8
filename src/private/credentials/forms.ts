/** What stands in the place of a credential. */
export const REDACTED = '***';

/** A credential that can be told by its form, wherever in a text it stands. */
export interface CredentialForm {
  /** What it is, with its article. */
  readonly what: string;
  /**
   * Whether a text has one. Quantifiers follow a fixed anchor, so that hostile text costs linear time. Of `x{8,}` the engine
   * keeps a state for each character, which many megabytes exhaust; of `x{8}x*` it keeps none.
   */
  readonly pattern: RegExp;
  /** The text without them. */
  readonly hide: (text: string) => string;
}

const shownAs = (what: string, pattern: RegExp, replacement: string): CredentialForm => ({
  what,
  pattern,
  hide: (text) => text.replace(pattern, replacement),
});

const prefixed = (what: string, pattern: RegExp): CredentialForm => shownAs(what, pattern, `$1${REDACTED}`);

const KEY_BEGINS = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
const KEY_ENDS = /-----END [A-Z0-9 ]{0,40}-----/y;

/** By indices and not by one pattern: the engine keeps a state for each character that such a pattern passes. */
export function hidePrivateKeys(text: string): string {
  const shown: string[] = [];
  let end = 0;
  for (const { index, 0: header } of text.matchAll(KEY_BEGINS)) {
    if (index < end) continue;
    shown.push(text.slice(end, index), header, ` ${REDACTED}`);
    end = endOfKey(text, index + header.length);
  }
  return shown.join('') + text.slice(end);
}

/** Where a key ends; one without an end is all that follows. */
function endOfKey(text: string, from: number): number {
  const at = text.indexOf('-----END ', from);
  if (at < 0) return text.length;
  KEY_ENDS.lastIndex = at;
  return at + (KEY_ENDS.exec(text)?.[0].length ?? 0);
}

/**
 * A secret key and no name of a model (`sk-learn-classifier-v2`): between its hyphens are 20 characters of a kind that
 * names do not have, or those that follow the prefix of a vendor.
 */
const SECRET_KEY =
  /(?<![\w-])(sk-)(?=(?:proj|ant|svcacct|or-v1)-(?:[\w-]*-)?(?=\w*\d)\w{20}|(?:[\w-]*-)?(?:[0-9a-f]{20}|(?=\w*\d)(?=\w*[A-Z])\w{20}))[\w-]+/g;

/** Signed, with two parts that are JSON; or encrypted, with five parts. */
const JSON_TOKEN =
  /(?<![\w-])eyJ[\w-]{4,4096}\.(?:eyJ[\w-]+\.[\w-]*|[\w-]{0,2048}\.[\w-]{16,64}\.[\w-]+\.[\w-]{16}[\w-]*)/g;

export const CREDENTIAL_FORMS: readonly CredentialForm[] = [
  { what: 'a private key', pattern: KEY_BEGINS, hide: hidePrivateKeys },
  shownAs('a signed token (JWT)', JSON_TOKEN, REDACTED),
  prefixed('an access key of AWS', /(?<![A-Za-z0-9])(AKIA|ASIA)[A-Z0-9]{12}[A-Z0-9]*/g),
  prefixed('a token of GitHub', /(?<![\w-])(gh[opusr]_|github_pat_)[A-Za-z0-9_]{20}[A-Za-z0-9_]*/g),
  prefixed('a token of GitLab', /(?<![\w-])(glpat-)[\w-]{16}[\w-]*/g),
  prefixed('a token of Hugging Face', /(?<![\w-])(hf_)[A-Za-z0-9]{16}[A-Za-z0-9]*/g),
  prefixed('a token of npm', /(?<![\w-])(npm_)[A-Za-z0-9]{16}[A-Za-z0-9]*/g),
  prefixed('a token of PyPI', /(?<![\w-])(pypi-)[\w-]{50}[\w-]*/g),
  prefixed('a token of Docker Hub', /(?<![\w-])(dckr_[a-z]{3}_)[\w-]{16}[\w-]*/g),
  prefixed('a token of Slack', /(?<![\w-])(xox[abeprs]-)[\w-]{10}[\w-]*/g),
  prefixed('a key of NVIDIA', /(?<![\w-])(nvapi-)[\w-]{20}[\w-]*/g),
  prefixed('a key of Google', /(?<![\w-])(AIza)[\w-]{35}/g),
  prefixed('a secret key', SECRET_KEY),
  shownAs(
    'a secret that CloudFormation writes out',
    /\{\{resolve:(?:secretsmanager|ssm-secure):[^{}]{0,512}\}\}/g,
    REDACTED,
  ),
];
