import { type ImageSource, registrySource } from './image-source';
import { type ImageReference, isLocal } from './reference';
import { RegistryClient } from './registry-client';

/** Where the images of a reference are read: through the API of ECR for its registries, else over their HTTP. */
export async function openSource(
  { registry, repository }: ImageReference,
  options: { readonly plainHttp?: boolean },
): Promise<ImageSource> {
  const plainHttp = options.plainHttp ?? isLocal(registry);
  return registrySource(new RegistryClient(registry, repository, { plainHttp }));
}
