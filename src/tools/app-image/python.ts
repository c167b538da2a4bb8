import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { printable } from '../../private/credentials/redact';
import { CommandError } from '../command-line/command-error';

/** The maximum output that is shown, counted from the end. */
const LONGEST_OUTPUT = 8000;

/** A run of the local Python interpreter. */
export interface PythonRun {
  readonly args: readonly string[];
  /** The purpose in error messages, such as `unpack the packages`. */
  readonly purpose: string;
  /** The working directory, which must be a private folder. */
  readonly folder: string;
  /** Environment variables for pip. @default - none */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Runs the local interpreter and returns its output. In isolated mode (`-I`) it imports nothing from the working directory,
 * from PYTHON* variables or from the packages of the user. pip gets only the settings that are passed.
 */
export function runPython({ args, purpose, folder, settings = {} }: PythonRun): string {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(PIP_|PYTHON)/i.test(name));
  const ran: SpawnSyncReturns<string> = spawnSync('python3', ['-I', ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...Object.fromEntries(inherited), ...settings },
    maxBuffer: 64 * 2 ** 20,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (ran.error !== undefined)
    throw new CommandError(
      'PythonMissing',
      `python3 is required to ${purpose} (${ran.error.message}); install Python and pip`,
    );
  if (ran.status === 0) return ran.stdout;
  const output = printable(`${ran.stdout}${ran.stderr}`.trim()).slice(-LONGEST_OUTPUT);
  const way = /No module named pip\b/.test(output)
    ? '\ninstall pip for the python3 on the PATH; packages in the home directory of the user are ignored'
    : '';
  throw new CommandError('PythonFailed', `could not ${purpose}:\n${output}${way}`);
}
