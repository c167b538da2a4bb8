interface Event {
  readonly at: number;
  readonly order: number;
  readonly run: (now: number) => void;
}

/** A queue of events by time, then by order of scheduling: a binary heap. */
export class Events {
  private readonly heap: Event[] = [];
  private count = 0;

  /** Schedules an event. One at infinity is ignored. */
  public at(at: number, run: (now: number) => void): void {
    if (at === Number.POSITIVE_INFINITY) return;
    const event = { at, order: this.count++, run };
    let index = this.heap.push(event) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(event, this.heap[parent] as Event)) break;
      this.heap[index] = this.heap[parent] as Event;
      index = parent;
    }
    this.heap[index] = event;
  }

  /** Runs all events. */
  public run(): void {
    for (let next = this.take(); next !== undefined; next = this.take()) next.run(next.at);
  }

  private take(): Event | undefined {
    const [first] = this.heap;
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return first;
    const { length } = this.heap;
    let index = 0;
    for (let child = 1; child < length; child = 2 * index + 1) {
      if (child + 1 < length && isBefore(this.heap[child + 1] as Event, this.heap[child] as Event)) child++;
      if (!isBefore(this.heap[child] as Event, last)) break;
      this.heap[index] = this.heap[child] as Event;
      index = child;
    }
    this.heap[index] = last;
    return first;
  }
}

function isBefore(a: Event, b: Event): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
