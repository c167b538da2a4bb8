import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type ts from 'typescript';
import { repositoryFiles } from '../support/repository-files';
import { namesOfSource, parse, type Text, textsOfMarkdown, textsOfSource } from './texts';
import { EXCEPTIONS, NAME_PARTS, SPELLINGS, WORDS, type Word } from './words';

const ROOT = resolve(__dirname, '../..');

interface Source {
  readonly text: string;
  /** Which string literals of a program are texts. */
  readonly literals?: 'all' | 'titles';
}

/** What is written from other files that are checked themselves. */
const GENERATED = /^(?:docs\/api\/|src\/private\/option-types\.ts|src\/tools\/.*\/third-party)/;

const PROGRAMS = /^(?:src|test|scripts|bench|examples)\/.*\.(?:ts|cjs)$|^\.projenrc\.ts$/;

/** The words are their own list, and the test of the list. */
const OWN = /^test\/wording\//;

/** Texts of others: packages, schemas, and licenses. Projen and its packages choose the words of their files. */
const FOREIGN =
  /^(?:LICENSE|package-lock\.json|test\/support\/(?:crds|custom)\/.*\.(?:json|ya?ml)|\.projen\/|\.github\/)/;

/** Every file that is spelled by this repository. Snapshots and generated pages have texts of other files. */
const isSpelled = (file: string) =>
  /\.(?:ts|cjs|md|py|sh|jsonc?|ya?ml|txt|cfg)$/.test(file) &&
  ![GENERATED, OWN, FOREIGN].some((pattern) => pattern.test(file));

/** Every place with a British spelling, in the path of a file or in one of its lines: names, texts and code alike. */
export function checkSpelling(
  files: Readonly<Record<string, string>> = Object.fromEntries(
    repositoryFiles()
      .filter(isSpelled)
      .map((file) => [file, readFileSync(join(ROOT, file), 'utf8')]),
  ),
): { findings: string[]; used: Set<string> } {
  const used = new Set<string>();
  const findings = Object.entries(files).flatMap(([file, text]) => {
    const lines = text
      .split('\n')
      .map((line, index) => ({ line: index + 1, text: line.replace(/https?:\/\/\S+/g, '') }));
    return findingsIn(file, [{ line: 0, text: file }, ...lines], used, SPELLINGS);
  });
  return { findings, used };
}

/** Every file of the repository with texts, by its path. */
function sources(): Record<string, Source> {
  const files = repositoryFiles().filter(
    (file) => (PROGRAMS.test(file) || file.endsWith('.md')) && !GENERATED.test(file) && !OWN.test(file),
  );
  return Object.fromEntries(
    files.map((file) => {
      const literals = /^(?:test|bench)\//.test(file) ? 'titles' : 'all';
      return [file, { text: readFileSync(join(ROOT, file), 'utf8'), literals }];
    }),
  );
}

function findingsIn(file: string, texts: readonly Text[], used: Set<string>, words: readonly Word[] = WORDS): string[] {
  const allowed = EXCEPTIONS.filter((exception) => exception.file === file);
  return texts.flatMap(({ line, text }) => {
    const exceptions = allowed.filter((exception) => text.includes(exception.text));
    for (const exception of exceptions) used.add(`${file}: ${exception.text}`);
    const rest = exceptions.reduce((left, exception) => left.replaceAll(exception.text, ''), text);
    return words.flatMap(({ pattern, suggestion }) => {
      const found = pattern.exec(rest);
      return found ? [`${file}:${line}: '${found[0]}': ${suggestion}`] : [];
    });
  });
}

const findingsInNames = (file: string, source: ts.SourceFile): string[] =>
  namesOfSource(source).flatMap(({ line, text, parts }) => {
    const part = parts.find((name) => NAME_PARTS.has(name));
    return part === undefined ? [] : [`${file}:${line}: '${text}': ${NAME_PARTS.get(part)}`];
  });

/** Every place with a word of the list, as `file:line: 'word': what to write`, and the exceptions that were met. */
export function check(files: Readonly<Record<string, Source>> = sources()): { findings: string[]; used: Set<string> } {
  const used = new Set<string>();
  const findings = Object.entries(files).flatMap(([file, { text, literals = 'all' }]) => {
    if (file.endsWith('.md')) return findingsIn(file, textsOfMarkdown(text), used);
    const source = parse(text);
    return [...findingsIn(file, textsOfSource(source, literals), used), ...findingsInNames(file, source)];
  });
  return { findings, used };
}

// `tsx test/wording/check.ts src/plan` lists the places under a path.
if (require.main === module) {
  const all = [...check().findings, ...checkSpelling().findings];
  const found = all.filter((finding) => finding.startsWith(process.argv[2] ?? ''));
  console.log([...found, `${found.length} found`].join('\n'));
}
