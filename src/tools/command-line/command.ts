import { type ParseArgsConfig, parseArgs } from 'node:util';
import { CommandError } from './command-error';

/** What one word after `serving` does. */
export interface Command {
  /** What `--help` prints. */
  readonly usage: string;
  /** Runs the command and returns the exit code. */
  readonly run: (args: string[]) => Promise<number>;
}

/** Parses the words after a command; wrong ones are an error that names the help. */
export function parseCommandLine<T extends ParseArgsConfig>(config: T, usage: string): ReturnType<typeof parseArgs<T>> {
  const [, command] = /^Usage: (serving \w+)/.exec(usage) as RegExpExecArray;
  const wrong = (message: string): never => {
    throw new CommandError('InvalidArguments', `${message}\n'${command} --help' lists the options`);
  };
  if (config.args?.some((arg) => arg.includes('\0'))) wrong('an argument has a NUL character; remove it');
  try {
    const { tokens = [] } = parseArgs({ ...config, tokens: true });
    const seen = new Set<string>();
    for (const token of tokens) {
      if (token.kind !== 'option' || config.options?.[token.name]?.multiple) continue;
      // The last would win, and the others would be lost.
      if (seen.has(token.name)) wrong(`--${token.name} is set twice, and takes one value`);
      seen.add(token.name);
    }
    return parseArgs(config);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    // Node goes on with how to name a file that looks like an option, which is rarely the reason.
    return wrong((error as Error).message.replace(/\. To specify a positional argument.*$/s, ''));
  }
}
