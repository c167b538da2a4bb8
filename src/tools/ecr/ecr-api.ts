import type { ECR, Image } from '@aws-sdk/client-ecr';
import { type EcrHost, parseEcrHost } from '../../private/images/ecr-host';
import type { Manifest } from '../artifact/artifact';
import { type AwsConnections, awsConnections } from '../net/aws';
import { nameOf } from '../net/aws-error';
import { HttpClient, parseLocation } from '../net/http';
import { permitOf } from '../net/origins';
import { scopeOf } from '../net/scope';
import { StoreError } from '../net/store-error';
import type { Credentials } from '../registry/credentials';
import { MAX_MANIFEST_BYTES } from '../registry/image-json';
import { digestOf, MEDIA_TYPES, mediaTypeOf } from '../registry/manifests';
import { explainEcrError } from './ecr-errors';

/** Access to the HTTP API of a registry. */
export interface RegistryAccess {
  readonly url: URL;
  readonly credentials: Credentials;
}

/** Which repository the calls are for. */
interface RepositoryAddress {
  readonly registry: string;
  readonly repository: string;
  /** The account of the registry. @default - that of the credentials */
  readonly registryId?: string;
}

/** The maximum number of digests in one request. */
const BATCH = 100;
const ATTEMPTS = 6;
/** As documented by ECR. The expiry date in its response is not used, because the clock of this machine may be wrong. */
const TOKEN_SECONDS = 12 * 3600;
/** The settings of a new repository: immutable tags, scan on push, and encryption. */
const REPOSITORY = {
  imageTagMutability: 'IMMUTABLE',
  imageScanningConfiguration: { scanOnPush: true },
  encryptionConfiguration: { encryptionType: 'AES256' },
} as const;

/** The ECR API for one repository. Converts its errors into ours. */
export class EcrApi {
  private constructor(
    private readonly ecr: ECR,
    private readonly connections: AwsConnections,
    private readonly address: RepositoryAddress,
  ) {}

  get repository(): string {
    return this.address.repository;
  }

  /** Loads the AWS client, which takes a while, and creates one for the region of the registry. */
  static async open(registry: string, repository: string, plainHttp = false): Promise<EcrApi> {
    const sdk = require('./ecr-sdk') as typeof import('./ecr-sdk');
    const { registryId, region }: Partial<EcrHost> = parseEcrHost(registry) ?? {};
    const connections = awsConnections('api.ecr', region ?? 'us-east-1', plainHttp);
    const ecr = new sdk.ECR({
      ...(region === undefined ? {} : { region }),
      requestHandler: connections.requestHandler,
      maxAttempts: ATTEMPTS,
    });
    return new EcrApi(ecr, connections, { registry, repository, registryId });
  }

  close(): void {
    this.ecr.destroy();
    this.connections.close();
  }

  /** A password for the HTTP API of the registry, valid for twelve hours. */
  async access(): Promise<RegistryAccess> {
    const { authorizationData } = await this.call(
      'get a token',
      this.ecr.getAuthorizationToken(
        this.address.registryId === undefined ? {} : { registryIds: [this.address.registryId] },
      ),
    );
    const { authorizationToken, proxyEndpoint } = authorizationData?.[0] ?? {};
    const [user, password] = Buffer.from(authorizationToken ?? '', 'base64')
      .toString('utf8')
      .split(/:(.*)/s);
    if (!user || !password || proxyEndpoint === undefined)
      throw new StoreError(
        'UnexpectedAnswer',
        `ECR returned no token for ${this.address.registry}; check the account in --to`,
      );
    return {
      url: this.endpointOf(proxyEndpoint),
      credentials: { kind: 'password', user, password, seconds: TOKEN_SECONDS },
    };
  }

  /** Throws if the repository does not exist, or creates it if `create` is set. */
  async ensureRepository(create: boolean): Promise<void> {
    try {
      await this.ecr.describeRepositories({ ...this.ids, ...this.names });
    } catch (error) {
      const name = nameOf(error);
      // Describing requires another permission, which a publisher may not have.
      if (name === 'AccessDeniedException') return;
      if (name !== 'RepositoryNotFoundException' || !create)
        throw this.explain(error, `publish to ${this.address.registry}/${this.repository}`);
      await this.createRepository();
    }
  }

