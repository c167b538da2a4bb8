import { parseEcrHost } from '../../private/images/ecr-host';
import { CommandError } from '../command-line/command-error';
import type { EcrApi } from '../ecr/ecr-api';
import { StoreError } from '../net/store-error';
import { HttpRepository } from '../registry/http-repository';
import { isLocal } from '../registry/reference';
import { RegistryClient, type RegistryOptions } from '../registry/registry-client';
import { ImageStore } from '../stores/image-store';
import type { Store, StoreOptions } from '../stores/store';
import type { Destination } from './destination';

/** Opens the store of a destination. Loads only the modules that it needs. */
export async function openStore(destination: Destination, options: StoreOptions = {}): Promise<Store> {
  if (destination.kind === 's3') {
    const { openBucket } = require('../s3/s3-store') as typeof import('../s3/s3-store');
    return openBucket(destination, options);
  }
  const { registry, repository } = destination;
  if (options.bucketOwner !== undefined)
    throw new CommandError(
      'ConflictingOptions',
      `--bucket-owner is supported for buckets only; remove it for '${registry}'`,
    );
  const isEcr = parseEcrHost(registry) !== undefined;
  const usesApi = options.transport === 'ecr-api';
  if (!isEcr && !usesApi) {
    if (options.createRepository)
      throw new CommandError(
        'ConflictingOptions',
        `--create-repository is supported for ECR only, and '${registry}' is not an ECR registry; remove the option`,
      );
    return overHttp(registry, repository, options);
  }
  if (!isEcr && process.env.AWS_ENDPOINT_URL_ECR === undefined)
    throw new CommandError(
      'ConflictingOptions',
      `--transport ecr-api requires an ECR registry, and '${registry}' is not one; remove the option`,
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

/** Access to ECR over HTTP: with a password from the API, or without AWS credentials with those of Docker. */
async function ecrAccess(api: EcrApi, { push, createRepository }: StoreOptions): Promise<RegistryOptions> {
  try {
    const { url, credentials } = await api.access();
    if (push) await api.ensureRepository(createRepository ?? false);
    let first: typeof credentials | undefined = credentials;
    return {
      url,
      credentials: async () => {
        const current = first ?? (await api.access()).credentials;
        first = undefined;
        return current;
      },
    };
  } catch (error) {
    if (error instanceof StoreError && error.code === 'CredentialsMissing' && !createRepository) return {};
    throw error;
  }
}
