import { type ParseArgsConfig, parseArgs } from 'node:util';
import { CommandError, USAGE_ERROR } from './command-error';

/** What one word after `serving` does. */
export interface Command {
  /** What `--help` prints. */
  readonly usage: string;
  /** Runs the command and returns the exit code. */
  readonly run: (args: string[]) => Promise<number>;
}

/** Parses the words after a command; wrong ones are an error that says where the right ones are. */
export function parseCommandLine<T extends ParseArgsConfig>(config: T, usage: string): ReturnType<typeof parseArgs<T>> {
  const [, command] = /^Usage: (serving \w+)/.exec(usage) as RegExpExecArray;
  const wrong = (message: string): never => {
    throw new CommandError(`${message}\n'${command} --help' says what it takes`, USAGE_ERROR);
  };
  if (config.args?.some((arg) => arg.includes('\0'))) wrong('an argument has a NUL character, which no name has');
  try {
    const { tokens = [] } = parseArgs({ ...config, tokens: true });
    const said = new Set<string>();
    for (const token of tokens) {
      if (token.kind !== 'option' || config.options?.[token.name]?.multiple) continue;
      // The last would win, and the others would be lost.
      if (said.has(token.name)) wrong(`--${token.name} is said twice, and takes one value`);
      said.add(token.name);
    }
    return parseArgs(config);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    return wrong((error as Error).message);
  }
}