  /** The sizes of the blobs that exist. */
  async available(digests: readonly string[]): Promise<Map<string, number>> {
    const found = new Map<string, number>();
    for (let at = 0; at < digests.length; at += BATCH) {
      const { layers = [] } = await this.call(
        'look for layers',
        this.ecr.batchCheckLayerAvailability({ ...this.name, layerDigests: digests.slice(at, at + BATCH) }),
      );
      for (const { layerDigest = '', layerAvailability, layerSize = Number.NaN } of layers)
        if (layerAvailability === 'AVAILABLE') found.set(layerDigest, layerSize);
    }
    return found;
  }

  /** A manifest by tag or digest. This call also fetches images into pull-through caches. */
  async image(reference: string): Promise<Manifest | undefined> {
    const { images = [] } = await this.call(
      `read ${reference}`,
      this.ecr.batchGetImage({
        ...this.name,
        imageIds: [reference.startsWith('sha256:') ? { imageDigest: reference } : { imageTag: reference }],
        acceptedMediaTypes: [...MEDIA_TYPES.index, ...MEDIA_TYPES.manifest],
      }),
    );
    const [image] = images;
    return image === undefined ? undefined : this.manifestOf(image, reference);
  }

  /** A small blob, from a short-lived download URL of ECR. */
  async blob(digest: string): Promise<Buffer> {
    const { downloadUrl = '' } = await this.call(
      `read ${digest}`,
      this.ecr.getDownloadUrlForLayer({ ...this.name, layerDigest: digest }),
    );
    const from = this.endpoint();
    if (!URL.canParse(downloadUrl))
      throw new StoreError('UnexpectedAnswer', `ECR returned no download URL for ${digest}; try again later`);
    const url = parseLocation(downloadUrl, from);
    const http = new HttpClient();
    try {
      permitOf({ step: 'download', from, to: url });
      const { status, body } = await http.send({ method: 'GET', url, from });
      if (status !== 200)
        throw new StoreError(
          'UnexpectedAnswer',
          `the storage of ECR returned ${status} for ${digest}; try again later`,
        );
      if (digestOf(body) !== digest)
        throw new StoreError(
          'DigestMismatch',
          `the storage of ECR returned content that does not match ${digest}; try again later`,
        );
      return body;
    } finally {
      http.close();
    }
  }

  async startUpload(): Promise<{ uploadId: string; partSize: number }> {
    const { uploadId, partSize } = await this.call(
      'start the upload of a layer',
      this.ecr.initiateLayerUpload(this.name),
    );
    if (uploadId === undefined || partSize === undefined)
      throw new StoreError('UnexpectedAnswer', 'ECR started an upload without an ID or a part size; try again later');
    return { uploadId, partSize };
  }

  /** Sends a part and returns the offset after the last byte that ECR has, which may differ from the end of the part. */
  async sendPart(uploadId: string, from: number, part: Buffer): Promise<number> {
    try {
      const { lastByteReceived } = await this.ecr.uploadLayerPart({
        ...this.name,
        uploadId,
        partFirstByte: from,
        partLastByte: from + part.length - 1,
        layerPartBlob: part,
      });
      return (lastByteReceived ?? from + part.length - 1) + 1;
    } catch (error) {
      const { lastValidByteReceived } = error as { lastValidByteReceived?: number };
      // Also the response to a part that is sent again because its first response was lost.
      if (nameOf(error) === 'InvalidLayerPartException' && lastValidByteReceived !== undefined)
        return lastValidByteReceived + 1;
      throw nameOf(error) === 'UploadNotFoundException' ? error : this.explain(error, 'upload a layer');
    }
  }

  /** Completes an upload. A layer that already exists is a success too. */
  async completeUpload(uploadId: string, digest: string): Promise<void> {
    try {
      await this.ecr.completeLayerUpload({ ...this.name, uploadId, layerDigests: [digest] });
    } catch (error) {
      if (nameOf(error) === 'LayerAlreadyExistsException') return;
      throw nameOf(error) === 'UploadNotFoundException'
        ? error
        : this.explain(error, `complete the upload of ${digest}`);
    }
  }

