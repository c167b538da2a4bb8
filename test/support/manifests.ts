import { checkCustomResource } from './custom-resources';
import { checkManifest, checkTogether, isCoreObject, type TogetherOptions } from './kubernetes-models';
import { checkRestrictedManifest } from './pod-security';

/** All checks of Kubernetes objects: each object, its Pods against `restricted`, and the objects together. */
export function checkManifests(manifests: readonly unknown[], options: TogetherOptions = {}): string[] {
  return [
    ...manifests.flatMap((manifest) =>
      isCoreObject(manifest) ? checkManifest(manifest) : checkCustomResource(manifest),
    ),
    ...manifests.flatMap(checkRestrictedManifest),
    ...checkTogether(manifests, options),
  ];
}
