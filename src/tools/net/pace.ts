/** The minimum bytes per second, on average over a window. */
const MIN_RATE = 1024;

/**
 * Ends a transfer that is too slow, such as one byte at a time. Only the time of the other side counts, not that of the
 * reader of a stream.
 */
export class Pace {
  private waited = 0;
  private bytes = 0;

  /** The window in milliseconds. */
  constructor(private readonly window: number) {}

  /** Waits for the other side. */
  async during<T>(work: PromiseLike<T>): Promise<T> {
    const started = performance.now();
    try {
      return await work;
    } finally {
      this.waited += performance.now() - started;
    }
  }

  /** Counts bytes, and fails if there were too few in a window. */
  moved(bytes: number): void {
    this.bytes += bytes;
    if (this.waited < this.window) return;
    if (this.bytes < (MIN_RATE * this.waited) / 1000)
      throw timedOut(`less than ${MIN_RATE} bytes per second were received`);
    this.waited = 0;
    this.bytes = 0;
  }

  /** The chunks of a stream, as long as they arrive fast enough. */
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
