/** The replacement for a credential in output. */
export const REDACTED = '***';

/** A credential that is recognized by its form, anywhere in a text. */
export interface CredentialForm {
  /** What it is, with an article. */
  readonly what: string;
  /**
   * Matches a text that contains one. Quantifiers follow a fixed anchor, so that hostile text takes linear time. For
   * `x{8,}` the engine stores a state for each character and fails on many megabytes; for `x{8}x*` it stores none.
   */
  readonly pattern: RegExp;
  /** Replaces every such credential in a text. */
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

/** Uses indices instead of one pattern, for which the engine would store a state for each character. */
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

/** The end of a key, or of the text if the key has none. */
function endOfKey(text: string, from: number): number {
  const at = text.indexOf('-----END ', from);
  if (at < 0) return text.length;
  KEY_ENDS.lastIndex = at;
  return at + (KEY_ENDS.exec(text)?.[0].length ?? 0);
}

/**
 * A secret key, but not a model name such as `sk-learn-classifier-v2`. Between hyphens it has 20 characters that are
 * unusual in names, or 20 characters after the prefix of a vendor.
 */
const SECRET_KEY =
  /(?<![\w-])(sk-)(?=(?:proj|ant|svcacct|or-v1)-(?:[\w-]*-)?(?=\w*\d)\w{20}|(?:[\w-]*-)?(?:[0-9a-f]{20}|(?=\w*\d)(?=\w*[A-Z])\w{20}))[\w-]+/g;

/** A signed token starts with two JSON parts. An encrypted token has five parts. */
const JSON_TOKEN =
  /(?<![\w-])eyJ[\w-]{4,4096}\.(?:eyJ[\w-]+\.[\w-]*|[\w-]{0,2048}\.[\w-]{16,64}\.[\w-]+\.[\w-]{16}[\w-]*)/g;

export const CREDENTIAL_FORMS: readonly CredentialForm[] = [
  { what: 'a private key', pattern: KEY_BEGINS, hide: hidePrivateKeys },
  shownAs('a signed token (JWT)', JSON_TOKEN, REDACTED),
  prefixed('an AWS access key', /(?<![A-Za-z0-9])(AKIA|ASIA)[A-Z0-9]{12}[A-Z0-9]*/g),
  prefixed('a GitHub token', /(?<![\w-])(gh[opusr]_|github_pat_)[A-Za-z0-9_]{20}[A-Za-z0-9_]*/g),
  prefixed('a GitLab token', /(?<![\w-])(glpat-)[\w-]{16}[\w-]*/g),
  prefixed('a Hugging Face token', /(?<![\w-])(hf_)[A-Za-z0-9]{16}[A-Za-z0-9]*/g),
  prefixed('an npm token', /(?<![\w-])(npm_)[A-Za-z0-9]{16}[A-Za-z0-9]*/g),
  prefixed('a PyPI token', /(?<![\w-])(pypi-)[\w-]{50}[\w-]*/g),
  prefixed('a Docker Hub token', /(?<![\w-])(dckr_[a-z]{3}_)[\w-]{16}[\w-]*/g),
  prefixed('a Slack token', /(?<![\w-])(xox[abeprs]-)[\w-]{10}[\w-]*/g),
  prefixed('an NVIDIA API key', /(?<![\w-])(nvapi-)[\w-]{20}[\w-]*/g),
  prefixed('a Google API key', /(?<![\w-])(AIza)[\w-]{35}/g),
  prefixed('a secret key', SECRET_KEY),
  shownAs(
    'a secret that CloudFormation resolves to plain text',
    /\{\{resolve:(?:secretsmanager|ssm-secure):[^{}]{0,512}\}\}/g,
    REDACTED,
  ),
];
