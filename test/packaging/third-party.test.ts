/** The notices and the bill of materials list exactly the bundled packages, which have permitted licenses. */
import { createHash } from 'node:crypto';
import { thirdPartyFiles } from '../../scripts/third-party';
import { type Bundle, bundles, root } from '../../scripts/third-party/bundles';
import { assertAllowed } from '../../scripts/third-party/licenses';
import { noticesOf } from '../../scripts/third-party/notices';
import { assertOneCopy, type BundledPackage, folderOf, packagesOf } from '../../scripts/third-party/packages';
import { sbomOf, validate } from '../../scripts/third-party/sbom';

const OWNER = { name: 'owner', version: '1.0.0', license: 'Apache-2.0' };

// The schema is compiled for each validation.
jest.setTimeout(60_000);

const built = bundles();
const packages = packagesOf(built);
const labels = packages.map(({ name, version }) => `${name} ${version}`);

interface Sbom {
  readonly components: {
    readonly type: string;
    readonly name: string;
    readonly group?: string;
    readonly version?: string;
    readonly purl?: string;
    readonly hashes?: { readonly alg: string; readonly content: string }[];
    readonly licenses?: { readonly license?: { readonly id: string } }[];
  }[];
  readonly dependencies: { readonly ref: string; readonly dependsOn?: string[] }[];
  readonly metadata: object;
}

let text: string;
let sbom: Sbom;
beforeAll(async () => {
  text = await sbomOf(OWNER, built, packages);
  sbom = JSON.parse(text);
});

describe('the bundles', () => {
  test('are those of the package, each with code of this repository', () => {
    expect(built.map(({ file }) => file)).toEqual([
      'assets/tools/serving/ecr-sdk.js',
      'assets/tools/serving/index.js',
      'assets/tools/serving/s3-sdk.js',
      'lib/private/python-yaml.js',
    ]);
    for (const { sources } of built)
      expect([...sources.keys()].filter((path) => path.startsWith('src/'))).not.toEqual([]);
  });

  test('contain no absolute path of this machine', () => {
    for (const { bytes } of built) expect(bytes.includes(root)).toBe(false);
  });

  test('contain every package once', () => {
    const names = packages.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
  });

  test('share one release of the AWS SDK', () => {
    const clients = packages.filter(({ name }) => name.startsWith('@aws-sdk/client-'));
    expect(clients.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['@aws-sdk/client-ecr', '@aws-sdk/client-s3']),
    );
    expect(new Set(clients.map(({ version }) => version)).size).toBe(1);
  });

  test('list the same packages in comments as the metafile', () => {
    // Only the bundle that is not minified has comments.
    const [, index] = built as [Bundle, Bundle, Bundle];
    const comments = [...index.bytes.toString().matchAll(/^ *\/\/ (node_modules\/.+)$/gm)];
    const folders = new Set(comments.map(([, path]) => folderOf(path as string)));
    expect(folders.size).toBeGreaterThan(3);
    const listed = new Set([...index.sources.keys()].flatMap((path) => folderOf(path) ?? []));
    expect([...folders].sort()).toEqual([...listed].sort());
  });
});

describe('a package in two copies', () => {
  test.each([
    ['of two versions', '1.0.0', '2.0.0'],
    ['of one version', '1.0.0', '1.0.0'],
  ])('%s is an error', (_, first, second) => {
    const copies = new Map([
      ['node_modules/twice', { name: 'twice', version: first }],
      ['node_modules/other/node_modules/twice', { name: 'twice', version: second }],
      ['node_modules/once', { name: 'once', version: '1.0.0' }],
    ]);
    expect(() => assertOneCopy(copies)).toThrow(
      `packages are bundled more than once: twice (${first} in node_modules/twice, ${second} in node_modules/other/node_modules/twice);`,
    );
  });
});

