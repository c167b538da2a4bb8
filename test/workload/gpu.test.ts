import { Gpu } from '../../src/workload/gpu';

describe('gpu', () => {
  test('is one GPU of any NVIDIA product without options', () => {
    expect(Gpu.nvidia()).toMatchObject({ count: 1, resourceName: 'nvidia.com/gpu', product: undefined });
  });

  test('keeps the product', () => {
    expect(Gpu.nvidia({ count: 4, product: 'A10G' })._intent()).toEqual({
      count: 4,
      resourceName: 'nvidia.com/gpu',
      product: 'A10G',
    });
  });

  test('supports devices with another resource name', () => {
    expect(Gpu.custom('amd.com/gpu', 2)).toMatchObject({ count: 2, resourceName: 'amd.com/gpu' });
  });

  test.each([1, 16])('accepts %i of them', (count) => {
    expect(Gpu.nvidia({ count }).count).toBe(count);
  });

  test.each([0, 17, 1.5])('fails when the count is %p', (count) => {
    expect(() => Gpu.nvidia({ count })).toThrow(
      `[InvalidNumber] 'count' (${count}) must be a whole number between 1 and 16; omit 'gpu' for a backend without a GPU`,
    );
  });

  test.each(['gpu', 'AMD.com/gpu', 'amd.com/', ''])('fails when the resource name is %p', (name) => {
    expect(() => Gpu.custom(name, 1)).toThrow(
      `[InvalidName] 'resourceName' ('${name}') must be a domain and a name, such as 'amd.com/gpu'`,
    );
  });
});
