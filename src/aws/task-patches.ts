import type { PatchIntent } from '../plan/intents';
import { type PatchedFields, patchIntents } from '../plan/patches';
import { checkPatch } from '../private/patch-checks';
import type { TaskSettingsOptions } from './task-settings-options';

const NAMES = { names: /^[A-Z][A-Za-z0-9]*$/, example: 'StopTimeout' };

/** What the plan depends on in a task definition. */
const TASK: PatchedFields = {
  Cpu: { what: 'the CPU of the definition' },
  Memory: { what: 'the memory of the definition' },
  EphemeralStorage: { what: 'the disk of the definition' },
  NetworkMode: { what: 'the network mode that the target group requires' },
  RequiresCompatibilities: { what: 'the compute of the definition' },
  RuntimePlatform: { what: 'the architecture of the definition' },
  Volumes: { what: 'the volumes of models and scratch files' },
  TaskRoleArn: { what: 'the role with the permissions to read models' },
  ExecutionRoleArn: { what: 'the role with the permissions to pull images, read secrets and write logs' },
};

/** What the plan depends on in the container of the server. */
const CONTAINER: PatchedFields = {
  EntryPoint: { what: 'the program of the server' },
  Command: { what: 'the command of the server, which contains timeouts', rules: ['R1', 'R8', 'F'] },
  Environment: { what: 'the variables of the server, which can contain timeouts', rules: ['R1', 'R8', 'F'] },
  StopTimeout: { what: 'the time from SIGTERM to SIGKILL', rules: ['D2'] },
  PortMappings: { what: 'the port that the target group uses' },
  LinuxParameters: { what: 'the init process that forwards SIGTERM, and the dropped capabilities', rules: ['D4'] },
  Essential: { what: 'that a task stops only with its server', rules: ['D3'] },
  DependsOn: { what: 'the wait for models' },
  MountPoints: { what: 'the mounts of models and scratch files' },
  Image: { what: 'the image of the definition' },
  Privileged: { what: 'the hardening of the container' },
  User: { what: 'the user of the definition' },
  ReadonlyRootFilesystem: { what: 'the root file system of the definition' },
  Secrets: { what: 'the secrets of the definition' },
};

/** Refuses patches that are not data, or that have an option. */
export function checkTaskPatches({ taskDefinitionPatch, containerPatch }: TaskSettingsOptions): void {
  checkPatch('taskDefinitionPatch', taskDefinitionPatch, {
    ...NAMES,
    refused: {
      ContainerDefinitions: "'containerPatch' for the container of the server",
      Family: "'backendName', from which it derives",
    },
  });
  checkPatch('containerPatch', containerPatch, { ...NAMES, refused: { Name: "'Server', which is its name" } });
}

/** The fields that the patches of a backend set. */
export function taskPatches({ taskDefinitionPatch, containerPatch }: TaskSettingsOptions): PatchIntent[] {
  return [
    ...patchIntents('taskDefinitionPatch', taskDefinitionPatch, TASK),
    ...patchIntents('containerPatch', containerPatch, CONTAINER),
  ];
}
