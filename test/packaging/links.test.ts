/** Every relative link of the documents leads to a file, and to a heading of it. The index links to every document. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { repositoryFiles } from '../support/repository-files';

const ROOT = resolve(__dirname, '../..');

const DOCUMENTS = repositoryFiles().filter((file) => file.endsWith('.md'));

/** Markdown without fenced blocks, whose lines may look like headings and links. */
const proseOf = (markdown: string) => markdown.replace(/^```[\s\S]*?^```$/gm, '');

/** The fragments of a document: those of its headings as GitHub derives them, and explicit ones. */
function fragmentsOf(markdown: string): Set<string> {
  const prose = proseOf(markdown);
  const headings = [...prose.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/<[^>]*>/g, '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
  const explicit = [...prose.matchAll(/(?:id|name)="([^"]+)"/g)].map(([, id = '']) => id);
  return new Set([...headings, ...explicit]);
}

/** The relative links of a document. */
function linksOf(markdown: string): string[] {
  const links = [...proseOf(markdown).matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)];
  return links.map(([, inline, attribute]) => inline ?? attribute ?? '').filter((link) => !/^[a-z]+:/.test(link));
}

function brokenLinksOf(file: string, markdown: string): string[] {
  return linksOf(markdown).filter((link) => {
    const [path = '', fragment] = link.split('#');
    const target = path === '' ? file : relative(ROOT, resolve(ROOT, dirname(file), path));
    if (target !== file && !existsSync(join(ROOT, target))) return true;
    if (fragment === undefined || !target.endsWith('.md')) return false;
    const text = target === file ? markdown : readFileSync(join(ROOT, target), 'utf8');
    return !fragmentsOf(text).has(decodeURIComponent(fragment));
  });
}

// The pages of the API contain thousands of generated links within a page; scripts contain parts of pages.
test.each(
  DOCUMENTS.filter((file) => !/^(?:docs\/api|scripts)\//.test(file)),
)('the links of %s lead somewhere', (file) => {
  expect(brokenLinksOf(file, readFileSync(join(ROOT, file), 'utf8'))).toEqual([]);
});

test('a link to a missing file or heading is found', () => {
  const markdown =
    '# A title: `one`\n[a](README.md) [b](nowhere.md) [c](#a-title-one) [d](#another) [e](docs)\n```\n# x\n```\n[f](#x)';
  expect(brokenLinksOf('x.md', markdown)).toEqual(['nowhere.md', '#another', '#x']);
});

const INDEX = 'docs/README.md';

/** The documents of docs/ that an index does not link to. */
function unlistedIn(index: string, markdown: string, documents: readonly string[]): string[] {
  const listed = linksOf(markdown).map((link) =>
    relative(ROOT, resolve(ROOT, dirname(index), link.split('#')[0] ?? '')),
  );
  return documents.filter((file) => file.startsWith('docs/') && file !== index && !listed.includes(file));
}

test('the index lists every document of docs/, and the README links to it', () => {
  expect(unlistedIn(INDEX, readFileSync(join(ROOT, INDEX), 'utf8'), DOCUMENTS)).toEqual([]);
  expect(linksOf(readFileSync(join(ROOT, 'README.md'), 'utf8'))).toContain(INDEX);
});

test('a document that the index lacks is found', () => {
  const documents = ['README.md', INDEX, 'docs/a.md', 'docs/api/b.md', 'docs/c.md'];
  expect(unlistedIn(INDEX, '[a](a.md#x) [b](api/b.md)', documents)).toEqual(['docs/c.md']);
});

test('the glossary is in alphabetical order, and every term has a link', () => {
  const [, ...entries] = readFileSync(join(ROOT, 'docs/glossary.md'), 'utf8').split(/^\*\*/m);
  const terms = entries.map((entry) => entry.slice(0, entry.indexOf('**')));
  expect(terms).toEqual(expect.arrayContaining(['Backend', 'Endpoint', 'Platform', 'Plan', 'Target']));
  expect(terms).toEqual([...new Set(terms)].sort((a, b) => a.localeCompare(b)));
  expect(entries.filter((entry) => linksOf(entry).length === 0)).toEqual([]);
});
