import { oneLine } from '../../private/credentials/redact';
import { readJsonObject } from '../../private/json';
import { isObject } from '../../private/kinds';
import type { HttpResponse } from '../net/message';
import { retryAfter } from '../net/retry';
import { StoreError, type StoreErrorCode } from '../net/store-error';

/** What was asked of a registry, as words for an error: `PUT manifest sha256:… of localhost:5000/models`. */
export interface Question {
  readonly registry: string;
  readonly repository: string;
  /** What was being done, as in `cannot <action>`. */
  readonly action: string;
}

interface RegistryErrors {
  readonly codes: string[];
  readonly text: string;
}

/** One row: when an answer means this, and what the user can do about it. The first that fits is taken. */
interface Meaning {
  readonly code: StoreErrorCode;
  readonly when: (status: number, errors: RegistryErrors) => boolean;
  readonly remedy: (question: Question) => string;
}

const FULL =
  /no space left|disk (is )?full|disk quota|ENOSPC|insufficient storage|quota exceeded|exceeded.{0,40}quota/i;
const MISSING_BLOB = ['MANIFEST_BLOB_UNKNOWN', 'BLOB_UNKNOWN', 'LAYERS_NOT_FOUND'];

const MEANINGS: readonly Meaning[] = [
  {
    code: 'StoreFull',
    when: (status, { text }) => status === 507 || FULL.test(text),
    remedy: () => 'free or add space there and run the command again, it resumes where it stopped',
  },
  {
    code: 'TokenExpired',
    when: (status, { text }) => [400, 401, 403].includes(status) && /expired/i.test(text),
    remedy: ({ registry }) => `sign in again with 'docker login ${registry}'`,
  },
  {
    code: 'ImmutableTag',
    when: (status, { text }) => status === 412 || ([400, 403, 409].includes(status) && /immutable/i.test(text)),
    remedy: () => 'leave --tag out or choose another tag; published content is always available by its digest',
  },
  {
    code: 'RepositoryMissing',
    when: (status, { codes }) =>
      status === 404 && codes.some((code) => code === 'NAME_UNKNOWN' || code === 'NAME_INVALID'),
    remedy: () => 'create it, check its name in --to, or use --create-repository for ECR',
  },
  {
    code: 'LimitExceeded',
    when: (status, { text }) =>
      status === 413 || /limit on number of|too large|exceeds? the (maximum|limit)/i.test(text),
    remedy: () => 'it exceeds a limit of the registry or of a proxy in front of it; raise that limit',
  },
  {
    code: 'DigestMismatch',
    when: (_, { codes }) => codes.includes('DIGEST_INVALID'),
    remedy: () =>
      'the bytes were changed on the way or on the disk; run the command again, and `serving lock` if a file was changed',
  },
  {
    code: 'NotFound',
    when: (_, { codes }) => codes.some((code) => MISSING_BLOB.includes(code)),
    remedy: () => 'the registry lost what it had confirmed; run the command again',
  },
  {
    code: 'ManifestRejected',
    when: (status, { codes }) =>
      codes.some((code) => /^(MANIFEST_|UNSUPPORTED|TAG_INVALID)/.test(code) && code !== 'MANIFEST_UNKNOWN') ||
      status === 405,
    remedy: () => 'the registry does not support this kind of image; it must support OCI image indexes',
  },
  {
    code: 'ProxyFailed',
    when: (status) => status === 407,
    remedy: () => 'set a user and a password for the proxy, as in HTTPS_PROXY=http://user:password@host',
  },
  {
    code: 'AccessDenied',
    when: (status) => status === 401 || status === 403,
    remedy: ({ registry }) => `request the permission, or sign in as a user who has it with 'docker login ${registry}'`,
  },
  {
    code: 'TooManyRequests',
    when: (status) => status === 429,
    remedy: () => 'wait a while and run the command again, it resumes where it stopped',
  },
  { code: 'NotFound', when: (status) => status === 404, remedy: () => 'check the name in --to' },
  {
    code: 'StoreFailed',
    when: (status) => status >= 500 || status === 408 || status === 425,
    remedy: () => 'look at its log; run the command again later, it resumes where it stopped',
  },
  {
    code: 'UnexpectedAnswer',
    when: (status) => status < 400,
    remedy: () => 'check the address and the proxy settings',
  },
  { code: 'StoreRefused', when: () => true, remedy: () => 'the answer of the registry contains the reason' },
];

/** The error that an unwelcome answer means. */
export function explainAnswer(response: HttpResponse, question: Question): StoreError {
  const errors = readErrors(response.body);
  const { code, remedy } = MEANINGS.find(({ when }) => when(response.status, errors)) as Meaning;
  const said = errors.text === '' ? '' : `, '${errors.text.slice(0, 300)}'`;
  const name = `${question.registry}/${question.repository}`;
  const page = isPage(response) ? '; the answer is an HTML page, probably of a proxy or a web site' : '';
  return new StoreError(
    code,
    `cannot ${question.action} (${name} answers ${response.status}${said}${page}); ${remedy(question)}`,
    retryAfter(response.headers),
  );
}

/** Whether a registry refused a manifest because it does not know yet what was just given to it. */
export function lagsBehind(response: HttpResponse): boolean {
  const { codes, text } = readErrors(response.body);
  return (
    (response.status === 404 || response.status === 400) &&
    (codes.some((code) => MISSING_BLOB.includes(code) || code === 'MANIFEST_UNKNOWN') ||
      /blob unknown|layers? .*not found/i.test(text))
  );
}

/** Whether an answer is a page for people. */
export function isPage({ headers }: HttpResponse): boolean {
  return /^text\/html/i.test(String(headers['content-type'] ?? ''));
}

/** The errors in the form of the distribution specification; any other text as it is, without control characters. */
function readErrors(body: Buffer): RegistryErrors {
  const listed = readJsonObject(body)?.errors;
  if (Array.isArray(listed)) {
    const errors = listed.filter(isObject);
    return {
      codes: errors.map(({ code }) => String(code)),
      text: oneLine(errors.map(({ code, message, detail }) => wordsOf(code, message, detail)).join(', ')),
    };
  }
  // Not every answer comes from a registry.
  const raw = body.toString('utf8');
  return { codes: [], text: /^\s*</.test(raw) ? '' : oneLine(raw) };
}

function wordsOf(code: unknown, message: unknown, detail: unknown): string {
  const more =
    detail === undefined || detail === null ? '' : ` ${typeof detail === 'string' ? detail : JSON.stringify(detail)}`;
  return `${code}: ${message ?? ''}${more.slice(0, 200)}`;
}
