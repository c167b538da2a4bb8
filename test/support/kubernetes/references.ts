/** The references between objects of a set that decide in which order they are applied, and what may be deleted. */
import { type Data, object, objects, text } from '../data';
import { selects } from './metadata';

export const nameOf = (o: Data): string => text(object(o.metadata).name);

const namespaceOf = (o: Data): string => text(object(o.metadata).namespace);

/** The identity of an object, without its version. */
export const keyOf = (o: Data): string => {
  const namespace = namespaceOf(o);
  return `${text(o.kind)}/${namespace === '' ? '' : `${namespace}/`}${nameOf(o)}`;
};

const podOf = (o: Data): Data => object(object(object(object(o.spec).template).spec));

/** The keys that an object of this kind refers to, whether or not they are in the set. */
const TARGETS: { readonly [kind: string]: (o: Data, all: readonly Data[]) => string[] } = {
  Deployment: (o) => podTargets(podOf(o)),
  HorizontalPodAutoscaler: ({ spec }) => [scaledBy(spec)],
  ScaledObject: ({ spec }) => [scaledBy(spec)],
  HTTPRoute: routeTargets,
  GRPCRoute: routeTargets,
};

/** The objects of a set that an object refers to. A router refers to those that its configuration names. */
export function referencesOf(o: Data, all: readonly Data[]): Data[] {
  const direct = new Set(TARGETS[text(o.kind)]?.(o, all) ?? []);
  const found = all.filter((other) => other !== o && direct.has(localKey(other)));
  const configured = found.filter(({ kind }) => kind === 'ConfigMap').flatMap((map) => servicesIn(map, all));
  return withWorkloads([...found, ...configured], all).filter((other) => other !== o);
}

const localKey = (o: Data): string => `${text(o.kind)}/${nameOf(o)}`;

function scaledBy(spec: unknown): string {
  const { kind = 'Deployment', name } = object(object(spec).scaleTargetRef);
  return `${text(kind)}/${text(name)}`;
}

function podTargets(pod: Data): string[] {
  const containers = [...objects(pod.containers), ...objects(pod.initContainers)];
  const sources = [
    ...containers.flatMap(({ env }) => objects(env).map(({ valueFrom }) => object(valueFrom))),
    ...containers.flatMap(({ envFrom }) => objects(envFrom)),
  ];
  const named = (kind: string, name: unknown): string[] => (text(name) === '' ? [] : [`${kind}/${text(name)}`]);
  return [
    ...named('ServiceAccount', pod.serviceAccountName),
    ...objects(pod.imagePullSecrets).flatMap(({ name }) => named('Secret', name)),
    ...sources.flatMap(({ secretKeyRef, configMapKeyRef, secretRef, configMapRef }) => [
      ...named('Secret', object(secretKeyRef ?? secretRef).name),
      ...named('ConfigMap', object(configMapKeyRef ?? configMapRef).name),
    ]),
    ...objects(pod.volumes).flatMap(({ configMap, secret, persistentVolumeClaim }) => [
      ...named('ConfigMap', object(configMap).name),
      ...named('Secret', object(secret).secretName),
      ...named('PersistentVolumeClaim', object(persistentVolumeClaim).claimName),
    ]),
  ];
}

function routeTargets({ spec }: Data): string[] {
  return objects(object(spec).rules).flatMap(({ backendRefs, filters }) => [
    ...objects(backendRefs).map(({ kind = 'Service', name }) => `${text(kind)}/${text(name)}`),
    ...objects(filters).flatMap(({ extensionRef }) => {
      const { kind, name } = object(extensionRef);
      return kind === undefined ? [] : [`${text(kind)}/${text(name)}`];
    }),
  ]);
}

/** The Services that the text of a ConfigMap names as hosts of the cluster. */
function servicesIn(map: Data, all: readonly Data[]): Data[] {
  const config = Object.values(object(map.data)).join('\n');
  return all.filter((o) => o.kind === 'Service' && new RegExp(`[."]${nameOf(o)}\\.`).test(config));
}

/** Adds the workloads that Services select, because requests to a Service reach them. */
function withWorkloads(found: readonly Data[], all: readonly Data[]): Data[] {
  const selectors = found.filter(({ kind }) => kind === 'Service').map(({ spec }) => object(spec).selector);
  const workloads = all.filter(
    ({ kind, spec }) =>
      kind === 'Deployment' &&
      selectors.some((matchLabels) =>
        selects({ matchLabels }, object(object(object(object(spec).template).metadata).labels)),
      ),
  );
  return [...new Set([...found, ...workloads])];
}
