import type { BackendBinding } from '../../constructs/bindings';
import type { PatchIntent } from '../../plan/intents';
import { type PatchedField, patchIntents } from '../../plan/patches';
import { scratchOf } from '../../plan/process';
import type { FieldSource } from '../../private/field-names';
import { checkPatch } from '../../private/patch-checks';
import type { PodSettingsOptions } from '../pod-settings-options';
import { POD_TYPES } from './pod-fields';

const SOURCE: FieldSource = {
  name: 'the Kubernetes API',
  types: POD_TYPES,
  newer: 'set one of a newer Kubernetes version with `addJsonPatch` of the Deployment',
};

const IDENTITY = 'the identity with the permissions to read models';
const VOLUMES = 'the volumes of models and scratch files';
const RESTRICTED = 'what the restricted Pod Security Standard requires';
const SIZE = 'the CPU, memory and GPUs of the definition';
const TIMES = ['R1', 'R8', 'F'] as const;

/** Whether the output has volumes. */
function hasVolumes({ intent }: BackendBinding): boolean {
  const { models, sidecars, cache, sharedMemoryMib } = intent;
  const others = [cache, sharedMemoryMib].some((one) => one !== undefined);
  return scratchOf(intent).length + models.length + (sidecars?.length ?? 0) > 0 || others;
}

/** What the plan depends on in a Pod. */
function podFields(binding: BackendBinding, hasPullSecrets: boolean): PatchedField[] {
  const { intent, settings } = binding;
  const { affinity, tolerations, imagePullSecrets, ...others }: PodSettingsOptions = settings;
  const { gpu, architecture, models, sidecars = [] } = intent;
  const nodeLabels = Object.keys(others.nodeSelector ?? {});
  return [
    { field: 'terminationGracePeriodSeconds', what: 'the time from the removal of a replica to SIGKILL', rules: ['G'] },
    { field: 'activeDeadlineSeconds', what: 'how long a replica runs' },
    ...['runAsNonRoot', 'runAsUser', 'seccompProfile'].map((name) => ({
      field: `securityContext.${name}`,
      what: RESTRICTED,
    })),
    ...['fsGroup', 'fsGroupChangePolicy'].map((name) => ({
      field: `securityContext.${name}`,
      what: 'the group that can write to volumes',
      isSet: intent.user !== 0,
    })),
    { field: 'securityContext.sysctls', what: 'the ports that the server can listen on', isSet: intent.port < 1024 },
    ...['hostNetwork', 'hostPID', 'hostIPC'].map((field) => ({ field, what: RESTRICTED })),
    { field: 'volumes', what: VOLUMES, isSet: hasVolumes(binding) },
    {
      field: 'initContainers',
      what: 'the sidecars and the containers that provide models',
      isSet: models.length + sidecars.length > 0,
    },
    { field: 'resources', what: SIZE },
    { field: 'affinity', what: 'the affinity of the definition', isSet: gpu !== undefined || affinity !== undefined },
    {
      field: 'tolerations',
      what: 'the tolerations of the definition',
      isSet: gpu !== undefined || tolerations !== undefined,
    },
    {
      field: 'nodeSelector.kubernetes.io/arch',
      what: 'the architecture of the definition',
      isSet: architecture !== undefined,
    },
    ...nodeLabels.map((label) => ({ field: `nodeSelector.${label}`, what: "'nodeSelector' of the settings" })),
    ...(['priorityClassName', 'runtimeClassName', 'schedulerName'] as const).map((field) => ({
      field,
      what: `'${field}' of the settings`,
      isSet: others[field] !== undefined,
    })),
    {
      field: 'topologySpreadConstraints',
      what: 'the distribution of replicas among zones and nodes',
      isSet: others.topologySpread?.length !== 0,
    },
    ...['serviceAccountName', 'serviceAccount'].map((field) => ({ field, what: IDENTITY })),
    { field: 'automountServiceAccountToken', what: 'whether containers get a token of the Kubernetes API' },
    { field: 'enableServiceLinks', what: 'that Services add no variables to the containers' },
    {
      field: 'imagePullSecrets',
      what: 'the Secrets with which images are pulled',
      isSet: hasPullSecrets || imagePullSecrets !== undefined,
    },
  ];
}

