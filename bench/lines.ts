import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files that a user would write for the fleet, without those that both sides share. */
const FILES: Readonly<Record<string, readonly string[]>> = {
  'ours/aws': ['ours/aws', 'ours/endpoint'],
  'ours/kubernetes': ['ours/kubernetes', 'ours/endpoint'],
  'handwritten/aws': ['aws', 'aws-network'].map((name) => `handwritten/${name}`),
  'handwritten/kubernetes': ['kubernetes', 'models', 'router', 'haproxy'].map((name) => `handwritten/${name}`),
  'handwritten/kubernetes-plus': ['kubernetes-plus', 'models', 'router', 'haproxy'].map(
    (name) => `handwritten/${name}`,
  ),
};

/** The lines of code of one side, without blank lines and comments. */
export function linesOf(side: string): number {
  return (FILES[side] ?? []).reduce((sum, file) => sum + codeLines(join(__dirname, `${file}.ts`)), 0);
}

function codeLines(file: string): number {
  const text = readFileSync(file, 'utf8').replace(/^\s*\/\*\*[\s\S]*?\*\/$/gm, '');
  return text.split('\n').filter((line) => line.trim() !== '' && !line.trim().startsWith('//')).length;
}
