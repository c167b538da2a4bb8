import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { Explanation } from '../../plan/explanation';
import { ERROR_CODES } from '../../private/error-codes';
import { CommandError } from '../command-line/command-error';
import { scratchFolder } from '../command-line/scratch-folder';

/** The maximum output of an app, which is shown if the app fails. */
const MAX_OUTPUT = 64 * 2 ** 20;

/** The command that runs the app of this folder, from `cdk.json` or `cdk8s.yaml`. */
export function findApp(folder: string): string {
  const found = [readApp(folder, 'cdk.json', JSON.parse), readApp(folder, 'cdk8s.yaml', parse)].filter(
    (app) => app !== undefined,
  );
  if (found.length === 1) return found[0] as string;
  const why =
    found.length === 0
      ? 'this folder has no cdk.json or cdk8s.yaml with an app'
      : 'this folder has both a cdk.json and a cdk8s.yaml with an app';
  throw new CommandError('AppNotFound', `${why}; specify the command that runs the app with --app`);
}

/** Runs the app once with a temporary output folder, and returns the explanations of its platforms. */
export function explainApp(command: string, folder: string): Explanation[] {
  const scratch = scratchFolder('serving-');
  try {
    const plans = join(scratch, 'plans');
    const result = spawnSync(command, {
      cwd: folder,
      shell: true,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: MAX_OUTPUT,
      env: {
        ...process.env,
        SERVING_EXPLAIN: plans,
        CDK_OUTDIR: join(scratch, 'cdk'),
        CDK8S_OUTDIR: join(scratch, 'cdk8s'),
        CDK_CONTEXT_JSON: JSON.stringify(readContext(folder)),
        CDK_VALIDATION: 'false',
      },
    });
    if (result.error !== undefined)
      throw new CommandError('AppFailed', `the app ('${command}') could not be run: ${result.error.message}`);
    if (result.status !== 0) {
      const output = `${result.stderr}${result.stdout}`;
      if (isRefusal(output))
        throw new CommandError(
          'DefinitionRefused',
          `the definition of the app ('${command}') is refused\n${output}`.trim(),
        );
      throw new CommandError('AppFailed', `the app ('${command}') failed\n${output}`.trim());
    }
    return existsSync(plans) ? readExplanations(plans) : [];
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** An error as the languages of jsii print it, or as the frameworks list what validation found. */
const PRINTED_ERROR = /(?:(?:Error|Exception): |^\s*(?:\[[^\]]*\] )?)\[([A-Z][A-Za-z]+)\] /gm;

/** Whether an app printed an error of this package, rather than one of its own. */
function isRefusal(output: string): boolean {
  return [...output.matchAll(PRINTED_ERROR)].some(([, code]) => Object.hasOwn(ERROR_CODES, code as string));
}

/** The explanations in a folder, in the order of their platforms. */
function readExplanations(folder: string): Explanation[] {
  return readdirSync(folder)
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
}

/** The context that the CDK CLI would pass to the app. */
function readContext(folder: string): Record<string, unknown> {
  const own = readFile(folder, 'cdk.json', JSON.parse) as { context?: object } | undefined;
  const cached = readFile(folder, 'cdk.context.json', JSON.parse) as object | undefined;
  return { ...own?.context, ...cached };
}

function readApp(folder: string, name: string, read: (text: string) => unknown): string | undefined {
  const { app } = (readFile(folder, name, read) ?? {}) as { app?: unknown };
  if (app === undefined || typeof app === 'string') return app;
  throw new CommandError('InvalidAppFile', `'app' in '${name}' must be a string: the command that runs the app`);
}

function readFile(folder: string, name: string, read: (text: string) => unknown): unknown {
  const path = join(folder, name);
  if (!existsSync(path)) return undefined;
  try {
    return read(readFileSync(path, 'utf8'));
  } catch (error) {
    throw new CommandError('InvalidAppFile', `'${name}' cannot be read: ${(error as Error).message}`);
  }
}
