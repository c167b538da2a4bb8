import type { BackendIntent } from '../../plan/intents';
import type { Volume, VolumeMount } from './manifests';
import { mebibytes } from './quantities';

/** A writable directory, because the root file system is read-only. */
export const TMP_MOUNT: VolumeMount = { name: 'tmp', mountPath: '/tmp' };

const SHM_MOUNT: VolumeMount = { name: 'shm', mountPath: '/dev/shm' };

/** The mounts of every server. */
export function scratchMounts(intent: BackendIntent): VolumeMount[] {
  return intent.sharedMemoryMib === undefined ? [TMP_MOUNT] : [TMP_MOUNT, SHM_MOUNT];
}

/** The volumes of these mounts. Shared memory counts toward the memory limit of the container that writes it. */
export function scratchVolumes(intent: BackendIntent): Volume[] {
  const tmp: Volume = {
    name: TMP_MOUNT.name,
    emptyDir: {
      sizeLimit: intent.ephemeralStorageMib === undefined ? undefined : mebibytes(intent.ephemeralStorageMib),
    },
  };
  if (intent.sharedMemoryMib === undefined) return [tmp];
  return [tmp, { name: SHM_MOUNT.name, emptyDir: { medium: 'Memory', sizeLimit: mebibytes(intent.sharedMemoryMib) } }];
}
