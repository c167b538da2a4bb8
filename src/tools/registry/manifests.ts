import { createHash } from 'node:crypto';
import { oneLine } from '../../private/credentials/redact';
import { readJsonObject } from '../../private/json';
import { isDigest } from '../../private/kinds';
import type { Manifest, Report } from '../artifact/artifact';
import type { HttpResponse } from '../net/message';
import { sleep, waitBefore } from '../net/retry';
import { StoreError } from '../net/store-error';
import { lagsBehind } from './answers';
import { MAX_MANIFEST_BYTES } from './image-json';
import type { RegistryClient } from './registry-client';

/** What may stand behind a reference: the forms of OCI, and those of Docker that came before. */
export const MEDIA_TYPES = {
  index: ['application/vnd.oci.image.index.v1+json', 'application/vnd.docker.distribution.manifest.list.v2+json'],
  manifest: ['application/vnd.oci.image.manifest.v1+json', 'application/vnd.docker.distribution.manifest.v2+json'],
} as const;

const ACCEPT = [...MEDIA_TYPES.index, ...MEDIA_TYPES.manifest].join(', ');

/** The digest of some bytes. */
export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** The digest that a tag or digest stands for, or nothing when it is not there. */
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
  // The header is not required; the bytes say it too.
  return isDigest(digest) ? digest : (await getManifest(client, reference))?.digest;
}

/** A manifest or an index, checked against its digest, or nothing when it is not there. */
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
  // Other algorithms than this one are not compared: what is kept is the digest that was computed here.
  if (typeof claimed === 'string' && claimed.startsWith('sha256:') && digest !== claimed)
    throw new StoreError(
      'DigestMismatch',
      `${client.name} answers to ${reference} with bytes of the digest ${digest}${claimed === reference ? '' : `, and calls it ${oneLine(claimed)}`}; what it keeps is damaged`,
    );
  if (response.body.length > MAX_MANIFEST_BYTES)
    throw new StoreError(
      'LimitExceeded',
      `${client.name} keeps a manifest of ${response.body.length} bytes as ${reference}; at most ${MAX_MANIFEST_BYTES} are supported`,
    );
  return { digest, mediaType: mediaTypeOf(response.body, response.headers['content-type']), bytes: response.body };
}

const KNOWN_TYPES: readonly unknown[] = [...MEDIA_TYPES.index, ...MEDIA_TYPES.manifest];

/** The type of a manifest: one that is known, since it is kept in the lock file; else by what the manifest has. */
export function mediaTypeOf(bytes: Buffer, claimed = ''): string {
  const { mediaType, manifests } = readJsonObject(bytes) ?? {};
  const found = [claimed.split(';')[0]?.trim().toLowerCase(), mediaType].find((type) => KNOWN_TYPES.includes(type));
  return (found ?? MEDIA_TYPES[Array.isArray(manifests) ? 'index' : 'manifest'][0]) as string;
}

/** Puts a manifest under its digest or a tag. Waits for a registry that does not know its parts yet. */
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
        reason: 'the registry does not know all layers yet',
        waitSeconds: wait / 1000,
      });
      await sleep(wait);
      continue;
    }
    const error = await client.explain(response, `put the manifest ${reference}`);
    // Somebody else put the same under the same immutable tag.
    if (error.code === 'ImmutableTag' && (await manifestDigest(client, reference)) === manifest.digest) return;
    throw error;
  }
}

function checkDigest({ headers }: HttpResponse, { digest }: Manifest, name: string): void {
  const answered = headers['docker-content-digest'];
  if (answered !== undefined && answered !== digest)
    throw new StoreError(
      'DigestMismatch',
      `${name} keeps ${digest} as ${oneLine(String(answered))}; a proxy may rewrite manifests`,
    );
}
