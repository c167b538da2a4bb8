import { createHash } from 'node:crypto';
import { oneLine } from '../../private/credentials/redact';
import { readJsonObject } from '../../private/json';
import { isDigest } from '../../private/kinds';
import type { Manifest, Report } from '../artifact/artifact';
import type { HttpResponse } from '../net/message';
import { sleep, waitBefore } from '../net/retry';
import { StoreError } from '../net/store-error';
import { MAX_MANIFEST_BYTES } from './image-json';
import type { RegistryClient } from './registry-client';
import { lagsBehind } from './responses';

/** The media types behind a reference: those of OCI, and the older ones of Docker. */
export const MEDIA_TYPES = {
  index: ['application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json'],
  manifest: ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json'],
} as const;

const ACCEPT = [...MEDIA_TYPES.index, ...MEDIA_TYPES.manifest].join(', ');

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The digest of a tag or digest, or undefined if it does not exist. */
export async function manifestDigest(client: RegistryClient, reference: string): Promise<string | undefined> {
  const response = await client.call({
    method: 'HEAD',
    to: `manifests/${reference}`,
    headers: { accept: ACCEPT },
    action: `look for ${reference}`,
    accept: [200, 404],
  });
  if (response.status === 404) return undefined;
  const digest = response.headers['docker-content-digest'];
  // The header is optional; the digest can be computed from the manifest.
  return isDigest(digest) ? digest : (await getManifest(client, reference))?.digest;
}

/** A manifest or an index, verified by its digest, or undefined if it does not exist. */
export async function getManifest(client: RegistryClient, reference: string): Promise<Manifest | undefined> {
  const response = await client.call({
    method: 'GET',
    to: `manifests/${reference}`,
    headers: { accept: ACCEPT },
    action: `read ${reference}`,
    accept: [200, 404],
  });
  if (response.status === 404) return undefined;
  const digest = digestOf(response.body);
  const claimed = reference.startsWith('sha256:') ? reference : response.headers['docker-content-digest'];
  // Digests of other algorithms are not compared: only the digest computed here is kept.
  if (typeof claimed === 'string' && claimed.startsWith('sha256:') && digest !== claimed)
    throw new StoreError(
      'DigestMismatch',
      `${client.name} returned content with the digest ${digest} for ${reference}${claimed === reference ? '' : ` and declares ${oneLine(claimed)}`}; the stored manifest is damaged`,
    );
  if (response.body.length > MAX_MANIFEST_BYTES)
    throw new StoreError(
      'LimitExceeded',
      `${client.name} has a manifest of ${response.body.length} bytes as ${reference}; at most ${MAX_MANIFEST_BYTES} are supported`,
    );
  return { digest, mediaType: mediaTypeOf(response.body, response.headers['content-type']), bytes: response.body };
}

const KNOWN_TYPES: readonly unknown[] = [...MEDIA_TYPES.index, ...MEDIA_TYPES.manifest];

/** The media type of a manifest. It is kept in the lock file, so an unknown type is replaced according to the content. */
export function mediaTypeOf(bytes: Buffer, claimed = ''): string {
  const { mediaType, manifests } = readJsonObject(bytes) ?? {};
  const found = [claimed.split(';')[0]?.trim().toLowerCase(), mediaType].find((type) => KNOWN_TYPES.includes(type));
  return (found ?? MEDIA_TYPES[Array.isArray(manifests) ? 'index' : 'manifest'][0]) as string;
}

/** Puts a manifest under its digest or a tag. Retries while the registry does not see its parts yet. */
export async function putManifest(
  client: RegistryClient,
  manifest: Manifest,
  reference: string,
  report: Report,
): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const response = await client.call(
      {
        method: 'PUT',
        to: `manifests/${reference}`,
        headers: { 'content-type': manifest.mediaType },
        body: () => manifest.bytes,
        action: `put the manifest ${reference}`,
        accept: [200, 201, 202, 400, 403, 404, 409, 412],
        part: manifest.digest,
      },
      report,
    );
    if (response.status < 300) return checkDigest(response, manifest, client.name);
    if (attempt + 1 < client.retry.attempts && lagsBehind(response)) {
      const wait = waitBefore(attempt, client.retry);
      report({
        event: 'retry',
        part: manifest.digest,
        reason: 'the registry does not see all layers yet',
        waitSeconds: wait / 1000,
      });
      await sleep(wait);
      continue;
    }
    const error = await client.explain(response, `put the manifest ${reference}`);
    // Another publisher put the same manifest under the same immutable tag.
    if (error.code === 'ImmutableTag' && (await manifestDigest(client, reference)) === manifest.digest) return;
    throw error;
  }
}

function checkDigest({ headers }: HttpResponse, { digest }: Manifest, name: string): void {
  const stored = headers['docker-content-digest'];
  if (stored !== undefined && stored !== digest)
    throw new StoreError(
      'DigestMismatch',
      `${name} stored ${digest} as ${oneLine(String(stored))}; check for a proxy that rewrites manifests`,
    );
}
