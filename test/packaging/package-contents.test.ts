/** Each problem of a package is found and reported. */
import { createHash } from 'node:crypto';
import { type Contents, type Expected, problemsOf } from '../../scripts/package-contents';

const SBOM = 'assets/tools/serving/sbom.cdx.json';
const NOTICES = 'assets/tools/serving/THIRD-PARTY-NOTICES.txt';
const BUNDLE = 'assets/tools/serving/index.js';
const FOLDER = '/build/serving-constructs';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const sbom = JSON.stringify({
  components: [
    { type: 'library', name: 'yaml', hashes: [] },
    { type: 'file', name: BUNDLE, hashes: [{ alg: 'SHA-256', content: sha256('bundle') }] },
  ],
});
const expected: Expected = {
  files: ['docs/models.md'],
  texts: { [NOTICES]: 'notices', [SBOM]: sbom },
  sources: ['src/index.ts', 'src/a.ts', 'src/aws/index.ts', 'src/aws/ecs.ts', 'src/tools/app.ts'],
  packages: ['fs', 'constructs'],
  sbom: SBOM,
  folders: [FOLDER],
};

const INLINE_MAP = 'exports.a = 1;\n//# sourceMappingURL=data:application/json;base64,e30=';

const GOOD: { readonly [path: string]: string } = {
  '.jsii': '{}',
  'API.md': '',
  'CHANGELOG.md': '',
  LICENSE: '',
  'README.md': '',
  'SECURITY.md': '',
  'package.json': '{}',
  'docs/models.md': '',
  'docs/security.md': '',
  'lib/index.js': '',
  'lib/index.d.ts': '',
  'lib/aws/ecs.js': 'exports.a = 1;\n//# sourceMappingURL=ecs.js.map',
  'lib/aws/ecs.js.map': JSON.stringify({ sources: ['../../src/aws/ecs.ts'] }),
  [BUNDLE]: 'bundle',
  [NOTICES]: 'notices',
  [SBOM]: sbom,
};

const contents = (files: { readonly [path: string]: string | undefined }): Contents =>
  new Map(Object.entries(files).flatMap(([path, text]) => (text === undefined ? [] : [[path, Buffer.from(text)]])));

test('files of the library can import Node.js modules, peer dependencies and each other', () => {
  const files = {
    'lib/a.js': 'const fs = require("node:fs");\nrequire("./aws");\nrequire("./aws/ecs");\n// from \'yaml\'',
    'lib/a.d.ts': "import { Construct } from 'constructs';\nexport * from './index';",
    'lib/aws/index.js': '',
  };
  expect(problemsOf(contents({ ...GOOD, ...files }), expected)).toEqual([]);
});

test('a package without problems passes', () => {
  expect(problemsOf(contents(GOOD), expected)).toEqual([]);
});

test.each<[string, { readonly [path: string]: string | undefined }, string]>([
  ['test data', { 'test/data.json': '{}' }, 'must not contain test/data.json'],
  ['a source map inside a file', { 'lib/index.js': INLINE_MAP }, 'has a source map inside lib/index.js'],
  ['sources', { 'src/index.ts': '' }, 'must not contain src/index.ts'],
  ['credentials of npm', { '.npmrc': '' }, 'must not contain .npmrc'],
  ['single files of the command line', { 'lib/tools/app.js': '' }, 'must not contain lib/tools/app.js'],
  [
    'an import of an undeclared package',
    { 'lib/a.js': 'const yaml = require("yaml");' },
    "imports what no user has in lib/a.js ('yaml')",
  ],
  [
    'an import of a file of an undeclared package',
    { 'lib/a.d.ts': "import type { A } from '@acme/sdk/a';" },
    "imports what no user has in lib/a.d.ts ('@acme/sdk/a')",
  ],
  [
    'a type of an undeclared package',
    { 'lib/a.d.ts': 'const a: import("yaml").Document;' },
    "imports what no user has in lib/a.d.ts ('yaml')",
  ],
  [
    'an import of a missing file',
    { 'lib/a.js': "require('./tools/app')" },
    "imports what no user has in lib/a.js ('./tools/app')",
  ],
  ['missing notices', { [NOTICES]: undefined }, `lacks ${NOTICES}`],
  ['a missing security policy', { 'SECURITY.md': undefined }, 'lacks SECURITY.md'],
  ['a missing page that the readme links to', { 'docs/models.md': undefined }, 'lacks docs/models.md'],
  [
    'files of an earlier compilation',
    { 'lib/aws/old.js': '', 'lib/aws/old.d.ts': '' },
    'has files without a source: lib/aws/old.js, lib/aws/old.d.ts',
  ],
  [
    'an absolute path of the build machine',
    { 'API.md': `see ${FOLDER}/src` },
    'names a folder of this machine in API.md',
  ],
  [
    'an absolute source in a map',
    { 'lib/a.js.map': JSON.stringify({ sources: ['/home/me/src/index.ts'] }) },
    'has a source map that leads out of src/ in lib/a.js.map',
  ],
  [
    'a source outside the package',
    { 'lib/a.js.map': JSON.stringify({ sources: ['../../other/index.ts'] }) },
    'has a source map that leads out of src/ in lib/a.js.map',
  ],
  [
    'an absolute root in a map',
    { 'lib/a.js.map': JSON.stringify({ sources: ['../src/index.ts'], sourceRoot: '/home/me' }) },
    'has a source map that leads out of src/ in lib/a.js.map',
  ],
  ['outdated notices', { [NOTICES]: 'other' }, `is not what the sources become in ${NOTICES}`],
  ['another bundle', { [BUNDLE]: 'other' }, `has bundles that differ from the bill of materials: ${BUNDLE}`],
  [
    'an unlisted bundle',
    { 'assets/tools/more.js': 'more' },
    'has bundles that differ from the bill of materials: assets/tools/more.js',
  ],
  ['a missing bundle', { [BUNDLE]: undefined }, `has bundles that differ from the bill of materials: ${BUNDLE}`],
])('a package with %s is rejected', (_, change, problem) => {
  expect(problemsOf(contents({ ...GOOD, ...change }), expected)).toEqual([`the package ${problem}`]);
});

test('a package without a bill of materials lists no bundles', () => {
  const problems = problemsOf(contents({ ...GOOD, [SBOM]: undefined }), expected);
  expect(problems).toEqual([
    `the package lacks ${SBOM}`,
    `the package has bundles that differ from the bill of materials: ${BUNDLE}`,
  ]);
});
