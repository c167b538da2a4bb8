import { styleText } from 'node:util';
import { printable, printableJson, redact, secretsOf } from '../../private/credentials/redact';
import type { Line, Style } from '../../report/layout';
import { textOf } from '../../report/text';
import { asCalled } from './invocation';

/** What is written to: a terminal, a pipe, or a list in a test. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** How a style looks on a terminal with colors. */
const FORMATS = {
  title: 'bold',
  heading: 'dim',
  good: 'green',
  warning: 'yellow',
  refused: 'red',
} as const satisfies { readonly [style in Style]: Parameters<typeof styleText>[0] };

/** To the beginning of the line, and clear it. */
const CLEAR_LINE = '\r\u001b[K';

/**
 * The only way to a terminal, a log or a pipe. Nothing that it writes is acted on by a terminal: much of it comes from
 * registries, file names, lock files and other programs. Text in sentences has no credentials either. A value that a person
 * compares or a program reads again is exact: hiding a part of it would show another value.
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

  /** Text as it is to be read, with its ends of lines. */
  public text(text: string): void {
    this.stream.write(this.shown(text));
  }

  public line(text: string): void {
    this.text(`${text}\n`);
  }

  /** Text of names, paths, references and digests, and of sentences that were cleaned: nothing is hidden in it. */
  public exact(text: string): void {
    this.stream.write(printable(text));
  }

  /** Lines of a report. Only a style adds sequences; a line in which something had to be hidden has none. */
  public lines(lines: readonly Line[], isColored: boolean): void {
    for (const line of lines) {
      const text = textOf(line);
      const isSafe = clean(text) === text;
      const styled =
        isColored && isSafe ? line.map(({ text: piece, style }) => paint(piece, style)).join('') : clean(text);
      this.stream.write(`${styled}\n`);
    }
  }

  /** A value for a program: on one line, or indented. Texts of others in it are to be cleaned before. */
  public json(value: unknown, indent?: number): void {
    this.stream.write(`${printableJson(JSON.stringify(value, undefined, indent))}\n`);
  }

  /** Removes what a progress bar drew. */
  public clearLine(): void {
    this.stream.write(CLEAR_LINE);
  }
}

function paint(text: string, style: Style | undefined): string {
  if (style === undefined) return text;
  // The space of a column is no part of what stands in it.
  const [, before = '', content = '', after = ''] = /^(\s*)(.*?)(\s*)$/s.exec(text) ?? [];
  return content === '' ? text : `${before}${styleText(FORMATS[style], content, { validateStream: false })}${after}`;
}

/**
 * Whether colors are wanted: FORCE_COLOR wins over NO_COLOR, as it does in Node, and without them it takes a terminal that
 * is not dumb.
 */
export function wantsColor(isTerminal: boolean, environment: NodeJS.ProcessEnv = process.env): boolean {
  const { FORCE_COLOR, NO_COLOR = '', TERM } = environment;
  if (FORCE_COLOR !== undefined) return !['0', 'false'].includes(FORCE_COLOR);
  return isTerminal && NO_COLOR === '' && TERM !== 'dumb';
}

/** The secrets of the environment do not change while a command runs. */
let secrets: readonly string[] | undefined;

function known(): readonly string[] {
  secrets ??= secretsOf(process.env);
  return secrets;
}

/** Text that may be shown: sentences, and what others wrote. */
export function clean(text: string): string {
  return redact(printable(text), known());
}

/** JSON that may be shown: still JSON, of the same value but for credentials. */
export function cleanJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(
    value,
    (_, member: unknown) => (typeof member === 'string' ? redact(member, known()) : member),
    indent,
  );
  return printableJson(json);
}

/** A stream of this process, whose reader may go away at any time. */
class ProcessStream implements OutputStream {
  /** Why nothing can be written any more. */
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

  /** When everything has been written, whether it could be. A reader that had enough (`| head`) is no failure. */
  public async finish(): Promise<NodeJS.ErrnoException | undefined> {
    if (this.failure === undefined) await new Promise<void>((resolve) => this.watched().write('', () => resolve()));
    // The error of a write comes after its callback.
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

/** Results, which programs read. */
export const stdout = new Printer(STREAMS.stdout, printable);

/** Progress, warnings and errors. */
export const stderr = new Printer(STREAMS.stderr);

/** A warning: something that the user should know, and that the command goes on without. */
export function warn(text: string): void {
  stderr.line(`warning: ${asCalled(text)}`);
}

/** Waits until everything is written; the error where results were lost, such as on a full disk. */
export async function finishOutput(): Promise<NodeJS.ErrnoException | undefined> {
  await STREAMS.stderr.finish();
  return STREAMS.stdout.finish();
}
