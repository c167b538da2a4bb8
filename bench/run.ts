// Compares this package with hand-written constructs and with cdk8s-plus, and its command line with other programs.
//
//   npm run bench                              prints the table; about nine minutes on two cores
//   npm run bench -- --sizes 1,10,100          other numbers of endpoints
//   npm run bench -- --target kubernetes       one target, or 'artifacts' for the command line alone
//   npm run bench -- --target router           requests through the router; requires HAProxy
//   npm run bench -- --write                   writes the table into docs/performance.md too
//   npm run --silent bench -- --json           for programs
import { parseArgs } from 'node:util';
import { artifactRows } from './artifacts/rows';
import { hopsEvaluated } from './hops';
import { linesOf } from './lines';
import { type Comparison, compare, compareLoading, frameworkFiles, growthExponent } from './measure';
import {
  CONTESTS,
  type Contest,
  compileLibrary,
  compilePrograms,
  installLibrary,
  programOf,
  requirePrograms,
} from './programs';
import { isOver, type Row, renderTable, writePage } from './report';
import { measureRouter, renderRouterTable } from './router/run';

const MEMORY_LIMIT = 1.15;
const EXPONENT_MARGIN = 0.03;
const LOADING_LIMIT = 2;

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
    sizes: { type: 'string', default: '1,10,100,1000' },
    target: { type: 'string' },
  },
});
const sizes = options.sizes.split(',').map(Number);
if (sizes.length === 0 || sizes.some((size) => !Number.isInteger(size) || size < 1))
  throw new Error(`'--sizes' ('${options.sizes}') must be whole numbers of at least 1 with commas between them`);

const contests = CONTESTS.filter(({ target }) => options.target === undefined || options.target === target);
const hasArtifacts = options.target === undefined || options.target === 'artifacts';
void main();

async function main(): Promise<void> {
  requirePrograms([
    ...(options.target === 'router' ? ['haproxy'] : []),
    ...(hasArtifacts ? ['openssl', 'skopeo'] : []),
  ]);
  if (options.target === 'router') {
    console.log(renderRouterTable(await measureRouter(sizes, { requests: 1500, rounds: 12, starts: 7 })));
    return;
  }
  const rows = [...(contests.length > 0 ? constructRows() : []), ...(hasArtifacts ? await artifactRows(progress) : [])];
  if (options.write) console.error(`wrote ${writePage(rows)}`);
  console.log(options.json ? JSON.stringify(rows, null, 2) : renderTable(rows));
}

function constructRows(): Row[] {
  compileLibrary();
  installLibrary();
  const child = compilePrograms();
  return [
    ...contests.flatMap((contest) => runContest(contest, child)),
    ...runLoading(),
    ...countHops(),
    ...contests.map(countLines),
  ];
}

function runContest(contest: Contest, child: string): Row[] {
  const { target, label, theirs, limit } = contest;
  const sides = [programOf(`ours/${target}`), programOf(`handwritten/${theirs}`)] as const;
  const results = sizes.map((size) => {
    const result = compare(child, target, sides, size, 'loaded');
    const row = rowOf(
      `${label}: construct and synth of ${plural(size)}`,
      limit,
      result.ours.cpu,
      result.theirs.cpu,
      'ms',
    );
    progress(row);
    return { size, result, row };
  });
  const fresh = compare(child, target, sides, 1, 'new');
  return [
    ...results.map(({ row }) => row),
    rowOf(`${label}: 1 endpoint with loading`, limit, fresh.ours.cpu, fresh.theirs.cpu, 'ms'),
    ...(sizes.length > 1 ? [exponentRow(label, results)] : []),
    ...(limit < 1 ? [] : [memoryRow(label, results)]),
  ];
}

type Results = readonly { readonly size: number; readonly result: Comparison }[];

function exponentRow(label: string, results: Results): Row {
  const [ours, theirs] = (['ours', 'theirs'] as const).map((side) =>
    growthExponent(results.map(({ size, result }) => ({ size, cost: result[side].cpu }))),
  ) as [number, number];
  return rowOf(`${label}: growth with the number`, (theirs + EXPONENT_MARGIN) / theirs, ours, theirs, 'exponent');
}

function memoryRow(label: string, results: Results): Row {
  const { size, result } = results.reduce((a, b) => (b.size > a.size ? b : a));
  const { ours, theirs } = result;
  return rowOf(`${label}: peak memory of ${plural(size)}`, MEMORY_LIMIT, ours.memory, theirs.memory, 'MiB');
}

function runLoading(): Row[] {
  const { ours, theirs } = compareLoading();
  const files = frameworkFiles();
  return [
    rowOf("require('serving-constructs') against require('constructs')", LOADING_LIMIT, ours, theirs, 'ms'),
    { name: 'framework files that it loads', ratio: files, limit: 0, ours: files, theirs: 0, unit: 'files' },
  ];
}

/** The cost of planning per endpoint, compared with a fleet of one: it must not grow with the number of endpoints. */
function countHops(): Row[] {
  const first = hopsEvaluated(1);
  return sizes.map((size) =>
    rowOf(`hops evaluated for each of ${plural(size)}, against one`, 1, hopsEvaluated(size) / size, first, 'hops'),
  );
}

function countLines({ label, target, theirs }: Contest): Row {
  return rowOf(`${label}: lines to write`, 1, linesOf(`ours/${target}`), linesOf(`handwritten/${theirs}`), 'lines');
}

function rowOf(name: string, limit: number, ours: number, theirs: number, unit: string): Row {
  return { name, ratio: ours / theirs, limit, ours, theirs, unit };
}

function plural(size: number): string {
  return size === 1 ? '1 endpoint' : `${size} endpoints`;
}

/** Reports progress on a terminal, because the longest row takes a minute. */
function progress(row: Row): void {
  if (process.stderr.isTTY) console.error(`${row.name}: ${row.ratio.toFixed(2)}${isOver(row) ? ' (over)' : ''}`);
}
