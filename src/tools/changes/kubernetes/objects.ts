import { at, type Data, object, objects, text } from '../data';

/** A Kubernetes object, at its place in the order in which `kubectl apply` sends the objects. */
export interface ClusterObject {
  readonly kind: string;
  readonly group: string;
  readonly name: string;
  readonly namespace: string;
  readonly body: Data;
  readonly position: number;
}

/** The kinds of objects that run Pods. */
export const WORKLOADS = ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'];

/** The objects of manifests, including those of lists. */
export function objectsOf(documents: readonly unknown[]): ClusterObject[] {
  return documents.flatMap(expand).map((body, position) => {
    const apiVersion = text(body.apiVersion);
    const { name, generateName, namespace } = object(body.metadata);
    return {
      kind: text(body.kind),
      group: apiVersion.includes('/') ? (apiVersion.split('/')[0] as string) : '',
      name: text(name) || `${text(generateName)}*`,
      namespace: text(namespace),
      body,
      position,
    };
  });
}

function expand(document: unknown): Data[] {
  const body = object(document);
  if (text(body.kind) === '') return [];
  return body.kind === 'List' ? objects(body.items).flatMap(expand) : [body];
}

/** The identity of an object. Another version of its API is the same object. */
export function keyOf({ group, kind, namespace, name }: ClusterObject): string {
  return `${group}/${kind}/${namespace}/${name}`;
}

/** An object for people, such as `Deployment models/svm`. */
export function shownObject({ kind, namespace, name }: ClusterObject): string {
  return `${kind} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}

/** The objects before and after. */
export class ClusterUpdate {
  private readonly old: ReadonlyMap<string, ClusterObject>;
  private readonly new: ReadonlyMap<string, ClusterObject>;

  constructor(
    public readonly before: readonly ClusterObject[],
    public readonly after: readonly ClusterObject[],
  ) {
    this.old = new Map(before.map((one) => [keyOf(one), one]));
    this.new = new Map(after.map((one) => [keyOf(one), one]));
  }

  /** The objects in both states. */
  public get kept(): { readonly from: ClusterObject; readonly to: ClusterObject }[] {
    return this.after.flatMap((to) => {
      const from = this.old.get(keyOf(to));
      return from === undefined ? [] : [{ from, to }];
    });
  }

  public get removed(): ClusterObject[] {
    return this.before.filter((one) => !this.new.has(keyOf(one)));
  }

  public get created(): ClusterObject[] {
    return this.after.filter((one) => !this.old.has(keyOf(one)));
  }

  /** The object of a kind and name after the update. */
  public find(kind: string, place: ClusterObject, name: string): ClusterObject | undefined {
    return this.after.find((one) => one.kind === kind && one.namespace === place.namespace && one.name === name);
  }
}

/** The template of the Pods of a workload. */
export function podTemplate({ body }: ClusterObject): Data {
  return object(at(body, 'spec.template'));
}

/** Whether labels have all of a selector's. A selector without labels selects nothing. */
export function isSelected(selector: Data, labels: Data): boolean {
  const expected = Object.entries(selector);
  return expected.length > 0 && expected.every(([key, value]) => labels[key] === value);
}

/** The workloads whose Pods a Service selects. */
export function workloadsOf(service: ClusterObject, all: readonly ClusterObject[]): ClusterObject[] {
  const selector = object(at(service.body, 'spec.selector'));
  return all.filter(
    (one) =>
      WORKLOADS.includes(one.kind) &&
      one.namespace === service.namespace &&
      isSelected(selector, object(at(podTemplate(one), 'metadata.labels'))),
  );
}

/** The autoscaler of a workload: a HorizontalPodAutoscaler or a ScaledObject. */
export function autoscalerOf(workload: ClusterObject, all: readonly ClusterObject[]): ClusterObject | undefined {
  return all.find((one) => {
    const target = object(at(one.body, 'spec.scaleTargetRef'));
    const kind = target.kind ?? 'Deployment';
    return one.namespace === workload.namespace && target.name === workload.name && kind === workload.kind;
  });
}

/** The minimum number of replicas that an autoscaler keeps. */
export function minReplicasOf({ body }: ClusterObject): number {
  return Number(at(body, 'spec.minReplicas') ?? at(body, 'spec.minReplicaCount') ?? 1);
}

/** The maximum number of replicas of an autoscaler. */
export function maxReplicasOf({ body }: ClusterObject): number {
  return Number(at(body, 'spec.maxReplicas') ?? at(body, 'spec.maxReplicaCount') ?? 1);
}
