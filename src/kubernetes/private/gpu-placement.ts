import type { BackendBinding } from '../../constructs/bindings';
import { describeGpus, isNvidia, NVIDIA_GPU } from '../../plan/gpus';
import type { GpuIntent } from '../../plan/intents';
import { ServingError } from '../../private/errors';
import { findGpuProduct, GPU_MODELS, type GpuModel } from '../../workload/private/gpu-models';
import { GpuNodes, MigStrategy } from '../gpu-nodes';
import { GKE_ACCELERATORS, GpuNodesKind, KARPENTER_GPU_NAMES } from './gpu-labels';
import type { NodeRequirement } from './manifests';
import { isLabelValue, LABEL_VALUE } from './names';

/** How a Pod gets its GPUs. */
export interface GpuPlacement {
  readonly resourceName: string;
  readonly requirements: NodeRequirement[];
  /** The keys of the taints to tolerate. */
  readonly taintKeys: string[];
}

/** The part of the memory that drivers report at least, because error correction uses up to 8 %. */
const REPORTED = 0.92;

/** The keys of the taints of nodes where the resource has another name. */
const TAINTS: { readonly [resourceName: string]: string } = { 'aws.amazon.com/neuroncore': 'aws.amazon.com/neuron' };

/** The placement of a backend; undefined without a GPU. */
export function gpuPlacement(
  { intent, scope }: BackendBinding,
  nodes = GpuNodes.featureDiscovery(),
): GpuPlacement | undefined {
  const { gpu } = intent;
  if (gpu === undefined) return undefined;
  const subject = `'gpu' (${describeGpus(gpu, 'any GPU')}) of backend '${intent.name}'`;
  const fail = (message: string): never => {
    throw new ServingError('Unsupported', `${subject} ${message}`, scope);
  };
  const taint = isNvidia(gpu) ? NVIDIA_GPU : (TAINTS[gpu.resourceName] ?? gpu.resourceName);
  const requirements = isNvidia(gpu) ? LABELS[nodes._kind](gpu, nodes, fail) : labelsOf(gpu);
  for (const { key, values = [] } of requirements) {
    const illegal = values.find((value) => !isLabelValue(value));
    if (illegal === undefined) continue;
    throw new ServingError(
      'InvalidName',
      `${subject} requires the node label '${illegal}', which must be ${LABEL_VALUE}; ${legalWay(gpu, key, illegal)}`,
      scope,
    );
  }
  return {
    resourceName: resourceOf(gpu, nodes),
    requirements,
    taintKeys: [...new Set([taint, ...nodes._taintKeys])],
  };
}

/** What to write instead of a text that no label can have. */
function legalWay(gpu: GpuIntent, key: string, illegal: string): string {
  const typed = isNvidia(gpu) ? (gpu.customProduct ?? '') : illegal;
  if (isNvidia(gpu) && findGpuProduct(typed) !== undefined) return "use 'product', which accepts this spelling";
  const legal = typed.trim().replace(/[^-._A-Za-z0-9]+/g, '-');
  return isLabelValue(illegal.replace(typed, legal))
    ? `write '${legal}', as in the label '${key}' of the nodes`
    : `use the value of the label '${key}' of the nodes`;
}

/** The resource. Where node labels distinguish partitions and shares, they are ordinary GPUs to the scheduler. */
function resourceOf(gpu: GpuIntent, { _kind: kind, _discovery: { migStrategy, renamesShared } }: GpuNodes): string {
  if (gpu.mig !== undefined && (kind === GpuNodesKind.GKE || migStrategy === MigStrategy.SINGLE)) return NVIDIA_GPU;
  return gpu.shared === true && renamesShared === true ? `${NVIDIA_GPU}.shared` : gpu.resourceName;
}

type Fail = (message: string) => never;

type Labels = (gpu: GpuIntent, nodes: GpuNodes, fail: Fail) => NodeRequirement[];

const LABELS: { readonly [kind in GpuNodesKind]: Labels } = {
  [GpuNodesKind.FEATURE_DISCOVERY]: discoveredLabels,
  [GpuNodesKind.GKE]: gkeLabels,
  [GpuNodesKind.KARPENTER]: instanceLabels,
  [GpuNodesKind.AUTO_MODE]: instanceLabels,
  [GpuNodesKind.CUSTOM]: customLabels,
};

/** https://github.com/NVIDIA/k8s-device-plugin/blob/main/internal/lm/resource.go */
function discoveredLabels(
  gpu: GpuIntent,
  { labelKey, _discovery: { migStrategy, renamesShared } }: GpuNodes,
  fail: Fail,
): NodeRequirement[] {
  const { product, models, customProduct, memoryMib, mig, shared = false } = gpu;
  const isSingle = mig !== undefined && migStrategy === MigStrategy.SINGLE;
  const isReplica = shared && renamesShared !== true;
  const suffix = isSingle ? `-MIG-${mig}` : isReplica ? '-SHARED' : '';
  const replicas: NodeRequirement[] = isReplica
    ? [{ key: 'nvidia.com/gpu.replicas', operator: 'Gt', values: ['1'] }]
    : [];
  if (customProduct !== undefined) return [within(labelKey, [`${customProduct}${suffix}`]), ...replicas];
  // With one profile on all GPUs of a node, the label of the memory is that of a partition.
  if (product === undefined && memoryMib !== undefined && !isSingle)
    return [{ key: 'nvidia.com/gpu.memory', operator: 'Gt', values: [moreThan(memoryMib)] }, ...replicas];
  if (models === undefined) {
    if (isSingle) fail("requires a 'product' with MigStrategy.SINGLE, because node labels combine it with the profile");
    return replicas;
  }
  const names = modelsOf(models).flatMap(({ driverNames }) => driverNames);
  return [
    within(
      labelKey,
      names.map((name) => `${name.replace(/ /g, '-')}${suffix}`),
    ),
    ...replicas,
  ];
}

