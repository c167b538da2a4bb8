import type { PodServiceAccount } from './pod-service-account';
import type { Affinity, Toleration, TopologySpread } from './scheduling';

/** When the image of a container is pulled. */
export enum ImagePullPolicy {
  /** At each start. Layers that the node has are not transferred again. */
  ALWAYS = 'Always',
  /** If the node does not have it. */
  IF_NOT_PRESENT = 'IfNotPresent',
  /** Never: the node must have it. */
  NEVER = 'Never',
}

/** Options that only Pods have. A change of any of them replaces the Pods, unless its description states otherwise. */
export interface PodSettingsOptions {
  /**
   * Labels that nodes must have, with their values. The processor architecture is set with `architecture` of `resources`.
   *
   * @default - none
   */
  readonly nodeSelector?: { readonly [label: string]: string };

  /**
   * Taints that the Pods tolerate, in addition to those of nodes with the GPUs that the backend requests.
   *
   * @default - none
   */
  readonly tolerations?: Toleration[];

  /**
   * Where Pods run. The node labels that `gpu` requires are added to each required term.
   *
   * @default - on all nodes
   */
  readonly affinity?: Affinity;

  /**
   * How Pods are spread over nodes. An empty list disables the default.
   *
   * @default - by zone and by node, if nodes are free
   */
  readonly topologySpread?: TopologySpread[];

  /**
   * The PriorityClass of the Pods.
   *
   * @default - that of the cluster
   */
  readonly priorityClassName?: string;

  /**
   * The RuntimeClass of the Pods, such as `nvidia` or `gvisor`.
   *
   * @default - that of the nodes
   */
  readonly runtimeClassName?: string;

  /**
   * The scheduler of the Pods.
   *
   * @default - that of the cluster
   */
  readonly schedulerName?: string;

  /**
   * The ServiceAccount of the Pods.
   *
   * @default - a ServiceAccount without annotations is generated for the backend
   */
  readonly serviceAccount?: PodServiceAccount;

  /**
   * Whether the Pods can read a token for the API of the cluster. Identities of cloud providers do not need it.
   *
   * @default false
   */
  readonly automountServiceAccountToken?: boolean;

  /**
   * The names of further Secrets that images are pulled with, in the namespace of the chart. Those of `imagePullSecrets` of
   * the platform always apply.
   *
   * @default - none
   */
  readonly imagePullSecrets?: string[];

  /**
   * When the image of the server is pulled.
   *
   * @default ImagePullPolicy.IF_NOT_PRESENT
   */
  readonly imagePullPolicy?: ImagePullPolicy;

  /**
   * Further labels of the Pods and of all objects of the backend. Selectors do not contain them.
   *
   * @default - none
   */
  readonly labels?: { readonly [label: string]: string };

  /**
   * Annotations of the Pods.
   *
   * @default - none
   */
  readonly annotations?: { readonly [key: string]: string };

  /**
   * A patch of the Pod's `spec`, applied last, as a JSON merge patch (RFC 7386): objects are merged
   * by key, `null` removes a field, and lists are replaced. Field names are those of Kubernetes.
   *
   * A name that is not a field of the Kubernetes API, at any depth, is an error. A field that replaces what the plan depends on
   * causes the warning `patchedValue`, which names the rules that are not enforced. `serving explain patches` lists all fields.
   *
   * @default - none
   */
  // biome-ignore lint/suspicious/noExplicitAny: a field can have any value.
  readonly podPatch?: { readonly [field: string]: any };

  /**
   * A patch of the server's container, applied last, as a JSON merge patch (RFC 7386): objects are merged
   * by key, `null` removes a field, and lists are replaced. Field names are those of Kubernetes.
   *
   * A name that is not a field of the Kubernetes API, at any depth, is an error. A field that replaces what the plan depends on
   * causes the warning `patchedValue`, which names the rules that are not enforced. `serving explain patches` lists all fields.
   *
   * @default - none
   */
  // biome-ignore lint/suspicious/noExplicitAny: a field can have any value.
  readonly containerPatch?: { readonly [field: string]: any };
}
