/** A credential that can be told by its form, wherever in a text it stands. */
export interface CredentialForm {
  /** What it is, with its article. */
  readonly what: string;
  /** Global. Quantifiers follow a fixed anchor, so that hostile text costs linear time. */
  readonly pattern: RegExp;
  /** What is shown instead. */
  readonly replacement: string;
}

/** What stands in the place of a credential. */
export const REDACTED = '***';

const prefixed = (what: string, pattern: RegExp): CredentialForm => ({ what, pattern, replacement: `$1${REDACTED}` });

export const CREDENTIAL_FORMS: readonly CredentialForm[] = [
  {
    what: 'a private key',
    pattern: /-----BEGIN ([A-Z0-9 ]{0,40})PRIVATE KEY-----(?:(?!-----END )[\s\S])*(?:-----END [A-Z0-9 ]{0,40}-----)?/g,
    replacement: `-----BEGIN $1PRIVATE KEY----- ${REDACTED}`,
  },
  {
    what: 'a signed token (JWT)',
    pattern: /(?<![\w-])eyJ[\w-]{4,}(?:\.[\w-]*){2,4}/g,
    replacement: REDACTED,
  },
  prefixed('an access key of AWS', /(?<![A-Za-z0-9])(AKIA|ASIA)[A-Z0-9]{12,}/g),
  prefixed('a token of GitHub', /(?<![\w-])(gh[opusr]_|github_pat_)[A-Za-z0-9_]{20,}/g),
  prefixed('a token of GitLab', /(?<![\w-])(glpat-)[\w-]{16,}/g),
  prefixed('a token of Hugging Face', /(?<![\w-])(hf_)[A-Za-z0-9]{16,}/g),
  prefixed('a token of npm', /(?<![\w-])(npm_)[A-Za-z0-9]{16,}/g),
  prefixed('a token of PyPI', /(?<![\w-])(pypi-)[\w-]{50,}/g),
  prefixed('a token of Docker Hub', /(?<![\w-])(dckr_[a-z]{3}_)[\w-]{16,}/g),
  prefixed('a token of Slack', /(?<![\w-])(xox[abeprs]-)[\w-]{10,}/g),
  prefixed('a key of NVIDIA', /(?<![\w-])(nvapi-)[\w-]{20,}/g),
  prefixed('a key of Google', /(?<![\w-])(AIza)[\w-]{35}/g),
  prefixed('a secret key', /(?<![\w-])(sk-)[\w-]{20,}/g),
  {
    what: 'a secret that CloudFormation writes out',
    pattern: /\{\{resolve:(?:secretsmanager|ssm-secure):[^}]*\}\}/g,
    replacement: REDACTED,
  },
];
