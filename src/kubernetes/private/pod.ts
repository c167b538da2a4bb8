import type { Model } from '../../models/model';
import type { BackendPlan } from '../../plan/serving-plan';
import type { SecretValue } from '../../workload/secret-value';
import { awsEnvironment, environmentOf, literal } from './environment';
import type { GpuPlacement } from './gpu-placement';
import type { LabelSelector, NodeAffinity, PodSpec, TopologySpread } from './manifests';
import { modelParts } from './models';
import { PORT_NAME, probesOf } from './probes';
import { serverResources } from './quantities';
import { containerSecurity, podSecurity } from './security';
import { scratchMounts, scratchVolumes } from './volumes';

/** The name of the container with the model server. */
export const SERVER_CONTAINER = 'server';

/** What a Pod needs in addition to the plan. */
export interface PodOptions {
  readonly image: string;
  readonly fetchImage: string;
  readonly hubImage: string;
  readonly archiveImage: string;
  readonly linksImages: boolean;
  readonly models: Model[];
  readonly secrets: Record<string, SecretValue>;
  readonly imagePullSecrets: string[];
  readonly serviceAccountName: string;
  /** @default - no GPU */
  readonly gpu?: GpuPlacement;
}

/** The Pod of one replica. */
export function podSpec(plan: BackendPlan, matchLabels: Record<string, string>, options: PodOptions): PodSpec {
  const { intent, times } = plan;
  const env = environmentOf(plan, options.secrets);
  const models = modelParts(intent, plan.models, options.models, { ...options, env: awsEnvironment(env) });
  const pullSecrets = options.imagePullSecrets.map((name) => ({ name }));
  return {
    serviceAccountName: options.serviceAccountName,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    imagePullSecrets: pullSecrets.length === 0 ? undefined : pullSecrets,
    securityContext: podSecurity(intent),
    terminationGracePeriodSeconds: times.grace,
    nodeSelector: intent.architecture === undefined ? undefined : { 'kubernetes.io/arch': intent.architecture },
    affinity: affinityOf(options.gpu),
    tolerations: options.gpu?.taintKeys.map((key) => ({ key, operator: 'Exists' as const })),
    topologySpreadConstraints: ['topology.kubernetes.io/zone', 'kubernetes.io/hostname'].map((key) =>
      spread(key, { matchLabels }),
    ),
    initContainers: models.initContainers.length === 0 ? undefined : models.initContainers,
    containers: [
      {
        name: SERVER_CONTAINER,
        image: plan.image as string,
        imagePullPolicy: 'IfNotPresent',
        command: plan.command.length === 0 ? undefined : plan.command.map(literal),
        args: plan.args?.map(literal),
        workingDir: intent.workingDirectory,
        env,
        ports: [{ name: PORT_NAME, containerPort: intent.port, protocol: 'TCP' }],
        resources: serverResources(intent, options.gpu),
        securityContext: containerSecurity(intent, intent.readOnlyRootFilesystem),
        ...probesOf(plan),
        lifecycle: { preStop: { sleep: { seconds: times.preStop } } },
        volumeMounts: [...scratchMounts(intent), ...models.mounts],
      },
    ],
    volumes: [...scratchVolumes(intent, models.initContainers.length > 0), ...models.volumes],
  };
}

/** Only nodes whose labels match have the requested GPUs. */
function affinityOf(gpu: GpuPlacement | undefined): NodeAffinity | undefined {
  if (gpu === undefined || gpu.requirements.length === 0) return undefined;
  const nodeSelectorTerms = [{ matchExpressions: gpu.requirements }];
  return { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
}

/** Spreading is best effort: if GPUs are scarce, a replica in a crowded zone is better than none. */
function spread(topologyKey: string, labelSelector: LabelSelector): TopologySpread {
  return {
    topologyKey,
    maxSkew: 1,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector,
    matchLabelKeys: ['pod-template-hash'],
  };
}
