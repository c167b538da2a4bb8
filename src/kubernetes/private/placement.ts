import type { BackendBinding } from '../../constructs/bindings';
import { ServingError } from '../../private/errors';
import type { PodSettingsOptions } from '../pod-settings-options';
import type {
  Affinity,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  PodAffinity,
  PodAffinityTerm,
  TopologySpread,
} from '../scheduling';
import { TolerationOperator, UnsatisfiableAction } from '../scheduling';
import type { GpuPlacement } from './gpu-placement';
import type { LabelSelector, PodSpec, TopologySpreadConstraint } from './manifests';

/** What determines the nodes of a Pod. */
export interface PlacementOptions {
  readonly settings: PodSettingsOptions;
  /** @default - no GPU */
  readonly gpu?: GpuPlacement;
  /** The processor architecture in OCI notation. @default - that of the nodes */
  readonly architecture?: string;
  /** The labels of the Pods of the backend. */
  readonly labelSelector: LabelSelector;
}

type Placement = Pick<
  PodSpec,
  | 'nodeSelector'
  | 'affinity'
  | 'tolerations'
  | 'topologySpreadConstraints'
  | 'priorityClassName'
  | 'runtimeClassName'
  | 'schedulerName'
>;

const ARCHITECTURE_LABEL = 'kubernetes.io/arch';

/** Spreading is best effort: if GPUs are scarce, a replica in a crowded zone is better than none. */
const DEFAULT_SPREAD: readonly TopologySpread[] = [
  { topologyKey: 'topology.kubernetes.io/zone' },
  { topologyKey: 'kubernetes.io/hostname' },
];

/** Where the Pods of a backend run: what its GPU requires, and what the settings add. */
export function placementOf(options: PlacementOptions): Placement {
  const { settings, gpu, architecture, labelSelector } = options;
  const { affinity, topologySpread = DEFAULT_SPREAD, priorityClassName, runtimeClassName, schedulerName } = settings;
  const nodeSelector = {
    ...(architecture !== undefined && { [ARCHITECTURE_LABEL]: architecture }),
    ...settings.nodeSelector,
  };
  const tolerations = [
    ...(gpu?.taintKeys ?? []).map((key) => ({ key, operator: TolerationOperator.EXISTS })),
    ...(settings.tolerations ?? []),
  ];
  const constraints = topologySpread.map((spread) => constraintOf(spread, labelSelector));
  return {
    nodeSelector: Object.keys(nodeSelector).length === 0 ? undefined : nodeSelector,
    affinity: affinityOf(affinity, gpu, labelSelector),
    tolerations: tolerations.length === 0 ? undefined : tolerations,
    topologySpreadConstraints: constraints.length === 0 ? undefined : constraints,
    priorityClassName,
    runtimeClassName,
    schedulerName,
  };
}

/** The architecture decides which images fit, so it is set in one place for all targets. */
export function checkNodeSelector({ intent, scope, settings }: BackendBinding): void {
  const selected = (settings as PodSettingsOptions).nodeSelector?.[ARCHITECTURE_LABEL];
  if (selected === undefined || selected === intent.architecture) return;
  throw new ServingError(
    'ConflictingProps',
    `'nodeSelector.${ARCHITECTURE_LABEL}' ('${selected}') of backend '${intent.name}' differs from 'architecture' (${intent.architecture ?? 'not set'}) of 'resources'; set 'architecture', which also checks the images`,
    scope,
  );
}

/** Terms are alternatives, so the labels that the GPU requires are a part of each. */
function affinityOf(
  affinity: Affinity = {},
  gpu: GpuPlacement | undefined,
  labelSelector: LabelSelector,
): Affinity | undefined {
  const { nodeAffinity, podAffinity, podAntiAffinity } = affinity;
  const requirements = (gpu?.requirements ?? []) as NodeSelectorRequirement[];
  const terms = nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
  const required: NodeSelectorTerm[] | undefined =
    requirements.length === 0
      ? terms
      : (terms ?? [{}]).map(({ matchExpressions = [], ...term }) => ({
          matchExpressions: [...matchExpressions, ...requirements],
          ...term,
        }));
  const merged: Affinity = {
    ...((nodeAffinity !== undefined || required !== undefined) && {
      nodeAffinity: {
        ...nodeAffinity,
        ...(required !== undefined && {
          requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: required },
        }),
      },
    }),
    ...(podAffinity !== undefined && { podAffinity: withSelectors(podAffinity, labelSelector) }),
    ...(podAntiAffinity !== undefined && { podAntiAffinity: withSelectors(podAntiAffinity, labelSelector) }),
  };
  return Object.keys(merged).length === 0 ? undefined : merged;
}

/** A term without a selector would match no Pods. */
function withSelectors(affinity: PodAffinity, labelSelector: LabelSelector): PodAffinity {
  const completed = (term: PodAffinityTerm): PodAffinityTerm => ({ labelSelector, ...term });
  const { requiredDuringSchedulingIgnoredDuringExecution: required } = affinity;
  const { preferredDuringSchedulingIgnoredDuringExecution: preferred } = affinity;
  return {
    ...(required !== undefined && { requiredDuringSchedulingIgnoredDuringExecution: required.map(completed) }),
    ...(preferred !== undefined && {
      preferredDuringSchedulingIgnoredDuringExecution: preferred.map(({ weight, podAffinityTerm }) => ({
        weight,
        podAffinityTerm: completed(podAffinityTerm),
      })),
    }),
  };
}

function constraintOf(spread: TopologySpread, labelSelector: LabelSelector): TopologySpreadConstraint {
  const { topologyKey, maxSkew = 1, whenUnsatisfiable = UnsatisfiableAction.SCHEDULE_ANYWAY, ...others } = spread;
  return { topologyKey, maxSkew, whenUnsatisfiable, labelSelector, matchLabelKeys: ['pod-template-hash'], ...others };
}
