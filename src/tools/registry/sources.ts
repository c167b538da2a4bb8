import { parseEcrHost } from '../../private/images/ecr-host';
import { StoreError } from '../net/store-error';
import { type ImageSource, registrySource } from './image-source';
import { type ImageReference, isLocal } from './reference';
import { RegistryClient, type RegistryOptions } from './registry-client';

/** Opens the repository of a reference: through the ECR API for ECR registries, over HTTP for others. */
export async function openSource(
  { registry, repository }: ImageReference,
  options: { readonly plainHttp?: boolean },
): Promise<ImageSource> {
  const plainHttp = options.plainHttp ?? isLocal(registry);
  const overHttp = (access: RegistryOptions = {}): ImageSource =>
    registrySource(new RegistryClient(registry, repository, { plainHttp, ...access }));
  if (parseEcrHost(registry) === undefined) return overHttp();
  const { EcrApi } = require('../ecr/ecr-api') as typeof import('../ecr/ecr-api');
  const api = await EcrApi.open(registry, repository, options.plainHttp);
  try {
    const { url, credentials } = await api.access();
    // Manifests are read through the API, which fetches images into pull-through caches; layers over HTTP.
    return {
      ...overHttp({ url, credentials: async () => credentials }),
      manifest: (reference) => api.image(reference),
      config: (digest) => api.blob(digest),
    };
  } catch (error) {
    // Without AWS credentials, those of Docker may work.
    if (error instanceof StoreError && error.code === 'CredentialsMissing') return overHttp();
    throw error;
  }
}
