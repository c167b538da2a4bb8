// The JSON API of ECR, for the same repositories as the HTTP API.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { digestOf, type RegistryDouble } from './registry-double';

type Input = Record<string, never> & {
  repositoryName: string;
  repositoryNames: string[];
  layerDigests: string[];
  uploadId: string;
  partFirstByte: number;
  partLastByte: number;
  layerPartBlob: string;
  imageManifest: string;
  imageManifestMediaType: string;
  imageTag?: string;
  imageDigest?: string;
  imageIds: { imageTag?: string; imageDigest?: string }[];
};

/** An error response of the API: its type, its message and other members. */
class ApiError extends Error {
  constructor(
    readonly type: string,
    message: string,
    readonly members: object = {},
  ) {
    super(message);
  }
}

/** The minimum size of each part except the last, according to the API reference. */
const LEAST_PART = 5 * 2 ** 20;

const OPERATIONS: Readonly<Record<string, (double: RegistryDouble, input: Input) => object>> = {
  GetAuthorizationToken: (double) => ({
    authorizationData: [
      {
        authorizationToken: Buffer.from(`AWS:${double.quirks.signIn?.password ?? 'password'}`).toString('base64'),
        expiresAt: Date.now() / 1000 + 12 * 3600,
        proxyEndpoint: `http://${double.host}`,
      },
    ],
  }),
  DescribeRepositories: (double, { repositoryNames: [name = ''] }) => {
    repositoryOf(double, name);
    return { repositories: [{ repositoryName: name }] };
  },
  CreateRepository: (double, { repositoryName, ...settings }) => {
    if (double.repositories.has(repositoryName)) throw new ApiError('RepositoryAlreadyExistsException', 'it exists');
    double.created.push(settings);
    double.repositories.set(repositoryName, new Set());
    return { repository: { repositoryName } };
  },
  BatchCheckLayerAvailability: (double, { repositoryName, layerDigests }) => {
    if (layerDigests.length > 100) throw new ApiError('InvalidParameterException', 'at most 100 layers');
    const own = repositoryOf(double, repositoryName);
    return {
      layers: layerDigests.map((layerDigest) => {
        const isThere = own.has(layerDigest);
        const layerSize = isThere ? double.blobs.get(layerDigest)?.length : undefined;
        return { layerDigest, layerSize, layerAvailability: isThere ? 'AVAILABLE' : 'UNAVAILABLE' };
      }),
      failures: [],
    };
  },
  InitiateLayerUpload: (double, { repositoryName }) => {
    repositoryOf(double, repositoryName);
    const uploadId = `upload-${double.uploads.size + 1}-${double.requests.length}`;
    double.uploads.set(uploadId, { chunks: [], size: 0 });
    return { uploadId, partSize: 10 * 2 ** 20 };
  },
  UploadLayerPart: (double, { uploadId, partFirstByte, partLastByte, layerPartBlob, repositoryName }) => {
    const upload = double.uploads.get(uploadId);
    if (upload === undefined) throw new ApiError('UploadNotFoundException', 'the upload could not be found');
    const bytes = Buffer.from(layerPartBlob, 'base64');
    // Parts must be consecutive: the error reports the last byte that was received.
    if (partFirstByte !== upload.size || bytes.length !== partLastByte - partFirstByte + 1)
      throw new ApiError('InvalidLayerPartException', 'the layer part size is not valid', {
        registryId: '123456789012',
        repositoryName,
        uploadId,
        lastValidByteReceived: upload.size - 1,
      });
    upload.chunks.push(bytes);
    upload.size += bytes.length;
    return { uploadId, lastByteReceived: partLastByte };
  },
  CompleteLayerUpload: (double, { repositoryName, uploadId, layerDigests: [layerDigest = ''] }) => {
    const own = repositoryOf(double, repositoryName);
    const upload = double.uploads.get(uploadId);
    if (upload === undefined) throw new ApiError('UploadNotFoundException', 'the upload could not be found');
    double.uploads.delete(uploadId);
    if (own.has(layerDigest)) throw new ApiError('LayerAlreadyExistsException', 'the layer exists');
    if (upload.size === 0) throw new ApiError('EmptyUploadException', 'no part was sent');
    if (upload.chunks.slice(0, -1).some((chunk) => chunk.length < LEAST_PART))
      throw new ApiError('LayerPartTooSmallException', 'layer parts must be at least 5 MiB');
    const bytes = Buffer.concat(upload.chunks);
    if (digestOf(bytes) !== layerDigest) throw new ApiError('InvalidLayerException', 'the digest does not match');
    return { layerDigest: double.keep(repositoryName, bytes) };
  },
  PutImage: (double, { repositoryName, imageManifest, imageManifestMediaType, imageTag, imageDigest }) => {
    repositoryOf(double, repositoryName);
    const bytes = Buffer.from(imageManifest);
    const digest = digestOf(bytes);
    if (imageDigest !== undefined && imageDigest !== digest)
      throw new ApiError('ImageDigestDoesNotMatchException', 'the digest does not match');
    const refusal = double.judge(repositoryName, bytes);
    if (refusal?.code === 'MANIFEST_UNKNOWN') throw new ApiError('ReferencedImagesNotFoundException', refusal.message);
    if (refusal?.status === 404) throw new ApiError('LayersNotFoundException', refusal.message);
    if (refusal !== undefined) throw new ApiError('InvalidParameterException', refusal.message);
    const tagged = double.tags.get(`${repositoryName}:${imageTag}`);
    const isKnown = double.manifests.has(`${repositoryName}@${digest}`);
    if (isKnown && (imageTag === undefined || tagged === digest))
      throw new ApiError('ImageAlreadyExistsException', 'the image exists');
    if (double.quirks.immutableTags && tagged !== undefined)
      throw new ApiError('ImageTagAlreadyExistsException', `the image tag '${imageTag}' exists and is immutable`);
    double.keepManifest(repositoryName, bytes, imageManifestMediaType, imageTag);
    return { image: { repositoryName, imageId: { imageDigest: digest, imageTag } } };
  },
  BatchGetImage: (double, { repositoryName, imageIds: [id] }) => {
    repositoryOf(double, repositoryName);
    const digest = id?.imageDigest ?? double.tags.get(`${repositoryName}:${id?.imageTag}`);
    const manifest = double.manifests.get(`${repositoryName}@${digest}`);
    if (manifest === undefined) return { images: [], failures: [{ imageId: id, failureCode: 'ImageNotFound' }] };
    return {
      images: [
        {
          repositoryName,
          imageId: { imageDigest: digest },
          imageManifest: manifest.bytes.toString('utf8'),
          imageManifestMediaType: manifest.mediaType,
        },
      ],
      failures: [],
    };
  },
  GetDownloadUrlForLayer: (double, { repositoryName, layerDigests }) => ({
    downloadUrl: `http://${double.host}/v2/${repositoryName}/blobs/${layerDigests}`,
  }),
};

/** Responds to an API call. */
export function answerEcrApi(
  double: RegistryDouble,
  request: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
): void {
  const [, operation = ''] = String(request.headers['x-amz-target']).split('.');
  const headers = { 'content-type': 'application/x-amz-json-1.1' };
  try {
    const answer = OPERATIONS[operation]?.(double, JSON.parse(body.toString('utf8')));
    if (answer === undefined) throw new ApiError('UnknownOperationException', operation);
    response.writeHead(200, headers);
    response.end(JSON.stringify(answer));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    response.writeHead(400, headers);
    response.end(JSON.stringify({ __type: error.type, message: error.message, ...error.members }));
  }
}

function repositoryOf(double: RegistryDouble, name: string): Set<string> {
  const repository = double.repositories.get(name);
  if (repository === undefined)
    throw new ApiError(
      'RepositoryNotFoundException',
      `The repository with name '${name}' does not exist in the registry`,
    );
  return repository;
}
