import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';

export const root = resolve(__dirname, '..');
/** A user's project, inside the repository so that it finds the frameworks. */
export const project = join(root, '.cache', 'bench');

const library = join(root, 'lib', 'index.js');

/** A comparison on one target. */
export interface Contest {
  readonly target: 'aws' | 'kubernetes';
  readonly label: string;
  /** The name of the other program in `bench/handwritten`. */
  readonly theirs: string;
  /** The maximum ratio of our cost to theirs. */
  readonly limit: number;
}

export const CONTESTS: readonly Contest[] = [
  { target: 'aws', label: 'AWS', theirs: 'aws', limit: 1.1 },
  { target: 'kubernetes', label: 'Kubernetes', theirs: 'kubernetes', limit: 1.15 },
  { target: 'kubernetes', label: 'Kubernetes against cdk8s-plus', theirs: 'kubernetes-plus', limit: 0.7 },
];

/** Fails before anything is measured if a program is missing. Each is in the Debian package of the same name. */
export function requirePrograms(programs: readonly string[]): void {
  const missing = programs.filter((program) => spawnSync(program, ['-v']).error !== undefined);
  if (missing.length > 0)
    throw new Error(`not installed: ${missing.join(', ')}; run: apt-get install ${missing.join(' ')}`);
}

/** Compiles the package if it is older than its sources. */
export function compileLibrary(): void {
  if (!isStale()) return;
  for (const command of [
    ['projen', 'compile'],
    ['tsx', 'scripts/lazy-index.ts'],
  ]) {
    const { status } = spawnSync('npx', command, { cwd: root, stdio: ['ignore', 2, 2] });
    if (status !== 0) throw new Error(`'npx ${command.join(' ')}' failed`);
  }
}

function isStale(): boolean {
  if (!existsSync(library) || !readFileSync(library, 'utf8').includes('function lazy(')) return true;
  const compiled = statSync(library).mtimeMs;
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  return sources.some((file) => statSync(join(root, 'src', file)).mtimeMs > compiled);
}

/** Installs the package like users do, because CDK records less metadata for code in packages than for the user's own. */
export function installLibrary(): void {
  const installed = join(project, 'node_modules', 'serving-constructs');
  rmSync(installed, { recursive: true, force: true });
  for (const part of ['package.json', 'lib']) cpSync(join(root, part), join(installed, part), { recursive: true });
}

/** Compiles the measured programs, so that no time is spent on TypeScript; returns the compiled child. */
export function compilePrograms(): string {
  const sides = CONTESTS.flatMap(({ target, theirs }) => [join('ours', target), join('handwritten', theirs)]);
  buildSync({
    entryPoints: [...new Set(['child', 'fleet', ...sides])].map((name) => join(__dirname, `${name}.ts`)),
    outdir: project,
    outbase: __dirname,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    packages: 'external',
    external: ['./fleet'],
    logLevel: 'error',
  });
  return join(project, 'child.js');
}

/** The compiled program of one side. */
export function programOf(side: string): string {
  return join(project, `${side}.js`);
}
