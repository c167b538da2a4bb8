import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { printable } from '../../private/credentials/redact';
import { CommandError } from '../command-line/command-error';

/** How much of the output of a program is shown, from its end. */
const LONGEST_OUTPUT = 8000;

/** How the interpreter of this machine is run. */
export interface PythonRun {
  readonly args: readonly string[];
  /** What it is needed for, in an error. */
  readonly purpose: string;
  /** The working directory, which must be one of our own. */
  readonly folder: string;
  /** Variables for pip. @default - none */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * Runs the interpreter of this machine and returns its output. Isolated (`-I`), it imports nothing from the working
 * directory, from PYTHON* variables or from the packages of the user, and pip gets no setting but those that are passed.
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
      `python3 is needed to ${purpose} (${ran.error.message}); install it, with pip`,
    );
  if (ran.status === 0) return ran.stdout;
  const output = printable(`${ran.stdout}${ran.stderr}`.trim()).slice(-LONGEST_OUTPUT);
  const way = /No module named pip\b/.test(output)
    ? '\ninstall pip for the python3 of the PATH: packages below the home directory of the user are not read'
    : '';
  throw new CommandError('PythonFailed', `could not ${purpose}:\n${output}${way}`);
}