describe('licenses', () => {
  test.each([
    'MIT',
    'Apache-2.0',
    '0BSD',
    '(MIT OR GPL-3.0-only)',
    'ISC AND BSD-3-Clause',
  ])('%s is allowed', (license) => {
    expect(() => assertAllowed('some@1.0.0', license)).not.toThrow();
  });

  test.each([
    'GPL-3.0-only',
    'LGPL-2.1-or-later',
    'MIT AND GPL-3.0-only',
    'Apache-2.0 WITH LLVM-exception',
    'UNLICENSED',
    'SEE LICENSE IN LICENSE.txt',
    'Custom',
    '',
  ])("'%s' is rejected with the name of the package", (license) => {
    expect(() => assertAllowed('some@1.0.0', license)).toThrow(`the license of some@1.0.0 (${license}) is not one of`);
  });

  test('a package without a license is rejected', () => {
    expect(() => assertAllowed('some@1.0.0', undefined)).toThrow('the license of some@1.0.0 (none) is not one of');
  });
});

describe('the notices', () => {
  test('list every bundled package with its version and license', () => {
    const lines = noticesOf(packages).split('\n');
    for (const { name, version, license } of packages) expect(lines).toContain(`${name} ${version} (${license})`);
  });

  test('contain the full terms of every package', () => {
    const notices = noticesOf(packages);
    for (const { name, texts } of packages) {
      expect([name, texts.length]).not.toEqual([name, 0]);
      for (const text of texts) expect(notices).toContain(text);
    }
    expect(notices).toContain('TERMS AND CONDITIONS FOR USE, REPRODUCTION, AND DISTRIBUTION');
    expect(notices).toContain('Permission is hereby granted, free of charge');
  });

  test('list two packages with the same terms above one text', () => {
    const like = (name: string): BundledPackage => ({
      ...{ folder: `node_modules/${name}`, name, version: '1.0.0', license: 'MIT', integrity: undefined },
      texts: ['the terms'],
    });
    expect(
      noticesOf([like('a'), like('b')])
        .split('\n')
        .slice(-5),
    ).toEqual(['a 1.0.0 (MIT)', 'b 1.0.0 (MIT)', '', 'the terms', '']);
  });
});

describe('the bill of materials', () => {
  test('lists exactly the bundled packages, with package URL, version, license and hash', () => {
    const { components } = sbom;
    const libraries = components.filter(({ type }) => type === 'library');
    expect(libraries.map(({ group, name, version }) => `${group ? `${group}/` : ''}${name} ${version}`).sort()).toEqual(
      [...labels].sort(),
    );
    for (const { name, version, purl, hashes, licenses } of libraries) {
      expect(purl).toMatch(new RegExp(`^pkg:npm/(%40[^/]+/)?${name}@${version}$`));
      expect(hashes).toEqual([{ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) }]);
      expect(licenses).toEqual([{ license: { id: expect.any(String) } }]);
    }
  });

  test('lists the bundles with the digests of their bytes', () => {
    const { components } = sbom;
    const files = components.filter(({ type }) => type === 'file').map(({ name, hashes }) => [name, hashes]);
    const digest = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
    expect(files).toEqual(built.map(({ file, bytes }) => [file, [{ alg: 'SHA-256', content: digest(bytes) }]]));
  });

  test('lists the packages of each bundle', () => {
    const { dependencies } = sbom;
    const of = (file: string) => dependencies.find(({ ref }) => ref.endsWith(file))?.dependsOn ?? [];
    expect(of('/s3-sdk.js')).toEqual([expect.stringContaining('/client-s3@')]);
    expect(of('/ecr-sdk.js')).toEqual([expect.stringContaining('/client-ecr@')]);
    expect(of('/index.js')).toContainEqual(expect.stringMatching(/^pkg:npm\/yaml@/));
  });

  test('has no timestamp and no serial number', () => {
    expect(sbom).not.toHaveProperty('serialNumber');
    expect(Object.keys(sbom.metadata)).toEqual(['component']);
  });

  test('is validated against the schema', async () => {
    await expect(validate(text)).resolves.toBeUndefined();
    await expect(validate(text.replace('"specVersion": "1.6"', '"specVersion": 1.6'))).rejects.toThrow('is invalid');
    await expect(validate(text.replace('"bomFormat"', '"format"'))).rejects.toThrow('is invalid');
  });
});

test('the same sources produce the same bytes', async () => {
  expect(await thirdPartyFiles()).toEqual(await thirdPartyFiles());
});
