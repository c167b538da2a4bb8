/**
 * Removes or changes single values of the renderers. Each time a test must fail.
 *
 * `npm run test:mutations -- [--count 60] [--seed 1] [--all] [--only <part of a file name>] [--jobs 2] [--list]`
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { EQUIVALENT } from './equivalent';
import { type Mutant, mutantsIn, sample } from './mutants';

const ROOT = resolve(__dirname, '../..');
const TARGETS = ['aws', 'kubernetes'] as const;
type Target = (typeof TARGETS)[number];

function option(name: string, fallback: string): string {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : (process.argv[at + 1] ?? fallback);
}

/** The tests that run for the mutants of a target. Loading the CDK takes seconds, so its tests are one file. */
const TESTS: Readonly<Record<Target, string[]>> = {
  aws: ['<rootDir>/test/mutations/aws.suite.ts'],
  kubernetes: ['<rootDir>/test/kubernetes/**/*.test.ts', '<rootDir>/test/conformance/**/*.test.ts'],
};

/** The jest configuration, with a transform that mutates and an environment that stops at the first failure. */
function configOf(target: Target): string {
  const config = JSON.parse(readFileSync(join(ROOT, 'jest.config.json'), 'utf8'));
  return JSON.stringify({
    ...config,
    rootDir: ROOT,
    testMatch: TESTS[target],
    testPathIgnorePatterns: ['/node_modules/'],
    testEnvironment: '<rootDir>/test/mutations/environment.cjs',
    transform: { '^.+\\.tsx?$': ['<rootDir>/test/mutations/transform.cjs', { tsconfig: 'test/tsconfig.json' }] },
    reporters: ['default'],
  });
}

/** Runs the tests of a target. Returns the name of the first that fails; undefined if all pass. */
function run(target: Target, mutant?: Mutant): Promise<string | undefined> {
  const args = [join(ROOT, 'node_modules/jest/bin/jest.js'), '--config', configOf(target), '--ci', '--runInBand'];
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    CDK_VALIDATION: 'false',
    JSII_DEPRECATED: 'quiet',
    CONFORMANCE_TARGET: target,
    ...(mutant && { MUTATION: JSON.stringify(mutant) }),
  };
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'ignore', 'pipe'] });
    let output = '';
    child.stderr.on('data', (data) => {
      output += data;
    });
    child.on('error', fail);
    child.on('close', (code) => {
      const red = /^red: (.*)$/m.exec(output)?.[1];
      done(code === 0 ? undefined : (red ?? `exit code ${code}`));
    });
  });
}

const isEquivalent = (mutant: Mutant) =>
  EQUIVALENT.some(({ file, change }) => mutant.file.endsWith(file) && mutant.change === change);
const describe = ({ file, line, change }: Mutant) => `${file}:${line} ${change}`;

async function main(): Promise<void> {
  const only = option('only', '');
  const all = TARGETS.flatMap((target) =>
    mutantsIn(ROOT, `src/${target}/private`).map((mutant) => ({ target, mutant })),
  );
  const candidates = all.filter(({ mutant }) => mutant.file.includes(only) && !isEquivalent(mutant));
  const count = process.argv.includes('--all') ? candidates.length : Number(option('count', '60'));
  const chosen = sample(candidates, count, Number(option('seed', '1')));
  console.log(`${chosen.length} of ${candidates.length} mutants`);
  if (process.argv.includes('--list')) {
    for (const { mutant } of chosen) console.log(describe(mutant));
    return;
  }
  for (const target of new Set(chosen.map((one) => one.target))) {
    const red = await run(target);
    if (red !== undefined) throw new Error(`the tests of ${target} fail without a mutation: ${red}`);
  }
  const survivors: string[] = [];
  const queue = chosen.map((item, index) => ({ ...item, index }));
  const work = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const red = await run(next.target, next.mutant);
      if (red === undefined) survivors.push(describe(next.mutant));
      console.log(
        `${next.index + 1}/${chosen.length} ${red === undefined ? 'SURVIVED' : 'red'} ${describe(next.mutant)}${red === undefined ? '' : ` (${red})`}`,
      );
    }
  };
  await Promise.all(
    Array.from({ length: Math.max(1, Number(option('jobs', String(Math.min(4, cpus().length))))) }, work),
  );
  console.log(`${chosen.length - survivors.length} passed, ${survivors.length} failed`);
  for (const survivor of survivors) console.log(`survived: ${survivor}`);
  if (survivors.length > 0) process.exitCode = 1;
}

main().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
});
