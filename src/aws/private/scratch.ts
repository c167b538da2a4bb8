import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { BackendBinding } from '../../constructs/bindings';
import type { BackendIntent, ScratchIntent } from '../../plan/intents';
import { type ContainerIntent, isRoot, isUnprivileged, scratchOf, TEMPORARY } from '../../plan/process';
import { sharedDirectories } from '../../plan/sidecars';
import { ServingError } from '../../private/errors';
import type { BoundBackend, ServedTask } from './bound-backend';
import { confine } from './confinement';

/** The empty volume that containers of a task share as `/tmp`. Root owns it on Fargate. */
export const SCRATCH = { name: 'scratch', mountPath: TEMPORARY } as const;

/**
 * Writable for every user, and executable as other volumes: engines add `noexec`, with which compiled code cannot be loaded.
 */
const OPEN = ['rw', 'exec', 'mode=1777'] as readonly string[] as ecs.TmpfsMountOption[];

/** The share of the memory of a container that a directory without a size may use. */
const MEMORY_SHARE = 0.5;

/**
 * The capabilities with which root opens a volume: an engine can give it the owner of the directory in the image, which other
 * directories of that owner may enclose.
 */
const OPENING_CAPABILITIES = [ecs.Capability.DAC_OVERRIDE, ecs.Capability.FOWNER];

/** The memory reservation of the container that opens volumes, on an instance. */
const OPENING_MEMORY_MIB = 32;

/** A container and its memory, part of which its directories in memory may use. */
interface ContainerWithMemory extends ContainerIntent {
  readonly memoryLimitMib: number;
}

/** How the writable directories of a container are mounted. */
export interface ScratchMounts {
  /** Those in memory. */
  readonly tmpfs: ecs.Tmpfs[];
  /** Those in volumes of the task. */
  readonly volumes: ScratchMount[];
  /** Those of them that must be opened to the user of the container before it starts. */
  readonly opened: ScratchMount[];
}

/** A volume of a task, and its path in the container. */
export interface ScratchMount {
  readonly name: string;
  readonly mountPath: string;
}

/**
 * The mounts of a server or a sidecar. On Fargate an empty volume belongs to root, so `/tmp` of a container that runs as
 * another user is in memory.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Tmpfs.html
 */
export function scratchMounts(intent: ContainerWithMemory, onFargate: boolean): ScratchMounts {
  const isDeclared = (path: string): boolean => intent.scratch?.some((one) => one.path === path) ?? false;
  const inMemory = ({ path, inMemory }: ScratchIntent): boolean =>
    inMemory || (onFargate && path === TEMPORARY && !isDeclared(path) && isUnprivileged(intent));
  const all = scratchOf(intent);
  const volumes = all
    .filter((directory) => !inMemory(directory))
    .map(({ path }, index) => ({ name: path === TEMPORARY ? SCRATCH.name : `scratch-${index}`, mountPath: path }));
  return {
    tmpfs: all.filter(inMemory).map(({ path, sizeMib }) => ({
      containerPath: path,
      size: Math.max(1, Math.ceil(sizeMib ?? intent.memoryLimitMib * MEMORY_SHARE)),
      mountOptions: OPEN,
    })),
    volumes,
    opened: isRoot(intent) ? [] : volumes.filter(({ mountPath }) => mountPath !== TEMPORARY || isDeclared(mountPath)),
  };
}

/** The volumes that the server shares with sidecars. A tmpfs belongs to one container, so these are always on disk. */
export function sharedVolumes(backend: BackendIntent): ScratchMount[] {
  return sharedDirectories(backend).map((mountPath, index) => ({ name: `shared-${index}`, mountPath }));
}

/** Those of them that must be opened, because a container that mounts them is not known to run as root. */
function openedShares(backend: BackendIntent): ScratchMount[] {
  const { sidecars = [] } = backend;
  return sharedVolumes(backend).filter(
    ({ mountPath }) =>
      !isRoot(backend) ||
      sidecars.some((sidecar) => sidecar.sharedDirectories?.includes(mountPath) === true && !isRoot(sidecar)),
  );
}

/** Refuses writable directories below the directory of a model that is a single file, which is mounted read-only with a copy of it. */
export function checkWritable(backend: BoundBackend): void {
  const { scratch = [], name } = backend.intent;
  for (const path of [...scratch.map((one) => one.path), ...sharedDirectories(backend.intent)]) {
    const enclosing = backend.volumes.find((volume) => path.startsWith(`${volume.mountPath}/`));
    if (enclosing === undefined) continue;
    throw new ServingError(
      'ModelPathClash',
      `directory '${path}' of backend '${name}' is in '${enclosing.mountPath}', which ECS mounts read-only with the file of a model in it; use another path for the model or for the directory`,
      backend.scope,
    );
  }
}

/** What opens the volumes of a task. */
interface Opening extends Pick<ScratchMounts, 'opened'> {
  readonly image: ecs.ContainerImage;
  readonly logging: ecs.LogDriver;
}

/**
 * Opens volumes to every user before the server starts, with `chmod` of the image: root owns them.
 *
 * @returns the container that opens them; undefined if there are none
 */
export function openVolumes(
  backend: BackendBinding,
  { definition, server }: ServedTask,
  { image, opened: ofServer, logging }: Opening,
): ecs.ContainerDefinition | undefined {
  const opened = [...ofServer, ...openedShares(backend.intent)];
  if (opened.length === 0) return undefined;
  const container = definition.addContainer('Scratch', {
    image,
    essential: false,
    entryPoint: ['chmod'],
    command: ['1777', ...opened.map(({ mountPath }) => mountPath)],
    user: '0',
    readonlyRootFilesystem: true,
    ...confine(backend.scope, 'ScratchLinuxParameters', { capabilities: OPENING_CAPABILITIES }),
    logging,
    ...(definition.isFargateCompatible ? {} : { memoryReservationMiB: OPENING_MEMORY_MIB }),
  });
  for (const { name, mountPath } of opened)
    container.addMountPoints({ sourceVolume: name, containerPath: mountPath, readOnly: false });
  server.addContainerDependencies({ container, condition: ecs.ContainerDependencyCondition.SUCCESS });
  return container;
}
