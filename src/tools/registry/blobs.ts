import { StoreError } from '../net/store-error';
import { digestOf } from './manifests';
import type { RegistryClient } from './registry-client';

/** The size of a blob in the registry, `NaN` where it does not say, or nothing when it is not there. */
export async function blobSize(client: RegistryClient, digest: string): Promise<number | undefined> {
  const response = await client.call({
    method: 'HEAD',
    to: `blobs/${digest}`,
    action: `look for ${digest}`,
    accept: [200, 404],
  });
  return response.status === 404 ? undefined : Number(response.headers['content-length'] ?? Number.NaN);
}

/** What a connection must bring so that losing it does not count as a failure: else it could be lost for ever. */
const PROGRESS_BYTES = 2 ** 20;

/** A small blob such as an image config, checked against its digest. */
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
      `${client.name} answers to ${digest} with other bytes; what it keeps is damaged`,
    );
  return body;
}

/** The bytes of a large blob from an offset on, as the registry sends them. After a lost connection it resumes where it stopped. */
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
          `${client.name} sends another part of ${digest} than the one from byte ${at} on`,
        );
      // A store without ranges begins at the start.
      let skip = status === 200 ? at : 0;
      for await (const chunk of chunks) {
        const skipped = Math.min(skip, chunk.length);
        skip -= skipped;
        at += chunk.length - skipped;
        if (skipped < chunk.length) yield chunk.subarray(skipped);
      }
      if (at < size)
        throw new StoreError('ConnectionLost', `${client.name} ends ${digest} after ${at} of ${size} bytes`);
    } catch (error) {
      failures = at - before >= PROGRESS_BYTES ? 0 : failures + 1;
      await client.mayTryAgain(error, failures);
    }
  }
}

function startsAt(range: string | undefined, at: number): boolean {
  const [, from] = /^bytes (\d+)-/.exec(range ?? '') ?? [];
  return from === undefined || Number(from) === at;
}
