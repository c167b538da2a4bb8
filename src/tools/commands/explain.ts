import { writeFileSync } from 'node:fs';
import type { Explanation } from '../../plan/explanation';
import { oneLine } from '../../private/credentials/redact';
import { shownExplanation } from '../../private/shown-explanation';
import { suggest } from '../../private/suggest';
import { explain, isReportPart, REPORT_PARTS, type ReportPartName } from '../../report/explain';
import { wrap } from '../../report/layout';
import { renderDetails, renderMarkdown } from '../../report/markdown';
import { mapTexts, type Section } from '../../report/sections';
import { renderLines, renderText, UNLIMITED } from '../../report/text';
import { type Command, parseCommandLine } from '../command-line/command';
import { CommandError } from '../command-line/command-error';
import { OK, REFUSED } from '../command-line/exit-codes';
import { asCalled } from '../command-line/invocation';
import { clean, cleanJson, stdout, usesColor } from '../command-line/output';
import { explainApp, findApp } from './explain-app';

const PARTS = Object.entries(REPORT_PARTS)
  .map(([name, { summary }]) => `  ${name.padEnd(14)} ${summary}`)
  .join('\n');

const USAGE = `Usage: serving explain [SECTION...] [options]

Runs the CDK or cdk8s app in this folder and prints a report about its endpoints. Deploys nothing. Exits with 1 if the
definition is refused.

Sections (default: summary):
${PARTS}

Options:
      --all             print every section
  -a, --app COMMAND     the command that runs the app (default: the app of cdk.json or cdk8s.yaml)
  -f, --format FORMAT   text, json or markdown (default: text). JSON is always the whole plan; Markdown folds all sections
                        but the summary
  -o, --output FILE     write to a file instead of the terminal

On a terminal the text has colors and is wrapped to the width; elsewhere it is plain. NO_COLOR=1 and TERM=dumb turn colors
off, FORCE_COLOR=1 turns them on.
`;

const OPTIONS = {
  all: { type: 'boolean', default: false },
  app: { type: 'string', short: 'a' },
  format: { type: 'string', short: 'f', default: 'text' },
  output: { type: 'string', short: 'o' },
} as const;

const ALL = Object.keys(REPORT_PARTS) as ReportPartName[];

/** The content of a report. */
interface Report {
  readonly explanations: Explanation[];
  /** The sections to print; an empty list means the summary. */
  readonly names: readonly ReportPartName[];
}

/** The output formats. Texts are cleaned before the layout, and again in the output. */
const FORMATS = {
  json: ({ explanations }) => `${cleanJson(explanations.map(wholePlan), 2)}\n`,
  markdown: (report) => clean(markdownOf(report)),
  text: (report) => clean(renderText(sectionsOf(report))),
} as const satisfies Record<string, (report: Report) => string>;

/** Runs an app and prints a report about its endpoints. Exits with 1 if the definition is refused. */
export const explainCommand: Command = {
  usage: USAGE,
  run: async (args) => {
    const { values, positionals } = parseCommandLine({ args, options: OPTIONS, allowPositionals: true }, USAGE);
    return runExplain(positionals, values);
  },
};

interface Options {
  readonly all: boolean;
  readonly app?: string;
  readonly format: string;
  readonly output?: string;
}

function runExplain(sections: readonly string[], options: Options): number {
  const { format, all } = options;
  if (!isFormat(format)) throw new CommandError('InvalidOption', `--format (${format}) must be text, json or markdown`);
  if (options.app?.trim() === '')
    throw new CommandError('InvalidOption', '--app must be the command that runs the app');
  const names = all ? ALL : sections.map(requirePart);
  if (sections.length > 0 && (all || format === 'json'))
    throw new CommandError(
      'ConflictingOptions',
      `'${sections[0]}' selects a section, but ${all ? '--all' : '--format json'} prints everything; omit one of them`,
    );
  const folder = process.cwd();
  // The app may use an older release, which did not hide secrets.
  const explanations = explainApp(options.app ?? findApp(folder), folder).map(shownExplanation);
  if (explanations.length === 0) {
    throw new CommandError('NoEndpoint', 'the app has no endpoint: no ServingPlatform was synthesized');
  }
  const report = { explanations, names };
  if (options.output !== undefined) writeReport(options.output, FORMATS[format](report));
  else if (format === 'text') print(report);
  else stdout.text(FORMATS[format](report));
  return explanations.some(({ refusals }) => refusals.length > 0) ? REFUSED : OK;
}

function requirePart(name: string): ReportPartName {
  if (isReportPart(name)) return name;
  throw new CommandError('UnknownSection', `unknown section '${name}'; ${suggest(name, ALL)}`);
}

function isFormat(name: string): name is keyof typeof FORMATS {
  return Object.hasOwn(FORMATS, name);
}

/** The plan for programs, which stays stable when the text for people changes. */
function wholePlan({ platform, target, plan, lockFiles, refusals }: Explanation): Explanation {
  return { platform, target, plan, lockFiles, refusals };
}

function sectionsOf({ explanations, names }: Report, withRefusals = true): Section[] {
  const chosen = names.length === 0 ? (['summary'] as const) : names;
  return explain(explanations, { names: chosen, withRefusals }).map((section) => {
    const { notes, ...rest } = mapTexts(section, (text) => oneLine(clean(text)));
    return { ...rest, ...(notes !== undefined && { notes: notes.map((note) => asCalled(note)) }) };
  });
}

function print(report: Report): void {
  const { isTerminal, columns } = stdout;
  const width = isTerminal ? columns : UNLIMITED;
  const more = `More: 'serving explain SECTION' with ${ALL.slice(1).join(', ')}; 'serving explain --all' for everything`;
  const rest = report.names.length > 0 ? [] : [[], ...wrap(asCalled(more), width).map((text) => [{ text }])];
  stdout.lines([...renderLines(sectionsOf(report), width), ...rest], usesColor(isTerminal));
}

/** In a pull request the summary is visible, and the other sections are folded. */
function markdownOf({ explanations, names }: Report): string {
  if (names.length > 0) return renderMarkdown(sectionsOf({ explanations, names }));
  const folded = ALL.slice(1).map((name) => renderDetails(name, sectionsOf({ explanations, names: [name] }, false)));
  return `${renderMarkdown(sectionsOf({ explanations, names }))}${folded.join('')}`;
}

function writeReport(path: string, report: string): void {
  try {
    writeFileSync(path, report);
  } catch (error) {
    throw new CommandError('OutputUnwritable', `--output (${path}) cannot be written: ${(error as Error).message}`);
  }
}
