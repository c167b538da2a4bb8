import { StoreError } from '../net/store-error';
import { digestOf } from './manifests';
import type { RegistryClient } from './registry-client';

/** The size of a blob in the registry: `NaN` if it reports none, undefined if the blob does not exist. */
export async function blobSize(client: RegistryClient, digest: string): Promise<number | undefined> {
  const response = await client.call({
    method: 'HEAD',
    to: `blobs/${digest}`,
    action: `look for ${digest}`,
    accept: [200, 404],
  });
  return response.status === 404 ? undefined : Number(response.headers['content-length'] ?? Number.NaN);
}

/** A lost connection that transferred less counts as a failure; otherwise retries could go on forever. */
const PROGRESS_BYTES = 2 ** 20;

/** A small blob such as an image config, verified by its digest. */
export async function readBlob(client: RegistryClient, digest: string): Promise<Buffer> {
  const { body } = await client.call({
    method: 'GET',
    to: `blobs/${digest}`,
    action: `read ${digest}`,
    accept: [200],
  });
  if (digestOf(body) !== digest)
    throw new StoreError(
      'DigestMismatch',
      `${client.name} returned content that does not match ${digest}; the stored blob is damaged`,
    );
  return body;
}

/** Streams a large blob from an offset. After a lost connection it resumes where it stopped. */
export async function* streamBlob(
  client: RegistryClient,
  digest: string,
  size: number,
  from = 0,
): AsyncIterable<Buffer> {
  let at = from;
  let failures = 0;
  while (at < size) {
    const before = at;
    try {
      const { status, headers, chunks } = await client.stream({
        method: 'GET',
        to: `blobs/${digest}`,
        headers: at === 0 ? {} : { range: `bytes=${at}-` },
        action: `read ${digest}`,
        accept: [200, 206],
        once: true,
      });
      if (status === 206 && !startsAt(headers['content-range'], at))
        throw new StoreError(
          'UnexpectedAnswer',
          `${client.name} returned a different range of ${digest} than requested (from byte ${at})`,
        );
      // A store without support for ranges sends the whole blob.
      let skip = status === 200 ? at : 0;
      for await (const chunk of chunks) {
        const skipped = Math.min(skip, chunk.length);
        skip -= skipped;
        at += chunk.length - skipped;
        if (skipped < chunk.length) yield chunk.subarray(skipped);
      }
      if (at < size)
        throw new StoreError('ConnectionLost', `${client.name} sent only ${at} of ${size} bytes of ${digest}`);
    } catch (error) {
      failures = at - before >= PROGRESS_BYTES ? 0 : failures + 1;
      await client.retryOrThrow(error, failures);
    }
  }
}

function startsAt(range: string | undefined, at: number): boolean {
  const [, from] = /^bytes (\d+)-/.exec(range ?? '') ?? [];
  return from === undefined || Number(from) === at;
}
