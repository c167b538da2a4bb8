import { sep } from 'node:path';
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { mustHaveSlashes } from '../../private/slashes';
import { nearest } from '../../private/suggest';
import { CommandError } from './command-error';

/** The options of every command whose values are paths on this machine, or in a directory. */
export const PATH_OPTIONS = ['allow-file', 'app', 'key', 'lock-file', 'output', 'remove', 'requirements'];

/** A command of `serving`. */
export interface Command {
  /** The text that `--help` prints. */
  readonly usage: string;
  /** Runs the command and returns the exit code. */
  readonly run: (args: string[]) => Promise<number>;
}

/**
 * Parses the arguments of a command. Errors refer to its help. `paths` are the options whose values are paths; with them,
 * all other arguments are paths too.
 */
export function parseCommandLine<T extends ParseArgsConfig>(
  config: T,
  usage: string,
  paths?: readonly string[],
): ReturnType<typeof parseArgs<T>> {
  const [, command] = /^Usage: (serving [\w-]+)/.exec(usage) as RegExpExecArray;
  const reject = (message: string): never => {
    throw new CommandError('InvalidArguments', `${message}\n'${command} --help' lists the options`);
  };
  if (config.args?.some((arg) => arg.includes('\0'))) reject('an argument contains a NUL character; remove it');
  try {
    const { tokens = [] } = parseArgs({ ...config, tokens: true });
    const seen = new Set<string>();
    for (const token of tokens) {
      if (paths !== undefined && isPath(token, paths)) checkPath(token);
      if (token.kind !== 'option' || config.options?.[token.name]?.multiple) continue;
      // Node takes the last value and silently drops the others.
      if (seen.has(token.name)) reject(`--${token.name} is specified twice, but accepts only one value`);
      seen.add(token.name);
    }
    return parseArgs(config);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    const { message } = error as Error;
    const [, unknown] = /^Unknown option '(-[^']+)'/.exec(message) ?? [];
    if (unknown !== undefined) rejectUnknown(unknown, config.options, reject);
    // Node adds how to pass an argument that starts with a dash, which is rarely the problem.
    return reject(message.replace(/\. To specify a positional argument.*$/s, ''));
  }
}

/** Rejects an option that a command does not have, with the one that may be meant. */
function rejectUnknown(name: string, options: ParseArgsConfig['options'], reject: (message: string) => never): never {
  const known = [...Object.keys(options ?? {}), 'help', 'debug'];
  const [meant] = name.startsWith('--') ? nearest(name.slice(2), known, 1) : [];
  return reject(`unknown option '${name}'${meant === undefined ? '' : `; did you mean '--${meant}'?`}`);
}

type Token = NonNullable<ReturnType<typeof parseArgs<ParseArgsConfig & { tokens: true }>>['tokens']>[number];

function isPath(token: Token, paths: readonly string[]): boolean {
  return token.kind === 'positional' || (token.kind === 'option' && paths.includes(token.name));
}

/** Rejects a path of Windows elsewhere, where a backslash would be part of a name. */
function checkPath(token: Token): void {
  const { value } = token as { readonly value?: string };
  if (sep === '\\' || !value?.includes('\\')) return;
  const what = token.kind === 'option' ? `--${token.name} (${value})` : `'${value}'`;
  throw new CommandError('InvalidOption', `${what} ${mustHaveSlashes(value)}`);
}
