import { parseEcrHost } from '../../private/images/ecr-host';
import type { Store } from '../artifact/artifact';
import { CommandError, USAGE_ERROR } from '../command-line/command-error';
import type { EcrApi } from '../ecr/ecr-api';
import { StoreError } from '../net/store-error';
import { HttpRepository } from '../registry/http-repository';
import { isLocal } from '../registry/reference';
import { RegistryClient, type RegistryOptions } from '../registry/registry-client';
import { ImageStore } from '../stores/image-store';
import type { EvidenceCheck, FoundEvidence } from '../stores/verify-evidence';
import type { Destination } from './destination';

/** How layers get to a registry. */
export const TRANSPORTS = ['http', 'ecr-api'] as const;
export type Transport = (typeof TRANSPORTS)[number];

/** How a store is spoken to. */
export interface StoreOptions {
  /** @default http */
  readonly transport?: Transport;
  /** Make a repository of ECR that is not there. @default false */
  readonly createRepository?: boolean;
  /** Speak HTTP without TLS. @default - with this machine only */
  readonly plainHttp?: boolean;
  /** The account that must own the bucket. @default - any */
  readonly bucketOwner?: string;
  /** Whether something will be put there. @default false */
  readonly push?: boolean;
  /** Names for what is published beside its digest. @default - none */
  readonly tags?: readonly string[];
  /** Other repositories of the same registry that may have layers already. @default - none */
  readonly mountFrom?: readonly string[];
}

/** A store whose connections are to be closed. */
export interface OpenStore extends Store {
  /** Where an artifact stands, or will stand. */
  referenceOf(digest: string): string;
  /** What vouches for an artifact, and what is wrong with it. */
  verifyEvidence(digest: string, check: EvidenceCheck): Promise<FoundEvidence>;
  close(): void;
}

/** Opens the store of a destination. Loads only what that one needs. */
export async function openStore(destination: Destination, options: StoreOptions = {}): Promise<OpenStore> {
  if (destination.kind === 's3') {
    const { openBucket } = require('../s3/s3-store') as typeof import('../s3/s3-store');
    return openBucket(destination, options);
  }
  const { registry, repository } = destination;
  if (options.bucketOwner !== undefined)
    throw new CommandError(`--bucket-owner is for buckets; leave it out with '${registry}'`, USAGE_ERROR);
  const isEcr = parseEcrHost(registry) !== undefined;
  const usesApi = options.transport === 'ecr-api';
  if (!isEcr && !usesApi) {
    if (options.createRepository)
      throw new CommandError(
        `--create-repository is for ECR; '${registry}' makes repositories by itself, or never`,
        USAGE_ERROR,
      );
    return overHttp(registry, repository, options);
  }
  if (!isEcr && process.env.AWS_ENDPOINT_URL_ECR === undefined)
    throw new CommandError(
      `--transport ecr-api speaks to the API of ECR, and '${registry}' is no registry of it; leave it out`,
      USAGE_ERROR,
    );
  const { EcrApi } = require('../ecr/ecr-api') as typeof import('../ecr/ecr-api');
  const api = await EcrApi.open(registry, repository, options.plainHttp);
  if (usesApi) {
    const { EcrRepository } = require('../ecr/ecr-repository') as typeof import('../ecr/ecr-repository');
    if (options.push) await api.ensureRepository(options.createRepository ?? false);
    return new ImageStore(new EcrRepository(api, registry), options.tags);
  }
  return overHttp(registry, repository, options, await ecrAccess(api, options));
}

function overHttp(
  registry: string,
  repository: string,
  options: StoreOptions,
  access: RegistryOptions = {},
): ImageStore {
  const { mountFrom = [], push = false, tags } = options;
  const plainHttp = options.plainHttp ?? isLocal(registry);
  const client = new RegistryClient(registry, repository, { plainHttp, push, alsoFrom: mountFrom, ...access });
  return new ImageStore(new HttpRepository(client, mountFrom), tags);
}

/** How the HTTP of ECR is spoken to: with a password of the API, or without AWS credentials with what Docker knows. */
async function ecrAccess(api: EcrApi, { push, createRepository }: StoreOptions): Promise<RegistryOptions> {
  try {
    const { url, credentials } = await api.access();
    if (push) await api.ensureRepository(createRepository ?? false);
    let first: typeof credentials | undefined = credentials;
    return {
      url,
      credentials: async () => {
        const known = first ?? (await api.access()).credentials;
        first = undefined;
        return known;
      },
    };
  } catch (error) {
    if (error instanceof StoreError && error.code === 'CredentialsMissing' && !createRepository) return {};
    throw error;
  }
}
