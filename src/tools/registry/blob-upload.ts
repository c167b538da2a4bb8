import type { Blob, Report } from '../artifact/artifact';
import { parseLocation } from '../net/http';
import type { HttpResponse } from '../net/message';
import { StoreError } from '../net/store-error';
import type { Arrival } from '../stores/image-repository';
import { blobSize } from './blobs';
import type { RegistryClient } from './registry-client';

/** Statuses that reject a monolithic upload but allow chunks. 413 usually comes from a proxy. */
const REQUIRES_CHUNKS = [405, 411, 413, 501];
/** Statuses of an upload that no longer exists in the registry. */
const UPLOAD_GONE = [404, 416];
const FIRST_CHUNK = 64 * 2 ** 20;
/** ECR accepts no smaller part, except the last. */
const MIN_CHUNK = 5 * 2 ** 20;
/** How many repositories a layer is mounted from, at most, before it is uploaded. */
const MAX_MOUNTS = 2;

/** One upload of one blob: in one piece if the registry accepts that, otherwise in chunks. Restarts after a failure. */
export class BlobUpload {
  private chunkSize = Number.POSITIVE_INFINITY;

  constructor(
    private readonly client: RegistryClient,
    private readonly blob: Blob,
    private readonly mountFrom: readonly string[],
    private readonly report: Report,
  ) {}

  /** Uploads a blob that is missing. */
  async run(): Promise<Arrival> {
    const { digest } = this.blob;
    for (let attempt = 0; ; attempt++) {
      // The response may have been lost after the upload, or another publisher was faster.
      if (attempt > 0 && (await blobSize(this.client, digest)) === this.blob.size) return 'done';
      try {
        return await this.attempt(attempt === 0 ? this.mountFrom.slice(0, MAX_MOUNTS) : []);
      } catch (error) {
        if (error instanceof TryInChunks) {
          attempt--;
          continue;
        }
        await this.client.retryOrThrow(error, attempt, ({ message }, waitSeconds) =>
          this.report({ event: 'retry', part: digest, reason: message, waitSeconds }),
        );
      }
    }
  }

  private async attempt(mountFrom: readonly string[]): Promise<Arrival> {
    let opened: HttpResponse | undefined;
    for (const from of mountFrom) {
      opened = await this.open(`?mount=${this.blob.digest}&from=${encodeURIComponent(from)}`);
      if (opened.status === 201) return 'mounted';
    }
    opened ??= await this.open('');
    if (this.chunkSize === Number.POSITIVE_INFINITY) await this.sendWhole(this.locationOf(opened));
    else await this.sendChunks(this.locationOf(opened));
    return 'done';
  }

  private open(query: string): Promise<HttpResponse> {
    return this.client.call(
      {
        method: 'POST',
        to: `blobs/uploads/${query}`,
        headers: { 'content-length': '0' },
        action: `start the upload of ${this.blob.digest}`,
        accept: query === '' ? [202] : [201, 202],
        part: this.blob.digest,
      },
      this.report,
    );
  }

  private async sendWhole(location: URL): Promise<void> {
    const response = await this.put(location, () => this.bytes(0, this.blob.size), REQUIRES_CHUNKS);
    if (REQUIRES_CHUNKS.includes(response.status)) this.useChunks(Math.min(FIRST_CHUNK, this.blob.size / 2));
  }

  private async sendChunks(firstLocation: URL): Promise<void> {
    let location = firstLocation;
    // Counted here: ECR's Range stays at the first chunk although it keeps all of them.
    for (let from = 0; from < this.blob.size; ) {
      const length = Math.min(this.chunkSize, this.blob.size - from);
      const start = from;
      const response = await this.client.call({
        method: 'PATCH',
        to: location,
        headers: { 'content-type': 'application/octet-stream', 'content-range': `${start}-${start + length - 1}` },
        body: () => this.bytes(start, length),
        onSent: (bytes) => this.sent(bytes),
        action: `upload ${this.blob.digest}`,
        // 202 by the specification; 201 from ECR, 204 from others.
        accept: [201, 202, 204, 413, ...UPLOAD_GONE],
        once: true,
      });
      if (response.status === 413) this.useChunks(this.chunkSize / 2);
      if (UPLOAD_GONE.includes(response.status)) throw uploadGone(this.client.name);
      from += length;
      location = this.locationOf(response);
    }
    await this.put(location, undefined, []);
  }

  private async put(
    location: URL,
    body: (() => { length: number; chunks: AsyncIterable<Buffer> }) | undefined,
    alsoAccept: number[],
  ): Promise<HttpResponse> {
    const url = new URL(location);
    url.searchParams.set('digest', this.blob.digest);
    const response = await this.client.call({
      method: 'PUT',
      to: url,
      headers: { 'content-type': 'application/octet-stream', ...(body === undefined ? { 'content-length': '0' } : {}) },
      body,
      onSent: (bytes) => this.sent(bytes),
      action: `upload ${this.blob.digest}`,
      accept: [201, 204, ...alsoAccept, ...UPLOAD_GONE],
      once: true,
    });
    if (UPLOAD_GONE.includes(response.status)) throw uploadGone(this.client.name);
    return response;
  }

  /** Restarts in smaller chunks, but in none that are too small for ECR. */
  private useChunks(size: number): never {
    if (this.chunkSize <= MIN_CHUNK)
      throw new StoreError(
        'LimitExceeded',
        `${this.client.name} accepts no chunk of ${MIN_CHUNK} bytes; raise the limit of the registry or of the proxy in front of it`,
      );
    this.chunkSize = Math.max(MIN_CHUNK, Math.ceil(size));
    throw new TryInChunks();
  }

  private bytes(from: number, length: number): { length: number; chunks: AsyncIterable<Buffer> } {
    return { length, chunks: take(this.blob.read(from), length) };
  }

  private sent(bytes: number): void {
    this.report({ event: 'sent', part: this.blob.digest, bytes });
  }

  private locationOf(response: HttpResponse): URL {
    const { location } = response.headers;
    if (location === undefined)
      throw new StoreError(
        'UnexpectedAnswer',
        `${this.client.name} does not return an upload address for ${this.blob.digest}`,
      );
    return parseLocation(location, response.url);
  }
}

class TryInChunks extends Error {}

function uploadGone(name: string): StoreError {
  return new StoreError('ConnectionLost', `${name} no longer has the upload; run the command again`);
}

/** The first bytes of a stream. */
async function* take(chunks: AsyncIterable<Buffer>, length: number): AsyncIterable<Buffer> {
  let left = length;
  if (left === 0) return;
  for await (const chunk of chunks) {
    yield chunk.length <= left ? chunk : chunk.subarray(0, left);
    left -= Math.min(left, chunk.length);
    if (left === 0) return;
  }
}
