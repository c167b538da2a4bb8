import type { PublishEvent, Report } from '../artifact/artifact';

/** Counts the bytes sent, including retries. */
export class SentBytes {
  bytes = 0;

  constructor(private readonly inner: Report) {}

  readonly report = (event: PublishEvent): void => {
    if (event.event === 'sent') this.bytes += event.bytes;
    this.inner(event);
  };
}
