/** Synthesizes every example for both targets with the real command lines, and prints the created resources. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, relative } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Explanation } from '../src/plan/explanation';
import { renderLadder } from '../src/report/ladder';

interface Target {
  readonly folder: string;
  readonly output: string;
  readonly command: string;
  /** Reads the kinds of the created resources, and the URLs, from the output. */
  read(output: string): { readonly kinds: string[]; readonly urls: string[] };
}

const TARGETS: Target[] = [
  { folder: 'aws', output: 'cdk.out', command: 'cdk synth --quiet', read: readTemplates },
  { folder: 'kubernetes', output: 'dist', command: 'cdk8s synth --check-upgrade=false', read: readManifests },
];

// As npm and npx do: finds the commands of the frameworks, and the tsx that these start.
const PATH = [join(__dirname, '../node_modules/.bin'), process.env.PATH].join(delimiter);

function readTemplates(output: string): { kinds: string[]; urls: string[] } {
  const templates = readdirSync(output)
    .filter((name) => name.endsWith('.template.json'))
    .map((name) => JSON.parse(readFileSync(join(output, name), 'utf8')));
  const kinds = templates.flatMap((template) =>
    Object.values(template.Resources as Record<string, { Type: string }>).map((resource) => resource.Type),
  );
  const urls = templates.flatMap((template) =>
    Object.entries((template.Outputs ?? {}) as Record<string, { Value: unknown }>).map(
      ([name, output]) => `${name} = ${showValue(output.Value)}`,
    ),
  );
  return { kinds, urls };
}

function readManifests(output: string): { kinds: string[]; urls: string[] } {
  const objects = readdirSync(output)
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => parseAllDocuments(readFileSync(join(output, name), 'utf8')).map((document) => document.toJS()));
  const urls = objects.flatMap((object) =>
    Object.entries((object.metadata?.annotations ?? {}) as Record<string, string>)
      .filter(([name]) => name.startsWith('url.serving-constructs/'))
      .map(([name, url]) => `${name.split('/')[1]} = ${url}`),
  );
  return { kinds: objects.map((object) => object.kind as string), urls };
}

/** A CloudFormation value for display, with references as `${Name.Attribute}`. */
function showValue(value: unknown): string {
  if (typeof value === 'string') return value;
  const [[intrinsic, argument] = ['', '']] = Object.entries(value as Record<string, unknown>);
  if (intrinsic === 'Fn::Join') return (argument as [string, unknown[]])[1].map(showValue).join('');
  if (intrinsic === 'Fn::GetAtt') return `\${${(argument as string[]).join('.')}}`;
  return `\${${String(argument)}}`;
}

function synthesize(example: string, target: Target): string[] {
  const folder = join(__dirname, example, target.folder);
  const explanations = mkdtempSync(join(tmpdir(), 'serving-'));
  try {
    const result = spawnSync(target.command, {
      shell: true,
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, PATH, SERVING_EXPLAIN: explanations },
    });
    if (result.status !== 0) throw new Error(`${example}, ${target.folder}: ${result.stdout}${result.stderr}`);
    const noise = `${target.folder === 'aws' ? result.stdout : ''}${result.stderr}`.trim();
    const output = join(folder, target.output);
    const { kinds, urls } = target.read(output);
    return [
      `${example}, ${target.folder}: ${relative(process.cwd(), output)}`,
      ...countKinds(kinds).map((line) => `  ${line}`),
      ...urls.map((url) => `  URL ${url}`),
      ...readExplanations(explanations).flatMap(showLadders),
      ...(noise === '' ? [] : [`  output: ${noise}`]),
      '',
    ];
  } finally {
    rmSync(explanations, { recursive: true, force: true });
  }
}

function countKinds(kinds: string[]): string[] {
  const counts = new Map<string, number>();
  for (const kind of kinds) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => a.localeCompare(b, 'en'))
    .map(([kind, count]) => `${String(count).padStart(3)} ${kind}`);
}

function readExplanations(folder: string): Explanation[] {
  return readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
}

function showLadders({ plan, refusals }: Explanation): string[] {
  if (refusals.length > 0) throw new Error(refusals.join('\n'));
  return plan.backends.flatMap((backend) => [
    `  timeouts of ${backend.name}`,
    ...renderLadder(backend).map((line) => `    ${line}`),
  ]);
}

for (const example of readdirSync(__dirname).filter((name) => existsSync(join(__dirname, name, 'definition.ts')))) {
  for (const target of TARGETS) process.stdout.write(`${synthesize(example, target).join('\n')}\n`);
}
