/** Every relative link of the documents leads to a file, and to a heading of it. */
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

function brokenLinksOf(file: string, markdown: string): string[] {
  const links = [...proseOf(markdown).matchAll(/\]\(([^)\s]+)\)|(?:src|srcset|href)="([^"]+)"/g)];
  return links
    .map(([, inline, attribute]) => inline ?? attribute ?? '')
    .filter((link) => !/^[a-z]+:/.test(link))
    .filter((link) => {
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