/** The resources that the definition sets. Others of the same vendor, such as the memory of a GPU's share, are additions. */
function sizeResources({ gpu }: BackendBinding['intent']): string[] {
  const named = ['nvidia.com/gpu', 'nvidia.com/mig-*', 'amd.com/gpu'];
  return ['cpu', 'memory', ...new Set([...named, ...(gpu === undefined ? [] : [gpu.resourceName])])];
}

/** What the plan depends on in the container of the server. */
function containerFields(binding: BackendBinding): PatchedField[] {
  const { intent, environmentFrom = [] } = binding;
  return [
    { field: 'command', what: 'the command of the server, which contains timeouts', rules: TIMES },
    { field: 'args', what: 'the arguments of the server, which contain timeouts', rules: TIMES },
    { field: 'env', what: 'the variables of the server, which can contain timeouts', rules: TIMES },
    { field: 'envFrom', what: "'environmentFrom' of the definition", isSet: environmentFrom.length > 0 },
    {
      field: 'workingDir',
      what: 'the working directory of the definition',
      isSet: intent.workingDirectory !== undefined,
    },
    { field: 'ports', what: 'the port that the Services use' },
    { field: 'startupProbe', what: 'the time in which a replica must start', rules: ['B3'] },
    { field: 'readinessProbe', what: 'the check by which the router and the Services select replicas' },
    { field: 'livenessProbe', what: 'the check that restarts the server' },
    { field: 'lifecycle.preStop', what: 'the wait before SIGTERM', rules: ['P', 'PT', 'G', 'S5'] },
    { field: 'lifecycle.stopSignal', what: 'the signal at which the server drains', rules: ['PT', 'F'] },
    ...[
      'allowPrivilegeEscalation',
      'capabilities',
      'privileged',
      'procMount',
      'readOnlyRootFilesystem',
      'runAsNonRoot',
      'runAsUser',
    ].map((name) => ({
      field: `securityContext.${name}`,
      what: name === 'readOnlyRootFilesystem' ? 'the root file system of the definition' : RESTRICTED,
    })),
    ...['requests', 'limits'].flatMap((kind) =>
      sizeResources(intent).map((name) => ({
        field: `resources.${kind}.${name}`,
        what: SIZE,
      })),
    ),
    ...['requests', 'limits'].map((kind) => ({
      field: `resources.${kind}.ephemeral-storage`,
      what: 'the disk of the definition',
      isSet: intent.ephemeralStorageMib !== undefined,
    })),
    { field: 'image', what: 'the image of the definition' },
    { field: 'imagePullPolicy', what: 'when images are pulled' },
    { field: 'volumeMounts', what: 'the mounts of models and scratch files', isSet: hasVolumes(binding) },
  ];
}

/** Refuses patches that are not data of the API, or that have an option. */
export function checkPodPatches({ podPatch, containerPatch }: PodSettingsOptions): void {
  checkPatch('podPatch', podPatch, {
    source: SOURCE,
    type: 'V1PodSpec',
    refused: { containers: "'containerPatch' for the container of the server" },
  });
  checkPatch('containerPatch', containerPatch, {
    source: SOURCE,
    type: 'V1Container',
    refused: { name: "'server', which is its name" },
  });
}

/** The fields that the patches of a backend set. */
export function podPatches(binding: BackendBinding, hasPullSecrets: boolean): PatchIntent[] {
  const { podPatch, containerPatch }: PodSettingsOptions = binding.settings;
  const deployment = `Deployment '${binding.intent.slug}'`;
  return [
    ...patchIntents(
      { option: 'podPatch', object: `Pod of the ${deployment}`, fields: podFields(binding, hasPullSecrets) },
      podPatch,
    ),
    ...patchIntents(
      {
        option: 'containerPatch',
        object: `container 'server' of the ${deployment}`,
        fields: containerFields(binding),
      },
      containerPatch,
    ),
  ];
}
