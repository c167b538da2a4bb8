// Writes the notices and the bill of materials of the bundled packages, next to the bundles.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundles, root } from './third-party/bundles';
import { noticesOf } from './third-party/notices';
import { packagesOf } from './third-party/packages';
import { sbomOf } from './third-party/sbom';

export const FOLDER = 'assets/tools/serving';
export const NOTICES = `${FOLDER}/THIRD-PARTY-NOTICES.txt`;
export const SBOM = `${FOLDER}/sbom.cdx.json`;

/** The files by path, made anew from the sources. */
export async function thirdPartyFiles(): Promise<{ readonly [path: string]: string }> {
  const made = bundles();
  const packages = packagesOf(made);
  const owner = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return { [NOTICES]: noticesOf(packages), [SBOM]: await sbomOf(owner, made, packages) };
}

async function main(): Promise<void> {
  mkdirSync(join(root, FOLDER), { recursive: true });
  for (const [path, text] of Object.entries(await thirdPartyFiles())) writeFileSync(join(root, path), text);
}

if (require.main === module) {
  main().catch((error: Error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}
