import { type ParseArgsConfig, parseArgs } from 'node:util';
import { CommandError } from './command-error';

/** A command of `serving`. */
export interface Command {
  /** The text that `--help` prints. */
  readonly usage: string;
  /** Runs the command and returns the exit code. */
  readonly run: (args: string[]) => Promise<number>;
}

/** Parses the arguments of a command. Errors refer to its help. */
export function parseCommandLine<T extends ParseArgsConfig>(config: T, usage: string): ReturnType<typeof parseArgs<T>> {
  const [, command] = /^Usage: (serving [\w-]+)/.exec(usage) as RegExpExecArray;
  const reject = (message: string): never => {
    throw new CommandError('InvalidArguments', `${message}\n'${command} --help' lists the options`);
  };
  if (config.args?.some((arg) => arg.includes('\0'))) reject('an argument contains a NUL character; remove it');
  try {
    const { tokens = [] } = parseArgs({ ...config, tokens: true });
    const seen = new Set<string>();
    for (const token of tokens) {
      if (token.kind !== 'option' || config.options?.[token.name]?.multiple) continue;
      // Node takes the last value and silently drops the others.
      if (seen.has(token.name)) reject(`--${token.name} is specified twice, but accepts only one value`);
      seen.add(token.name);
    }
    return parseArgs(config);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    // Node adds how to pass an argument that starts with a dash, which is rarely the problem.
    return reject((error as Error).message.replace(/\. To specify a positional argument.*$/s, ''));
  }
}
