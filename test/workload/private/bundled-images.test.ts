/** The images that the package adds: pinned, recent enough, and updated by a script. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { agedImages, MAX_AGE_DAYS } from '../../../scripts/images/age';
import { updatedImage, withEntry } from '../../../scripts/images/update';
import type { LockedImage } from '../../../src/models/lock/lock-file';
import { parseReference } from '../../../src/private/images/reference';
import { resolveImage } from '../../../src/tools/registry/resolve-image';
import { IMAGES, imagesOf, type PackageImage, referenceOf } from '../../../src/workload/private/bundled-images';
import { testArtifact } from '../../support/stores/artifacts';
import { httpStore, publishTo } from '../../support/stores/publishing';
import { RegistryDouble } from '../../support/stores/registry-double';

const table = readFileSync(join(__dirname, '../../../src/workload/private/bundled-images.ts'), 'utf8');
const entries = Object.entries<PackageImage>(IMAGES);
const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('the images of the package', () => {
  // The only test that depends on the clock: it fails when the images have not been updated for a year.
  test(`were released at most ${MAX_AGE_DAYS} days ago`, () => {
    expect(agedImages(IMAGES, new Date())).toEqual([]);
  });

  test.each(entries)('%s has a version, the dates of its release and of its check, and sources', (_, image) => {
    expect(image.tag).toMatch(/^v?\d+\.\d+\.\d+(-alpine(\d+\.\d+)?)?$/);
    expect(image.released <= image.checked).toBe(true);
    for (const day of [image.released, image.checked]) expect(new Date(day).toISOString().slice(0, 10)).toBe(day);
    expect(image.sources.length).toBeGreaterThan(0);
  });

  test.each(entries)('%s has a digest, or a source that states why not', (_, { digest, sources }) => {
    if (digest === undefined) expect(sources.join()).toContain('no public source has the digest');
    else expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/);
  });

  test.each(entries)('%s is referenced by tag, and by digest if there is one', (_, image) => {
    const { repository, tag, digest } = image;
    expect(parseReference(referenceOf(image))).toEqual({ name: repository, tag, digest });
  });

  test('are listed for a target that adds them', () => {
    expect(imagesOf({})).toEqual([]);
    expect(imagesOf({ router: true, fetch: false, hub: true })).toEqual([
      { use: 'router', reference: referenceOf(IMAGES.router), released: IMAGES.router.released },
      {
        use: 'models from the Hugging Face Hub',
        reference: referenceOf(IMAGES.hub),
        released: IMAGES.hub.released,
      },
    ]);
  });
});

describe('an old image', () => {
  const old: PackageImage = {
    ...{ repository: 'haproxy', tag: '3.0.11-alpine', released: '2025-06-03', checked: '2025-06-03' },
    sources: ['CHANGELOG'],
  };
  const daysLater = (days: number) => new Date(Date.parse('2025-06-03') + days * 86_400_000);

  test('is reported from the day after the limit', () => {
    expect(agedImages({ router: old }, daysLater(MAX_AGE_DAYS))).toEqual([]);
    expect(agedImages({ router: old }, daysLater(MAX_AGE_DAYS + 1))).toHaveLength(1);
  });

  test('is reported with what to do', () => {
    expect(agedImages({ router: old }, new Date('2026-11-30'))).toEqual([
      'haproxy:3.0.11-alpine was released 545 days ago, and at most 365 are allowed; read the upstream changelog, then run: npx tsx scripts/images.ts --update router <tag> <day of its release>',
    ]);
  });
});

describe('an update', () => {
  const platform = (architecture: string) => ({ os: 'linux', architecture, digest: DIGEST, compressedSize: 1 });
  const answer = (...architectures: string[]): LockedImage => ({
    ...{ digest: DIGEST, mediaType: 'application/vnd.oci.image.index.v1+json' },
    platforms: architectures.map(platform),
  });
  const update = { tag: '3.2.27-alpine', released: '2026-11-17', checked: '2026-12-01' };
  const updated = (change: Partial<typeof update> = {}, found = answer('amd64', 'arm64')) => {
    const resolve = jest.fn(async (_reference: string) => found);
    return { resolve, result: updatedImage(IMAGES.router, { ...update, ...change }, resolve) };
  };

  test('requests the tag without the old digest, and records digest, dates and source', async () => {
    const { resolve, result } = updated();
    expect(await result).toEqual({
      ...update,
      repository: 'haproxy',
      digest: DIGEST,
      sources: ["digest: the registry's answer for this tag on 2026-12-01"],
    });
    expect(resolve).toHaveBeenCalledWith('haproxy:3.2.27-alpine');
  });

  test('reads the digest of the index from a registry', async () => {
    const double = await new RegistryDouble().start();
    try {
      const artifact = testArtifact({ files: { a: Buffer.from('a') } });
      await publishTo(httpStore(double.host, { tags: ['1.2.3'] }), artifact);
      const image = { ...IMAGES.router, repository: `${double.host}/models` };
      const { digest } = await updatedImage(image, { ...update, tag: '1.2.3' }, resolveImage);
      expect(digest).toBe(artifact.index.digest);
    } finally {
      await double.stop();
    }
  });

  test('refuses an image for a single platform', async () => {
    await expect(updated({}, answer('amd64')).result).rejects.toThrow('has no image for linux/arm64');
  });

  test.each([
    [{ released: '17.11.2026' }, "'17.11.2026' must be a day such as 2026-09-28"],
    [{ released: '2026-13-01' }, "'2026-13-01' must be a day such as 2026-09-28"],
    [{ released: '2026-12-02' }, 'the day of the release (2026-12-02) is after today (2026-12-01)'],
  ])('refuses %j', async (change, message) => {
    await expect(updated(change).result).rejects.toThrow(message);
  });

  test.each(entries)('of %s changes only its entry in the table', (name, image) => {
    expect(withEntry(table, name, image)).toBe(table);
    const changed = withEntry(table, name, { ...image, tag: '9.9.9', digest: DIGEST, sources: ["it's new"] });
    expect(changed).toContain("    tag: '9.9.9',\n");
    expect(changed).toContain("      'it\\'s new',\n");
    expect(withEntry(changed, name, image)).toBe(table);
  });

  test('of an unknown image is refused', () => {
    expect(() => withEntry(table, 'other', IMAGES.router)).toThrow("the table of images has no entry 'other'");
  });
});
