// A registry that behaves as ECR was observed to, with configurable faults. Each quirk names where it was observed.
import { createHash } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { answerEcrApi } from './ecr-api-double';

/** How a double differs from the specification of registries. */
export interface Quirks {
  /** PATCH is answered with 201 instead of 202 (containers-roadmap#2831, tart#273, kitops#821). */
  readonly patchCreates?: boolean;
  /** `Range` stays at the first chunk, although all chunks are stored (containers-roadmap#2831). */
  readonly staleRange?: boolean;
  /** An upload to a missing repository ends with a closed connection (sdk-container-builds#279). */
  readonly closesOnMissingRepository?: boolean;
  /** The minimum size of all chunks except the last (sdk-container-builds#279 and #424), which is 5 MiB for ECR. */
  readonly leastChunk?: number;
  /** The number of manifests that are refused because a new layer is not yet visible (ocync#104). */
  readonly manifestLag?: number;
  /** Manifests with `artifactType` are answered with 405 (oras#1133, buildkit#5747, containers-roadmap#2783). */
  readonly refusesArtifactType?: boolean;
  /** The maximum number of layers of an image (spin#1787, nuon#2348), which is 500 for ECR. */
  readonly maxLayers?: number;
  readonly immutableTags?: boolean;
  /** Larger bodies are answered with 413, as by a proxy in front. */
  readonly maxBody?: number;
  /** How to sign in: with user and password, or with a token that is valid for a number of requests. */
  readonly signIn?: { readonly password: string; readonly tokenUses?: number };
  readonly repositories?: readonly string[];
}

/** What happens to a request instead of a response. */
export type Fault =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  /** The connection is closed after a number of bytes of the request body. */
  | { readonly dropAfter: number }
  /** The response ends before its declared length. */
  | 'truncate'
  /** The request is processed, but its response is lost. */
  | 'lose-answer';

export type FaultOf = (request: IncomingMessage) => Fault | undefined;

interface Upload {
  readonly chunks: Buffer[];
  size: number;
}

export class RegistryDouble {
  readonly repositories = new Map<string, Set<string>>();
  readonly blobs = new Map<string, Buffer>();
  readonly manifests = new Map<string, { bytes: Buffer; mediaType: string }>();
  readonly tags = new Map<string, string>();
  readonly uploads = new Map<string, Upload>();
  /** How often each blob was received completely. */
  readonly received = new Map<string, number>();
  readonly requests: string[] = [];
  /** The options that repositories were created with. */
  readonly created: object[] = [];
  fault: FaultOf = () => undefined;
  private lag = 0;
  private tokenUses = 0;
  private token = 0;
  private nextUpload = 0;
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();

