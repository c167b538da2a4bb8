/** An honest registry in memory, whose responses other files make hostile. */
import type { HttpRequest } from '../../src/tools/net/message';
import { digestOf, noise, testArtifact } from '../support/stores/artifacts';

/** A response before it is sent. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
  /** Whether the body never ends. */
  isEndless?: boolean;
  /** Whether the connection is lost after the body. */
  isCut?: boolean;
}

export const SECRET = 'correct-horse-battery';
export const ARTIFACT = testArtifact({ files: { 'a.bin': noise(700, 1), 'b.bin': noise(300, 2) } });
const TYPES = {
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
};
const LAYERS = [noise(900, 3), noise(400, 4)];
const CONFIG = Buffer.from(
  JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    config: { Env: ['A=1'] },
    rootfs: { type: 'layers', diff_ids: LAYERS.map(digestOf) },
    history: [{ created_by: 'x' }],
  }),
);
const descriptor = (mediaType: string, bytes: Buffer) => ({ mediaType, digest: digestOf(bytes), size: bytes.length });
const MANIFEST = Buffer.from(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: TYPES.manifest,
    config: descriptor(TYPES.config, CONFIG),
    layers: LAYERS.map((layer) => descriptor(TYPES.layer, layer)),
  }),
);
const INDEX = Buffer.from(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: ARTIFACT.index.mediaType,
    manifests: [{ ...descriptor(TYPES.manifest, MANIFEST), platform: { os: 'linux', architecture: 'amd64' } }],
  }),
);
/** The bytes of the base image with the tag `v1`. */
export const BASE = { index: INDEX, manifest: MANIFEST, config: CONFIG, layers: LAYERS };

export type Scheme = 'none' | 'Basic' | 'Bearer';

/** A registry that conforms to the specification. */
export class HonestRegistry {
  private readonly blobs = new Map([CONFIG, ...LAYERS].map((bytes) => [digestOf(bytes), bytes]));
  private readonly manifests = new Map<string, { bytes: Buffer; type: string }>([
    ['v1', { bytes: INDEX, type: ARTIFACT.index.mediaType }],
    [digestOf(INDEX), { bytes: INDEX, type: ARTIFACT.index.mediaType }],
    [digestOf(MANIFEST), { bytes: MANIFEST, type: TYPES.manifest }],
  ]);

  constructor(
    private readonly origin: string,
    private readonly scheme: Scheme,
  ) {}

  answer({ method, url, headers = {} }: HttpRequest, body: Buffer): Answer {
    if (url.pathname === '/token') return json(200, { token: 'token-of-the-registry', expires_in: 300 });
    if (this.scheme !== 'none' && !headers.authorization?.startsWith(this.scheme)) return this.challenge();
    if (url.pathname === '/v2/') return json(200, {});
    const [, kind = '', name = ''] = /^\/v2\/[^/]+\/(blobs|manifests)\/(.*)$/.exec(url.pathname) ?? [];
    if (kind === 'manifests') return this.manifest(method, name, body, headers['content-type'] ?? '');
    if (name.startsWith('uploads/')) return this.upload(method, url, body);
    const blob = this.blobs.get(name);
    if (blob === undefined) return json(404, { errors: [{ code: 'BLOB_UNKNOWN' }] });
    const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
    const rest = { 'content-length': String(blob.length - from), 'content-range': `bytes ${from}-` };
    return { status: from > 0 ? 206 : 200, headers: rest, body: method === 'HEAD' ? EMPTY : blob.subarray(from) };
  }

  private manifest(method: string, name: string, body: Buffer, type: string): Answer {
    if (method === 'PUT') {
      for (const key of [name, digestOf(body)]) this.manifests.set(key, { bytes: body, type });
      return { status: 201, headers: { 'docker-content-digest': digestOf(body) }, body: EMPTY };
    }
    const found = this.manifests.get(name);
    if (found === undefined) return json(404, { errors: [{ code: 'MANIFEST_UNKNOWN' }] });
    const headers = { 'content-type': found.type, 'docker-content-digest': digestOf(found.bytes) };
    return { status: 200, headers, body: method === 'HEAD' ? EMPTY : found.bytes };
  }

  private upload(method: string, url: URL, body: Buffer): Answer {
    if (method === 'POST') return { status: 202, headers: { location: '/v2/models/blobs/uploads/1' }, body: EMPTY };
    if (method === 'PATCH') return { status: 202, headers: { location: '/v2/models/blobs/uploads/1' }, body: EMPTY };
    const digest = url.searchParams.get('digest') ?? '';
    if (digestOf(body) !== digest) return json(400, { errors: [{ code: 'DIGEST_INVALID' }] });
    this.blobs.set(digest, body);
    return { status: 201, headers: {}, body: EMPTY };
  }

  private challenge(): Answer {
    const header = this.scheme === 'Basic' ? 'Basic realm="x"' : `Bearer realm="${this.origin}/token",service="x"`;
    return { status: 401, headers: { 'www-authenticate': header }, body: EMPTY };
  }
}

const EMPTY = Buffer.alloc(0);

function json(status: number, content: object): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from(JSON.stringify(content)),
  };
}
