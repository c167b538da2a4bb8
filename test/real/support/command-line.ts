import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

const ROOT = join(__dirname, '../../..');

/** The result of a command. */
export interface CommandResult {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds from the first output to the end. */
  readonly lasted: number;
}

/** The command line as published: a bundle of this worker, with the AWS clients in separate files. Returns its path. */
export function bundleCommandLine(): string {
  const folder = join(ROOT, '.cache/real', `serving-${process.env.JEST_WORKER_ID}`);
  const options = { bundle: true, platform: 'node', target: 'node20', format: 'cjs', logLevel: 'error' } as const;
  const bundles = (JSON.parse(readFileSync(join(ROOT, '.projen/tasks.json'), 'utf8')) as Tasks).tasks[
    'bundle:tools/serving'
  ];
  const external = (bundles?.steps[0]?.execArgs ?? []).flatMap((arg) => /^--external:(.+)$/.exec(arg)?.[1] ?? []);
  buildSync({
    ...options,
    entryPoints: [join(ROOT, 'src/tools/serving.ts')],
    outfile: join(folder, 'index.js'),
    external,
  });
  for (const sdk of ['ecr/ecr-sdk', 's3/s3-sdk'])
    buildSync({ ...options, entryPoints: [join(ROOT, `src/tools/${sdk}.ts`)], outdir: folder });
  return join(folder, 'index.js');
}

interface Tasks {
  readonly tasks: Readonly<Record<string, { readonly steps: readonly { readonly execArgs?: string[] }[] }>>;
}

/** Runs a Node program. `killAfter` kills it that many milliseconds after its first output. */
export function runNode(
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string | undefined>>;
    readonly killAfter?: number;
  } = {},
): Promise<CommandResult> {
  const { cwd, env, killAfter } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [stdout, stderr] = ['', ''];
    let [timer, began]: [NodeJS.Timeout | undefined, number] = [undefined, performance.now()];
    child.stdout.once('data', () => {
      began = performance.now();
      if (killAfter !== undefined) timer = setTimeout(() => child.kill('SIGKILL'), killAfter);
    });
    child.stdout.on('data', (text) => (stdout += text));
    child.stderr.on('data', (text) => (stderr += text));
    child.on('error', reject);
    child.on('close', (status) => {
      clearTimeout(timer);
      resolve({ status, stdout, stderr, lasted: performance.now() - began });
    });
  });
}
