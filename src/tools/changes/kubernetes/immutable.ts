import type { Change } from '../change';
import { at, type Data, isEqual } from '../data';
import { type ClusterObject, type ClusterUpdate, shownObject } from './objects';

/** The fields of each kind that the API server does not allow to change. */
export const IMMUTABLE: { readonly [kind: string]: readonly string[] } = {
  ClusterRoleBinding: ['roleRef'],
  DaemonSet: ['spec.selector'],
  Deployment: ['spec.selector'],
  Job: ['spec.selector', 'spec.template', 'spec.completionMode'],
  PersistentVolumeClaim: [
    'spec.accessModes',
    'spec.storageClassName',
    'spec.volumeName',
    'spec.volumeMode',
    'spec.selector',
  ],
  ReplicaSet: ['spec.selector'],
  RoleBinding: ['roleRef'],
  Secret: ['type'],
  StatefulSet: ['spec.selector', 'spec.serviceName', 'spec.volumeClaimTemplates', 'spec.podManagementPolicy'],
  StorageClass: ['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode'],
};

/** What the API server uses for immutable fields that a manifest does not have. */
const DEFAULTS: { readonly [kind: string]: Data } = {
  Job: { 'spec.completionMode': 'NonIndexed' },
  PersistentVolumeClaim: { 'spec.volumeMode': 'Filesystem' },
  Secret: { type: 'Opaque' },
  StatefulSet: { 'spec.podManagementPolicy': 'OrderedReady' },
  StorageClass: { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' },
};

/** Fields whose change the API server refuses. */
export function checkImmutable(update: ClusterUpdate): Change[] {
  return update.kept.flatMap(({ from, to }) => {
    const fields = [...(IMMUTABLE[to.kind] ?? []).filter((path) => isChanged(from, to, path)), ...special(from, to)];
    return fields.map((field): Change => {
      const message = `changes '${field}', which cannot be changed: apply fails until the object is deleted`;
      return { kind: 'ImmutableField', subject: shownObject(to), message };
    });
  });
}

function isChanged(from: ClusterObject, to: ClusterObject, path: string): boolean {
  const standard = DEFAULTS[to.kind]?.[path];
  return !isEqual(at(from.body, path) ?? standard, at(to.body, path) ?? standard);
}

/** Fields that cannot be changed under a condition. */
function special(from: ClusterObject, to: ClusterObject): string[] {
  if (to.kind === 'Service') {
    const isHeadless = ({ body }: ClusterObject): boolean => at(body, 'spec.clusterIP') === 'None';
    return isHeadless(from) === isHeadless(to) ? [] : ['spec.clusterIP'];
  }
  if (from.body.immutable !== true) return [];
  return ['data', 'binaryData', 'immutable'].filter((path) => isChanged(from, to, path));
}
