import { MAX_CONNECTIONS } from './guards';

/** The part of a buffer that the headers of a client cannot use, in bytes, because the router adds headers. */
const REWRITE_BYTES = 1024;

/**
 * The size of a buffer in bytes. One buffer contains the whole head of a request: 64 KiB, as behind an Application Load
 * Balancer.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
 */
const BUFFER_BYTES = 64 * 1024 + REWRITE_BYTES;

/**
 * The maximum number of buffers: one for each connection whose head is incomplete, so that these cannot block others, and
 * 2,000 for active requests, which hold up to four of them while data waits to be sent.
 */
const MAX_BUFFERS = MAX_CONNECTIONS + 2000;

/**
 * The maximum number of headers of a request or a response. An Application Load Balancer has no such limit; the default of
 * HAProxy is 101. A thread keeps two lists of as many headers, of 32 bytes each, on its stack, which has 128 KiB on Alpine Linux.
 */
const MAX_HEADERS = 500;

/** The memory in MiB that all buffers can use. Idle connections have none. */
export const MAX_BUFFERS_MIB = Math.ceil((MAX_BUFFERS * BUFFER_BYTES) / 1024 ** 2);

/** The settings of the buffers. */
export function renderBuffers(): string[] {
  return [
    `  # Heads of requests have up to 64 KiB. Buffers are allocated on demand and use at most ${MAX_BUFFERS_MIB} MiB.`,
    `  tune.bufsize ${BUFFER_BYTES}`,
    `  tune.maxrewrite ${REWRITE_BYTES}`,
    `  tune.http.maxhdr ${MAX_HEADERS}`,
    `  tune.buffers.limit ${MAX_BUFFERS}`,
  ];
}
