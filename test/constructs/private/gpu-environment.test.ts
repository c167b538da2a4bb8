import { Stack, Token } from 'aws-cdk-lib';
import { Gpu, SecretValue } from '../../../src';
import type { TypedVariables } from '../../../src/constructs/private/container-environment';
import { checkDeviceVariables } from '../../../src/constructs/private/gpu-environment';

const check = (typed: Partial<TypedVariables>, gpu?: Gpu) =>
  checkDeviceVariables({ environment: {}, secrets: {}, environmentFrom: {}, ...typed }, gpu?._intent(), new Stack());

const REMOVE = "remove it, and request GPUs with 'gpu'";
const VOID = `${REMOVE}, or set it to 'void' to get none`;

describe('a variable that selects devices', () => {
  test.each([
    'all',
    '0',
    'GPU-0a1b',
    'all,void',
    Token.asString({ Ref: 'Devices' }),
  ])('fails with %p, with and without a GPU', (value) => {
    const environment = { NVIDIA_VISIBLE_DEVICES: value };
    expect(() => check({ environment })).toThrow(VOID);
    expect(() => check({ environment }, Gpu.nvidia())).toThrow(REMOVE);
  });

  test.each(['', 'void', 'none'])('may be %p only without a GPU of this vendor, which it would take away', (value) => {
    const environment = { NVIDIA_VISIBLE_DEVICES: value };
    expect(() => check({ environment })).not.toThrow();
    expect(() => check({ environment }, Gpu.amd())).not.toThrow();
    for (const gpu of [Gpu.nvidia(), Gpu.nvidia({ mig: '1g.10gb' }), Gpu.nvidia({ shared: true })])
      expect(() => check({ environment }, gpu)).toThrow("[ConflictingProps] 'NVIDIA_VISIBLE_DEVICES' in 'environment'");
  });

  test('fails as a secret, whose value is unknown', () => {
    expect(() => check({ secrets: { AMD_VISIBLE_DEVICES: SecretValue.fromName('gpus') } })).toThrow(
      `[ConflictingProps] 'AMD_VISIBLE_DEVICES' in 'secrets' selects GPUs of the node, regardless of those that other containers use; ${VOID}`,
    );
  });

  test.each([
    'CUDA_VISIBLE_DEVICES',
    'NVIDIA_DRIVER_CAPABILITIES',
    'NEURON_RT_VISIBLE_CORES',
  ])('%s is no such variable, because it selects among the devices of the container', (variable) => {
    expect(() => check({ environment: { [variable]: 'all' } }, Gpu.nvidia())).not.toThrow();
  });
});
