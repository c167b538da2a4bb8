/**
 * Values that must not compile where a class is expected. The compiler reports a line below that does compile: against
 * the sources in `npm test`, against the published declarations in `test/real/consumer.test.ts`.
 *
 * Classes are nominal through a private or protected member. Two copies of the package are therefore different types,
 * which the compiler reports before `ForeignCopy` does.
 */
import type * as serving from 'serving-constructs';

/** A value for each class in options. */
export const UNCOMPILABLE = {
  // @ts-expect-error
  Backend: {} satisfies serving.Backend,
  // @ts-expect-error
  CacheVolume: {} satisfies serving.CacheVolume,
  // @ts-expect-error
  Duration: {} satisfies serving.Duration,
  // @ts-expect-error
  EnvironmentSource: { sourceName: "secret 'acme'" } satisfies serving.EnvironmentSource,
  // @ts-expect-error
  Gpu: { count: 1, resourceName: 'nvidia.com/gpu' } satisfies serving.Gpu,
  // @ts-expect-error
  HealthCheck: {} satisfies serving.HealthCheck,
  // @ts-expect-error
  Intermediary: {} satisfies serving.Intermediary,
  // @ts-expect-error
  Model: {} satisfies serving.Model,
  // @ts-expect-error
  ModelDelivery: {} satisfies serving.ModelDelivery,
  // @ts-expect-error
  ModelServer: {} satisfies serving.ModelServer,
  // @ts-expect-error
  ModelVolume: { platform: 'kubernetes', volumeName: 'models' } satisfies serving.ModelVolume,
  // @ts-expect-error
  RayServeConfig: {} satisfies serving.RayServeConfig,
  // @ts-expect-error
  Rollout: {} satisfies serving.Rollout,
  // @ts-expect-error
  ScalingTarget: { metric: 'cpu', value: 60 } satisfies serving.ScalingTarget,
  // @ts-expect-error
  ScratchVolume: {} satisfies serving.ScratchVolume,
  // @ts-expect-error
  SecretValue: { secretName: 'acme/token' } satisfies serving.SecretValue,
  // @ts-expect-error
  ServerImage: { reference: 'acme/svm:1.4.2' } satisfies serving.ServerImage,
  // @ts-expect-error
  ServingEndpoint: {} satisfies serving.ServingEndpoint,
  // @ts-expect-error
  ServingPlatform: {} satisfies serving.ServingPlatform,
  // @ts-expect-error
  Size: {} satisfies serving.Size,
  // @ts-expect-error
  TargetSettings: { platform: 'aws', settingsName: 'a', optionNames: [] } satisfies serving.TargetSettings,
  // @ts-expect-error
  'aws.ExistingListener': {} satisfies serving.aws.ExistingListener,
  // @ts-expect-error
  'aws.GpuCapacity': { instanceType: 'g6.xlarge' } satisfies serving.aws.GpuCapacity,
  // @ts-expect-error
  'kubernetes.Gateway': { gatewayName: 'inference' } satisfies serving.kubernetes.Gateway,
  // @ts-expect-error
  'kubernetes.PodServiceAccount': { serviceAccountName: 'models' } satisfies serving.kubernetes.PodServiceAccount,
  // @ts-expect-error
  'kubernetes.GatewayPolicy': {} satisfies serving.kubernetes.GatewayPolicy,
  // @ts-expect-error
  'kubernetes.GpuNodes': {} satisfies serving.kubernetes.GpuNodes,
  // @ts-expect-error
  'kubernetes.GatewayProfile': {} satisfies serving.kubernetes.GatewayProfile,
};

/** Options as a user could guess them. */
export const UNCOMPILABLE_OPTIONS: Partial<serving.BackendOptions>[] = [
  // @ts-expect-error
  { image: {} },
  // @ts-expect-error
  { image: 'acme/svm:1.4.2' },
  // @ts-expect-error
  { secrets: { A: {} } },
  // @ts-expect-error
  { secrets: { A: 'acme/token' } },
  // @ts-expect-error
  { model: 's3://acme/net/' },
  // @ts-expect-error
  { replicas: '2' },
  // @ts-expect-error
  { resources: { memory: 4 } },
  // @ts-expect-error
  { targetSettings: [{ nodeSelector: {} }] },
  // @ts-expect-error
  { noSuchOption: true },
];
