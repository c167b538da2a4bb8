/** The packages of the registry whose code is in the bundles. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Bundle, root } from './bundles';
import { groupBy } from './group-by';
import { assertAllowed } from './licenses';

export interface BundledPackage {
  /** Where it is installed. */
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly license: string;
  /** The files with the terms, as the package ships them. */
  readonly texts: readonly string[];
  /** The digest of the package's archive in the lock file, such as `sha512-...`. */
  readonly integrity: string | undefined;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly license?: string;
  readonly repository?: string | { readonly url: string };
}

const TERMS = /^(licen[cs]e|copying|notice)([.-].*)?$/i;

/** The folder of the package that a file belongs to, or undefined for our own code. */
export function folderOf(path: string): string | undefined {
  return /^(.*\bnode_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1];
}

/** Every package with code in a bundle, sorted by name. A package without known terms, or in two copies, is an error. */
export function packagesOf(bundles: readonly Bundle[]): BundledPackage[] {
  const folders = [...new Set(bundles.flatMap(({ sources }) => [...sources.keys()]))].flatMap(
    (path) => folderOf(path) ?? [],
  );
  const manifests = new Map([...new Set(folders)].map((folder) => [folder, manifestOf(folder)] as const));
  assertOneCopy(manifests);
  const integrities = lockedIntegrities();
  return [...manifests]
    .map(([folder, manifest]) => {
      const { name, version, license } = manifest;
      assertAllowed(`${name}@${version}`, license);
      return { folder, name, version, license, texts: termsOf(folder, manifests), integrity: integrities.get(folder) };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;
}

/** Two copies cost start-up time, and a fix of one leaves the other as it is. */
export function assertOneCopy(manifests: ReadonlyMap<string, Pick<Manifest, 'name' | 'version'>>): void {
  const byName = groupBy([...manifests], ([, { name }]) => name);
  const duplicates = [...byName].filter(([, copies]) => copies.length > 1);
  if (duplicates.length === 0) return;
  const words = duplicates.map(
    ([name, copies]) => `${name} (${copies.map(([folder, { version }]) => `${version} in ${folder}`).join(', ')})`,
  );
  throw new Error(`packages are bundled more than once: ${words.join('; ')}; align the versions in .projenrc.ts`);
}

/** The terms in the package's folder; some packages of a monorepo ship them in their siblings only. */
function termsOf(folder: string, manifests: ReadonlyMap<string, Manifest>): string[] {
  const own = termsIn(folder);
  if (own.length > 0) return own;
  const { name, license, repository } = manifests.get(folder) as Manifest;
  const sameSource = (other: Manifest) => other.license === license && urlOf(other.repository) === urlOf(repository);
  for (const [sibling, manifest] of manifests) {
    const terms = repository !== undefined && sameSource(manifest) ? termsIn(sibling) : [];
    if (terms.length > 0) return terms;
  }
  throw new Error(`${name} ships no license text, and no bundled package of its repository does`);
}

function urlOf(repository: Manifest['repository']): string | undefined {
  return typeof repository === 'string' ? repository : repository?.url;
}

function termsIn(folder: string): string[] {
  const absolute = join(root, folder);
  if (!existsSync(absolute)) return [];
  const files = readdirSync(absolute).filter((file) => TERMS.test(file));
  return files.sort().map((file) => readFileSync(join(absolute, file), 'utf8').replace(/\r\n?/g, '\n').trim());
}

function lockedIntegrities(): Map<string, string | undefined> {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: { [folder: string]: { integrity?: string } };
  };
  return new Map(Object.entries(packages).map(([folder, { integrity }]) => [folder, integrity]));
}
