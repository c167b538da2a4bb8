import type { LockedImage } from '../../src/models/lock/lock-file';
import { type PackageImage, referenceOf } from '../../src/workload/private/bundled-images';

/** The platforms that clusters and Fargate run. */
const PLATFORMS = ['linux/amd64', 'linux/arm64'];

export interface Update {
  readonly tag: string;
  /** The day on which upstream released the version. */
  readonly released: string;
  /** The day of the update. */
  readonly checked: string;
}

/** The entry of an image after its tag was looked up in the registry. */
export async function updatedImage(
  image: PackageImage,
  { tag, released, checked }: Update,
  resolve: (reference: string) => Promise<LockedImage>,
): Promise<PackageImage> {
  for (const day of [released, checked]) requireDay(day);
  if (released > checked) throw new Error(`the day of the release (${released}) is after today (${checked})`);
  const reference = referenceOf({ ...image, tag, digest: undefined });
  const { digest, mediaType, platforms } = await resolve(reference);
  const found = platforms.map(({ os, architecture }) => `${os}/${architecture}`);
  const missing = PLATFORMS.filter((platform) => !found.includes(platform));
  if (missing.length > 0) throw new Error(`${reference} (${mediaType}) has no image for ${missing.join(' and ')}`);
  const sources = [`digest: the registry's answer for this tag on ${checked}`];
  return { repository: image.repository, tag, digest, released, checked, sources };
}

function requireDay(text: string): void {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text))) {
    throw new Error(`'${text}' must be a day such as 2026-09-28`);
  }
}

/** The source of the table with one entry replaced. */
export function withEntry(source: string, name: string, image: PackageImage): string {
  const entry = new RegExp(`^  ${name}: \\{\\n(?:    .*\\n)+?  \\},$`, 'm');
  if (!entry.test(source)) throw new Error(`the table of images has no entry '${name}'`);
  const { sources, ...texts } = image;
  const lines = [
    ...Object.entries(texts).map(([key, text]) => `${key}: ${quoted(text)},`),
    'sources: [',
    ...sources.map((text) => `  ${quoted(text)},`),
    '],',
  ];
  return source.replace(entry, () => `  ${name}: {\n${lines.map((line) => `    ${line}\n`).join('')}  },`);
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
