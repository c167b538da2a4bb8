import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** A fenced block. */
export interface Block {
  /** The info string after the fence. */
  readonly language: string;
  readonly text: string;
}

/** The documents that users read, by their path in the repository. */
export function readDocuments(): Record<string, string> {
  const docs = readdirSync(ROOT).includes('docs') ? readdirSync(join(ROOT, 'docs'), { encoding: 'utf8' }) : [];
  const files = ['README.md', ...docs.filter((file) => file.endsWith('.md')).map((file) => `docs/${file}`)];
  return Object.fromEntries(files.map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]));
}

/** A program of the README with the canary instead of the single backend. */
export function withCanary(program: string): string {
  return program.replaceAll(/sentiment|endpoint/g, 'canary');
}

/** Every fenced block, in order. */
export function blocksOf(markdown: string): Block[] {
  return [...markdown.matchAll(/^```(\S*)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({ language, text }));
}

/** The TypeScript blocks, by the file name in the comment of their first line. */
export function filesOf(markdown: string): Record<string, string> {
  const files: Record<string, string> = {};
  for (const { language, text } of blocksOf(markdown)) {
    if (!/^(ts|tsx|typescript)$/.test(language)) continue;
    const name = /^\/\/ ([\w.-]+\.ts)\n/.exec(text)?.[1];
    if (name === undefined)
      throw new Error(`the first line of a block must be '// name.ts', but this one has none:\n${text}`);
    if (name in files) throw new Error(`two blocks are named '${name}'`);
    files[name] = text;
  }
  return files;
}
