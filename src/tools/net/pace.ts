/** The least bytes in a second, on average over a window, that count as progress. */
const LEAST_RATE = 1024;

/**
 * Ends a transfer that goes on for ever a byte at a time. Only the time that the other side takes counts, not that of the
 * reader of a stream.
 */
export class Pace {
  private waited = 0;
  private bytes = 0;

  /** The window in milliseconds. */
  constructor(private readonly window: number) {}

  /** Waits for the other side. */
  async during<T>(work: PromiseLike<T>): Promise<T> {
    const begun = performance.now();
    try {
      return await work;
    } finally {
      this.waited += performance.now() - begun;
    }
  }

  /** Counts bytes, and fails when a window had too few of them. */
  moved(bytes: number): void {
    this.bytes += bytes;
    if (this.waited < this.window) return;
    if (this.bytes < (LEAST_RATE * this.waited) / 1000) throw timedOut(`less than ${LEAST_RATE} bytes a second came`);
    this.waited = 0;
    this.bytes = 0;
  }

  /** The chunks of a stream, for as long as they come fast enough. */
  async *watch(stream: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
    const chunks = stream[Symbol.asyncIterator]();
    try {
      for (;;) {
        const { done, value } = await this.during(chunks.next());
        if (done) return;
        this.moved(value.length);
        yield value;
      }
    } finally {
      await chunks.return?.();
    }
  }
}

export function timedOut(message = 'nothing was received for too long'): Error {
  return Object.assign(new Error(message), { code: 'ETIMEDOUT' });
}
