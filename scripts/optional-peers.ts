// Allows declarations to import packages that a user may not have installed.
//
// Without a mark, the compiler reports the package of the other target as missing in a project that checks declarations
// (no `skipLibCheck`). With it, types of an absent package are `any`; if the package is installed, nothing changes.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(__dirname, '..');
const { peerDependenciesMeta } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const names = Object.entries(peerDependenciesMeta as Record<string, { optional?: boolean }>)
  .filter(([, { optional }]) => optional)
  .map(([name]) => name);
const optional = new RegExp(
  `(?<!^// @ts-ignore\\n)^(?=(?:import|export) .*from '(?:${names.join('|')})(?:/[^']*)?';$)`,
  'gm',
);

const files = (readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' }) as string[])
  .filter((file) => file.endsWith('.d.ts'))
  .map((file) => join(root, 'lib', file));
for (const file of files) {
  const text = readFileSync(file, 'utf8');
  if (names.some((name) => text.includes(`import("${name}`))) throw new Error(`${file}: an inline import has no mark`);
  writeFileSync(file, text.replace(optional, '// @ts-ignore\n'));
}
