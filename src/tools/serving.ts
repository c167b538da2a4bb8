import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { homeFolder } from '../private/files/user-folders';
import { isHashWorker } from './artifact/hash-worker';
import { CommandError } from './command-line/command-error';
import { EXIT_CODES, OK, USAGE_ERROR } from './command-line/exit-codes';
import { fail } from './command-line/failure';
import { asCalled } from './command-line/invocation';
import { finishOutput, stdout } from './command-line/output';
import { COMMANDS } from './commands/commands';

/** Runs the command line and returns the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const { words, debug } = withoutDebug(args);
  let exitCode: number;
  try {
    exitCode = await run(words);
  } catch (error) {
    exitCode = fail(error, debug);
  }
  const lost = await finishOutput();
  return lost === undefined ? exitCode : fail(lost, debug);
}

async function run([name, ...rest]: readonly string[]): Promise<number> {
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
    throw new CommandError(
      'UnknownCommand',
      `unknown command '${name}'; expected one of ${Object.keys(COMMANDS).join(', ')}`,
    );
  const command = row.load();
  if (!optionsOf(rest).includes('--help')) return await command.run(rest);
  stdout.text(asCalled(`${command.usage}\n${exitCodes()}`));
  return OK;
}

/** The words before `--`; behind it are names, whatever they look like. */
function optionsOf(words: readonly string[]): readonly string[] {
  const end = words.indexOf('--');
  return end < 0 ? words : words.slice(0, end);
}

/** Every command takes `--debug`, which prints where an error comes from. */
function withoutDebug(args: readonly string[]): { readonly words: readonly string[]; readonly debug: boolean } {
  const options = optionsOf(args);
  const words = [...options.filter((word) => word !== '--debug'), ...args.slice(options.length)];
  const { SERVING_DEBUG = '' } = process.env;
  return { words, debug: words.length < args.length || !['', '0', 'false'].includes(SERVING_DEBUG) };
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

'serving <command> --help' lists the options of a command, and 'serving --version' prints the version. Every command takes
--debug, which prints the stack of an error (as does SERVING_DEBUG=1).

Results go to standard output, all else to standard error: what takes a while shows a bar on a terminal, and anywhere else
one JSON object in a line for each event ({"event":"sent","part":"sha256:...","bytes":1048576}).

${exitCodes()}`;
}

/** The exit codes, which are those of every command. */
function exitCodes(): string {
  const rows = Object.entries(EXIT_CODES).map(([exitCode, meaning]) => `  ${exitCode}   ${meaning}`);
  return `Exit codes:\n${rows.join('\n')}\n`;
}

/** Ends at an error that no command has caught: one of a callback, or a rejection that nobody waits for. */
function endAt(error: unknown): void {
  const exitCode = fail(error, withoutDebug(process.argv.slice(2)).debug);
  void finishOutput().finally(() => process.exit(exitCode));
}

// Threads that hash run the same file.
if (require.main === module && !isHashWorker()) {
  process.on('uncaughtException', endAt);
  // Node and the clients of AWS throw where a user has no home; in one that cannot exist they find nothing.
  if (homeFolder() === undefined) process.env.HOME = '/dev/null';
  void main(process.argv.slice(2)).then((exitCode) => {
    process.exitCode = exitCode;
  });
}
