/** Strict offline checks of rendered Kubernetes objects: what the API server of Kubernetes 1.36 would reject, and more. */
import { Findings, isObject, object } from './data';
import { checkMetadata } from './kubernetes/metadata';
import { isClusterScoped, modelOf } from './kubernetes/models';
import { OBJECT_CHECKS } from './kubernetes/objects';
import { checkModel } from './kubernetes/shape';
import { WORKLOAD_CHECKS } from './kubernetes/workloads';

export { checkTogether, type TogetherOptions } from './kubernetes/together';

/** `Deployment app` and the like. */
export function subjectOf(manifest: unknown): string {
  const { kind, metadata } = object(manifest);
  return `${kind} ${object(metadata).name}`;
}

/** Whether an object is built into Kubernetes, and not a custom resource. */
export function isCoreObject(manifest: unknown): boolean {
  return modelOf(object(manifest).apiVersion, object(manifest).kind) !== undefined;
}

/** The findings for one built-in object: first its shape, then rules that are not in the models. */
export function checkManifest(manifest: unknown): string[] {
  const findings = new Findings(subjectOf(manifest));
  if (!isObject(manifest)) return ['a manifest is not an object'];
  const model = modelOf(manifest.apiVersion, manifest.kind);
  if (model === undefined) return [`${findings.subject}: ${manifest.apiVersion} ${manifest.kind} is not known`];
  const kind = String(manifest.kind);
  checkModel(findings, '', manifest, model);
  checkMetadata(findings, kind, manifest.metadata, isClusterScoped(kind));
  (WORKLOAD_CHECKS[kind] ?? OBJECT_CHECKS[kind])?.(findings, manifest);
  return findings.all;
}
