/** How the label of a node is compared. */
export enum NodeOperator {
  /** The label has one of the values. */
  IN = 'In',
  /** The label has none of the values, or is missing. */
  NOT_IN = 'NotIn',
  /** The label exists. */
  EXISTS = 'Exists',
  /** The label does not exist. */
  DOES_NOT_EXIST = 'DoesNotExist',
  /** The label is an integer greater than the value. */
  GT = 'Gt',
  /** The label is an integer less than the value. */
  LT = 'Lt',
}

/** How the label of a Pod is compared. */
export enum LabelOperator {
  /** The label has one of the values. */
  IN = 'In',
  /** The label has none of the values, or is missing. */
  NOT_IN = 'NotIn',
  /** The label exists. */
  EXISTS = 'Exists',
  /** The label does not exist. */
  DOES_NOT_EXIST = 'DoesNotExist',
}

/** How a toleration matches the value of a taint. */
export enum TolerationOperator {
  /** The value of the taint is equal to that of the toleration. */
  EQUAL = 'Equal',
  /** The taint has any value. */
  EXISTS = 'Exists',
}

/** What a taint does to Pods that do not tolerate it. */
export enum TaintEffect {
  /** New Pods are not scheduled on the node. */
  NO_SCHEDULE = 'NoSchedule',
  /** New Pods are scheduled on the node only if there is no other. */
  PREFER_NO_SCHEDULE = 'PreferNoSchedule',
  /** Running Pods are evicted as well. */
  NO_EXECUTE = 'NoExecute',
}

/** What happens to a Pod that would violate a spread. */
export enum UnsatisfiableAction {
  /** The Pod stays pending. */
  DO_NOT_SCHEDULE = 'DoNotSchedule',
  /** The Pod is scheduled on the node with the smallest difference. */
  SCHEDULE_ANYWAY = 'ScheduleAnyway',
}

/** Whether the affinity or the taints of nodes are considered when domains are counted. */
export enum NodeInclusionPolicy {
  /** Only matching nodes are counted. */
  HONOR = 'Honor',
  /** All nodes are counted. */
  IGNORE = 'Ignore',
}

/**
 * A taint that Pods tolerate, in the words of Kubernetes.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/
 */
export interface Toleration {
  /**
   * The key of the taint.
   *
   * @default - every key, which requires TolerationOperator.EXISTS
   */
  readonly key?: string;

  /**
   * How the value of the taint is matched.
   *
   * @default TolerationOperator.EQUAL
   */
  readonly operator?: TolerationOperator;

  /**
   * The value of the taint.
   *
   * @default - an empty value; required to be omitted with TolerationOperator.EXISTS
   */
  readonly value?: string;

  /**
   * The effect of the taint.
   *
   * @default - every effect
   */
  readonly effect?: TaintEffect;

  /**
   * How long a running Pod tolerates the taint, in seconds. It requires TaintEffect.NO_EXECUTE.
   *
   * @default - forever
   */
  readonly tolerationSeconds?: number;
}

/** A condition for the labels or fields of a node. */
export interface NodeSelectorRequirement {
  /** The key of the label, such as `topology.kubernetes.io/zone`. */
  readonly key: string;
  /** How its value is compared. */
  readonly operator: NodeOperator;
  /**
   * The values: at least one with NodeOperator.IN and NOT_IN, one integer with GT and LT, otherwise none.
   *
   * @default - none
   */
  readonly values?: string[];
}

/** Nodes that meet all of the conditions. */
export interface NodeSelectorTerm {
  /**
   * Conditions for labels.
   *
   * @default - none
   */
  readonly matchExpressions?: NodeSelectorRequirement[];

  /**
   * Conditions for fields, of which Kubernetes has one: `metadata.name`.
   *
   * @default - none
   */
  readonly matchFields?: NodeSelectorRequirement[];
}

/** Nodes that are preferred, all of which must meet the required terms. */
export interface PreferredSchedulingTerm {
  /** The weight among the preferences, from 1 to 100. */
  readonly weight: number;
  /** The nodes. */
  readonly preference: NodeSelectorTerm;
}

/** The alternatives of nodes that Pods require. */
export interface NodeSelector {
  /** Nodes that match at least one of these. */
  readonly nodeSelectorTerms: NodeSelectorTerm[];
}

/** The nodes that Pods run on. */
export interface NodeAffinity {
  /**
   * The nodes that Pods require. The labels that `gpu` of the backend requires are added to each term.
   *
   * @default - all nodes
   */
  readonly requiredDuringSchedulingIgnoredDuringExecution?: NodeSelector;