  /** Puts a manifest. Returns `lagging` if ECR does not see content yet that was just uploaded. */
  async putImage(manifest: Manifest, tag: string | undefined): Promise<'done' | 'lagging'> {
    try {
      await this.ecr.putImage({
        ...this.name,
        imageManifest: manifest.bytes.toString('utf8'),
        imageManifestMediaType: manifest.mediaType,
        imageDigest: manifest.digest,
        ...(tag === undefined ? {} : { imageTag: tag }),
      });
      return 'done';
    } catch (error) {
      const name = nameOf(error);
      if (name === 'ImageAlreadyExistsException') return 'done';
      if (name === 'LayersNotFoundException' || name === 'ReferencedImagesNotFoundException') return 'lagging';
      // Another publisher put the same manifest under the same immutable tag.
      if (name === 'ImageTagAlreadyExistsException' && tag !== undefined)
        if ((await this.image(tag))?.digest === manifest.digest) return 'done';
      throw this.explain(error, `put the image ${tag ?? manifest.digest}`);
    }
  }

  private async createRepository(): Promise<void> {
    try {
      await this.ecr.createRepository({ ...this.name, ...REPOSITORY });
    } catch (error) {
      // It was created concurrently.
      if (nameOf(error) !== 'RepositoryAlreadyExistsException')
        throw this.explain(error, `create the repository ${this.repository}`);
    }
  }

  private manifestOf({ imageManifest = '', imageManifestMediaType = '', imageId }: Image, reference: string): Manifest {
    const bytes = Buffer.from(imageManifest);
    if (bytes.length > MAX_MANIFEST_BYTES)
      throw new StoreError(
        'LimitExceeded',
        `ECR has a manifest of ${bytes.length} bytes as ${reference}; at most ${MAX_MANIFEST_BYTES} are supported`,
      );
    const digest = digestOf(bytes);
    const claimed = reference.startsWith('sha256:') ? reference : (imageId?.imageDigest ?? digest);
    if (claimed !== digest)
      throw new StoreError(
        'DigestMismatch',
        `ECR returned content with the digest ${digest} for ${reference}; try again later`,
      );
    return { digest, mediaType: mediaTypeOf(bytes, imageManifestMediaType), bytes };
  }

  /** The endpoint must belong to the configured registry, because the password is sent to it. */
  private endpointOf(text: string): URL {
    const url = parseLocation(text, new URL(`https://${this.address.registry}`));
    const found = parseEcrHost(url.host);
    const own = parseEcrHost(this.address.registry);
    const isOwn = url.protocol === 'https:' && found?.registryId === own?.registryId && found?.region === own?.region;
    if ((found !== undefined && isOwn) || scopeOf(url.hostname) === 'loopback') return url;
    throw new StoreError(
      'UntrustedAddress',
      `ECR returned ${url.origin} as the address of ${this.address.registry}, which is another registry; check AWS_ENDPOINT_URL`,
    );
  }

  /** The endpoint of the API: AWS, or an emulator. */
  private endpoint(): URL {
    const { AWS_ENDPOINT_URL_ECR, AWS_ENDPOINT_URL } = process.env;
    const endpoint = AWS_ENDPOINT_URL_ECR ?? AWS_ENDPOINT_URL ?? '';
    return new URL(URL.canParse(endpoint) ? endpoint : `https://${this.address.registry}`);
  }

  private get ids(): { registryId?: string } {
    return this.address.registryId === undefined ? {} : { registryId: this.address.registryId };
  }

  private get name(): { registryId?: string; repositoryName: string } {
    return { ...this.ids, repositoryName: this.repository };
  }

  private get names(): { repositoryNames: string[] } {
    return { repositoryNames: [this.repository] };
  }

  private async call<T>(action: string, response: Promise<T>): Promise<T> {
    try {
      return await response;
    } catch (error) {
      throw this.explain(error, action);
    }
  }

  private explain(error: unknown, action: string): Error {
    return explainEcrError(error, action, this.address.registry);
  }
}
