/** Raw HTTP/2 frames, for clients that start HTTP/2 without negotiation. RFC 9113, RFC 7541. */

const PREFACE = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';
const [HEADERS, SETTINGS] = [1, 4];
const END_HEADERS_AND_STREAM = 5;

const bytes = (...values: number[]) => String.fromCharCode(...values);

function frame(type: number, flags: number, stream: number, payload: string): string {
  const { length } = payload;
  return bytes(length >> 16, length >> 8, length & 255, type, flags, 0, 0, 0, stream) + payload;
}

/** A header without a table: a literal without indexing, with a new name. */
function literal(name: string, value: string): string {
  return bytes(0, name.length) + name + bytes(value.length) + value;
}

/** Everything that a client with prior knowledge sends: its preface, and one request on stream 3. */
export function http2(method: string, path: string, pseudo: Readonly<Record<string, string>> = {}): string {
  const fields = { ':method': method, ':scheme': 'http', ':path': path, ':authority': 'any.example', ...pseudo };
  const block = Object.entries(fields)
    .map(([name, value]) => literal(name, value))
    .join('');
  return PREFACE + frame(SETTINGS, 0, 0, '') + frame(HEADERS, END_HEADERS_AND_STREAM, 3, block);
}

/** The value of `HTTP2-Settings` in an upgrade: all defaults. */
export const HTTP2_SETTINGS = 'AAMAAABkAAQCAAAAAAIAAAAA';
