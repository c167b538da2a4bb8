import { type ChildProcess, fork } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A run of one test file. */
export interface Request {
  readonly path: string;
  /** The names of tests that do not run. */
  readonly skipped?: readonly string[];
  /** Changed sources by path. */
  readonly sources: Readonly<Record<string, string>>;
  /** The milliseconds of the processor after which the run is in an endless loop. */
  readonly limit?: number;
}

/** What happened. */
export interface Outcome {
  /** The time of the processor. */
  readonly milliseconds: number;
  /** The name of the first test that failed. */
  readonly red?: string;
  readonly message?: string;
  readonly tests: readonly { readonly name: string; readonly milliseconds: number }[];
  /** The names of the tests that ran and passed. */
  readonly passed: readonly string[];
  /** The mutants that each test reached, by index. The name is '' for those that the whole file reached. */
  readonly reached: readonly (readonly [test: string, mutants: readonly number[]])[];
}

/** The milliseconds of the clock after which a run waits for something that does not happen. */
const LIMIT = 900_000;

/** The number of runs after which a process is replaced, because it keeps what tests leave behind in packages. */
const RUNS = 1000;

/** A process that runs test files, and is started again when it hangs, ends or has run for long. */
export class TestProcess {
  private child?: ChildProcess;
  private runs = 0;

  async run(request: Request): Promise<Outcome> {
    if (this.runs++ >= RUNS) this.stop();
    this.child ??= this.start();
    return this.ask(this.child, request);
  }

  stop(): void {
    this.child?.kill('SIGKILL');
    this.child = undefined;
    this.runs = 0;
  }

  private start(): ChildProcess {
    return fork(join(__dirname, 'worker.cjs'), [], {
      execArgv: ['--max-old-space-size=4096'],
      env: { ...process.env, CDK_VALIDATION: 'false', JSII_DEPRECATED: 'quiet' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
  }

  private ask(child: ChildProcess, request: Request): Promise<Outcome> {
    return new Promise((done, fail) => {
      const finish = (outcome: Outcome) => {
        clearInterval(timer);
        child.removeAllListeners('message').removeAllListeners('exit');
        done(outcome);
      };
      const ended = (red: string) => {
        finish({ milliseconds: 0, red, tests: [], passed: [], reached: [] });
        this.stop();
      };
      const [started, before] = [Date.now(), processorTime(child)];
      const isOver = () => processorTime(child) - before > (request.limit ?? LIMIT) || Date.now() - started > LIMIT;
      const timer = setInterval(() => isOver() && ended('timeout'), 1000);
      child.once('message', (message: Outcome & { error?: string }) => {
        if (message.error === undefined) finish(message);
        else fail(new Error(message.error));
      });
      child.once('exit', (code, signal) => ended(`exit ${code ?? signal}`));
      child.send(request);
    });
  }
}

/** The milliseconds that a process has used: the clock also measures waiting for other processes. */
function processorTime({ pid }: ChildProcess): number {
  const stat = `/proc/${pid}/stat`;
  if (!existsSync(stat)) return Date.now();
  const [user, system] = readFileSync(stat, 'utf8').split(') ')[1]?.split(' ').slice(11, 13) ?? [];
  return 10 * (Number(user) + Number(system));
}
