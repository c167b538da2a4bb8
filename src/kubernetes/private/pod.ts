import type { SidecarBinding } from '../../constructs/bindings';
import type { Model } from '../../models/model';
import type { BackendPlan } from '../../plan/serving-plan';
import { mergePatch } from '../../private/merge-patch';
import type { EnvironmentSource } from '../../workload/environment-source';
import type { SecretValue } from '../../workload/secret-value';
import type { PodSettingsOptions } from '../pod-settings-options';
import { environmentOf, environmentSources, literal } from './environment';
import type { GpuPlacement } from './gpu-placement';
import type { Container, PodSpec } from './manifests';
import { modelParts } from './models';
import { placementOf } from './placement';
import { containerPorts } from './ports';
import { probesOf } from './probes';
import { serverResources } from './quantities';
import { containerSecurity, podSecurity } from './security';
import { sharedMounts, sidecarContainers, sidecarVolumes } from './sidecars';
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
  readonly environmentFrom: EnvironmentSource[];
  readonly sidecars: SidecarBinding[];
  readonly imagePullSecrets: string[];
  readonly serviceAccountName: string;
  readonly settings: PodSettingsOptions;
  /** @default - no GPU */
  readonly gpu?: GpuPlacement;
}

/** The Pod of one replica. */
export function podSpec(plan: BackendPlan, matchLabels: Record<string, string>, options: PodOptions): PodSpec {
  const { intent, times } = plan;
  const { settings } = options;
  const env = environmentOf(plan, options.secrets);
  const models = modelParts(intent, plan.models, options.models, { ...options, env });
  const initContainers = [...sidecarContainers(intent, options.sidecars), ...models.initContainers];
  const pullSecrets = [...new Set([...options.imagePullSecrets, ...(settings.imagePullSecrets ?? [])])];
  const server: Container = {
    name: SERVER_CONTAINER,
    image: plan.image as string,
    imagePullPolicy: settings.imagePullPolicy ?? 'IfNotPresent',
    command: plan.command.length === 0 ? undefined : plan.command.map(literal),
    args: plan.args?.map(literal),
    workingDir: intent.workingDirectory,
    env,
    envFrom: environmentSources(options.environmentFrom),
    ports: containerPorts(intent),
    resources: serverResources(intent, options.gpu),
    securityContext: containerSecurity(intent, intent.readOnlyRootFilesystem),
    ...probesOf(plan),
    lifecycle: { preStop: { sleep: { seconds: times.preStop } } },
    volumeMounts: [...scratchMounts(intent), ...models.mounts, ...sharedMounts(intent)],
  };
  const pod: PodSpec = {
    serviceAccountName: options.serviceAccountName,
    automountServiceAccountToken: settings.automountServiceAccountToken ?? false,
    enableServiceLinks: false,
    imagePullSecrets: pullSecrets.length === 0 ? undefined : pullSecrets.map((name) => ({ name })),
    securityContext: podSecurity(intent),
    terminationGracePeriodSeconds: times.grace,
    ...placementOf({ settings, gpu: options.gpu, architecture: intent.architecture, labelSelector: { matchLabels } }),
    initContainers: initContainers.length === 0 ? undefined : initContainers,
    containers: [patched(server, settings.containerPatch)],
    volumes: [
      ...scratchVolumes(intent, models.initContainers.length > 0),
      ...models.volumes,
      ...sidecarVolumes(intent),
    ],
  };
  return patched(pod, settings.podPatch);
}

function patched<T>(value: T, patch: object | undefined): T {
  return patch === undefined ? value : (mergePatch(value, patch) as T);
}
