import { CommandError } from '../command-line/command-error';
import { StoreError, type StoreErrorCode } from './store-error';

const TLS = /^(CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|ERR_TLS|ERR_SSL|EPROTO|HOSTNAME_MISMATCH)/;
const UNREACHABLE: Record<string, string> = {
  ECONNREFUSED: 'the connection was refused; check the address and that the store is running',
  ENOTFOUND: 'unknown host; check the name',
  EAI_AGAIN: 'the name could not be resolved; check the network and the name',
  EHOSTUNREACH: 'no route to the host; check the network',
  ENETUNREACH: 'no route to the host; check the network',
};
const LOST = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE']);

/** Converts a network error of Node into one of ours. Other errors are returned unchanged. */
export function explainNetworkError(error: unknown, url: URL, proxy: URL | undefined): Error {
  if (error instanceof CommandError) return error;
  const { code = '', message } = error as { code?: string; message: string };
  const where = proxy === undefined ? url.host : `${url.host} through the proxy ${proxy.host}`;
  if (TLS.test(code)) return tlsError(where, code, message);
  if (code in UNREACHABLE)
    return new StoreError('Unreachable', `${where} cannot be reached (${code}): ${UNREACHABLE[code]}`);
  if (LOST.has(code)) return lost(where, `${code}: ${message}`);
  if (code.startsWith('HPE_')) return notHttp(where, code);
  return error as Error;
}

function tlsError(where: string, code: string, message: string): StoreError {
  // OpenSSL reports these when the server responds in plain text.
  const plain = /wrong version number|packet length too long|record layer/i.test(message);
  const remedy = plain
    ? 'the server does not use TLS; use --plain-http if this is intended'
    : 'trust its certificate with NODE_EXTRA_CA_CERTS=<file>, or replace it';
  return new StoreError('TlsFailed', `no secure connection to ${where} (${code}); ${remedy}`);
}

function lost(where: string, reason: string): StoreError {
  return new StoreError(
    'ConnectionLost',
    `the connection to ${where} was lost (${reason}); run the command again to resume`,
  );
}

function notHttp(where: string, code: string): StoreError {
  return new StoreError(
    'UnexpectedAnswer',
    `the response of ${where} is not HTTP (${code}); check the address and the proxy`,
  );
}

/** The error for a proxy that does not open a tunnel. */
export function proxyRefusal(status: number, text: string): StoreError {
  const remedy =
    status === 407
      ? 'set a user and password for it, as in HTTPS_PROXY=http://user:password@host'
      : 'correct HTTPS_PROXY, or exclude the store with NO_PROXY';
  return new StoreError('ProxyFailed', `the proxy returned ${`${status} ${text}`.trim()}; ${remedy}`);
}

/** Errors after which the same request may succeed. */
const RETRYABLE: ReadonlySet<StoreErrorCode> = new Set([
  'ConnectionLost',
  'StoreFailed',
  'TooManyRequests',
  'UnexpectedAnswer',
  'Unreachable',
]);

export function isRetryable(error: unknown): error is StoreError {
  return error instanceof StoreError && RETRYABLE.has(error.code);
}
