/**
 * The generated models of `@kubernetes/client-node`, read as text: the package root does not load on Node 20, and its files
 * are ES modules. Names and types of fields are in `X.js`, which fields are required is in `X.d.ts`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Field {
  readonly type: string;
  readonly format: string;
  readonly required: boolean;
}

export type Model = ReadonlyMap<string, Field>;

const MODELS = join(dirname(require.resolve('@kubernetes/client-node/package.json')), 'dist', 'gen', 'models');
const cache = new Map<string, Model>();

/** The fields of a model such as `V1Container`; undefined for other names, such as `string`. */
export function modelNamed(name: string): Model | undefined {
  const known = cache.get(name);
  if (known !== undefined) return known;
  const code = join(MODELS, `${name}.js`);
  if (!/^[A-Z]\w+$/.test(name) || !existsSync(code)) return undefined;
  const fields = /attributeTypeMap = (\[[\s\S]*?\]);/.exec(readFileSync(code, 'utf8'));
  if (fields === null) return undefined;
  const types = readFileSync(join(MODELS, `${name}.d.ts`), 'utf8');
  const required = new Set([...types.matchAll(/^ {4}'(\w+)': /gm)].map((match) => match[1]));
  const model = new Map(
    (JSON.parse(fields[1] ?? '[]') as { name: string; baseName: string; type: string; format: string }[]).map(
      ({ name: property, baseName, type, format }) => [baseName, { type, format, required: required.has(property) }],
    ),
  );
  cache.set(name, model);
  return model;
}

const KINDS: { readonly [apiVersion: string]: readonly string[] } = {
  v1: [
    'ConfigMap',
    'Endpoints',
    'LimitRange',
    'Namespace',
    'PersistentVolume',
    'PersistentVolumeClaim',
    'Pod',
    'ResourceQuota',
    'Secret',
    'Service',
    'ServiceAccount',
  ],
  'apps/v1': ['DaemonSet', 'Deployment', 'ReplicaSet', 'StatefulSet'],
  'autoscaling/v2': ['HorizontalPodAutoscaler'],
  'batch/v1': ['CronJob', 'Job'],
  'discovery.k8s.io/v1': ['EndpointSlice'],
  'networking.k8s.io/v1': ['Ingress', 'IngressClass', 'NetworkPolicy'],
  'node.k8s.io/v1': ['RuntimeClass'],
  'policy/v1': ['PodDisruptionBudget'],
  'rbac.authorization.k8s.io/v1': ['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'],
  'resource.k8s.io/v1': ['DeviceClass', 'ResourceClaimTemplate'],
  'scheduling.k8s.io/v1': ['PriorityClass'],
  'storage.k8s.io/v1': ['StorageClass'],
};

const CLUSTER_SCOPED = new Set([
  'Namespace',
  'PersistentVolume',
  'IngressClass',
  'RuntimeClass',
  'ClusterRole',
  'ClusterRoleBinding',
  'DeviceClass',
  'PriorityClass',
  'StorageClass',
]);

/** The model of a built-in object; undefined for other apiVersions and kinds. */
export function modelOf(apiVersion: unknown, kind: unknown): string | undefined {
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || !KINDS[apiVersion]?.includes(kind))
    return undefined;
  const version = apiVersion.split('/').at(-1) ?? '';
  return `V${version.slice(1)}${kind}`;
}

export function isClusterScoped(kind: string): boolean {
  return CLUSTER_SCOPED.has(kind);
}