  constructor(readonly quirks: Quirks = {}) {
    for (const name of quirks.repositories ?? ['models']) this.repositories.set(name, new Set());
    this.server = createServer((request, response) => {
      this.answer(request, response).catch(() => request.socket.destroy());
    });
    this.server.on('connection', (socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
      socket.on('error', () => undefined);
    });
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  stop(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }

  get host(): string {
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Stores a blob that was received completely. */
  keep(repository: string, bytes: Buffer): string {
    const digest = digestOf(bytes);
    this.blobs.set(digest, bytes);
    this.repositories.get(repository)?.add(digest);
    this.received.set(digest, (this.received.get(digest) ?? 0) + 1);
    this.lag = this.quirks.manifestLag ?? 0;
    return digest;
  }

  /** The error of a manifest; undefined if it is valid. */
  judge(repository: string, bytes: Buffer): { status: number; code: string; message: string } | undefined {
    const { artifactType, config, layers = [], manifests = [] } = JSON.parse(bytes.toString('utf8'));
    if (this.quirks.refusesArtifactType && artifactType !== undefined)
      return {
        status: 405,
        code: 'UNSUPPORTED',
        message: 'Invalid parameter at ImageManifest failed to satisfy constraint',
      };
    if (layers.length > (this.quirks.maxLayers ?? Number.POSITIVE_INFINITY))
      return { status: 400, code: 'MANIFEST_INVALID', message: 'Limit on number of layers per image exceeded' };
    if (this.lag > 0) {
      this.lag--;
      return { status: 404, code: 'BLOB_UNKNOWN', message: 'blob unknown to registry' };
    }
    const own = this.repositories.get(repository);
    const missing = [config, ...layers].find((part) => part !== undefined && !own?.has(part.digest));
    if (missing) return { status: 404, code: 'MANIFEST_BLOB_UNKNOWN', message: `blob unknown: ${missing.digest}` };
    const child = manifests.find(({ digest }: { digest: string }) => !this.manifests.has(`${repository}@${digest}`));
    return child && { status: 404, code: 'MANIFEST_UNKNOWN', message: `manifest unknown: ${child.digest}` };
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests.push(`${request.method} ${request.url}`);
    const fault = this.fault(request);
    if (typeof fault === 'object' && 'dropAfter' in fault) return drop(request, fault.dropAfter);
    if (typeof fault === 'object') {
      request.resume();
      await new Promise((resolve) => request.on('end', resolve));
      response.writeHead(fault.status, fault.headers);
      response.end(request.method === 'HEAD' ? undefined : (fault.body ?? ''));
      return;
    }
    const body = await read(request);
    if (fault === 'lose-answer') response.end = (() => request.socket.destroy()) as never;
    if (fault === 'truncate') {
      const write = response.writeHead.bind(response) as (status: number, headers?: object) => ServerResponse;
      response.writeHead = ((status: number, headers: object = {}) =>
        write(status, { ...headers, 'content-length': 1000 })) as never;
      response.end = (() => response.write('{', () => request.socket.destroy())) as never;
    }
    if (request.headers['x-amz-target'] !== undefined) return answerEcrApi(this, request, body, response);
    this.answerHttp(request, body, response);
  }

  private answerHttp(request: IncomingMessage, body: Buffer, response: ServerResponse): unknown {
    const url = new URL(request.url ?? '', `http://${this.host}`);
    if (url.pathname === '/token') return this.answerToken(request, response);
    if (!this.isSignedIn(request, response)) return;
    if (url.pathname === '/v2/') return end(response, 200);
    const [, repository = '', kind = '', rest = ''] = /^\/v2\/(.+?)\/(blobs|manifests)\/(.*)$/.exec(url.pathname) ?? [];
    if (!this.repositories.has(repository)) return this.missing(request, response, repository);
    if (kind === 'manifests') return this.answerManifest(request, repository, rest, body, response);
    if (rest.startsWith('uploads/')) return this.answerUpload(request, repository, url, rest.slice(8), body, response);
    const blob = this.repositories.get(repository)?.has(rest) ? this.blobs.get(rest) : undefined;
    if (blob === undefined) return refuse(response, 404, 'BLOB_UNKNOWN', 'blob unknown to registry');
    return end(
      response,
      200,
      { 'docker-content-digest': rest, 'content-length': String(blob.length) },
      request.method === 'HEAD' ? undefined : blob,
    );
  }

  private answerUpload(
    request: IncomingMessage,
    repository: string,
    url: URL,
    id: string,
    body: Buffer,
    response: ServerResponse,
  ): unknown {
    const location = (upload: string): string => `/v2/${repository}/blobs/uploads/${upload}?state=${this.nextUpload}`;
    if (body.length > (this.quirks.maxBody ?? Number.POSITIVE_INFINITY)) return end(response, 413);
    if (request.method === 'POST') {
      const [mount, from] = [url.searchParams.get('mount'), url.searchParams.get('from')];
      if (mount !== null && this.repositories.get(from ?? '')?.has(mount)) {
        this.repositories.get(repository)?.add(mount);
        return end(response, 201, { 'docker-content-digest': mount });
      }
      const upload = String(++this.nextUpload);
      this.uploads.set(upload, { chunks: [], size: 0 });
      return end(response, 202, { location: location(upload), range: '0-0' });
    }
    const upload = this.uploads.get(id);
    if (upload === undefined) return refuse(response, 404, 'BLOB_UPLOAD_UNKNOWN', 'blob upload unknown to registry');
    if (request.method === 'PATCH') {
      const [, from] = /^(\d+)-\d+$/.exec(String(request.headers['content-range'])) ?? [];
      if (Number(from) !== upload.size) return end(response, 416);
      if (upload.chunks.some((chunk) => chunk.length < (this.quirks.leastChunk ?? 0)))
        return refuse(response, 400, 'BLOB_UPLOAD_INVALID', 'part is too small');
    }
    upload.chunks.push(body);
    upload.size += body.length;
    if (request.method === 'PATCH') {
      const last = this.quirks.staleRange ? (upload.chunks[0] as Buffer).length : upload.size;
      return end(response, this.quirks.patchCreates ? 201 : 202, { location: location(id), range: `0-${last - 1}` });
    }
    this.uploads.delete(id);
    const bytes = Buffer.concat(upload.chunks);
    if (digestOf(bytes) !== url.searchParams.get('digest'))
      return refuse(response, 400, 'DIGEST_INVALID', 'provided digest did not match uploaded content');
    return end(response, 201, { 'docker-content-digest': this.keep(repository, bytes) });
  }

  private answerManifest(
    request: IncomingMessage,
    repository: string,
    reference: string,
    body: Buffer,
    response: ServerResponse,
  ): unknown {
    const digest = reference.startsWith('sha256:') ? reference : this.tags.get(`${repository}:${reference}`);
    if (request.method === 'PUT') {
      const mediaType = String(request.headers['content-type']);
      const refusal = this.judge(repository, body);
      if (refusal !== undefined) return refuse(response, refusal.status, refusal.code, refusal.message);
      if (this.quirks.immutableTags && digest !== undefined && digest !== reference)
        return refuse(
          response,
          400,
          'TAG_INVALID',
          `The image tag '${reference}' already exists and cannot be overwritten because the tag is immutable.`,
        );
      return end(response, 201, { 'docker-content-digest': this.keepManifest(repository, body, mediaType, reference) });
    }
    const manifest = this.manifests.get(`${repository}@${digest}`);
    if (manifest === undefined) return refuse(response, 404, 'MANIFEST_UNKNOWN', 'manifest unknown');
    const headers = { 'docker-content-digest': digest as string, 'content-type': manifest.mediaType };
    return end(response, 200, headers, request.method === 'HEAD' ? undefined : manifest.bytes);
  }

  keepManifest(repository: string, bytes: Buffer, mediaType: string, reference: string | undefined): string {
    const digest = digestOf(bytes);
    this.manifests.set(`${repository}@${digest}`, { bytes, mediaType });
    if (reference !== undefined && reference !== digest) this.tags.set(`${repository}:${reference}`, digest);
    return digest;
  }

  private missing(request: IncomingMessage, response: ServerResponse, repository: string): unknown {
    if (this.quirks.closesOnMissingRepository && request.method !== 'HEAD' && request.method !== 'GET')
      return request.socket.destroy();
    return refuse(response, 404, 'NAME_UNKNOWN', `The repository with name '${repository}' does not exist`);
  }

  private isSignedIn(request: IncomingMessage, response: ServerResponse): boolean {
    const { signIn } = this.quirks;
    if (signIn === undefined) return true;
    const usesTokens = signIn.tokenUses !== undefined;
    const expected = usesTokens ? `Bearer token-${this.token}` : basic(signIn.password);
    if (request.headers.authorization === expected && (!usesTokens || this.tokenUses++ < (signIn.tokenUses ?? 0)))
      return true;
    const challenge = usesTokens ? `Bearer realm="http://${this.host}/token",service="double"` : 'Basic realm="double"';
    end(response, 401, { 'www-authenticate': challenge }, Buffer.from('{"errors":[{"code":"UNAUTHORIZED"}]}'));
    return false;
  }

  private answerToken(request: IncomingMessage, response: ServerResponse): unknown {
    if (request.headers.authorization !== basic(this.quirks.signIn?.password ?? '')) return end(response, 401);
    this.tokenUses = 0;
    return end(response, 200, {}, Buffer.from(JSON.stringify({ token: `token-${++this.token}`, expires_in: 300 })));
  }
}

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function basic(password: string): string {
  return `Basic ${Buffer.from(`AWS:${password}`).toString('base64')}`;
}

async function read(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function drop(request: IncomingMessage, after: number): void {
  let seen = 0;
  if (after === 0) request.socket.destroy();
  request.on('data', (chunk: Buffer) => {
    seen += chunk.length;
    if (seen >= after) request.socket.destroy();
  });
  request.on('end', () => request.socket.destroy());
  request.on('error', () => undefined);
}

function end(response: ServerResponse, status: number, headers: Record<string, string> = {}, body?: Buffer): unknown {
  response.writeHead(status, headers);
  return response.end(body);
}

function refuse(response: ServerResponse, status: number, code: string, message: string): unknown {
  const body = Buffer.from(JSON.stringify({ errors: [{ code, message }] }));
  return end(response, status, { 'content-type': 'application/json', 'content-length': String(body.length) }, body);
}
