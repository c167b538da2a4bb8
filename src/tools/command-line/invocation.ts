import { basename } from 'node:path';
import { withCommand } from '../../private/commands-in-text';

/** How the package managers run a command of a package. */
const RUNNERS: readonly { readonly agent: RegExp; readonly runner: string }[] = [
  { agent: /^pnpm\//, runner: 'pnpm exec ' },
  { agent: /^yarn\//, runner: 'yarn ' },
  { agent: /^npm\//, runner: 'npx ' },
];

/** How the user started this command line, such as `npx serving-constructs`. */
export function invocation(argv: readonly string[] = process.argv, environment = process.env): string {
  const [, script = ''] = argv;
  const name = basename(script).replace(/\.[cm]?[jt]s$/, '');
  const bin = name === 'serving-constructs' ? name : 'serving';
  const { npm_command: command, npm_config_user_agent: agent = '' } = environment;
  // A package manager also starts programs that call the command by its path, such as tests.
  const isRun = command !== undefined && /[\\/]node_modules[\\/]/.test(script);
  const runner = isRun ? RUNNERS.find((one) => one.agent.test(agent)) : undefined;
  return `${runner?.runner ?? ''}${bin}`;
}

/** A message in which commands are written the way the user started this one. */
export function asCalled(text: string, typed = invocation()): string {
  return withCommand(text, typed);
}
