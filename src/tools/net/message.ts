import type { IncomingHttpHeaders } from 'node:http';

/** A request. Its body, if it has one, can be read only once. */
export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  /** The address whose response contained this one. @default - none: the user configured it */
  readonly from?: URL;
  /** The addresses that redirected to this one, in order. @default - none */
  readonly via?: readonly URL[];
  readonly headers?: Record<string, string>;
  /** Bytes, or a stream of exactly `length` bytes. */
  readonly body?: Buffer | { readonly length: number; readonly chunks: AsyncIterable<Buffer> };
  /** Called with the number of bytes after each write of the body. */
  readonly onSent?: (bytes: number) => void;
}

/** A response whose body is streamed. */
export interface HttpStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** The address of the response, after redirects. */
  readonly url: URL;
  readonly chunks: AsyncIterable<Buffer>;
}

/** A response with its whole body. */
export interface HttpResponse extends Omit<HttpStream, 'chunks'> {
  readonly body: Buffer;
}
