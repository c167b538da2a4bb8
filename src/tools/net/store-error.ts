import { CommandError, FAILED } from '../command-line/command-error';

/** The store could not be reached or failed for now: the same command may work later, and goes on where it was. */
export const STORE_FAILED = 4;

/** What can go wrong between this machine and a store: whether somebody must act, or waiting may help. */
const EXIT_CODES = {
  AccessDenied: FAILED,
  AwsSettings: FAILED,
  CredentialHelperFailed: FAILED,
  CredentialsMissing: FAILED,
  DigestMismatch: FAILED,
  ImmutableTag: FAILED,
  LimitExceeded: FAILED,
  ManifestRejected: FAILED,
  NotARegistry: FAILED,
  NotFound: FAILED,
  ProxyFailed: FAILED,
  RepositoryMissing: FAILED,
  StoreRefused: FAILED,
  TlsFailed: FAILED,
  TokenExpired: FAILED,
  UntrustedAddress: FAILED,
  ConnectionLost: STORE_FAILED,
  StoreFailed: STORE_FAILED,
  StoreFull: STORE_FAILED,
  TooManyRequests: STORE_FAILED,
  UnexpectedAnswer: STORE_FAILED,
  Unreachable: STORE_FAILED,
} as const;

/** The stable first word of an error of a store. */
export type StoreErrorCode = keyof typeof EXIT_CODES;

/** An error of a registry or of object storage, in the form of all errors: `[Code] what is wrong; what to do`. */
export class StoreError extends CommandError {
  constructor(
    public readonly code: StoreErrorCode,
    message: string,
    /** The milliseconds that the store asks to wait, where it does. */
    public readonly retryAfter?: number,
  ) {
    super(`[${code}] ${message}`, EXIT_CODES[code]);
  }
}
