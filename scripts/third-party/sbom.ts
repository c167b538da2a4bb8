/** The bill of materials of the bundles, in CycloneDX. It has no time and no serial number: equal input, equal bytes. */
import { createHash } from 'node:crypto';
import { Enums, Models, Serialize, Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { PackageURL } from 'packageurl-js';
import type { Bundle } from './bundles';
import { type BundledPackage, folderOf } from './packages';

const { Bom, Component, LicenseExpression, SpdxLicense } = Models;

interface Owner {
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

export async function sbomOf(owner: Owner, bundles: readonly Bundle[], packages: readonly BundledPackage[]) {
  const bom = new Bom();
  const main = library({ ...owner, integrity: undefined });
  bom.metadata.component = main;
  const components = new Map(packages.map((bundled) => [bundled.folder, library(bundled)]));
  for (const component of components.values()) bom.components.add(component);
  for (const bundle of bundles) {
    const file = bundleFile(bundle);
    bom.components.add(file);
    main.dependencies.add(file.bomRef);
    for (const [from, to] of imports(bundle)) {
      const imported = components.get(to);
      if (imported !== undefined) (components.get(from) ?? file).dependencies.add(imported.bomRef);
    }
  }
  const serializer = new Serialize.JsonSerializer(new Serialize.JSON.Normalize.Factory(Spec.Spec1dot6));
  const text = serializer.serialize(bom, { sortLists: true, space: 2 });
  await validate(text);
  return `${text}\n`;
}

/** Throws what the schema of CycloneDX rejects, unknown properties included. */
export async function validate(text: string): Promise<void> {
  const problems = await new Validation.JsonStrictValidator(Spec.Version.v1dot6).validate(text);
  if (problems !== null) throw new Error(`the bill of materials is invalid: ${JSON.stringify(problems)}`);
}

function library(bundled: Pick<BundledPackage, 'name' | 'version' | 'license' | 'integrity'>) {
  const [group, name] = bundled.name.startsWith('@') ? bundled.name.split('/') : [undefined, bundled.name];
  const purl = new PackageURL('npm', group, name as string, bundled.version).toString();
  const component = new Component(Enums.ComponentType.Library, name as string, {
    bomRef: purl,
    purl,
    group,
    version: bundled.version,
    licenses: new Models.LicenseRepository([license(bundled.license)]),
  });
  const [algorithm, digest = ''] = bundled.integrity?.split(/-(.*)/) ?? [];
  if (algorithm === 'sha512') {
    component.hashes.set(Enums.HashAlgorithm['SHA-512'], Buffer.from(digest, 'base64').toString('hex'));
  }
  return component;
}

function license(expression: string) {
  return /\s/.test(expression) ? new LicenseExpression(expression) : new SpdxLicense(expression);
}

function bundleFile({ file, bytes }: Bundle) {
  const component = new Component(Enums.ComponentType.File, file, { bomRef: file });
  component.hashes.set(Enums.HashAlgorithm['SHA-256'], createHash('sha256').update(bytes).digest('hex'));
  return component;
}

/** Which package imports which, by folder; our own code has no folder. */
function* imports({ sources }: Bundle): Generator<[from: string, to: string]> {
  for (const [path, imported] of sources) {
    const from = folderOf(path) ?? '';
    for (const to of imported.map(folderOf)) if (to !== undefined && to !== from) yield [from, to];
  }
}
