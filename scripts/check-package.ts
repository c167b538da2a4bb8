// Checks the packed tarball: it holds what users need and nothing else, and its package.json leads to real files.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { type Contents, problemsOf } from './package-contents';
import { SBOM, thirdPartyFiles } from './third-party';

const root = resolve(__dirname, '..');

function run(command: string, ...args: string[]): string {
  const child = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (child.status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${child.stdout}${child.stderr}`);
  return child.stdout;
}

function contentsOf(tarball: string): Contents {
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  try {
    run('tar', '-xzf', tarball, '-C', folder);
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const paths = entries.filter((entry) => !entry.isDirectory()).map((entry) => join(entry.parentPath, entry.name));
    return new Map(paths.map((path) => [relative(join(folder, 'package'), path), readFileSync(path)]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function main(): Promise<void> {
  const [tarball, ...others] = readdirSync(join(root, 'dist/js')).filter((file) => file.endsWith('.tgz'));
  if (tarball === undefined || others.length > 0) throw new Error('dist/js must contain exactly one tarball');
  const path = join('dist/js', tarball);
  const contents = contentsOf(path);
  // The pages that the README links to. Examples and the guide for contributors require the sources.
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const pages = [...readme.matchAll(/\]\((docs\/[^)#]+)/g)].map(([, page]) => page as string);
  const texts = await thirdPartyFiles();
  const { peerDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const packages = [...builtinModules, ...Object.keys(peerDependencies)];
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' }).map((file) => `src/${file}`);
  const folders = [root, `${homedir()}/`];
  const problems = problemsOf(contents, { files: pages, texts, sources, packages, sbom: SBOM, folders });
  if (problems.length > 0) throw new Error(problems.join('\n'));
  run('node_modules/.bin/publint', 'run', path, '--strict');
  run('node_modules/.bin/attw', path, '--no-definitely-typed', '--no-color', '--no-emoji');
  console.log(`${path}: ${contents.size} files`);
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
