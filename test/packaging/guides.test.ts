/** Every option occurs in the guide of its construct, so that readers find it where they look for its subject. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { OPTION_TYPES } from '../../src/private/option-types';

const DOCS = resolve(__dirname, '../../docs');

/** The names in a text. */
const words = (text: string): string[] => text.trim().split(/\s+/);

/** The guides, each with the interfaces that it describes. */
const GUIDES: { readonly [page: string]: readonly string[] } = {
  'endpoints.md': words(`CorsOptions EndpointPath HeaderMatch ServingEndpointProps Streaming`),
  'traffic.md': words(`CanaryOptions HeaderRule StickySession TrafficShare TrafficSplitOptions TrafficSplitProps`),
  'backends.md': words(`
    AdditionalPort AttachBackendOptions BackendOptions BackendProps BackendTimeouts BatchingOptions
    CacheVolumeOptions EnvironmentOptions GrpcHealthCheckOptions HttpHealthCheckOptions InPlaceOptions
    LivenessCheck NamedSecretOptions NvidiaGpuOptions QueueOptions RegistryImageOptions Resources ScratchVolumeOptions
    SecretKeysOptions Sidecar SidecarHealthCheck SidecarResources SmokeTest SmokeTestAnswer StartupCheck
    SurgeOptions kubernetes.KubernetesEnvironmentOptions kubernetes.KubernetesSecretOptions
  `),
  'autoscaling.md': words(`AutoscalingOptions AutoscalingPolicyProps ScalingSchedule`),
  'models.md': words(`
    DirectoryImageOptions DirectoryModelOptions HuggingFaceModelOptions ModelOptions OciModelOptions S3Credentials
    S3ModelOptions TextModelOptions UrlModelOptions VolumeModelOptions aws.EfsVolumeOptions aws.S3FilesVolumeOptions
  `),
  'platforms.md': words(`
    ServingPlatformProps aws.EcsPlatformProps kubernetes.KubernetesPlatformProps kubernetes.RouterOptions
  `),
  'aws.md': words(`
    aws.AlarmOptions aws.ExistingListenerAttributes aws.ExistingListenerOptions aws.GpuAutoScalingGroupOptions
    aws.GpuCapacityProviderOptions aws.GpuInstanceShape aws.LoadBalancerLogOptions aws.PriorityRange
    aws.ServiceLevelObjectiveOptions aws.TaskSettingsOptions
  `),
  'kubernetes.md': words(`
    AmdGpuOptions IntelGpuOptions NeuronOptions TpuOptions kubernetes.CustomGpuNodesOptions
    kubernetes.FeatureDiscoveryOptions kubernetes.GatewayOptions kubernetes.GatewayProfileOptions
    kubernetes.GpuNodesOptions kubernetes.KedaOptions kubernetes.PodSettingsOptions
  `),
  'timeouts.md': words(`
    ApplicationLoadBalancerTimes CloudFrontTimes EnvoyTimes HaproxyTimes IntermediaryTimes
    NetworkLoadBalancerTimes NginxTimes
  `),
  'servers.md': words(`
    AsgiServerOptions BentomlOptions CommandServerOptions CustomServerOptions GoServerOptions GranianOptions
    GunicornOptions HypercornOptions ImageServerOptions KserveOptions LitServeOptions LlamaCppOptions
    MlServerOptions MlflowOptions NimOptions NodeServerOptions OllamaOptions RayServeConfigOptions RayServeOptions
    SeldonOptions ServerBehavior SglangOptions ShellServerOptions TensorflowServingOptions
    TextEmbeddingsInferenceOptions TextGenerationInferenceOptions TritonOptions UvicornOptions UwsgiOptions
    VllmOptions WaitressOptions WsgiServerOptions
  `),
};

/** Interfaces that only the API reference describes, by the reason. */
const REFERENCE: { readonly [reason: string]: readonly string[] } = {
  'the names are those of a Pod in the API of Kubernetes': words(`
    kubernetes.Affinity kubernetes.LabelSelector kubernetes.LabelSelectorRequirement kubernetes.NodeAffinity
    kubernetes.NodeSelector kubernetes.NodeSelectorRequirement kubernetes.NodeSelectorTerm kubernetes.PodAffinity
    kubernetes.PodAffinityTerm kubernetes.PreferredSchedulingTerm kubernetes.Toleration kubernetes.TopologySpread
    kubernetes.WeightedPodAffinityTerm
  `),
  'the names are those of a Ray Serve config, which the migration guide lists in the spelling of Ray': words(
    `RayActorOptions RayApplication RayAutoscalingConfig RayDeployment`,
  ),
  'descriptions of a gateway or target, for those who write one': words(`
    extension.BalancerStatuses kubernetes.GatewayFeatures kubernetes.GatewayPolicyProps kubernetes.GatewaySupport
  `),
};

/** Descriptions of servers, for those who write one with `ModelServer.custom`. */
const isServerDescription = (name: string): boolean => name.startsWith('servers.');

/** The words in the code of a page, in blocks and in text. */
function namesIn(markdown: string): Set<string> {
  const code = [...markdown.matchAll(/^```[\s\S]*?^```$|`[^`]+`/gm)].map(([text]) => text).join('\n');
  return new Set(code.match(/\w+/g));
}

/** The options of an interface that a page does not name. */
function missingIn(markdown: string, name: string): string[] {
  const names = namesIn(markdown);
  return Object.keys(OPTION_TYPES[name] ?? {}).filter((option) => !names.has(option));
}

const ROWS = Object.entries(GUIDES).flatMap(([page, names]) => names.map((name) => ({ page, name })));

test.each(ROWS)('docs/$page names every option of $name', ({ page, name }) => {
  expect(missingIn(readFileSync(join(DOCS, page), 'utf8'), name)).toEqual([]);
});

test('every interface of options belongs to one guide, or to the reference', () => {
  const listed = [...ROWS.map(({ name }) => name), ...Object.values(REFERENCE).flat()];
  expect([...listed].sort()).toEqual(
    Object.keys(OPTION_TYPES)
      .filter((name) => !isServerDescription(name))
      .sort(),
  );
});

test('an option that a page has only in prose is missing', () => {
  const page = 'The maximum age, maxAge, is\n```ts\nstickySession: {}\n```\n';
  expect(missingIn(page, 'StickySession')).toEqual(['maxAge']);
  expect(missingIn(`${page}\`maxAge: Duration.hours(1)\``, 'StickySession')).toEqual([]);
});
