import { createHash } from 'node:crypto';

/** The `Sec-WebSocket-Accept` for the key of a handshake. RFC 6455, section 4.2.2. */
export function acceptOf(key = ''): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

/** An arbitrary key. */
export const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
