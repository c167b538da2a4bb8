import { oneLine } from '../../private/credentials/redact';
import { suggest } from '../../private/suggest';
import { wrap } from '../../report/layout';
import { renderMarkdown } from '../../report/markdown';
import { mapTexts, type Section } from '../../report/sections';
import { renderLines, UNLIMITED } from '../../report/text';
import { CHANGE_KINDS, type Change, type ChangeKind, effectOf, isDangerous } from '../changes/change';
import { type Comparison, compareOutputs } from '../changes/read-output';
import { sectionsOfChanges } from '../changes/report';
import { type Command, parseCommandLine } from '../command-line/command';
import { CommandError } from '../command-line/command-error';
import { OK, REFUSED } from '../command-line/exit-codes';
import { clean, cleanJson, stdout, usesColor } from '../command-line/output';

const WIDTH = 120;
const INDENT = '  ';

const KINDS = Object.entries(CHANGE_KINDS)
  .flatMap(([kind, { meaning }]) => {
    const [first = '', ...rest] = wrap(meaning, WIDTH - 27);
    return [`${INDENT}${kind.padEnd(23)}${first}`, ...rest.map((line) => `${INDENT.padEnd(25)}${line}`)];
  })
  .join('\n');

const USAGE = `Usage: serving diff BEFORE AFTER [options]

Compares two outputs of an app, and lists what an update from one to the other does to requests and capacity: what makes it
fail, loses requests, rolls, or is replaced. The order is that of CloudFormation or 'kubectl apply'. Deploys nothing, and
requires neither an account nor a cluster. Exits with 1 if the deployment fails or loses requests or capacity.

BEFORE and AFTER are folders that 'cdk synth' or 'cdk8s synth' wrote, templates in JSON, or manifests.

Options:
      --allow CODE      findings with this code do not change the exit code; may be repeated
  -f, --format FORMAT   text, json or markdown (default: text)

Codes:
${KINDS}
`;

const OPTIONS = {
  allow: { type: 'string', multiple: true, default: [] as string[] },
  format: { type: 'string', short: 'f', default: 'text' },
} as const;

/** Whether a finding fails the pipeline. */
type IsRefused = (change: Change) => boolean;

/** How a comparison is printed. */
type Print = (comparison: Comparison, isRefused: IsRefused) => void;

const FORMATS: { readonly [format: string]: Print } = {
  json: (comparison, isRefused) => stdout.text(`${cleanJson(asJson(comparison, isRefused), 2)}\n`),
  markdown: ({ changes }) => stdout.text(clean(renderMarkdown(sections(changes)))),
  text: ({ changes }) => printText(changes),
};

/** Prints what an update does. Exits with 1 if it fails, or loses requests or capacity. */
export const diffCommand: Command = {
  usage: USAGE,
  run: async (args) => {
    const { values, positionals } = parseCommandLine({ args, options: OPTIONS, allowPositionals: true }, USAGE, []);
    const print = formatOf(values.format);
    const allowed = values.allow.map(requireKind);
    const comparison = compareOutputs(...requireTwo(positionals));
    const isRefused: IsRefused = (change) => isDangerous(change) && !allowed.includes(change.kind);
    print(comparison, isRefused);
    return comparison.changes.some(isRefused) ? REFUSED : OK;
  },
};

function requireTwo(paths: readonly string[]): [string, string] {
  const [before, after, ...rest] = paths;
  if (before !== undefined && after !== undefined && rest.length === 0) return [before, after];
  const message = `expected 2 paths, before and after the change, but got ${paths.length}`;
  throw new CommandError('InvalidArguments', `${message}\n'serving diff --help' lists the options`);
}

function requireKind(name: string): ChangeKind {
  if (Object.hasOwn(CHANGE_KINDS, name)) return name as ChangeKind;
  throw new CommandError(
    'InvalidOption',
    `--allow (${name}) is not a code; ${suggest(name, Object.keys(CHANGE_KINDS))}`,
  );
}

function formatOf(name: string): Print {
  const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
  if (format !== undefined) return format;
  throw new CommandError('InvalidOption', `--format (${name}) must be text, json or markdown`);
}

/** `dangerous` is what the exit code depends on. */
function asJson({ target, changes }: Comparison, isRefused: IsRefused): object {
  const shown = changes.map((change) => ({ ...change, effect: effectOf(change), dangerous: isRefused(change) }));
  return { target, dangerous: changes.some(isRefused), changes: shown };
}

function sections(changes: readonly Change[]): Section[] {
  return sectionsOfChanges(changes).map((section) => mapTexts(section, (text) => oneLine(clean(text))));
}

function printText(changes: readonly Change[]): void {
  const { isTerminal, columns } = stdout;
  stdout.lines(renderLines(sections(changes), isTerminal ? columns : UNLIMITED), usesColor(isTerminal));
}
