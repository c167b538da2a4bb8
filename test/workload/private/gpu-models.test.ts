import { GPU_INSTANCE_TYPES } from '../../../src/aws/instance-types';
import { GKE_ACCELERATORS, KARPENTER_GPU_NAMES } from '../../../src/kubernetes/private/gpu-labels';
import { isLabelValue } from '../../../src/kubernetes/private/names';
import { findGpuProduct, GPU_MODELS, GPU_PRODUCTS } from '../../../src/workload/private/gpu-models';

const names = GPU_MODELS.map(({ name }) => name);

describe('the table of GPU models', () => {
  test('has every model and every name of a driver once', () => {
    expect(new Set(names).size).toBe(names.length);
    const drivers = GPU_MODELS.flatMap(({ driverNames }) => driverNames);
    expect(new Set(drivers).size).toBe(drivers.length);
  });

  test.each(GPU_PRODUCTS)('finds all models of %s by its name, and no other', (product) => {
    expect(findGpuProduct(product)).toEqual({
      name: product,
      models: GPU_MODELS.filter((model) => model.product === product),
    });
  });

  test.each(
    GPU_MODELS.map((model) => [model.name, model] as const),
  )('finds %s by the name of the driver and the node label', (_name, model) => {
    for (const driverName of model.driverNames) {
      expect(findGpuProduct(driverName)?.models).toContain(model);
      const label = driverName.replace(/ /g, '-');
      expect(isLabelValue(label)).toBe(true);
      expect(findGpuProduct(label)?.models).toContain(model);
    }
  });

  test.each(names)('has a spelling of %s that leads back to itself', (name) => {
    const found = findGpuProduct(name);
    expect(found).toBeDefined();
    expect(findGpuProduct(found?.name as string)).toEqual(found);
  });

  // Otherwise a definition with this product would fail on a cloud that has it.
  test.each<[string, readonly string[]]>([
    ['EC2', [...new Set(GPU_INSTANCE_TYPES.flatMap(({ models }) => models))]],
    ['GKE', Object.keys(GKE_ACCELERATORS)],
    ['Karpenter', Object.keys(KARPENTER_GPU_NAMES)],
  ])('has every model of %s', (_cloud, models) => {
    expect(models.filter((model) => !names.includes(model))).toEqual([]);
  });

  test.each(
    Object.entries(GKE_ACCELERATORS).flatMap(([model, values]) => values.map((value) => [value, model] as const)),
  )('understands %s, the value of a GKE label', (value, model) => {
    expect(findGpuProduct(value)?.models.map(({ name }) => name)).toContain(model);
  });

  test.each(Object.entries(KARPENTER_GPU_NAMES))('understands the Karpenter names of %s', (model, values) => {
    for (const value of values) expect(findGpuProduct(value)?.models.map(({ name }) => name)).toContain(model);
  });
});
