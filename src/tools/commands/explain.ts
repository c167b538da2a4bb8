import { writeFileSync } from 'node:fs';
import type { Explanation } from '../../plan/explanation';
import { shownExplanation } from '../../private/shown-explanation';
import { explain } from '../../report/explain';
import { renderMarkdown, renderText } from '../../report/sections';
import { type Command, parseCommandLine } from '../command-line/command';
import { CommandError, FAILED, USAGE_ERROR } from '../command-line/command-error';
import { clean, cleanJson, stdout } from '../command-line/output';
import { explainApp, findApp } from './explain-app';

const USAGE = `Usage: serving explain [options]

Options:
  -a, --app COMMAND     what runs the app (default: the app of cdk.json or cdk8s.yaml)
  -f, --format FORMAT   text, json or markdown (default: text)
  -o, --output FILE     write to a file instead of the terminal
`;

const OPTIONS = {
  app: { type: 'string', short: 'a' },
  format: { type: 'string', short: 'f', default: 'text' },
  output: { type: 'string', short: 'o' },
} as const;

/** How a report is written. What stands in it is cleaned here too, for reports that go into a file. */
const FORMATS = {
  json: (explanations) => `${cleanJson(explanations, 2)}\n`,
  markdown: (explanations) => clean(renderMarkdown(explain(explanations))),
  text: (explanations) => clean(renderText(explain(explanations))),
} as const satisfies Record<string, (explanations: Explanation[]) => string>;

/** Runs an app and prints what it will make of its endpoints. Returns 1 when something is refused. */
export const explainCommand: Command = {
  usage: USAGE,
  run: async (args) => runExplain(parseCommandLine({ args, options: OPTIONS }, USAGE).values),
};

function runExplain(options: { app?: string; format: string; output?: string }): number {
  const { format } = options;
  if (!isFormat(format)) throw new CommandError(`--format (${format}) must be text, json or markdown`, USAGE_ERROR);
  if (options.app?.trim() === '') throw new CommandError('--app must say what runs the app', USAGE_ERROR);
  const folder = process.cwd();
  // The app may use a release that wrote values.
  const explanations = explainApp(options.app ?? findApp(folder), folder).map(shownExplanation);
  if (explanations.length === 0) {
    throw new CommandError('the app has no endpoint: no ServingPlatform was synthesized', USAGE_ERROR);
  }
  const report = FORMATS[format](explanations);
  if (options.output === undefined) stdout.text(report);
  else writeReport(options.output, report);
  return explanations.some(({ refusals }) => refusals.length > 0) ? 1 : 0;
}

function isFormat(name: string): name is keyof typeof FORMATS {
  return Object.hasOwn(FORMATS, name);
}

function writeReport(path: string, report: string): void {
  try {
    writeFileSync(path, report);
  } catch (error) {
    throw new CommandError(`--output (${path}) cannot be written: ${(error as Error).message}`, FAILED);
  }
}
