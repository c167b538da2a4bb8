import { spawnSync } from 'node:child_process';
import type { Measurement } from './child';
import { project } from './programs';

/** A comparison of two programs, with the median processor time and the lowest peak memory of each. */
export interface Comparison {
  readonly ours: Measurement;
  readonly theirs: Measurement;
}

/**
 * Runs both sides alternately, each in a new process, until there are enough runs or the time is up. With `new`, loading the
 * code is measured too.
 */
export function compare(
  child: string,
  target: string,
  sides: readonly [ours: string, theirs: string],
  size: number,
  start: 'loaded' | 'new',
): Comparison {
  const runs: [Measurement[], Measurement[]] = [[], []];
  const end = performance.now() + SECONDS_A_ROW * 1000;
  for (let turn = 0; turn < MIN_TURNS || (turn < MAX_TURNS && performance.now() < end); turn++) {
    // The order alternates, so that a machine that becomes busier or warmer affects both sides.
    for (const side of turn % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const))
      runs[side].push(JSON.parse(node([child, target, sides[side], String(size), start])) as Measurement);
  }
  const summary = (list: Measurement[]): Measurement => ({
    cpu: median(list.map((run) => run.cpu)),
    // The lowest peak, because the timing of garbage collection varies and can only increase it.
    memory: Math.min(...list.map((run) => run.memory)),
  });
  return { ours: summary(runs[0]), theirs: summary(runs[1]) };
}

const MIN_TURNS = 2;
const MAX_TURNS = 9;
const SECONDS_A_ROW = 20;

/** The processor time of loading this package, and of loading `constructs` alone, in milliseconds. */
export function compareLoading(): { readonly ours: number; readonly theirs: number } {
  const cost = (module: string): number =>
    Number(
      node([
        '-e',
        `const s = process.cpuUsage(); require(${JSON.stringify(module)}); const { user, system } = process.cpuUsage(s); console.log((user + system) / 1000)`,
      ]),
    );
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let turn = 0; turn < 15; turn++) {
    ours.push(cost('serving-constructs'));
    theirs.push(cost('constructs'));
  }
  return { ours: median(ours), theirs: median(theirs) };
}

/** How many files of the frameworks are loaded together with this package. */
export function frameworkFiles(): number {
  const code = `require('serving-constructs'); console.log(JSON.stringify(Object.keys(require.cache)))`;
  const files = JSON.parse(node(['-e', code])) as string[];
  return files.filter((file) => /node_modules[/\\](aws-cdk-lib|cdk8s|cdk8s-plus-\d+)[/\\]/.test(file)).length;
}

/** The slope of cost over size on logarithmic scales: 1 means proportional to the size. */
export function growthExponent(points: readonly { readonly size: number; readonly cost: number }[]): number {
  const x = points.map(({ size }) => Math.log(size));
  const y = points.map(({ cost }) => Math.log(cost));
  const [meanX, meanY] = [mean(x), mean(y)];
  const covariance = x.reduce((sum, value, index) => sum + (value - meanX) * ((y[index] as number) - meanY), 0);
  return covariance / x.reduce((sum, value) => sum + (value - meanX) ** 2, 0);
}

function mean(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : mean(sorted.slice(middle - 1, middle + 1));
}

function node(args: string[]): string {
  const env = { ...process.env, CDK_VALIDATION: 'false', JSII_DEPRECATED: 'quiet' };
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: project, encoding: 'utf8', env });
  if (status !== 0) throw new Error(`node ${args.join(' ')} failed:\n${stderr}`);
  return stdout;
}
