// Checks the packed tarball: it holds what users need and nothing else, and its package.json leads to real files.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '..');
const ALLOWED =
  /^(\.jsii|API\.md|ARCHITECTURE\.md|CHANGELOG\.md|LICENSE|README\.md|package\.json|docs\/.+\.md|(lib|assets)\/.+\.(js|d\.ts))$/;
const REQUIRED = [
  '.jsii',
  'API.md',
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'package.json',
  'lib/index.js',
  'lib/index.d.ts',
];

function run(command: string, ...args: string[]): string {
  const child = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (child.status !== 0) throw new Error(`${command} ${args.join(' ')} failed:\n${child.stdout}${child.stderr}`);
  return child.stdout;
}

const [tarball, ...others] = readdirSync(join(root, 'dist/js')).filter((file) => file.endsWith('.tgz'));
if (tarball === undefined || others.length > 0) throw new Error('dist/js must hold one tarball');
const path = join('dist/js', tarball);
const files = run('tar', '-tzf', path)
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => line.replace(/^package\//, ''));

const surplus = files.filter((file) => !ALLOWED.test(file));
if (surplus.length > 0) throw new Error(`the tarball must not hold ${surplus.join(', ')}`);
// The pages that the readme leads to; examples and the guide for contributors are of use beside the source only.
const pages = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/\]\((docs\/[^)#]+)/g)].map(
  ([, page]) => page as string,
);
const missing = [...REQUIRED, ...pages].filter((file) => !files.includes(file));
if (missing.length > 0) throw new Error(`the tarball lacks ${missing.join(', ')}`);
run('node_modules/.bin/publint', 'run', path, '--strict');
console.log(`${path}: ${files.length} files`);
