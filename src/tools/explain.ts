import { writeFileSync } from 'node:fs';
import { explain } from '../report/explain';
import { renderMarkdown, renderText, type Section } from '../report/sections';
import { explainApp, findApp } from './app';
import { type Command, parseCommandLine } from './command';
import { CommandError, FAILED, USAGE_ERROR } from './command-error';

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

const FORMATS: Record<string, (sections: Section[]) => string> = { text: renderText, markdown: renderMarkdown };

/** Runs an app and prints what it will make of its endpoints. Returns 1 when something is refused. */
export const explainCommand: Command = {
  usage: USAGE,
  run: async (args) => runExplain(parseCommandLine({ args, options: OPTIONS }, USAGE).values),
};

function runExplain(options: { app?: string; format: string; output?: string }): number {
  const { format } = options;
  const render = FORMATS[format];
  if (render === undefined && format !== 'json') {
    throw new CommandError(`--format (${format}) must be text, json or markdown`, USAGE_ERROR);
  }
  if (options.app?.trim() === '') throw new CommandError('--app must say what runs the app', USAGE_ERROR);
  const folder = process.cwd();
  const explanations = explainApp(options.app ?? findApp(folder), folder);
  if (explanations.length === 0) {
    throw new CommandError('the app has no endpoint: no ServingPlatform was synthesized', USAGE_ERROR);
  }
  const report = render === undefined ? `${JSON.stringify(explanations, null, 2)}\n` : render(explain(explanations));
  if (options.output === undefined) process.stdout.write(report);
  else writeReport(options.output, report);
  return explanations.some(({ refusals }) => refusals.length > 0) ? 1 : 0;
}

function writeReport(path: string, report: string): void {
  try {
    writeFileSync(path, report);
  } catch (error) {
    throw new CommandError(`--output (${path}) cannot be written: ${(error as Error).message}`, FAILED);
  }
}
