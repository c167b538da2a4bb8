import { name, type Part } from './part';

/** Options of one interface of which every definition can have only one. */
export const ALTERNATIVES: { readonly [type: string]: readonly (readonly string[])[] } = {
  BackendOptions: [['model', 'models']],
  RayServeOptions: [['config', 'app', 'configPath']],
  SmokeTest: [['json', 'text', 'file']],
  NvidiaGpuOptions: [
    ['mig', 'product', 'customProduct'],
    ['mig', 'count'],
    ['customProduct', 'memory'],
    ['mig', 'memory'],
    ['shared', 'mig'],
    ['shared', 'count'],
  ],
  'aws.TaskSettingsOptions': [
    ['logMultilinePattern', 'logDatetimeFormat'],
    ['logGroup', 'logRetentionDays'],
    ['logGroup', 'logEncryptionKey'],
    ['logGroup', 'keepLogs'],
  ],
  'aws.LoadBalancerLogOptions': [['bucket', 'retentionDays']],
  'aws.EcsPlatformProps': [
    ['listener', 'loadBalancerLogs'],
    ['listener', 'deletionProtection'],
    ['vpc', 'flowLogs'],
    ['cluster', 'flowLogs'],
    ['listener', 'flowLogs'],
  ],
};

/** Options that another option of the interface always requires. */
export const REQUIREMENTS: { readonly [type: string]: { readonly [option: string]: Part } } = {
  ServerBehavior: { drainFlag: { drains: true } },
  AutoscalingOptions: { schedules: { minReplicas: 1, maxReplicas: 8 } },
  BackendOptions: { queue: { maxConcurrency: 4 } },
  QueueOptions: { fullStatus: { maxRequests: 10 } },
  S3ModelOptions: { unpackedSize: { unpack: true } },
  UrlModelOptions: { unpackedSize: { unpack: true } },
  'aws.EcsPlatformProps': { listener: { vpc: name('objects.vpc') } },
  'aws.TaskSettingsOptions': { logBuffer: { logMode: 'non-blocking' } },
};

/** What options have if they have none of their alternatives. */
export const OTHERWISE: { readonly [type: string]: Part } = { RayServeOptions: { app: 'app:app' } };

/** Optional members that most targets or definitions refuse, or that only one target accepts. */
export const RARE: ReadonlySet<string> = new Set([
  'AutoscalingOptions.schedules',
  'BackendOptions.cache',
  'BackendOptions.directCallers',
  'BackendOptions.maxConcurrency',
  'BackendOptions.models',
  'BackendOptions.queue',
  'BackendOptions.stickySession',
  'BackendTimeouts.deregistrationDelay',
  'BackendTimeouts.preStop',
  'BackendTimeouts.stop',
  'BackendTimeouts.watchdog',
  'HttpHealthCheckOptions.host',
  'ModelOptions.path',
  'NvidiaGpuOptions.customProduct',
  'NvidiaGpuOptions.mig',
  'NvidiaGpuOptions.shared',
  'RegistryImageOptions.lockFile',
  'Resources.sharedMemory',
  'ServerBehavior.pathPrefixFlag',
  'DirectoryImageOptions.requirements',
  'TensorflowServingOptions.modelConfigFile',
  'aws.EcsPlatformProps.backendDefaults',
  'kubernetes.KubernetesPlatformProps.backendDefaults',
  'kubernetes.PodSettingsOptions.affinity',
  'kubernetes.PodSettingsOptions.topologySpread',
]);

/** Optional members without which most definitions with such options would be refused. */
export const USUAL: ReadonlySet<string> = new Set([
  'DirectoryImageOptions.lockFile',
  'DirectoryModelOptions.lockFile',
  'EnvironmentOptions.gpu',
  'HeaderRule.path',
  'KserveOptions.modelPath',
  'NamedSecretOptions.key',
  'LlamaCppOptions.model',
  'MlServerOptions.modelsPath',
  'MlflowOptions.model',
  'OllamaOptions.modelsPath',
  'SglangOptions.model',
  'TensorflowServingOptions.modelPath',
  'TextEmbeddingsInferenceOptions.model',
  'TextGenerationInferenceOptions.model',
  'TritonOptions.modelRepository',
  'VllmOptions.model',
  'VllmOptions.version',
  'SglangOptions.version',
  'KserveOptions.version',
  'LitServeOptions.version',
  'MlServerOptions.version',
]);
