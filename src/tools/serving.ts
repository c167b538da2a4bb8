import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DirectoryError } from '../lock/walk';
import { ServingError } from '../private/errors';
import { isHashWorker } from './artifact/hash-worker';
import { CommandError, FAILED, USAGE_ERROR } from './command-error';
import { COMMANDS } from './commands';

/** Runs the command line and returns the exit code. */
export async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || name === '--help') {
    process.stdout.write(usage());
    return name === undefined ? USAGE_ERROR : 0;
  }
  if (name === '--version') {
    process.stdout.write(`${version()}\n`);
    return 0;
  }
  try {
    const row = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (row === undefined)
      throw new CommandError(
        `there is no command '${name}'; the commands are ${Object.keys(COMMANDS).join(', ')}`,
        USAGE_ERROR,
      );
    const command = row.load();
    if (!rest.includes('--help')) return await command.run(rest);
    process.stdout.write(command.usage);
    return 0;
  } catch (error) {
    if (error instanceof ServingError) return fail(error, USAGE_ERROR);
    if (error instanceof CommandError) return fail(error, error.exitCode);
    if (error instanceof DirectoryError) return fail(error, FAILED);
    throw error;
  }
}

function fail(error: Error, exitCode: number): number {
  process.stderr.write(`${error.message}\n`);
  return exitCode;
}

/** The release, of the package that this file is in. */
function version(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const path = join(folder, 'package.json');
    if (existsSync(path)) return (JSON.parse(readFileSync(path, 'utf8')) as { version: string }).version;
  }
}

function usage(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const rows = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}   ${summary}`);
  return `Usage: serving <command> [options]

Commands:
${rows.join('\n')}

'serving <command> --help' says what a command takes, and 'serving --version' which release this is.

Results go to standard output, all else to standard error: what takes a while shows a bar on a terminal, and anywhere else
one JSON object in a line for each event ({"event":"sent","part":"sha256:...","bytes":1048576}).

Exit codes: 0 all is well, 1 something is refused or differs, 2 wrong usage, 3 something that the command needs failed,
4 something did not answer: the same command, run again, goes on where it was.
`;
}

// Threads that hash run the same file.
if (require.main === module && !isHashWorker()) {
  void main(process.argv.slice(2)).then((exitCode) => {
    process.exitCode = exitCode;
  });
}
