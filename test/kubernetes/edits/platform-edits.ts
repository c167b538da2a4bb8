import { Intermediary } from '../../../src/constructs/intermediary';
import {
  Gateway,
  GatewayProfile,
  GpuNodes,
  KubernetesEnvironment,
  type KubernetesPlatformProps,
  NodeOperator,
  PodServiceAccount,
  PodSettings,
  type PodSettingsOptions,
  type RouterOptions,
  TolerationOperator,
} from '../../../src/kubernetes';
import { Model } from '../../../src/models/model';
import { Duration } from '../../../src/units/duration';
import { Gpu } from '../../../src/workload/gpu';
import { Rollout } from '../../../src/workload/rollout';
import { type Edit, PRUNE } from './edit';

const CLIENTS_MOVE = 'the address changes; move clients, then delete the router';
const edge = (name: string) => ({ gateway: Gateway.fromName(name, { profile: GatewayProfile.ENVOY_GATEWAY }) });

function podEdit(option: keyof PodSettingsOptions, value: PodSettingsOptions, rest: Partial<Edit> = {}): Edit {
  const to = { backend: { targetSettings: [PodSettings.of(value)] } };
  return { name: `Pod ${option}`, options: [`kubernetes.PodSettingsOptions.${option}`], to, pods: true, ...rest };
}

function routerEdit(option: keyof RouterOptions, value: RouterOptions, rest: Partial<Edit> = {}): Edit {
  const to = { platform: { router: value } };
  return { name: `router ${option}`, options: [`kubernetes.RouterOptions.${option}`], to, routing: 'router', ...rest };
}

function platformEdit(
  option: keyof KubernetesPlatformProps,
  value: KubernetesPlatformProps,
  rest: Partial<Edit> = {},
): Edit {
  const options = [`kubernetes.KubernetesPlatformProps.${option}`];
  return { name: `platform ${option}`, options, to: { platform: value }, ...rest };
}

/** With a model that an init container fetches. */
function withModel(option: keyof KubernetesPlatformProps, value: KubernetesPlatformProps, model: Model): Edit {
  return platformEdit(option, value, {
    from: { backend: { model } },
    to: { backend: { model }, platform: value },
    pods: true,
  });
}

/** One edit for each option of Pods, of the router and of the platform. */
export const PLATFORM_EDITS: readonly Edit[] = [
  podEdit('nodeSelector', { nodeSelector: { 'acme.com/pool': 'models' } }),
  podEdit('tolerations', { tolerations: [{ key: 'spot', operator: TolerationOperator.EXISTS }] }),
  podEdit('affinity', {
    affinity: {
      nodeAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: {
          nodeSelectorTerms: [{ matchExpressions: [{ key: 'zone', operator: NodeOperator.EXISTS }] }],
        },
      },
    },
  }),
  podEdit('topologySpread', {
    topologySpread: [{ maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'DoNotSchedule' }],
  } as PodSettingsOptions),
  podEdit('priorityClassName', { priorityClassName: 'inference' }),
  podEdit('runtimeClassName', { runtimeClassName: 'nvidia' }),
  podEdit('schedulerName', { schedulerName: 'volcano' }),
  podEdit(
    'serviceAccount',
    { serviceAccount: PodServiceAccount.fromName('models') },
    { forth: [[/^gone ServiceAccount\/digits-svm: used by Deployment\/digits-svm/, PRUNE]] },
  ),
  {
    name: 'an annotated ServiceAccount',
    to: { backend: { targetSettings: [PodSettings.of({ serviceAccount: PodServiceAccount.annotated({ a: 'b' }) })] } },
    pods: true,
  },
  podEdit('automountServiceAccountToken', { automountServiceAccountToken: true }),
  podEdit('imagePullSecrets', { imagePullSecrets: ['registry'] }),
  podEdit('imagePullPolicy', { imagePullPolicy: 'Always' } as PodSettingsOptions),
  podEdit('labels', { labels: { 'acme.com/team': 'search' } }),
  podEdit('annotations', { annotations: { 'acme.com/note': 'x' } }),
  podEdit('podPatch', { podPatch: { hostNetwork: false } }),
  podEdit('containerPatch', { containerPatch: { tty: true } }),
  {
    name: 'an environment from another ConfigMap',
    from: { backend: { environmentFrom: [KubernetesEnvironment.fromConfigMapName('a')] } },
    to: { backend: { environmentFrom: [KubernetesEnvironment.fromConfigMapName('b')] } },
    pods: true,
  },
  routerEdit('replicas', { replicas: 4 }),
  routerEdit('image', { image: 'haproxy:3.2.26-alpine' }),
  routerEdit('dnsTtl', { dnsTtl: Duration.seconds(5) }, { pods: true }),
  routerEdit('clusterDomain', { clusterDomain: 'cluster.example' }),
  routerEdit('trustedProxies', { trustedProxies: ['10.20.0.0/16'] }),
  routerEdit('maxConnectionsPerSource', { maxConnectionsPerSource: 50 }),
  routerEdit('underscoresInHeaders', { underscoresInHeaders: true }),
  platformEdit(
    'backendDefaults',
    { backendDefaults: PodSettings.of({ labels: { 'acme.com/team': 'x' } }) },
    { pods: true },
  ),
  platformEdit('behind', { behind: [Intermediary.nginx({ readTimeout: Duration.seconds(75) })] }),
  platformEdit('sidecar', { sidecar: Intermediary.istioSidecar() }, { routing: 'gateway' }),
  platformEdit('imagePullSecrets', { imagePullSecrets: ['registry'] }, { pods: true }),
  platformEdit('kubernetesVersion', { kubernetesVersion: '1.36' }),
  platformEdit(
    'gpuNodes',
    {},
    {
      from: { backend: { gpu: Gpu.nvidia({ product: 'L4' }), rollout: Rollout.surge() } },
      to: {
        backend: { gpu: Gpu.nvidia({ product: 'L4' }), rollout: Rollout.surge() },
        platform: { gpuNodes: GpuNodes.karpenter() },
      },
      pods: true,
      routing: 'router',
    },
  ),
  withModel('fetchImage', { fetchImage: 'acme/aws-cli:2' }, Model.fromS3('s3://acme-models/digits/v1/')),
  platformEdit(
    'gateway',
    {},
    {
      routing: 'router',
      to: { platform: edge('public') },
      pods: true,
      forth: [[/^gone \w+\/serving-router/, CLIENTS_MOVE]],
      back: [[/^gone (HTTPRoute|BackendTrafficPolicy)/, CLIENTS_MOVE]],
    },
  ),
  {
    name: 'another gateway',
    routing: 'router',
    from: { platform: edge('public') },
    to: { platform: edge('internal') },
  },
];
