import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { printable } from '../../private/credentials/redact';
import { CommandError } from '../command-line/command-error';

/** The maximum output that is shown, counted from the end. */
const LONGEST_OUTPUT = 8000;

/** The maximum output that is kept, in characters. */
const KEPT_OUTPUT = 64 * 2 ** 20;

/** The maximum time of a run. A slow connection needs an hour for the packages of a large framework. */
const LONGEST_HOURS = 2;

/** What a user ends a command with. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A run of the local Python interpreter. */
export interface PythonRun {
  readonly args: readonly string[];
  /** The purpose in error messages, such as `unpack the packages`. */
  readonly purpose: string;
  /** The working directory, which must be a private folder. It is removed if the user interrupts the run. */
  readonly folder: string;
  /** Environment variables for pip. @default - none */
  readonly settings?: Readonly<Record<string, string>>;
  /** Receives each line of the output. @default - it is only returned */
  readonly onLine?: (line: string) => void;
  /** Explains a failure from what the program wrote. @default - the output is the explanation */
  readonly explain?: (output: string) => CommandError | undefined;
}

/**
 * Runs the local interpreter and returns its output. In isolated mode (`-I`) it imports nothing from the working directory,
 * from PYTHON* variables or from the packages of the user. pip gets only the settings that are passed.
 */
export async function runPython(run: PythonRun): Promise<string> {
  const { args, purpose, folder, settings = {}, onLine } = run;
  const inherited = Object.entries(process.env).filter(([name]) => !/^(PIP_|PYTHON)/i.test(name));
  const child = spawn('python3', ['-I', '-u', ...args], {
    cwd: folder,
    env: { ...Object.fromEntries(inherited), ...settings },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: LONGEST_HOURS * 3_600_000,
  });
  const release = stopWithUs(child, folder);
  const [output, errors] = [new Tail(), new Tail()];
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.add(text));
  createInterface({ input: child.stdout.setEncoding('utf8') }).on('line', (line) => {
    output.add(`${line}\n`);
    onLine?.(line);
  });
  try {
    const [status, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
    if (status === 0) return output.text;
    const ended = status === null ? `it was ended by ${signal}, or took longer than ${LONGEST_HOURS} hours\n` : '';
    throw run.explain?.(errors.text) ?? failure(purpose, `${ended}${errors.text.trim() || output.text.trim()}`);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    throw new CommandError(
      'PythonMissing',
      `python3 is required to ${purpose} (${(error as Error).message}); install Python and pip`,
    );
  } finally {
    release();
  }
}

function failure(purpose: string, written: string): CommandError {
  const output = printable(written).slice(-LONGEST_OUTPUT);
  const way = /No module named '?pip\b/.test(output)
    ? '\ninstall pip for the python3 on the PATH, for example with: python3 -m ensurepip; or, with uv, run the command with: uv run --no-project --with pip. Packages in the home directory of the user are ignored'
    : '';
  return new CommandError('PythonFailed', `could not ${purpose}:\n${output}${way}`);
}

/** Ends a program and removes its folder before a signal of the user ends this process. */
function stopWithUs(child: ChildProcess, folder: string): () => void {
  const stop = (signal: NodeJS.Signals): void => {
    child.kill('SIGKILL');
    child.once('close', () => {
      rmSync(folder, { recursive: true, force: true });
      process.kill(process.pid, signal);
    });
  };
  for (const signal of SIGNALS) process.once(signal, stop);
  return () => {
    for (const signal of SIGNALS) process.off(signal, stop);
  };
}

/** The end of a text. */
class Tail {
  public text = '';

  public add(more: string): void {
    this.text = (this.text + more).slice(-KEPT_OUTPUT);
  }
}
