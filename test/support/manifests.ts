import { checkCustomResource } from './custom-resources';
import { checkManifest, checkTogether, isCoreObject, type TogetherOptions } from './kubernetes-models';
import { checkRestrictedManifest } from './pod-security';

/** Every check of Kubernetes objects at once: each by itself, its pods against `restricted`, and all together. */
export function checkManifests(manifests: readonly unknown[], options: TogetherOptions = {}): string[] {
  return [
    ...manifests.flatMap((manifest) =>
      isCoreObject(manifest) ? checkManifest(manifest) : checkCustomResource(manifest),
    ),
    ...manifests.flatMap(checkRestrictedManifest),
    ...checkTogether(manifests, options),
  ];
}