  /**
   * The nodes that Pods prefer.
   *
   * @default - none
   */
  readonly preferredDuringSchedulingIgnoredDuringExecution?: PreferredSchedulingTerm[];
}

/** A condition for a label of a Pod or namespace. */
export interface LabelSelectorRequirement {
  /** The key of the label. */
  readonly key: string;
  /** How its value is compared. */
  readonly operator: LabelOperator;
  /**
   * The values: at least one with LabelOperator.IN and NOT_IN, otherwise none.
   *
   * @default - none
   */
  readonly values?: string[];
}

/** Pods or namespaces that have all of the labels. Without any condition it selects all. */
export interface LabelSelector {
  /**
   * Labels with their values.
   *
   * @default - none
   */
  readonly matchLabels?: { readonly [label: string]: string };

  /**
   * Other conditions.
   *
   * @default - none
   */
  readonly matchExpressions?: LabelSelectorRequirement[];
}

/** Pods next to which a Pod runs, or does not run. */
export interface PodAffinityTerm {
  /** The label of nodes that are next to each other if they have the same value, such as `kubernetes.io/hostname`. */
  readonly topologyKey: string;

  /**
   * The Pods.
   *
   * @default - the Pods of the backend
   */
  readonly labelSelector?: LabelSelector;

  /**
   * The namespaces of the Pods.
   *
   * @default - that of the backend
   */
  readonly namespaces?: string[];

  /**
   * The labels of the namespaces of the Pods.
   *
   * @default - none
   */
  readonly namespaceSelector?: LabelSelector;

  /**
   * Labels that must have the value of the Pod that is scheduled.
   *
   * @default - none
   */
  readonly matchLabelKeys?: string[];

  /**
   * Labels that must not have the value of the Pod that is scheduled.
   *
   * @default - none
   */
  readonly mismatchLabelKeys?: string[];
}

/** A preference for Pods. */
export interface WeightedPodAffinityTerm {
  /** The weight among the preferences, from 1 to 100. */
  readonly weight: number;
  /** The Pods. */
  readonly podAffinityTerm: PodAffinityTerm;
}

/** The Pods next to which Pods run, or do not run. */
export interface PodAffinity {
  /**
   * What Pods require.
   *
   * @default - nothing
   */
  readonly requiredDuringSchedulingIgnoredDuringExecution?: PodAffinityTerm[];

  /**
   * What Pods prefer.
   *
   * @default - nothing
   */
  readonly preferredDuringSchedulingIgnoredDuringExecution?: WeightedPodAffinityTerm[];
}

/**
 * Where Pods run, in the words of Kubernetes: the `affinity` of a manifest can be used unchanged.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/
 */
export interface Affinity {
  /**
   * The nodes that Pods run on.
   *
   * @default - all nodes
   */
  readonly nodeAffinity?: NodeAffinity;

  /**
   * The Pods next to which Pods run.
   *
   * @default - none
   */
  readonly podAffinity?: PodAffinity;

  /**
   * The Pods next to which Pods do not run. A required term for the Pods of the backend also applies to the additional
   * replicas of a rollout, which stay pending without a free node; see `Rollout.inPlace`.
   *
   * @default - none
   */
  readonly podAntiAffinity?: PodAffinity;
}

/**
 * How the Pods of a backend are spread over the nodes. The Pods of each revision are counted separately.
 *
 * @see https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/
 */
export interface TopologySpread {
  /** The label of nodes that form a domain if they have the same value, such as `topology.kubernetes.io/zone`. */
  readonly topologyKey: string;

  /**
   * The largest difference of the number of Pods between two domains.
   *
   * @default 1
   */
  readonly maxSkew?: number;

  /**
   * The minimum number of domains. It requires UnsatisfiableAction.DO_NOT_SCHEDULE.
   *
   * @default - 1
   */
  readonly minDomains?: number;

  /**
   * What happens to a Pod that would exceed `maxSkew`.
   *
   * @default UnsatisfiableAction.SCHEDULE_ANYWAY
   */
  readonly whenUnsatisfiable?: UnsatisfiableAction;

  /**
   * Whether only nodes that match `nodeSelector` and `affinity` are counted.
   *
   * @default - NodeInclusionPolicy.HONOR, the default of Kubernetes
   */
  readonly nodeAffinityPolicy?: NodeInclusionPolicy;

  /**
   * Whether only nodes whose taints are tolerated are counted.
   *
   * @default - NodeInclusionPolicy.IGNORE, the default of Kubernetes
   */
  readonly nodeTaintsPolicy?: NodeInclusionPolicy;
}
