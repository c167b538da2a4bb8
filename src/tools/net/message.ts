import type { IncomingHttpHeaders } from 'node:http';

/** A request whose body, if it has one, can be read once. */
export interface HttpRequest {
  readonly method: string;
  readonly url: URL;
  /** The address that named this one. @default - none, the user did */
  readonly from?: URL;
  /** The addresses that redirected to this one, in their order. @default - none */
  readonly via?: readonly URL[];
  readonly headers?: Record<string, string>;
  /** Bytes, or a stream of exactly `length` bytes. */
  readonly body?: Buffer | { readonly length: number; readonly chunks: AsyncIterable<Buffer> };
  /** Hears how many more bytes of the body were handed over. */
  readonly onSent?: (bytes: number) => void;
}

/** The first part of an answer, and its body as it comes. */
export interface HttpStream {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Where the answer came from, after redirects. */
  readonly url: URL;
  readonly chunks: AsyncIterable<Buffer>;
}

/** An answer that was read to its end. */
export interface HttpResponse extends Omit<HttpStream, 'chunks'> {
  readonly body: Buffer;
}
