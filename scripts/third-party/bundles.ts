/** What the tasks of .projen/tasks.json bundle, read from the metafile of each run of esbuild. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Metafile } from 'esbuild';

export const root = resolve(__dirname, '../..');

export interface Bundle {
  /** The path of the bundle in the package. */
  readonly file: string;
  readonly bytes: Buffer;
  /** The files whose code is in the bundle, each with the files that it imports. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
}

interface Tasks {
  readonly tasks: { readonly [name: string]: { readonly steps?: { readonly execArgs?: string[] }[] } };
}

/** Runs the command lines that make the bundles, and writes into a temporary folder instead of `assets/`. */
export function bundles(): Bundle[] {
  const { tasks } = JSON.parse(readFileSync(join(root, '.projen/tasks.json'), 'utf8')) as Tasks;
  const commands = Object.values(tasks)
    .flatMap(({ steps = [] }) => steps.map(({ execArgs = [] }) => execArgs))
    .filter((args) => args[0] === 'esbuild' && !args.includes('--watch'));
  if (commands.length === 0) throw new Error('.projen/tasks.json has no task that runs esbuild');
  return commands.map(([, ...args]) => bundle(args)).sort((a, b) => (a.file < b.file ? -1 : 1));
}

function bundle(args: readonly string[]): Bundle {
  const OUTFILE = '--outfile=';
  const file = args.find((arg) => arg.startsWith(OUTFILE))?.slice(OUTFILE.length);
  if (file === undefined) throw new Error(`a bundle without an output file: esbuild ${args.join(' ')}`);
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
  try {
    const paths = { outfile: join(folder, 'bundle.js'), metafile: join(folder, 'metafile.json') };
    const redirected = Object.entries(paths).map(([option, path]) => `--${option}=${path}`);
    const kept = args.filter((arg) => !arg.startsWith(OUTFILE));
    const command = join(root, 'node_modules/.bin/esbuild');
    const child = spawnSync(command, [...kept, ...redirected, '--log-level=warning'], { cwd: root, encoding: 'utf8' });
    if (child.status !== 0) throw new Error(`the bundle ${file} cannot be made:\n${child.stderr}`);
    const metafile = JSON.parse(readFileSync(paths.metafile, 'utf8')) as Metafile;
    return { file, bytes: readFileSync(paths.outfile), sources: sourcesOf(metafile) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Files of which nothing is left after removal of unused code are not part of a bundle. */
function sourcesOf({ inputs, outputs }: Metafile): ReadonlyMap<string, readonly string[]> {
  const present = Object.values(outputs)
    .flatMap((output) => Object.entries(output.inputs))
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => path);
  const imports = (path: string) => (inputs[path]?.imports ?? []).filter(({ external }) => !external);
  return new Map(present.map((path) => [path, imports(path).map((imported) => imported.path)]));
}
