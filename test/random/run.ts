/**
 * Renders many random definitions on every target. They depend only on the seed:
 *
 * `npm run test:properties -- [--definitions 500] [--seed 1] [--jobs 2]`
 */
import { type ChildProcess, fork } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { validateTemplates } from '../support/cloudformation';
import { programOf, sample } from './definition';
import { judge } from './judge';
import { kindOf, reduce } from './reduce';
import { add, EMPTY, merge, problemsOf, render, type Tally } from './tally';

/** A definition that takes longer has stopped making progress. */
const MOST_SECONDS = 300;

/** The number of templates that the validator of AWS gets at once. */
const TEMPLATES = 100;

/** Rules of listeners can have tags, as CloudFormation documents; the schema of the validator is older. */
const isOutdated = (rule: string, message: string) => rule === 'F3002' && message.includes("'Tags' was unexpected");

function option(name: string, fallback: number): number {
  const at = process.argv.indexOf(`--${name}`);
  return at < 0 ? fallback : Number(process.argv[at + 1]);
}

/** What a process reports: the definition that it starts, a fault, or its counts. */
interface Message {
  readonly started?: string;
  readonly fault?: string;
  readonly tally?: Tally;
}

function runPart(runs: number, seed: number, report: (message: Message) => void): void {
  const known = new Set<string>();
  let templates: object[] = [];
  const validate = () => {
    for (const { rule, message, resources } of validateTemplates(templates)) {
      if (isOutdated(rule, message)) continue;
      const fault = `the validator of AWS: ${rule} ${message} (${resources.join(', ')})`;
      if (!known.has(rule)) report({ fault });
      known.add(rule);
    }
    templates = [];
  };
  for (const definition of sample(seed, runs)) {
    report({ started: programOf(definition) });
    const verdict = judge(definition);
    for (const violation of verdict.violations) {
      const kind = kindOf(violation);
      if (known.has(kind)) continue;
      known.add(kind);
      const least = reduce(definition, (one) => judge(one).violations.some((other) => kindOf(other) === kind));
      report({ fault: `${violation}\n${programOf(least)}` });
    }
    templates.push(...verdict.templates);
    if (templates.length >= TEMPLATES) validate();
    report({ tally: add(EMPTY, verdict) });
  }
  validate();
}

/** Runs a process, and ends it if one definition takes too long. */
function runChild(runs: number, seed: number): Promise<{ readonly tally: Tally; readonly faults: string[] }> {
  return new Promise((done) => {
    const faults: string[] = [];
    const addFault = (fault: string) => {
      console.log(`\n${fault}`);
      faults.push(fault);
    };
    let tally = EMPTY;
    let last = '';
    const args = ['--part', '1', '--definitions', String(runs), '--seed', String(seed)];
    const child: ChildProcess = fork(__filename, args, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let errors = '';
    child.stderr?.on('data', (text: Buffer) => {
      errors = `${errors}${text}`.slice(-2000);
    });
    const stop = () => {
      addFault(`no result after ${MOST_SECONDS} s:\n${last}`);
      child.kill('SIGKILL');
    };
    let timer = setTimeout(stop, MOST_SECONDS * 1000);
    child.on('message', ({ started = last, fault, tally: counted }: Message) => {
      last = started;
      if (fault !== undefined) addFault(fault);
      if (counted !== undefined) tally = merge(tally, counted);
      clearTimeout(timer);
      timer = setTimeout(stop, MOST_SECONDS * 1000);
    });
    child.on('exit', (code) => {
      clearTimeout(timer);
      if (code !== 0 && tally.definitions < runs) addFault(`a process ended with ${code}:\n${last}\n${errors}`);
      done({ tally, faults });
    });
  });
}

async function main(): Promise<void> {
  const [runs, seed, jobs] = [
    option('definitions', 500),
    option('seed', 1),
    option('jobs', Math.min(8, cpus().length)),
  ];
  const started = performance.now();
  console.log(`${runs} definitions from seed ${seed}, in ${jobs} processes`);
  const parts = await Promise.all(
    Array.from({ length: jobs }, (_, job) =>
      runChild(Math.floor(runs / jobs) + (job < runs % jobs ? 1 : 0), seed * 1000 + job),
    ),
  );
  const tally = parts.reduce((all, part) => merge(all, part.tally), EMPTY);
  const problems = [...parts.flatMap(({ faults }) => faults), ...problemsOf(tally)];
  console.log(render(tally));
  console.log(`${tally.definitions} definitions in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  const { TEST_COUNTS } = process.env;
  if (TEST_COUNTS !== undefined) appendFileSync(TEST_COUNTS, `${tally.definitions} ${problems.length} 0\n`);
  for (const problem of problemsOf(tally)) console.log(problem);
  console.log(`${tally.definitions} passed, ${problems.length} failed`);
  if (problems.length > 0) process.exitCode = 1;
}

if (process.argv.includes('--part'))
  runPart(option('definitions', 0), option('seed', 1), (message) => process.send?.(message));
else
  main().catch((error) => {
    console.error(error);
    process.exitCode = 2;
  });
