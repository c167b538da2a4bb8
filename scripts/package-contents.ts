/** What the packed package may contain, and what it must. */
import { createHash } from 'node:crypto';
import { isAbsolute, posix } from 'node:path';

/** The files of the package by path. */
export type Contents = ReadonlyMap<string, Buffer>;

const ALLOWED = [
  /^(\.jsii|LICENSE|package\.json)$/,
  /^(API|ARCHITECTURE|CHANGELOG|README|SECURITY)\.md$/,
  /^docs\/.+\.md$/,
  /^docs\/images\/.+\.svg$/,
  // The command line is bundled; its source files import packages that users do not install.
  /^lib\/(?!tools\/).+\.(js|js\.map|d\.ts)$/,
  /^assets\/.+\.js$/,
  /^assets\/tools\/serving\/(THIRD-PARTY-NOTICES\.txt|sbom\.cdx\.json)$/,
];

const REQUIRED = [
  '.jsii',
  'API.md',
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'SECURITY.md',
  'docs/security.md',
  'package.json',
  'lib/index.js',
  'lib/index.d.ts',
];

export interface Expected {
  /** Required files, in addition to those of every package. */
  readonly files: readonly string[];
  /** Files whose text is known. */
  readonly texts: { readonly [path: string]: string };
  /** The source files, of which the library is compiled. */
  readonly sources: readonly string[];
  /** Packages that users have: peers, and what Node brings. */
  readonly packages: readonly string[];
  /** Where the bill of materials is, which has the digests of the bundles. */
  readonly sbom: string;
  /** Folders of the machine that builds the package. */
  readonly folders: readonly string[];
}

/** What is wrong with a package, one sentence for each kind. */
export function problemsOf(contents: Contents, expected: Expected): string[] {
  const paths = [...contents.keys()];
  const required = [...REQUIRED, ...expected.files, ...Object.keys(expected.texts)];
  return [
    ['must not contain', paths.filter((path) => !ALLOWED.some((pattern) => pattern.test(path)))],
    ['lacks', required.filter((path) => !contents.has(path))],
    ['has files without a source:', stale(paths, expected.sources)],
    ['names a folder of this machine in', paths.filter((path) => namesFolder(contents.get(path), expected.folders))],
    ['has a source map inside', paths.filter((path) => hasInlineMap(path, contents.get(path)))],
    ['has a source map that leads out of src/ in', paths.filter((path) => leadsOut(path, contents.get(path)))],
    ['imports what no user has in', unresolved(contents, expected.packages)],
    ['is not what the sources become in', differing(contents, expected.texts)],
    ['has bundles that differ from the bill of materials:', unlisted(contents, expected.sbom)],
  ].flatMap(([problem, found]) => (found?.length ? [`the package ${problem} ${(found as string[]).join(', ')}`] : []));
}

/** Files of the library that an earlier compilation left. */
function stale(paths: readonly string[], sources: readonly string[]): string[] {
  return paths.filter((path) => {
    const module = /^lib\/(.+?)(?:\.js|\.d\.ts)$/.exec(path)?.[1];
    return module !== undefined && !sources.includes(`src/${module}.ts`);
  });
}

function namesFolder(bytes: Buffer | undefined, folders: readonly string[]): boolean {
  return folders.some((folder) => bytes?.includes(folder));
}

function leadsOut(path: string, bytes: Buffer | undefined): boolean {
  if (!path.endsWith('.js.map')) return false;
  const { sources, sourceRoot = '' } = JSON.parse(bytes?.toString() ?? '{}');
  const resolved = (sources as string[]).map((source) => posix.join(posix.dirname(path), sourceRoot, source));
  return isAbsolute(sourceRoot) || resolved.some((source) => !source.startsWith('src/'));
}

/** A source map inside a file is read each time that the file is loaded. */
function hasInlineMap(path: string, bytes: Buffer | undefined): boolean {
  return path.endsWith('.js') && /^\/\/# sourceMappingURL=data:/m.test(bytes?.toString() ?? '');
}

/** A package is loaded at the start of a statement or by `require`; comments and texts may also contain its name. */
const IMPORT = /(?:\brequire\(|^(?:import|export)\b[^'"\n]*?\bfrom |\bimport\()(["'])([^"'\n]+)\1/gm;

/** Files of the library that import a package or a file that is not there, with what they import. */
function unresolved(contents: Contents, packages: readonly string[]): string[] {
  const found = (path: string, request: string) => {
    if (!request.startsWith('.')) {
      const name = /^(?:@[^/]+\/)?[^/]+/.exec(request.replace(/^node:/, ''))?.[0] ?? '';
      return packages.includes(name);
    }
    const file = posix.join(posix.dirname(path), request);
    const extension = path.endsWith('.d.ts') ? '.d.ts' : '.js';
    return [file, `${file}${extension}`, `${file}/index${extension}`].some((candidate) => contents.has(candidate));
  };
  return [...contents]
    .filter(([path]) => path.startsWith('lib/') && !path.endsWith('.map'))
    .flatMap(([path, bytes]) =>
      [...bytes.toString().matchAll(IMPORT)]
        .map(([, , request = '']) => request)
        .filter((request) => !found(path, request))
        .map((request) => `${path} ('${request}')`),
    );
}

function differing(contents: Contents, texts: Expected['texts']): string[] {
  return Object.keys(texts).filter((path) => contents.has(path) && contents.get(path)?.toString() !== texts[path]);
}

/** Bundles without their digest in the bill of materials, and those that it lists and the package lacks. */
function unlisted(contents: Contents, path: string): string[] {
  const { components = [] } = JSON.parse(contents.get(path)?.toString() ?? '{}') as {
    components?: { type: string; name: string; hashes: { content: string }[] }[];
  };
  const listed = new Map(
    components.filter(({ type }) => type === 'file').map(({ name, hashes }) => [name, hashes[0]?.content]),
  );
  const digestOf = (file: string) =>
    createHash('sha256')
      .update(contents.get(file) ?? '')
      .digest('hex');
  const bundles = [...contents.keys()].filter((file) => /^assets\/.+\.js$/.test(file));
  return [...new Set([...bundles, ...listed.keys()])].filter((file) => listed.get(file) !== digestOf(file));
}
