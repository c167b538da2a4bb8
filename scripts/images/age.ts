import type { PackageImage } from '../../src/workload/private/bundled-images';

/**
 * How long a release may be the default. Upstream of each image publishes fixes at least every quarter; a year leaves
 * time for a release of this package and still fails well before a branch ends.
 */
export const MAX_AGE_DAYS = 365;

const DAY = 24 * 60 * 60 * 1000;

/** The images whose release is too old on a given day, each with instructions. */
export function agedImages(images: { readonly [name: string]: PackageImage }, now: Date): string[] {
  return Object.entries(images).flatMap(([name, image]) => {
    const days = ageOf(image, now);
    if (days <= MAX_AGE_DAYS) return [];
    return [
      `${image.repository}:${image.tag} was released ${days} days ago, and at most ${MAX_AGE_DAYS} are allowed; read the upstream changelog, then run: npx tsx scripts/images.ts --update ${name} <tag> <day of its release>`,
    ];
  });
}

/** The whole days since a release. */
export function ageOf({ released }: Pick<PackageImage, 'released'>, now: Date): number {
  return Math.floor((now.getTime() - Date.parse(`${released}T00:00:00Z`)) / DAY);
}
