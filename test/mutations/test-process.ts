import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';

/** A run of one test file. */
export interface Request {
  readonly path: string;
  /** The names of tests that do not run. */
  readonly skipped?: readonly string[];
  /** Changed sources by path. */
  readonly sources: Readonly<Record<string, string>>;
  /** The milliseconds after which the run is in an endless loop. */
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

/** The limit of a run whose duration is unknown. The slowest file takes two minutes on a busy machine. */
const LIMIT = 300_000;

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
        clearTimeout(timer);
        child.removeAllListeners('message').removeAllListeners('exit');
        done(outcome);
      };
      const ended = (red: string) => {
        finish({ milliseconds: 0, red, tests: [], passed: [], reached: [] });
        this.stop();
      };
      const timer = setTimeout(() => ended('timeout'), request.limit ?? LIMIT);
      child.once('message', (message: Outcome & { error?: string }) => {
        if (message.error === undefined) finish(message);
        else fail(new Error(message.error));
      });
      child.once('exit', (code, signal) => ended(`exit ${code ?? signal}`));
      child.send(request);
    });
  }
}
