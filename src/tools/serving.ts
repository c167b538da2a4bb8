import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { homeFolder } from '../private/files/user-folders';
import { suggest } from '../private/suggest';
import { isHashWorker } from './artifact/hash-worker';
import { CommandError } from './command-line/command-error';
import { EXIT_CODES, OK, USAGE_ERROR } from './command-line/exit-codes';
import { fail } from './command-line/failure';
import { asCalled } from './command-line/invocation';
import { finishOutput, stdout } from './command-line/output';
import { COMMANDS } from './commands/commands';

/** Runs the command line and returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const { rest, debug } = withoutDebug(args);
  let exitCode: number;
  try {
    exitCode = await run(rest);
  } catch (error) {
    exitCode = fail(error, debug);
  }
  const lost = await finishOutput();
  return lost === undefined ? exitCode : fail(lost, debug);
}

async function run([name, ...rest]: readonly string[]): Promise<number> {
  if (name === 'help' && rest[0] !== undefined) return run([rest[0], '--help']);
  if (name === undefined || name === 'help' || name === '--help') {
    stdout.text(asCalled(usage()));
    return name === undefined ? USAGE_ERROR : OK;
  }
  if (name === '--version') {
    stdout.line(version());
    return OK;
  }
  const row = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (row === undefined)
    throw new CommandError('UnknownCommand', `unknown command '${name}'; ${suggest(name, Object.keys(COMMANDS))}`);
  const command = row.load();
  if (!optionsOf(rest).includes('--help')) return await command.run(rest);
  stdout.text(asCalled(`${command.usage}\n${exitCodes()}`));
  return OK;
}

/** The arguments before `--`. Those after it are positional, even if they start with a dash. */
function optionsOf(args: readonly string[]): readonly string[] {
  const end = args.indexOf('--');
  return end < 0 ? args : args.slice(0, end);
}

/** Every command accepts `--debug`, which prints the stack of an error. */
function withoutDebug(args: readonly string[]): { readonly rest: readonly string[]; readonly debug: boolean } {
  const options = optionsOf(args);
  const rest = [...options.filter((option) => option !== '--debug'), ...args.slice(options.length)];
  const { SERVING_DEBUG = '' } = process.env;
  return { rest, debug: rest.length < args.length || !['', '0', 'false'].includes(SERVING_DEBUG) };
}

/** The version of the package that contains this file; `unknown` if the file was copied out of its package. */
function version(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (existsSync(path)) return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
    if (folder === dirname(folder)) return 'unknown';
  }
}

function usage(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const rows = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}   ${summary}`);
  return `Usage: serving <command> [options]

Commands:
${rows.join('\n')}

'serving <command> --help' lists the options of a command, and 'serving --version' prints the version. Every command accepts
--debug, which prints the stack of an error (as does SERVING_DEBUG=1).

Results go to standard output, everything else to standard error. Progress is shown as a bar on a terminal, and elsewhere as
one line of JSON per event ({"event":"sent","part":"sha256:...","bytes":1048576}).

${exitCodes()}`;
}

/** The exit codes, which are the same for all commands. */
function exitCodes(): string {
  const rows = Object.entries(EXIT_CODES).map(([exitCode, meaning]) => `  ${exitCode}   ${meaning}`);
  return `Exit codes:\n${rows.join('\n')}\n`;
}

/** Exits on an error that no command caught: one thrown in a callback, or an unhandled rejection. */
function exitOn(error: unknown): void {
  const exitCode = fail(error, withoutDebug(process.argv.slice(2)).debug);
  void finishOutput().finally(() => process.exit(exitCode));
}

// Hash workers run the same file.
if (require.main === module && !isHashWorker()) {
  process.on('uncaughtException', exitOn);
  // Node and the AWS SDK throw if the user has no home directory. In one that cannot exist they find no files.
  if (homeFolder() === undefined) process.env.HOME = '/dev/null';
  void main(process.argv.slice(2)).then((exitCode) => {
    process.exitCode = exitCode;
  });
}
