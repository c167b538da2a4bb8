import type { Artifact, ArtifactFile, Verification } from '../artifact/artifact';
import { CommandError, USAGE_ERROR } from '../command-error';
import type { Destination } from '../destination';
import { type Report, SentBytes } from '../image-store';
import { concurrently } from '../net/concurrently';
import { tagOf } from '../registry/reference';
import type { OpenStore } from '../stores';
import type { EvidenceCheck, FoundEvidence } from '../verify-evidence';
import { FileUpload } from './file-upload';
import { type FileRecord, readMarker, renderMarker } from './marker';
import { partSizeOf, partsInFlight } from './part-plan';
import { S3Bucket } from './s3-bucket';

/** Opens the store of a bucket. */
export function openBucket(
  { bucket, prefix }: Extract<Destination, { kind: 's3' }>,
  options: { readonly tags?: readonly string[]; readonly transport?: string; readonly createRepository?: boolean },
): S3Store {
  const wrong =
    (options.tags !== undefined && options.tags.length > 0 && '--tag') ||
    (options.transport !== undefined && '--transport') ||
    (options.createRepository && '--create-repository');
  if (wrong) throw new CommandError(`${wrong} is for registries; leave it out with s3://${bucket}`, USAGE_ERROR);
  return new S3Store(S3Bucket.open(bucket), prefix);
}

/**
 * Artifacts as objects: the files below `<prefix>/<digest>/`, and beside them, written last, `<prefix>/<digest>.json`
 * with their sizes and checksums.
 */
export class S3Store implements OpenStore {
  constructor(
    private readonly bucket: S3Bucket,
    private readonly prefix: string,
  ) {}

  referenceOf(digest: string): string {
    return `s3://${this.bucket.bucket}/${this.folderOf(digest)}`;
  }

  async has(digest: string): Promise<boolean> {
    return (await this.bucket.head(this.markerOf(digest))) !== undefined;
  }

  async publish({ name, index, files }: Artifact, report: Report): Promise<void> {
    const { digest } = index;
    const counter = new SentBytes(report);
    const reference = this.referenceOf(digest);
    report({ event: 'start', artifact: name, digest, bytes: files.reduce((sum, { size }) => sum + size, 0) });
    if (!(await this.has(digest))) {
      const records = await this.putFiles(digest, files, counter.report);
      await this.bucket.put(this.markerOf(digest), renderMarker(digest, records), 'application/json');
    }
    report({ event: 'published', artifact: name, reference, bytesSent: counter.bytes });
  }

  async verify(digest: string, expected: Pick<Artifact, 'files'> | undefined): Promise<Verification> {
    const reference = this.referenceOf(digest);
    const bytes = await this.bucket.read(this.markerOf(digest));
    if (bytes === undefined) return { reference, problems: [`${this.markerOf(digest)} is missing`] };
    const marker = readMarker(bytes, digest);
    if (marker === undefined) return { reference, problems: [`${this.markerOf(digest)} is damaged`] };
    const records = new Map(marker.map((record) => [record.path, record]));
    const sizes = await this.bucket.list(this.folderOf(digest));
    const problems = [
      ...(expected === undefined ? [] : differences(expected.files, records)),
      ...[...sizes.keys()].filter((path) => !records.has(path)).map((path) => `'${path}' was not published`),
      ...marker.flatMap(({ path, size }) => sizeProblem(path, size, sizes.get(path))),
    ];
    const comparable = marker.filter(({ path, size }) => sizes.get(path) === size);
    await concurrently(comparable, IN_FLIGHT, async ({ path, checksum }) => {
      const stored = await this.bucket.head(this.folderOf(digest) + path);
      if (stored?.checksum !== checksum)
        problems.push(`'${path}' has the checksum ${stored?.checksum} and not ${checksum}`);
    });
    return { reference, problems };
  }

  async verifyEvidence(_: string, { publicKey }: EvidenceCheck): Promise<FoundEvidence> {
    if (publicKey !== undefined)
      throw new CommandError('--key is for registries: a bucket keeps no signatures', USAGE_ERROR);
    return { problems: [], verified: {} };
  }

  close(): void {
    this.bucket.close();
  }

  private async putFiles(digest: string, files: readonly ArtifactFile[], report: Report): Promise<FileRecord[]> {
    const folder = this.folderOf(digest);
    const present = await this.bucket.list(folder);
    const uploads = files.map((file) => new FileUpload(this.bucket, folder + file.path, file, report));
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

/** Questions at once. */
const IN_FLIGHT = 8;

function sizeProblem(path: string, expected: number, found: number | undefined): string[] {
  if (found === undefined) return [`'${path}' is missing`];
  return found === expected ? [] : [`'${path}' has ${found} bytes and not ${expected}`];
}

function differences(files: readonly { path: string; size: number }[], records: Map<string, FileRecord>): string[] {
  const paths = new Set(files.map(({ path }) => path));
  const surplus = [...records.keys()]
    .filter((path) => !paths.has(path))
    .map((path) => `'${path}' is not in the lock file`);
  return [...files.flatMap(({ path, size }) => sizeProblem(path, size, records.get(path)?.size)), ...surplus];
}
