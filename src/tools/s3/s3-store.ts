import type { Artifact, ArtifactFile, Report } from '../artifact/artifact';
import { CommandError } from '../command-line/command-error';
import { plural } from '../command-line/progress';
import type { Destination } from '../destinations/destination';
import { concurrently } from '../net/concurrently';
import { tagOf } from '../registry/reference';
import { SentBytes } from '../stores/sent-bytes';
import type { Store, StoreOptions, Verification } from '../stores/store';
import type { EvidenceCheck, FoundEvidence } from '../stores/verify-evidence';
import { FileUpload } from './file-upload';
import { type FileRecord, readMarker, renderMarker } from './marker';
import { partSizeOf, partsInFlight } from './part-plan';
import { S3Bucket } from './s3-bucket';

/** Opens the store of a bucket. */
export function openBucket(
  { bucket, prefix }: Extract<Destination, { kind: 's3' }>,
  options: Pick<StoreOptions, 'tags' | 'transport' | 'createRepository' | 'bucketOwner' | 'plainHttp'>,
): S3Store {
  const wrong =
    (options.tags !== undefined && options.tags.length > 0 && '--tag') ||
    (options.transport !== undefined && '--transport') ||
    (options.createRepository && '--create-repository');
  if (wrong)
    throw new CommandError(
      'ConflictingOptions',
      `${wrong} is supported for registries only; remove it for s3://${bucket}`,
    );
  return new S3Store(S3Bucket.open(bucket, { owner: options.bucketOwner, plainHttp: options.plainHttp }), prefix);
}

/**
 * Artifacts as objects: the files below `<prefix>/<digest>/`, and the marker `<prefix>/<digest>.json` with their sizes
 * and checksums, which is written last.
 */
export class S3Store implements Store {
  constructor(
    private readonly bucket: S3Bucket,
    private readonly prefix: string,
  ) {}

  referenceOf(digest: string): string {
    return `s3://${this.bucket.bucket}/${this.folderOf(digest)}`;
  }

  async publish({ name, index, files }: Artifact, report: Report): Promise<void> {
    const { digest } = index;
    const counter = new SentBytes(report);
    const reference = this.referenceOf(digest);
    report({ event: 'start', artifact: name, digest, bytes: files.reduce((sum, { size }) => sum + size, 0) });
    const { problems, records } = await this.check(digest, files);
    if (problems.length > 0) {
      const published = await this.putFiles(digest, files, records, counter.report);
      await this.bucket.put(this.markerOf(digest), renderMarker(digest, published), 'application/json');
    }
    report({ event: 'published', artifact: name, reference, bytesSent: counter.bytes });
  }

  async verify(digest: string, expected: Pick<Artifact, 'files'> | undefined): Promise<Verification> {
    const { problems, surplus, note } = await this.check(digest, expected?.files);
    return { reference: this.referenceOf(digest), problems, surplus, note };
  }

  async verifyEvidence(_: string, { publicKey }: EvidenceCheck): Promise<FoundEvidence> {
    if (publicKey !== undefined)
      throw new CommandError(
        'ConflictingOptions',
        '--key is supported for registries only; buckets do not store signatures',
      );
    return { problems: [], verified: {} };
  }

  close(): void {
    this.bucket.close();
  }

  /** Compares the marker with the expected files, and the stored objects with the marker. */
  private async check(digest: string, expected: readonly FileOfSize[] | undefined): Promise<Check> {
    const bytes = await this.bucket.read(this.markerOf(digest));
    const marker = bytes === undefined ? undefined : readMarker(bytes, digest);
    if (marker === undefined) {
      const what = bytes === undefined ? 'missing' : 'damaged';
      return { problems: [`${this.markerOf(digest)} is ${what}`], surplus: [], records: new Map() };
    }
    const records = new Map(marker.map((record) => [record.path, record]));
    const sizes = await this.bucket.list(this.folderOf(digest));
    const problems = [
      ...(expected === undefined ? [] : differences(expected, records)),
      ...marker.flatMap(({ path, size }) => sizeProblem(path, size, sizes.get(path))),
    ];
    const unchecked: string[] = [];
    const comparable = marker.filter(({ path, size }) => sizes.get(path) === size);
    await concurrently(comparable, IN_FLIGHT, async ({ path, checksum }) => {
      const stored = await this.bucket.head(this.folderOf(digest) + path);
      if (stored?.checksum === undefined || checksum === '') unchecked.push(path);
      else if (stored.checksum !== checksum)
        problems.push(`'${path}' has the checksum ${stored.checksum} instead of ${checksum}`);
    });
    const surplus = [...sizes.keys()].filter((path) => !records.has(path));
    const note =
      unchecked.length === 0
        ? undefined
        : `the store has no SHA-256 checksum of ${plural(unchecked.length, 'file')}, so only sizes were compared`;
    return { problems, note, surplus: surplus.map((path) => `'${path}' was not published; remove it`), records };
  }

  private async putFiles(
    digest: string,
    files: readonly ArtifactFile[],
    records: ReadonlyMap<string, FileRecord>,
    report: Report,
  ): Promise<FileRecord[]> {
    const folder = this.folderOf(digest);
    const present = await this.bucket.list(folder);
    const uploads = files.map(
      (file) =>
        new FileUpload(
          this.bucket,
          file,
          { key: folder + file.path, published: records.get(file.path)?.checksum },
          report,
        ),
    );
    await concurrently(uploads, IN_FLIGHT, (upload) => upload.prepare(present.get(upload.file.path)));
    const parts = uploads.flatMap((upload) => upload.missing().map((part) => ({ upload, part })));
    const largest = Math.max(...files.map(({ size }) => partSizeOf(size)));
    await concurrently(parts, partsInFlight(largest), ({ upload, part }) => upload.send(part));
    return uploads.map((upload) => upload.record());
  }

  private folderOf(digest: string): string {
    return `${this.prefix === '' ? '' : `${this.prefix}/`}${tagOf(digest)}/`;
  }

  private markerOf(digest: string): string {
    return `${this.folderOf(digest).slice(0, -1)}.json`;
  }
}

type FileOfSize = Pick<ArtifactFile, 'path' | 'size'>;

/** The result of checking the objects below a digest. */
interface Check extends Omit<Verification, 'reference'> {
  /** The files in the marker, by path. */
  readonly records: ReadonlyMap<string, FileRecord>;
}

/** Concurrent requests. */
const IN_FLIGHT = 8;

function sizeProblem(path: string, expected: number, found: number | undefined): string[] {
  if (found === undefined) return [`'${path}' is missing`];
  return found === expected ? [] : [`'${path}' has ${found} bytes instead of ${expected}`];
}

function differences(files: readonly FileOfSize[], records: ReadonlyMap<string, FileRecord>): string[] {
  const paths = new Set(files.map(({ path }) => path));
  const surplus = [...records.keys()]
    .filter((path) => !paths.has(path))
    .map((path) => `'${path}' is not in the lock file`);
  return [...files.flatMap(({ path, size }) => sizeProblem(path, size, records.get(path)?.size)), ...surplus];
}
