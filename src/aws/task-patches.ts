import type { BackendBinding } from '../constructs/bindings';
import type { PatchIntent } from '../plan/intents';
import { type PatchedField, patchIntents } from '../plan/patches';
import { scratchOf } from '../plan/process';
import type { FieldSource } from '../private/field-names';
import { checkPatch } from '../private/patch-checks';
import { TASK_TYPES } from './task-fields';
import type { TaskSettingsOptions } from './task-settings-options';

const SOURCE: FieldSource = {
  name: 'a task definition in CloudFormation',
  types: TASK_TYPES,
  newer: 'set a newer one with `addPropertyOverride` of the CfnTaskDefinition',
};

const TIMES = ['R1', 'R8', 'F'] as const;

/** Whether the output has volumes. */
function hasVolumes({ intent }: BackendBinding): boolean {
  const { models, sidecars, cache } = intent;
  return scratchOf(intent).length + models.length + (sidecars?.length ?? 0) > 0 || cache !== undefined;
}

/** What the plan depends on in a task definition. */
function taskFields(binding: BackendBinding): PatchedField[] {
  return [
    { field: 'Cpu', what: 'the CPU of the definition' },
    { field: 'Memory', what: 'the memory of the definition' },
    { field: 'EphemeralStorage', what: 'the disk of the definition' },
    { field: 'NetworkMode', what: 'the network mode that the target group requires' },
    { field: 'RequiresCompatibilities', what: 'the compute of the definition' },
    { field: 'RuntimePlatform', what: 'the architecture of the definition' },
    { field: 'Volumes', what: 'the volumes of models and scratch files', isSet: hasVolumes(binding) },
    { field: 'TaskRoleArn', what: 'the role with the permissions to read models' },
    { field: 'ExecutionRoleArn', what: 'the role with the permissions to pull images, read secrets and write logs' },
    { field: 'Tags', what: 'the tags of the backend' },
  ];
}

/** What the plan depends on in the container of the server. */
function containerFields(binding: BackendBinding): PatchedField[] {
  const { intent, environmentFrom = [], secrets } = binding;
  const { models, gpu, workingDirectory, sharedMemoryMib } = intent;
  return [
    { field: 'EntryPoint', what: 'the program of the server' },
    { field: 'Command', what: 'the command of the server, which contains timeouts', rules: TIMES },
    { field: 'Environment', what: 'the variables of the server, which can contain timeouts', rules: TIMES },
    { field: 'EnvironmentFiles', what: "'environmentFrom' of the definition", isSet: environmentFrom.length > 0 },
    {
      field: 'WorkingDirectory',
      what: 'the working directory of the definition',
      isSet: workingDirectory !== undefined,
    },
    { field: 'StopTimeout', what: 'the time from SIGTERM to SIGKILL', rules: ['D2'] },
    { field: 'PortMappings', what: 'the port that the target group uses' },
    { field: 'HealthCheck', what: 'the check that replaces tasks' },
    { field: 'LinuxParameters.InitProcessEnabled', what: 'the init process that forwards SIGTERM', rules: ['D4'] },
    { field: 'LinuxParameters.Capabilities', what: 'the hardening of the container' },
    {
      field: 'LinuxParameters.SharedMemorySize',
      what: 'the shared memory of the definition',
      isSet: sharedMemoryMib !== undefined,
    },
    {
      field: 'LinuxParameters.Tmpfs',
      what: 'the directories in memory of the definition',
      isSet: scratchOf(intent).some(({ inMemory }) => inMemory),
    },
    { field: 'Essential', what: 'that a task stops only with its server', rules: ['D3'] },
    { field: 'DependsOn', what: 'the wait for models and sidecars' },
    { field: 'MountPoints', what: 'the mounts of models and scratch files', isSet: hasVolumes(binding) },
    { field: 'Image', what: 'the image of the definition' },
    { field: 'Privileged', what: 'the hardening of the container' },
    { field: 'User', what: 'the user of the definition' },
    { field: 'ReadonlyRootFilesystem', what: 'the root file system of the definition' },
    {
      field: 'Secrets',
      what: 'the secrets of the definition',
      isSet: Object.keys(secrets).length + environmentFrom.length > 0,
    },
    { field: 'DockerLabels.serving.model.*', what: 'the labels of the models', isSet: models.length > 0 },
    { field: 'LogConfiguration', what: 'the log group of the backend' },
    ...['Cpu', 'Memory', 'MemoryReservation'].map((field) => ({ field, what: 'the CPU and memory of the definition' })),
    { field: 'ResourceRequirements', what: 'the GPUs of the definition', isSet: gpu !== undefined },
    {
      field: 'RepositoryCredentials',
      what: "'registryCredentials' of the settings",
      isSet: (binding.settings as TaskSettingsOptions).registryCredentials !== undefined,
    },
  ];
}

/** Refuses patches that are not data of CloudFormation, or that have an option. */
export function checkTaskPatches({ taskDefinitionPatch, containerPatch }: TaskSettingsOptions): void {
  checkPatch('taskDefinitionPatch', taskDefinitionPatch, {
    source: SOURCE,
    type: 'Props',
    refused: {
      ContainerDefinitions: "'containerPatch' for the container of the server",
      Family: "'backendName', from which it derives",
    },
  });
  checkPatch('containerPatch', containerPatch, {
    source: SOURCE,
    type: 'ContainerDefinition',
    refused: { Name: "'Server', which is its name" },
  });
}

/** The fields that the patches of a backend set. */
export function taskPatches(binding: BackendBinding): PatchIntent[] {
  const { taskDefinitionPatch, containerPatch }: TaskSettingsOptions = binding.settings;
  return [
    ...patchIntents(
      { option: 'taskDefinitionPatch', object: 'task definition', fields: taskFields(binding) },
      taskDefinitionPatch,
    ),
    ...patchIntents(
      {
        option: 'containerPatch',
        object: "container 'Server' of the task definition",
        fields: containerFields(binding),
      },
      containerPatch,
    ),
  ];
}
