import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';

/** The first port that needs no privilege. */
const FIRST_OPEN_PORT = 1024;

/** The capabilities that a container has by default: https://docs.docker.com/engine/containers/run/ */
const DEFAULT_CAPABILITIES = [
  ecs.Capability.AUDIT_WRITE,
  ecs.Capability.CHOWN,
  ecs.Capability.DAC_OVERRIDE,
  ecs.Capability.FOWNER,
  ecs.Capability.FSETID,
  ecs.Capability.KILL,
  ecs.Capability.MKNOD,
  ecs.Capability.NET_BIND_SERVICE,
  ecs.Capability.NET_RAW,
  ecs.Capability.SETFCAP,
  ecs.Capability.SETGID,
  ecs.Capability.SETPCAP,
  ecs.Capability.SETUID,
  ecs.Capability.SYS_CHROOT,
];

/** What a container needs beside its confinement. */
export interface ConfinementOptions extends Omit<ecs.LinuxParametersProps, 'swappiness' | 'maxSwap'> {
  /** The port that the container listens on. @default - none */
  readonly port?: number;
}

/**
 * What every container of a task is denied: privileged mode and the capabilities of root, also to set-user-ID programs.
 *
 * Not `no-new-privileges`: Fargate has no setting for it, and instances accept it only when their agent registered an
 * attribute at its start, so tasks could not be placed on instances that run already.
 */
export function confine(
  scope: Construct,
  id: string,
  { port, ...options }: ConfinementOptions = {},
): Pick<ecs.ContainerDefinitionOptions, 'linuxParameters' | 'privileged'> {
  const linuxParameters = new ecs.LinuxParameters(scope, id, options);
  linuxParameters.dropCapabilities(...droppedCapabilities(port));
  return { linuxParameters, privileged: false };
}

/**
 * All, except that a low port keeps the right to listen on it: the others are then dropped by name, because Fargate can
 * add none but SYS_PTRACE back to a container that has dropped all.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KernelCapabilities.html
 */
function droppedCapabilities(port = FIRST_OPEN_PORT): ecs.Capability[] {
  return port >= FIRST_OPEN_PORT
    ? [ecs.Capability.ALL]
    : DEFAULT_CAPABILITIES.filter((capability) => capability !== ecs.Capability.NET_BIND_SERVICE);
}
