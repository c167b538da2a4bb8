import type { BackendIntent } from '../../plan/intents';
import { type ContainerIntent, scratchOf, TEMPORARY } from '../../plan/process';
import type { Volume, VolumeMount } from './manifests';
import { mebibytes } from './quantities';

/** A writable directory, because the root file system is read-only. */
export const TMP_MOUNT: VolumeMount = { name: 'tmp', mountPath: TEMPORARY };

const SHM_MOUNT: VolumeMount = { name: 'shm', mountPath: '/dev/shm' };

/** The name of the volume that outlives the replicas. */
const CACHE_NAME = 'cache';

/** A server or a sidecar; only servers have a cache, shared memory and sizes. */
type WithVolumes = ContainerIntent & Pick<BackendIntent, 'cache' | 'sharedMemoryMib' | 'ephemeralStorageMib'>;

/** The mounts of a container: the directories that it can write to, and shared memory. */
export function scratchMounts(intent: WithVolumes): VolumeMount[] {
  const mounts = scratchOf(intent).map(({ path }, index) => ({ name: nameOf(path, index), mountPath: path }));
  const { cache, sharedMemoryMib } = intent;
  return [
    ...mounts,
    ...(cache === undefined ? [] : [{ name: CACHE_NAME, mountPath: cache.path }]),
    ...(sharedMemoryMib === undefined ? [] : [SHM_MOUNT]),
  ];
}

/**
 * The volumes of these mounts, and of `/tmp` in init containers. What is in memory counts toward the memory limit of the
 * container that writes it.
 */
export function scratchVolumes(intent: WithVolumes, hasInitContainers: boolean): Volume[] {
  const { ephemeralStorageMib, sharedMemoryMib, cache } = intent;
  const volumes: Volume[] = scratchOf(intent).map(({ path, sizeMib = ephemeralStorageMib, inMemory }, index) => ({
    name: nameOf(path, index),
    emptyDir: emptyDirOf(sizeMib, inMemory),
  }));
  if (hasInitContainers && !volumes.some(({ name }) => name === TMP_MOUNT.name))
    volumes.unshift({ name: TMP_MOUNT.name, emptyDir: emptyDirOf(ephemeralStorageMib, false) });
  if (cache !== undefined)
    volumes.push({ name: CACHE_NAME, persistentVolumeClaim: { claimName: cache.volume, readOnly: false } });
  if (sharedMemoryMib === undefined) return volumes;
  return [...volumes, { name: SHM_MOUNT.name, emptyDir: emptyDirOf(sharedMemoryMib, true) }];
}

function emptyDirOf(sizeMib: number | undefined, inMemory: boolean): Volume['emptyDir'] {
  return {
    ...(inMemory && { medium: 'Memory' }),
    sizeLimit: sizeMib === undefined ? undefined : mebibytes(sizeMib),
  };
}

function nameOf(path: string, index: number): string {
  return path === TMP_MOUNT.mountPath ? TMP_MOUNT.name : `scratch-${index}`;
}
