import { styleText } from 'node:util';
import { printable, printableJson, redact, secretsOf } from '../../private/credentials/redact';
import type { Line, Style } from '../../report/layout';
import { textOf } from '../../report/text';
import { asCalled } from './invocation';

/** The target of output: a terminal, a pipe, or a list in a test. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** The format of each style on a terminal with colors. */
const FORMATS = {
  title: 'bold',
  heading: 'dim',
  good: 'green',
  warning: 'yellow',
  refused: 'red',
} as const satisfies { readonly [style in Style]: Parameters<typeof styleText>[0] };

/** Moves to the beginning of the line and clears it. */
const CLEAR_LINE = '\r\u001b[K';

/**
 * Writes to a terminal, a log or a pipe; nothing else does. It removes control sequences, because much of the text comes from
 * registries, file names, lock files and other programs. Credentials are redacted in sentences, but not in values that people
 * compare or programs read: a redacted value would be a different value.
 */
export class Printer {
  constructor(
    private readonly stream: OutputStream,
    private readonly shown: (text: string) => string = clean,
  ) {}

  public get isTerminal(): boolean {
    return this.stream.isTTY === true;
  }

  public get columns(): number {
    return this.stream.columns ?? 80;
  }

  /** Text that contains its own line breaks. */
  public text(text: string): void {
    this.stream.write(this.shown(text));
  }

  public line(text: string): void {
    this.text(`${text}\n`);
  }

  /** Names, paths, references, digests, and sentences that are already clean: nothing is redacted. */
  public exact(text: string): void {
    this.stream.write(printable(text));
  }

  /** Lines of a report. A line that needs redaction is written without styles. */
  public lines(lines: readonly Line[], isColored: boolean): void {
    for (const line of lines) {
      const text = textOf(line);
      const isSafe = clean(text) === text;
      const styled =
        isColored && isSafe ? line.map(({ text: piece, style }) => paint(piece, style)).join('') : clean(text);
      this.stream.write(`${styled}\n`);
    }
  }

  /** A value for programs, on one line or indented. Callers clean text from other sources. */
  public json(value: unknown, indent?: number): void {
    this.stream.write(`${printableJson(JSON.stringify(value, undefined, indent))}\n`);
  }

  /** Removes a progress bar. */
  public clearLine(): void {
    this.stream.write(CLEAR_LINE);
  }
}

function paint(text: string, style: Style | undefined): string {
  if (style === undefined) return text;
  // The padding of a column is not styled.
  const [, before = '', content = '', after = ''] = /^(\s*)(.*?)(\s*)$/s.exec(text) ?? [];
  return content === '' ? text : `${before}${styleText(FORMATS[style], content, { validateStream: false })}${after}`;
}

/** Whether to use colors: FORCE_COLOR overrides NO_COLOR, as in Node. By default only terminals that are not dumb get colors. */
export function usesColor(isTerminal: boolean, environment: NodeJS.ProcessEnv = process.env): boolean {
  const { FORCE_COLOR, NO_COLOR = '', TERM } = environment;
  if (FORCE_COLOR !== undefined) return !['0', 'false'].includes(FORCE_COLOR);
  return isTerminal && NO_COLOR === '' && TERM !== 'dumb';
}

let secrets: readonly string[] | undefined;

/** Read once, because the environment does not change while a command runs. */
function environmentSecrets(): readonly string[] {
  secrets ??= secretsOf(process.env);
  return secrets;
}

/** Text without control characters and credentials. */
export function clean(text: string): string {
  return redact(printable(text), environmentSecrets());
}

/** JSON in which only credentials are redacted. */
export function cleanJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(
    value,
    (_, member: unknown) => (typeof member === 'string' ? redact(member, environmentSecrets()) : member),
    indent,
  );
  return printableJson(json);
}

/** A stream of this process, whose reader may close it at any time. */
class ProcessStream implements OutputStream {
  /** The error that ended writing. */
  private failure: NodeJS.ErrnoException | undefined;
  private isWatched = false;

  constructor(private readonly name: 'stdout' | 'stderr') {}

  public get isTTY(): boolean {
    return process[this.name].isTTY === true;
  }

  public get columns(): number | undefined {
    return process[this.name].columns;
  }

  public write(text: string): void {
    if (this.failure === undefined) this.watched().write(text);
  }

  /** Waits until everything is written, and returns the error. A reader that stops early (`| head`) is not an error. */
  public async finish(): Promise<NodeJS.ErrnoException | undefined> {
    if (this.failure === undefined) await new Promise<void>((resolve) => this.watched().write('', () => resolve()));
    // Node emits the error of a write after its callback.
    await new Promise((resolve) => setImmediate(resolve));
    return this.failure?.code === 'EPIPE' ? undefined : this.failure;
  }

  private watched(): NodeJS.WriteStream {
    const stream = process[this.name];
    if (!this.isWatched) {
      this.isWatched = true;
      stream.on('error', (error) => {
        this.failure ??= error;
      });
    }
    return stream;
  }
}

const STREAMS = { stdout: new ProcessStream('stdout'), stderr: new ProcessStream('stderr') } as const;

/** Results, which programs may read. */
export const stdout = new Printer(STREAMS.stdout, printable);

/** Progress, warnings and errors. */
export const stderr = new Printer(STREAMS.stderr);

/** Prints a warning, after which the command continues. */
export function warn(text: string): void {
  stderr.line(`warning: ${asCalled(text)}`);
}

/** Waits until everything is written, and returns the error if results were lost, for example on a full disk. */
export async function finishOutput(): Promise<NodeJS.ErrnoException | undefined> {
  await STREAMS.stderr.finish();
  return STREAMS.stdout.finish();
}
