import { oneLine } from '../../private/credentials/redact';
import type { HashEvent, PackageEvent, PublishEvent } from '../artifact/artifact';
import { clean, type OutputStream, Printer, stderr } from './output';

/** An event of a long-running operation. */
export type ProgressEvent = HashEvent | PackageEvent | PublishEvent;

/** Shows the progress of an operation. */
export interface Progress {
  report(event: ProgressEvent): void;
  /** Removes the bar, or writes the events that are still pending. */
  end(): void;
}

/** A bar on a terminal, and one JSON line for each event anywhere else. */
export function createProgress(stream?: OutputStream, now = () => performance.now()): Progress {
  const printer = stream === undefined ? stderr : new Printer(stream);
  return printer.isTerminal ? new Bar(printer, now) : new Lines(printer, now);
}

/** The minimum time between two updates of the bar, and between two lines about the same part. */
const BAR_MILLISECONDS = 100;
const LINE_MILLISECONDS = 1000;

/** The rate is that of the last seconds, so that a stall is visible. */
const RATE_MILLISECONDS = 5000;

class Bar implements Progress {
  private title = '';
  private total = 0;
  /** The finished bytes of each part. */
  private readonly parts = new Map<string, number>();
  private samples: { readonly at: number; readonly moved: number }[] = [];
  private moved = 0;
  private drawnAt = Number.NEGATIVE_INFINITY;
  private drawn = false;

  constructor(
    private readonly printer: Printer,
    private readonly now: () => number,
  ) {}

  public report(event: ProgressEvent): void {
    switch (event.event) {
      case 'hash':
      case 'start':
        this.begin(`${event.event === 'hash' ? 'reading' : 'publishing'} ${event.artifact}`, event.bytes);
        break;
      case 'package':
        this.status(`${event.artifact}: ${event.step} ${event.package}`);
        break;
      case 'read':
      case 'sent':
        this.moved += event.bytes;
        this.parts.set(event.part, (this.parts.get(event.part) ?? 0) + event.bytes);
        this.draw();
        break;
      case 'retry':
        this.parts.set(event.part, event.kept ?? 0);
        this.line(
          `${event.part.slice(0, 19)}: ${oneLine(clean(event.reason))}; retrying in ${duration(event.waitSeconds)}`,
        );
        break;
      case 'unchanged':
      case 'present':
      case 'mounted':
      case 'done':
        this.parts.set(event.part, event.bytes);
        this.draw();
        break;
      case 'destination':
        this.line(`${event.artifact}: publishing to ${event.to}`);
        break;
      case 'hashed':
        this.line(`${event.artifact}: ${size(event.bytes)} read, ${event.digest}`);
        break;
      case 'published':
        this.line(`${event.artifact}: ${size(event.bytesSent)} sent, ${event.reference}`);
    }
  }

  public end(): void {
    this.clear();
  }

  private begin(title: string, total: number): void {
    this.title = oneLine(title);
    this.total = total;
    this.parts.clear();
    this.moved = 0;
    this.samples = [{ at: this.now(), moved: 0 }];
    this.drawnAt = Number.NEGATIVE_INFINITY;
    this.draw();
  }

  private draw(): void {
    const at = this.now();
    if (at - this.drawnAt < BAR_MILLISECONDS) return;
    this.drawnAt = at;
    this.samples.push({ at, moved: this.moved });
    while (this.samples.length > 2 && at - (this.samples[1]?.at ?? at) > RATE_MILLISECONDS) this.samples.shift();
    const { at: since, moved } = this.samples[0] as (typeof this.samples)[number];
    const rate = at > since ? ((this.moved - moved) * 1000) / (at - since) : 0;
    const done = Math.min(this.total, sum(this.parts.values()));
    this.clear();
    this.printer.exact(renderBar(this.title, { done, total: this.total, rate }, this.printer.columns - 1));
    this.drawn = true;
  }

  /** Shows a step whose size is unknown, in place of the bar. */
  private status(text: string): void {
    this.clear();
    this.printer.exact(oneLine(text).slice(0, Math.max(this.printer.columns - 1, 0)));
    this.drawn = true;
  }

  /** Writes a line above the bar. */
  private line(text: string): void {
    this.clear();
    this.printer.exact(`${text}\n`);
    this.drawnAt = Number.NEGATIVE_INFINITY;
  }

  private clear(): void {
    if (this.drawn) this.printer.clearLine();
    this.drawn = false;
  }
}

/** The bar as text of at most `columns` columns; what does not fit is cut off on the left. */
export function renderBar(
  title: string,
  state: { readonly done: number; readonly total: number; readonly rate: number },
  columns: number,
): string {
  const { done, total, rate } = state;
  const share = total === 0 ? 1 : done / total;
  const left = rate > 0 ? `${duration((total - done) / rate)} left` : '';
  const numbers = [`${size(done)} of ${size(total)}`, rate > 0 ? `${size(rate)}/s` : '', left]
    .filter((text) => text !== '')
    .join('  ');
  const room = Math.min(30, columns - title.length - numbers.length - 6);
  if (room < 5) return `${title}  ${numbers}`.slice(-Math.max(columns, 0));
  const filled = Math.floor(share * room);
  return `${title}  [${'#'.repeat(filled)}${'-'.repeat(room - filled)}]  ${numbers}`;
}

class Lines implements Progress {
  /** The bytes of each part since its last line. */
  private readonly pending = new Map<string, { at: number; kind: 'read' | 'sent'; bytes: number }>();

  constructor(
    private readonly printer: Printer,
    private readonly now: () => number,
  ) {}

  public report(event: ProgressEvent): void {
    if (event.event !== 'read' && event.event !== 'sent') {
      if ('part' in event) this.flush(event.part);
      else this.end();
      this.write(event);
      return;
    }
    const pending = this.pending.get(event.part) ?? { at: this.now(), kind: event.event, bytes: 0 };
    pending.bytes += event.bytes;
    this.pending.set(event.part, pending);
    if (this.now() - pending.at >= LINE_MILLISECONDS) this.flush(event.part);
  }

  public end(): void {
    for (const part of [...this.pending.keys()]) this.flush(part);
  }

  private flush(part: string): void {
    const pending = this.pending.get(part);
    this.pending.delete(part);
    if (pending !== undefined) this.write({ event: pending.kind, part, bytes: pending.bytes });
  }

  private write(event: ProgressEvent): void {
    this.printer.json('reason' in event ? { ...event, reason: clean(event.reason) } : event);
  }
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'];

/** Formats bytes in powers of 1000, as disks and networks count them. */
export function size(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  return `${power === 0 ? Math.round(bytes) : (bytes / 1000 ** power).toFixed(1)} ${UNITS[power]}`;
}

/** Formats a duration. */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
