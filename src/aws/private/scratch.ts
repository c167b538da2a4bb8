import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { BackendIntent, ScratchIntent } from '../../plan/intents';
import { isUnprivileged, scratchOf, TEMPORARY } from '../../plan/process';

/** The empty volume that containers of a task share as `/tmp`. Root owns it on Fargate. */
export const SCRATCH = { name: 'scratch', mountPath: TEMPORARY } as const;

/**
 * Writable for every user, and executable as other volumes: engines add `noexec`, with which compiled code cannot be loaded.
 */
const OPEN = ['rw', 'exec', 'mode=1777'] as readonly string[] as ecs.TmpfsMountOption[];

/** The share of the memory of a server that a directory without a size may use. */
const MEMORY_SHARE = 0.5;

/** How the writable directories of a server are mounted. */
export interface ScratchMounts {
  /** Those in memory. */
  readonly tmpfs: ecs.Tmpfs[];
  /** Those in volumes of the task. */
  readonly volumes: { readonly name: string; readonly mountPath: string }[];
}

/**
 * The mounts of a server. On Fargate an empty volume belongs to root, so `/tmp` of a server that runs as another user is in
 * memory.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tmpfs.html
 */
export function scratchMounts(intent: BackendIntent, onFargate: boolean): ScratchMounts {
  const inMemory = ({ path, inMemory }: ScratchIntent): boolean =>
    inMemory || (onFargate && path === TEMPORARY && isUnprivileged(intent));
  const all = scratchOf(intent);
  return {
    tmpfs: all.filter(inMemory).map(({ path, sizeMib }) => ({
      containerPath: path,
      size: Math.max(1, Math.ceil(sizeMib ?? intent.memoryLimitMib * MEMORY_SHARE)),
      mountOptions: OPEN,
    })),
    volumes: all
      .filter((directory) => !inMemory(directory))
      .map(({ path }, index) => ({ name: path === TEMPORARY ? SCRATCH.name : `scratch-${index}`, mountPath: path })),
  };
}
