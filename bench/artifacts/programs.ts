import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { root } from '../programs';

const folder = join(root, '.cache', 'bench', 'artifacts');

/** The command line, bundled as in the package. */
export const serving = join(folder, 'serving.js');
/** A registry that discards everything. */
export const sink = join(folder, 'sink.js');
const child = join(folder, 'child.js');

export function compileArtifacts(): void {
  mkdirSync(folder, { recursive: true });
  const common = { bundle: true, platform: 'node', target: 'node20', format: 'cjs', logLevel: 'error' } as const;
  const external = ['*/ecr-sdk', '*/s3-sdk'];
  buildSync({ ...common, entryPoints: [join(root, 'src/tools/serving.ts')], outfile: serving, external });
  for (const sdk of ['ecr/ecr-sdk', 's3/s3-sdk'])
    buildSync({ ...common, entryPoints: [join(root, `src/tools/${sdk}.ts`)], outdir: folder, minify: true });
  buildSync({ ...common, entryPoints: [join(__dirname, 'sink.ts')], outfile: sink });
  buildSync({ ...common, entryPoints: [join(__dirname, 'child.ts')], outfile: child });
}

/** The cost of hashing. Only the elapsed time includes the start of threads. */
export interface Hashing {
  readonly seconds: number;
  /** Processor time of the process, in seconds. */
  readonly cpu: number;
}

/** Hashes every layer of a directory with a number of threads, in a new process. */
export function hashDirectory(directory: string, workers: number): Hashing {
  return JSON.parse(output(process.execPath, [child, directory, String(workers)])) as Hashing;
}

/** The number of bytes in memory that OpenSSL hashes per second of processor time. */
export function opensslRate(): number {
  const text = output('openssl', ['speed', '-mr', '-seconds', '1', '-bytes', '16384', '-evp', 'sha256']);
  const rate = Number(/^\+F:\d+:[^:]+:([\d.]+)/m.exec(text)?.[1]);
  if (!(rate > 0)) throw new Error(`'openssl speed' reports no rate:\n${text}`);
  return rate;
}

/** The processor time of a process and its children, in seconds. */
export function processorSeconds(command: readonly string[], cwd: string, cache: string): number {
  const quoted = command.map((word) => `'${word}'`).join(' ');
  const text = output('sh', ['-c', `${quoted} >/dev/null 2>&1 || exit 1; times`], cwd, { XDG_CACHE_HOME: cache });
  // The second line is that of the children: user time and system time, in minutes and seconds.
  const [, minutes, seconds, systemMinutes, systemSeconds] = /\n(\d+)m([\d.]+)s (\d+)m([\d.]+)s/.exec(text) as string[];
  return Number(minutes) * 60 + Number(seconds) + Number(systemMinutes) * 60 + Number(systemSeconds);
}

/** The peak resident memory of a run of the command line, in MiB. */
export function peakMemory(args: readonly string[], cwd: string, cache: string): number {
  const counter = JSON.stringify(join(__dirname, '../peak-memory.cjs'));
  const hook = `if (require('node:worker_threads').isMainThread) process.on('exit', () => console.log('peak ' + require(${counter}).peakMemory()))`;
  const require = `data:text/javascript,import{createRequire}from'node:module';const require=createRequire('/');${encodeURIComponent(hook)}`;
  const text = output(process.execPath, ['--import', require, serving, ...args], cwd, { XDG_CACHE_HOME: cache });
  return Number(/^peak ([\d.]+)$/m.exec(text)?.[1]);
}

function output(program: string, args: readonly string[], cwd = root, env: NodeJS.ProcessEnv = {}): string {
  const result = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 2 ** 26,
  });
  if (result.status !== 0) throw new Error(`${program} ${args.join(' ')} failed:\n${result.stderr ?? result.error}`);
  return result.stdout;
}
