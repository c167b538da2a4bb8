import { findGpuProduct, GPU_MODELS, GPU_PRODUCTS, modelsWithMemory } from '../../workload/private/gpu-models';
import type { GpuCapacity } from '../gpu-capacity';
import {
  GPU_INSTANCE_TYPES,
  type GpuInstanceType,
  type GpuNeed,
  hasGpu,
  smallestType,
  tasksPerInstance,
} from '../instance-types';

/** The option of `Gpu.nvidia` that names the product. */
type ProductOption = 'product' | 'customProduct';

/** Whether the capacities, or without any the known instance types, have the GPUs that a task needs. */
export function isOffered(need: GpuNeed, capacities: readonly GpuCapacity[]): boolean {
  return typesOf(capacities).some((type) => hasGpu(type, need));
}

/** The message for GPUs that no instance type has. It names what exists, and each of its ways out leads to instances. */
export function unknownGpu(need: GpuNeed, capacities: readonly GpuCapacity[], request: string): string {
  const subject =
    capacities.length > 0 ? `none of 'gpuCapacities' (${namesOf(capacities)})` : 'no supported instance type';
  const ways = capacities.length > 0 ? waysAmong(need, capacities) : waysToAny(need);
  return `${subject} has the GPU of ${request}; ${ways.join(', or ')}`;
}

/** The instance types, for messages. */
export function namesOf(capacities: readonly GpuCapacity[]): string {
  return capacities.map(({ instanceType }) => instanceType).join(', ');
}

/** The ways to instances that the platform may create. */
function waysToAny(need: GpuNeed): string[] {
  const typed = optionOf(need);
  const fitting = productsOf(GPU_INSTANCE_TYPES, need);
  // A task that is too large for every product gets an error about its size next, and not about another GPU.
  const products = fitting.length > 0 ? fitting : productsOf(GPU_INSTANCE_TYPES, { ...need, ...NO_SIZE });
  const type = smallestType(withProduct(need)) ?? smallestType(withProduct({ ...need, ...NO_SIZE }));
  const example = `[aws.GpuCapacity.autoScalingGroup({ instanceType: '${type?.name}' })]`;
  return [
    `${guessOf(need, products)}${change(typed, 'product')} to one of ${products.join(', ')}`,
    `omit '${typed}' and select the instance type with 'gpuCapacities' of the platform, such as ${example}`,
    "add instances with a 'shape' of this product to 'gpuCapacities'",
  ];
}

/** The ways to the instances of the platform, or to others of the same GPU. */
function waysAmong(need: GpuNeed, capacities: readonly GpuCapacity[]): string[] {
  const types = typesOf(capacities);
  const typed = optionOf(need);
  const products = productsOf(types, need);
  const customProducts = customProductsOf(types, need);
  const isFreeToChoose = types.some((type) => tasksPerInstance(type, withProduct(need)) > 0);
  return [
    ...(products.length > 0 ? [`${change(typed, 'product')} to one of theirs (${products.join(', ')})`] : []),
    ...(customProducts.length > 0
      ? [`${change(typed, 'customProduct')} to one of theirs (${customProducts.join(', ')})`]
      : []),
    ...(typed !== undefined && isFreeToChoose ? [`omit '${typed}'`] : []),
    ...lessMemory(types, need),
    wayToAdd(need),
  ];
}

function wayToAdd(need: GpuNeed): string {
  const type = smallestType(need);
  if (type !== undefined) return `add an instance type with that GPU, such as ${type.name}`;
  return GPU_INSTANCE_TYPES.some((known) => hasGpu(known, need))
    ? 'add an instance type with that GPU'
    : "add instances with a 'shape' of this product";
}

/** The memory that these types have of the same product. */
function lessMemory(types: readonly GpuInstanceType[], need: GpuNeed): string[] {
  if (need.gpuMemoryMib === undefined) return [];
  const found = need.product === undefined ? undefined : findGpuProduct(need.product);
  if (need.product !== undefined && found === undefined) return [];
  const whole = { ...need, models: found?.models.map(({ name }) => name), gpuMemoryMib: undefined };
  const fitting = types.filter((type) => tasksPerInstance(type, whole) > 0);
  if (fitting.length === 0) return [];
  const known = fitting.filter(({ models }) => models.length > 0);
  const most = Math.max(...known.map(leastMemoryGib));
  return [known.length === 0 ? "omit 'memory'" : `lower 'memory' to at most ${most} GiB`];
}

/** The memory of each GPU that every instance of a type has. */
function leastMemoryGib({ models }: GpuInstanceType): number {
  return Math.min(...GPU_MODELS.filter(({ name }) => models.includes(name)).map(({ memoryGib }) => memoryGib));
}

const NO_SIZE = { gpus: 0, cpus: 0, memoryMib: 0 };

/** The products by whose names a definition gets one of these types, sorted. */
function productsOf(types: readonly GpuInstanceType[], need: GpuNeed): string[] {
  return GPU_PRODUCTS.filter((product) =>
    types.some((type) => tasksPerInstance(type, withProduct(need, product)) > 0),
  ).sort();
}

/** The products of a `shape` that the package does not know. They exclude `memory`. */
function customProductsOf(types: readonly GpuInstanceType[], need: GpuNeed): string[] {
  if (need.gpuMemoryMib !== undefined) return [];
  const fitting = types.filter((type) => type.models.length === 0 && tasksPerInstance(type, withProduct(need)) > 0);
  const names = fitting.flatMap(({ customProduct }) => (customProduct === undefined ? [] : [customProduct]));
  return [...new Set(names)].sort();
}

/** The need of the same definition with another product, or with any. */
function withProduct(need: GpuNeed, product?: string): GpuNeed {
  const models = GPU_MODELS.filter((model) => product === undefined || model.product === product);
  const isAny = product === undefined && need.gpuMemoryMib === undefined;
  return {
    ...need,
    product,
    customProduct: undefined,
    models: isAny ? undefined : modelsWithMemory(models, need.gpuMemoryMib).map(({ name }) => name),
  };
}

function optionOf({ product, customProduct }: GpuNeed): ProductOption | undefined {
  if (customProduct !== undefined) return 'customProduct';
  return product === undefined ? undefined : 'product';
}

function change(typed: ProductOption | undefined, option: ProductOption): string {
  return typed === undefined || typed === option ? `set '${option}'` : `remove '${typed}' and set '${option}'`;
}

/** The product that another form of it, or a spelling in `customProduct`, means, as a part of a message. */
function guessOf({ models = [], customProduct }: GpuNeed, products: readonly string[]): string {
  const named = customProduct === undefined ? undefined : findGpuProduct(customProduct);
  const meant = named?.models ?? GPU_MODELS.filter(({ name }) => models.includes(name));
  const guess = products.find((product) => meant.some((model) => model.product === product));
  return guess === undefined ? '' : `did you mean product: '${guess}'? Otherwise `;
}

function typesOf(capacities: readonly GpuCapacity[]): readonly GpuInstanceType[] {
  return capacities.length > 0 ? capacities.map(({ _type }) => _type) : GPU_INSTANCE_TYPES;
}
