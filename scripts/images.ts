// Lists the images of the package with their age, and pins another tag of one by the digest that the registry has.
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { resolveImage } from '../src/tools/registry/resolve-image';
import { IMAGES, type PackageImage, referenceOf } from '../src/workload/private/bundled-images';
import { agedImages, ageOf } from './images/age';
import { updatedImage, withEntry } from './images/update';

const TABLE = resolve(__dirname, '../src/workload/private/bundled-images.ts');
const USAGE = `npx tsx scripts/images.ts
  lists the images, and fails where one is too old
npx tsx scripts/images.ts --update <${Object.keys(IMAGES).join('|')}> <tag> <day of its release>
  pins the tag by the digest of its index, as the registry has it today`;

function list(now: Date): void {
  for (const image of Object.values<PackageImage>(IMAGES)) {
    console.log(`${referenceOf(image)}: released ${image.released}, ${ageOf(image, now)} days ago`);
  }
  const aged = agedImages(IMAGES, now);
  if (aged.length > 0) throw new Error(aged.join('\n'));
}

async function update(name: string, tag: string, released: string, now: Date): Promise<void> {
  const image = (IMAGES as { readonly [name: string]: PackageImage })[name];
  if (image === undefined) throw new Error(USAGE);
  const updated = await updatedImage(image, { tag, released, checked: now.toISOString().slice(0, 10) }, resolveImage);
  writeFileSync(TABLE, withEntry(readFileSync(TABLE, 'utf8'), name, updated));
  console.log(`${name}: ${referenceOf(updated)}`);
}

async function main([command, ...args]: string[]): Promise<void> {
  const now = new Date();
  const [name, tag, released] = args;
  if (command === undefined) list(now);
  else if (command === '--update' && released !== undefined && args.length === 3) {
    await update(name as string, tag as string, released, now);
  } else throw new Error(USAGE);
}

main(process.argv.slice(2)).catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
