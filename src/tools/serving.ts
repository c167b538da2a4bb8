import { parseArgs } from 'node:util';
import { CommandError, USAGE_ERROR } from './app';
import { EXPLAIN_OPTIONS, runExplain } from './explain';

const USAGE = `Usage: serving <command> [options]

Commands:
  explain   run a CDK or cdk8s app and print the routes, timeouts and capabilities of its endpoints

Options of explain:
  -a, --app COMMAND     what runs the app (default: the app of cdk.json or cdk8s.yaml)
  -f, --format FORMAT   text, json or markdown (default: text)
  -o, --output FILE     write to a file instead of the terminal

Exit codes: 0 all is well, 1 something is refused, 2 wrong usage, 3 the app failed.
`;

/** Runs the command line and returns the exit code. */
export function main(args: string[]): number {
  const [command, ...rest] = args;
  if (command === undefined || command === 'help' || rest.includes('--help') || command === '--help') {
    process.stdout.write(USAGE);
    return command === undefined ? USAGE_ERROR : 0;
  }
  try {
    if (command !== 'explain') throw new CommandError(`there is no command '${command}'\n\n${USAGE}`, USAGE_ERROR);
    return runExplain(parse(rest));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return error.exitCode;
  }
}

function parse(args: string[]): { app?: string; format?: string; output?: string } {
  try {
    return parseArgs({ args, options: EXPLAIN_OPTIONS, allowPositionals: false }).values;
  } catch (error) {
    throw new CommandError(`${(error as Error).message}\n\n${USAGE}`, USAGE_ERROR);
  }
}

if (require.main === module) process.exitCode = main(process.argv.slice(2));
