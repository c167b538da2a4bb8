/** Writes the API reference: API.md, which lists every name, and one page for each namespace in docs/api. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');
const PACKAGE = 'serving-constructs';

interface Namespace {
  /** The page, and the namespace where it has a name. */
  readonly page: string;
  readonly title: string;
  readonly text: string;
}

const NAMESPACES: readonly Namespace[] = [
  { page: 'definitions', title: `\`${PACKAGE}\``, text: 'What a definition is written with.' },
  { page: 'aws', title: '`aws`', text: 'The platform on AWS, and objects of CDK as parts of a definition.' },
  {
    page: 'kubernetes',
    title: '`kubernetes`',
    text: 'The platform on Kubernetes, its gateways, and objects of a cluster as parts of a definition.',
  },
  { page: 'servers', title: '`servers`', text: 'How a model server behaves, for `ModelServer.custom`.' },
  { page: 'extension', title: '`extension`', text: 'What a platform for another target renders: intents and plans.' },
];

const KINDS = ['Constructs', 'Structs', 'Classes', 'Protocols', 'Enums'] as const;

const folder = mkdtempSync(join(tmpdir(), 'api-'));
try {
  const docgen = join(ROOT, 'node_modules/.bin/jsii-docgen');
  execFileSync(docgen, ['-o', join(folder, 'API'), '--split-by-submodule'], { cwd: ROOT, stdio: 'inherit' });
  mkdirSync(join(ROOT, 'docs/api'), { recursive: true });
  const sections = NAMESPACES.map((namespace) => {
    const { page, title, text } = namespace;
    const source = readFileSync(join(folder, page === 'definitions' ? 'API.md' : `${page}.md`), 'utf8');
    writeFileSync(join(ROOT, 'docs/api', `${page}.md`), linked(withoutContents(source, title), page));
    return [`## [${title}](docs/api/${page}.md)`, text, ...contentsOf(source, page)].join('\n\n');
  });
  const intro = 'All public names. The pages describe arguments, defaults and how each target renders an option.';
  writeFileSync(join(ROOT, 'API.md'), `${['# API reference', intro, ...sections].join('\n\n')}\n`);
} finally {
  rmSync(folder, { recursive: true });
}

/** The page under its own title, without the list of the other pages. */
function withoutContents(source: string, title: string): string {
  const body = source.replace(/^# .*\n+/, '').replace(/^## Submodules[\s\S]*?(?=^## )/m, '');
  return `# API reference: ${title}\n\n${body}`;
}

/** Links types of other namespaces to their pages. */
function linked(text: string, page: string): string {
  return text.replace(
    /href="#serving-constructs\.((?:aws|kubernetes|servers|extension)\.)?([^"]*)"/g,
    (all, space, rest) => {
      const target = space === undefined ? 'definitions' : space.slice(0, -1);
      return target === page ? all : `href="${target}.md#${PACKAGE}.${space ?? ''}${rest}"`;
    },
  );
}

/** The names of a page by their kind. */
function contentsOf(source: string, page: string): string[] {
  return KINDS.flatMap((kind) => {
    const [, section = ''] = new RegExp(`^## ${kind} .*\\n([\\s\\S]*?)(?=^## |$(?![\\s\\S]))`, 'm').exec(source) ?? [];
    const names = [...section.matchAll(/^### (\S+) <a name="[^"]*" id="([^"]*)"/gm)].map(
      ([, name, id]) => `[${name}](docs/api/${page}.md#${id})`,
    );
    return names.length === 0 ? [] : [`**${kind}**: ${names.sort().join(', ')}`];
  });
}
