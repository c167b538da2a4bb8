import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { exampleOf, readCatalog, renderAll, renderFactories } from '../../scripts/server-factories';
import * as library from '../../src';
import * as catalog from '../../src/servers/catalog';
import type { DescribedServer } from '../../src/servers/define-server';
import { SERVERS } from './servers';

const { ModelServer } = library;
const ROOT = resolve(__dirname, '../..');
const report = readCatalog();
const factories = report.files.flatMap(({ servers }) => servers.filter(({ options }) => options !== undefined));

test('the folder of servers and its index have the same servers', () => {
  expect(report.problems).toEqual([]);
});

test.each(
  [...renderAll(report)].map(([path, text]) => [relative(ROOT, path), text] as const),
)('%s matches the output of its script', (path, text) => {
  const found = readFileSync(join(ROOT, path), 'utf8');
  if (found !== text) throw new Error(`${path} is stale; run npx tsx scripts/server-factories.ts`);
});

test('ModelServer has a factory for each server that can be started, and no others', () => {
  const methods = Object.getOwnPropertyNames(ModelServer).filter(
    (name) => typeof ModelServer[name as keyof typeof ModelServer] === 'function' && name !== 'prototype',
  );
  expect(methods.sort()).toEqual(factories.map(({ name }) => name).sort());
});

test.each(
  factories.map(({ name, documentation }) => [name, documentation] as const),
)('the example of ModelServer.%s creates a server', (name, documentation) => {
  const code = exampleOf(documentation);
  expect(code).toMatch(new RegExp(`^ModelServer\\.${name}\\(`));
  const run = new Function(...Object.keys(library), `return ${code}`);
  expect(run(...Object.values(library))).toBeInstanceOf(ModelServer);
});

test('every server that can be started has a test entry', () => {
  const tested = SERVERS.map(({ name }) => name);
  const missing = Object.values<DescribedServer>(catalog)
    .filter((server) => 'define' in server)
    .flatMap(({ descriptors }) => descriptors.map(({ name }) => name))
    .filter((name) => !tested.includes(name));
  if (missing.length > 0) throw new Error(`test/servers/servers.ts has no entry for ${missing.join(', ')}`);
});

describe('a folder', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'catalog-'));
    write('index', "// Servers\n\nexport { one } from './one';\n");
    write('one', server('one'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const write = (file: string, text: string) => writeFileSync(join(folder, `${file}.ts`), text);
  const server = (name: string, parameter = 'options: OneOptions = {}') =>
    `/** Options. */\nexport interface OneOptions {}\n\n/**\n * The server ${name}.\n *\n * @example\n * ModelServer.${name}();\n */\nexport const ${name} = defineServer([], (${parameter}) => ({}));\n`;

  test('with all its servers in its index has no problems, and gets a factory for each', () => {
    const { files, problems } = readCatalog(folder);
    expect(problems).toEqual([]);
    expect(renderFactories(files)).toContain(
      [
        '  /**',
        '   * The server one.',
        '   *',
        '   * @example',
        '   * ModelServer.one();',
        '   */',
        '  public static one(options: OneOptions = {}): ModelServer {',
        "    checkOptions('OneOptions', options, 'options');",
        '    return new ModelServer(catalog.one.define(options));',
      ].join('\n'),
    );
  });

  test.each<[string, () => void, string]>([
    [
      'a server that is missing from the index',
      () => write('two', server('two')),
      "two.ts is missing from the catalog; add to its index.ts: export { two } from './two';",
    ],
    [
      'a second server that is missing from the index',
      () => write('one', server('one') + server('extra').replace(/.*interface.*\n/, '')),
      "index.ts lists { one } of one.ts, which has other servers; replace the line: export { extra, one } from './one';",
    ],
    [
      'a file that does not exist',
      () => write('index', "export { one } from './one';\nexport { two } from './two';\n"),
      "index.ts lists './two', which does not exist; remove the line",
    ],
    [
      'a file without a server',
      () => write('two', 'export const two = 2;\n'),
      'two.ts has no server; export one: export const name = defineServer([...], (options: ...) => ...)',
    ],
    [
      'a server without documentation',
      () => write('one', server('one').replace(/\/\*\*\n.*?\*\/\n(?=export const)/s, '')),
      "'one' in one.ts has no documentation; write /** ... */ above it",
    ],
    [
      'a server without an example',
      () => write('one', server('one').replace('@example', '')),
      "'one' in one.ts has no example; end its comment with @example and the code",
    ],
    [
      'a server whose options have no type',
      () => write('one', server('one', 'options')),
      "'one' in one.ts must name the type of its options: (options: ...Options) => ...",
    ],
    [
      'an index with another statement',
      () => write('index', "export * from './one';\nexport { one } from './one';\n"),
      "index.ts has 'export * from './one';'; it may have lines such as export { name } from './file'; only",
    ],
  ])('with %s has a problem that names the way out', (_, change, problem) => {
    change();
    expect(readCatalog(folder).problems).toEqual([problem]);
  });
});