/** https://cloud.google.com/kubernetes-engine/docs/how-to/gpus-multi and .../timesharing-gpus */
function gkeLabels(
  { models, customProduct, mig, shared }: GpuIntent,
  { labelKey }: GpuNodes,
  fail: Fail,
): NodeRequirement[] {
  const values = customProduct === undefined ? valuesOf(models, GKE_ACCELERATORS) : [customProduct];
  if (models !== undefined && values.length === 0)
    fail(`is not a GPU of GKE, which has ${productsOf(GKE_ACCELERATORS)}; request one of them, or set 'customProduct'`);
  return [
    ...(values.length > 0 ? [within(labelKey, values)] : []),
    ...(mig === undefined ? [] : [within('cloud.google.com/gke-gpu-partition-size', [mig])]),
    ...(shared === true ? [within('cloud.google.com/gke-gpu-sharing-strategy', ['time-sharing', 'mps'])] : []),
  ];
}

/** Karpenter and EKS Auto Mode: one name for all memory sizes of a product, and a label for the size. */
function instanceLabels(gpu: GpuIntent, { labelKey, _kind: kind }: GpuNodes, fail: Fail): NodeRequirement[] {
  const { product, models, customProduct, memoryMib, mig, shared } = gpu;
  if (mig !== undefined || shared === true) {
    const option = mig === undefined ? 'shared' : 'mig';
    fail(`requires node labels that ${kind} does not set; remove '${option}', or use GpuNodes.featureDiscovery()`);
  }
  const memoryKey = labelKey.replace(/name$/, 'memory');
  if (customProduct !== undefined) return [within(labelKey, [customProduct])];
  if (product === undefined && memoryMib !== undefined)
    return [{ key: memoryKey, operator: 'Gt', values: [moreThan(memoryMib)] }];
  if (models === undefined) return [];
  const names = valuesOf(models, KARPENTER_GPU_NAMES);
  if (names.length === 0)
    fail(
      `is not a GPU of ${kind}, which has ${productsOf(KARPENTER_GPU_NAMES)}; request one of them, or set 'customProduct'`,
    );
  return [within(labelKey, names), ...memoryBounds(memoryKey, models, names)];
}

/** Bounds of the memory that leave only these models among all that have the names. */
function memoryBounds(key: string, models: readonly string[], names: readonly string[]): NodeRequirement[] {
  const named = GPU_MODELS.filter(({ name }) => KARPENTER_GPU_NAMES[name]?.some((value) => names.includes(value)));
  const memories = (isKept: boolean) =>
    named.filter(({ name }) => models.includes(name) === isKept).map(({ memoryGib }) => memoryGib * 1024);
  const kept = memories(true);
  const below = memories(false).filter((memory) => memory < Math.min(...kept));
  const above = memories(false).filter((memory) => memory > Math.max(...kept));
  return [
    ...(below.length === 0 ? [] : [{ key, operator: 'Gt' as const, values: [String(Math.max(...below))] }]),
    ...(above.length === 0
      ? []
      : [{ key, operator: 'Lt' as const, values: [String(Math.floor(Math.min(...above) * REPORTED))] }]),
  ];
}

/** The values of all entries that contain requested models only. */
function customLabels(gpu: GpuIntent, { labelKey, _values: entries }: GpuNodes, fail: Fail): NodeRequirement[] {
  const { models, customProduct, shared } = gpu;
  if (shared === true)
    fail('requires a cluster whose nodes share GPUs; use GpuNodes.featureDiscovery() or GpuNodes.gke()');
  if (models === undefined && customProduct === undefined) return [];
  const values = Object.entries(entries).flatMap(([product, list]) => {
    const found = findGpuProduct(product);
    if (customProduct !== undefined) return product === customProduct ? list : [];
    return found?.models.every(({ name }) => models?.includes(name)) === true ? list : [];
  });
  if (values.length === 0)
    fail(
      `has no entry in 'values' of 'gpuNodes' (${Object.keys(entries).join(', ')}); add the values of '${labelKey}'`,
    );
  return [within(labelKey, values)];
}

function labelsOf({ nodeLabels = {} }: GpuIntent): NodeRequirement[] {
  return Object.entries(nodeLabels).map(([key, value]) => within(key, [value]));
}

function within(key: string, values: readonly string[]): NodeRequirement {
  return { key, operator: 'In', values: [...new Set(values)] };
}

function modelsOf(names: readonly string[]): GpuModel[] {
  return GPU_MODELS.filter(({ name }) => names.includes(name));
}

function valuesOf(models: readonly string[] = [], table: { readonly [model: string]: readonly string[] }): string[] {
  return [...new Set(models.flatMap((model) => table[model] ?? []))];
}

function productsOf(table: { readonly [model: string]: readonly string[] }): string {
  return [...new Set(modelsOf(Object.keys(table)).map(({ product }) => product))].join(', ');
}

/** The bound in MiB that only GPUs with this memory exceed: above smaller GPUs, and below what drivers report of this one. */
function moreThan(memoryMib: number): string {
  const smaller = GPU_MODELS.map(({ memoryGib }) => memoryGib * 1024).filter((memory) => memory < memoryMib);
  return String(Math.max(0, ...smaller, Math.ceil(memoryMib * REPORTED) - 1));
}
