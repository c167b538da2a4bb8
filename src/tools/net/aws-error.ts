import { CommandError } from '../command-line/command-error';
import { explainNetworkError } from './network-error';
import { StoreError, type StoreErrorCode } from './store-error';

/** What an error of an AWS service means for the user: its code here, and what to do. */
export interface AwsMeaning {
  readonly code: StoreErrorCode;
  readonly remedy: string;
}

export const SIGN_IN = 'sign in to AWS again (for example `aws sso login`), or check AWS_PROFILE and the keys';
export const LATER = 'run the command again later to resume';

/** Errors that every service may return. */
export const COMMON_MEANINGS: Readonly<Record<string, AwsMeaning>> = {
  CredentialsProviderError: { code: 'CredentialsMissing', remedy: SIGN_IN },
  ExpiredToken: { code: 'TokenExpired', remedy: SIGN_IN },
  ExpiredTokenException: { code: 'TokenExpired', remedy: SIGN_IN },
  IncompleteSignature: { code: 'AccessDenied', remedy: SIGN_IN },
  InvalidClientTokenId: { code: 'AccessDenied', remedy: SIGN_IN },
  InvalidSignatureException: { code: 'AccessDenied', remedy: `check the clock of this machine; ${SIGN_IN}` },
  ThrottlingException: { code: 'TooManyRequests', remedy: LATER },
  TooManyRequestsException: { code: 'TooManyRequests', remedy: LATER },
  UnrecognizedClientException: { code: 'AccessDenied', remedy: SIGN_IN },
};

/** The name of a service error. */
export function nameOf(error: unknown): string {
  return (error as { name?: string } | undefined)?.name ?? '';
}

/** Converts an error of an AWS client into one of ours, with the message of the service in it. */
export function explainAwsError(
  error: unknown,
  context: {
    readonly service: string;
    readonly meanings: Readonly<Record<string, AwsMeaning>>;
    /** What was being done, as in `cannot <action>`. */
    readonly action: string;
    readonly host: string;
  },
): Error {
  if (error instanceof CommandError) return error;
  const { service, meanings, action, host } = context;
  const invalid = settingsError(error);
  if (invalid !== undefined) return invalid;
  const { name, message, $metadata, $response } = error as AwsError;
  const status = $response?.statusCode ?? $metadata?.httpStatusCode;
  const meaning = Object.hasOwn(meanings, name) ? meanings[name] : byStatus(status, service, name);
  if (meaning === undefined) return explainNetworkError(asNetworkError(error), new URL(`https://${host}`), undefined);
  // A response without a body, as to HEAD, has no error name.
  const reported = name === 'Unknown' ? `status ${status}` : [name, message].filter(Boolean).join(': ').slice(0, 500);
  return new StoreError(meaning.code, `cannot ${action} (${reported}); ${meaning.remedy}`);
}

/** Settings that prevent the client from sending requests. */
function settingsError(error: unknown): StoreError | undefined {
  const { message, code } = error as Error & { code?: string };
  if (/^Region (is missing|not accepted)/.test(message))
    return new StoreError(
      'AwsSettings',
      `no valid AWS region is configured (${message}); set AWS_REGION, or use a profile with a region`,
    );
  if (code === 'ERR_INVALID_URL' || message === 'Invalid URL')
    return new StoreError(
      'AwsSettings',
      'the AWS endpoint is not a URL; correct AWS_ENDPOINT_URL or the endpoint variable of the service',
    );
  return undefined;
}

type AwsError = Error & { $metadata?: { httpStatusCode?: number }; $response?: { statusCode?: number } };

function byStatus(status: number | undefined, service: string, name: string): AwsMeaning | undefined {
  if (status === undefined) {
    // The client cannot parse the response.
    return name === 'SyntaxError' || name === 'TypeError' ? unreadable(service) : undefined;
  }
  if (status === 403)
    return { code: 'AccessDenied', remedy: 'allow this in the policies of the identity and of the store' };
  if (status === 429) return { code: 'TooManyRequests', remedy: LATER };
  if (status === 507) return { code: 'StoreFull', remedy: 'free or add storage space, then run the command again' };
  if (status >= 500) return { code: 'StoreFailed', remedy: LATER };
  if (status < 400) return unreadable(service);
  return { code: 'StoreRefused', remedy: `see the response of ${service}` };
}

function unreadable(service: string): AwsMeaning {
  return {
    code: 'UnexpectedAnswer',
    remedy: `the response is not from ${service}, but probably from a proxy; check HTTPS_PROXY and NO_PROXY`,
  };
}

/** The client throws `TimeoutError` where Node has a code. */
function asNetworkError(error: unknown): unknown {
  const { name, message, code } = error as Error & { code?: string };
  return name === 'TimeoutError' && code === undefined
    ? Object.assign(new Error(message), { code: 'ETIMEDOUT' })
    : error;
}
