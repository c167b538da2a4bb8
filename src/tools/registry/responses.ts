import { oneLine } from '../../private/credentials/redact';
import { readJsonObject } from '../../private/json';
import { isObject } from '../../private/kinds';
import type { HttpResponse } from '../net/message';
import { retryAfter } from '../net/retry';
import { StoreError, type StoreErrorCode } from '../net/store-error';

/** What a request to a registry was for, as shown in errors. */
export interface Purpose {
  readonly registry: string;
  readonly repository: string;
  /** What was being done, as in `cannot <action>`. */
  readonly action: string;
}

interface RegistryErrors {
  readonly codes: string[];
  readonly text: string;
}

/** One row: which responses have this meaning, and what the user can do about it. The first match applies. */
interface Meaning {
  readonly code: StoreErrorCode;
  readonly when: (status: number, errors: RegistryErrors) => boolean;
  readonly remedy: (purpose: Purpose) => string;
}

const FULL =
  /no space left|disk (is )?full|disk quota|ENOSPC|insufficient storage|quota exceeded|exceeded.{0,40}quota/i;
const MISSING_BLOB = ['MANIFEST_BLOB_UNKNOWN', 'BLOB_UNKNOWN', 'LAYERS_NOT_FOUND'];

const MEANINGS: readonly Meaning[] = [
  {
    code: 'StoreFull',
    when: (status, { text }) => status === 507 || FULL.test(text),
    remedy: () => 'free or add storage space, then run the command again to resume',
  },
  {
    code: 'TokenExpired',
    when: (status, { text }) => [400, 401, 403].includes(status) && /expired/i.test(text),
    remedy: ({ registry }) => `sign in again with 'docker login ${registry}'`,
  },
  {
    code: 'ImmutableTag',
    when: (status, { text }) => status === 412 || ([400, 403, 409].includes(status) && /immutable/i.test(text)),
    remedy: () => 'omit --tag or choose another tag; published content is always available by its digest',
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
    remedy: () => 'this exceeds a limit of the registry or of a proxy in front of it; raise that limit',
  },
  {
    code: 'DigestMismatch',
    when: (_, { codes }) => codes.includes('DIGEST_INVALID'),
    remedy: () =>
      'the content changed in transit or on disk; run the command again, or `serving lock` first if a file was edited',
  },
  {
    code: 'NotFound',
    when: (_, { codes }) => codes.some((code) => MISSING_BLOB.includes(code)),
    remedy: () => 'the registry lost content that it had confirmed; run the command again',
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
    remedy: () => 'set a user and password for the proxy, as in HTTPS_PROXY=http://user:password@host',
  },
  {
    code: 'AccessDenied',
    when: (status) => status === 401 || status === 403,
    remedy: ({ registry }) => `request permission, or sign in as a user who has it with 'docker login ${registry}'`,
  },
  {
    code: 'TooManyRequests',
    when: (status) => status === 429,
    remedy: () => 'wait a while, then run the command again to resume',
  },
  { code: 'NotFound', when: (status) => status === 404, remedy: () => 'check the name in --to' },
  {
    code: 'StoreFailed',
    when: (status) => status >= 500 || status === 408 || status === 425,
    remedy: () => 'check the registry log, and run the command again later to resume',
  },
  {
    code: 'UnexpectedAnswer',
    when: (status) => status < 400,
    remedy: () => 'check the address and the proxy settings',
  },
  { code: 'StoreRefused', when: () => true, remedy: () => 'see the response of the registry' },
];

/** The error for a response that the caller does not accept. */
export function explainResponse(response: HttpResponse, purpose: Purpose): StoreError {
  const errors = readErrors(response.body);
  const { code, remedy } = MEANINGS.find(({ when }) => when(response.status, errors)) as Meaning;
  const reported = errors.text === '' ? '' : `, '${errors.text.slice(0, 300)}'`;
  const name = `${purpose.registry}/${purpose.repository}`;
  const page = isPage(response) ? '; the response is an HTML page, probably from a proxy or a website' : '';
  return new StoreError(
    code,
    `cannot ${purpose.action} (${name} returned ${response.status}${reported}${page}); ${remedy(purpose)}`,
    retryAfter(response.headers),
  );
}

/** Whether a registry rejected a manifest because it does not see content yet that was just uploaded. */
export function lagsBehind(response: HttpResponse): boolean {
  const { codes, text } = readErrors(response.body);
  return (
    (response.status === 404 || response.status === 400) &&
    (codes.some((code) => MISSING_BLOB.includes(code) || code === 'MANIFEST_UNKNOWN') ||
      /blob unknown|layers? .*not found/i.test(text))
  );
}

/** Whether a response is a web page. */
export function isPage({ headers }: HttpResponse): boolean {
  return /^text\/html/i.test(String(headers['content-type'] ?? ''));
}

/** Errors in the format of the distribution specification; any other text as is, without control characters. */
function readErrors(body: Buffer): RegistryErrors {
  const listed = readJsonObject(body)?.errors;
  if (Array.isArray(listed)) {
    const errors = listed.filter(isObject);
    return {
      codes: errors.map(({ code }) => String(code)),
      text: oneLine(errors.map(({ code, message, detail }) => describeError(code, message, detail)).join(', ')),
    };
  }
  // Not every response comes from a registry.
  const raw = body.toString('utf8');
  return { codes: [], text: /^\s*</.test(raw) ? '' : oneLine(raw) };
}

function describeError(code: unknown, message: unknown, detail: unknown): string {
  const more =
    detail === undefined || detail === null ? '' : ` ${typeof detail === 'string' ? detail : JSON.stringify(detail)}`;
  return `${code}: ${message ?? ''}${more.slice(0, 200)}`;
}
