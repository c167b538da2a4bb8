import { parseEcrHost } from '../../private/images/ecr-host';
import { StoreError } from '../net/store-error';
import { type ImageSource, registrySource } from './image-source';
import { type ImageReference, isLocal } from './reference';
import { RegistryClient, type RegistryOptions } from './registry-client';

/** Where the images of a reference are read: through the API of ECR for its registries, else over their HTTP. */
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
    // Manifests through the API, which reaches the registries behind pull-through caches; layers over HTTP.
    return {
      ...overHttp({ url, credentials: async () => credentials }),
      manifest: (reference) => api.image(reference),
      config: (digest) => api.blob(digest),
    };
  } catch (error) {
    // Without credentials of AWS, those that Docker has may do.
    if (error instanceof StoreError && error.code === 'CredentialsMissing') return overHttp();
    throw error;
  }
}
