import type { PublishEvent, Report } from '../artifact/artifact';

/** Counts what went over the wire, what had to be sent again included. */
export class SentBytes {
  bytes = 0;

  constructor(private readonly inner: Report) {}

  readonly report = (event: PublishEvent): void => {
    if (event.event === 'sent') this.bytes += event.bytes;
    this.inner(event);
  };
}
