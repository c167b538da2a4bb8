import type { PatchIntent } from '../../plan/intents';
import { type PatchedFields, patchIntents } from '../../plan/patches';
import { checkPatch } from '../../private/patch-checks';
import type { PodSettingsOptions } from '../pod-settings-options';

const NAMES = { names: /^[a-z][A-Za-z]*$/, example: 'terminationGracePeriodSeconds' };

/** What the plan depends on in a Pod. */
const POD: PatchedFields = {
  terminationGracePeriodSeconds: { what: 'the time from the removal of a replica to SIGKILL', rules: ['G'] },
  securityContext: { what: 'the security context that the restricted Pod Security Standard requires' },
  volumes: { what: 'the volumes of models and scratch files' },
  initContainers: { what: 'the containers that provide models' },
  affinity: { what: 'the node labels that the GPU requires' },
  tolerations: { what: 'the tolerations that the GPU requires' },
};

/** What the plan depends on in the container of the server. */
const CONTAINER: PatchedFields = {
  command: { what: 'the command of the server, which contains timeouts', rules: ['R1', 'R8', 'F'] },
  args: { what: 'the arguments of the server, which contain timeouts', rules: ['R1', 'R8', 'F'] },
  env: { what: 'the variables of the server, which can contain timeouts', rules: ['R1', 'R8', 'F'] },
  ports: { what: 'the port that the Services use' },
  startupProbe: { what: 'the time in which a replica must start', rules: ['B3'] },
  readinessProbe: { what: 'the check by which the router and the Services select replicas' },
  livenessProbe: { what: 'the check that restarts the server' },
  lifecycle: { what: 'the wait before SIGTERM', rules: ['P', 'PT', 'G', 'S5'] },
  securityContext: { what: 'the security context that the restricted Pod Security Standard requires' },
  resources: { what: 'the CPU, memory and GPUs of the definition' },
  image: { what: 'the image of the definition' },
  volumeMounts: { what: 'the mounts of models and scratch files' },
};

/** Refuses patches that are not data, or that have an option. */
export function checkPodPatches({ podPatch, containerPatch }: PodSettingsOptions): void {
  checkPatch('podPatch', podPatch, {
    ...NAMES,
    refused: { containers: "'containerPatch' for the container of the server" },
  });
  checkPatch('containerPatch', containerPatch, { ...NAMES, refused: { name: "'server', which is its name" } });
}

/** The fields that the patches of a backend set. */
export function podPatches({ podPatch, containerPatch }: PodSettingsOptions): PatchIntent[] {
  return [...patchIntents('podPatch', podPatch, POD), ...patchIntents('containerPatch', containerPatch, CONTAINER)];
}
