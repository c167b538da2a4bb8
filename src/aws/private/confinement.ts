import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';

/** The first port that requires no privileges. */
const FIRST_UNPRIVILEGED_PORT = 1024;

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

/** The other Linux parameters of a container, and its ports. */
export interface ConfinementOptions extends Omit<ecs.LinuxParametersProps, 'swappiness' | 'maxSwap'> {
  /** The ports that the container listens on. @default - none */
  readonly ports?: number[];
  /** Capabilities that it keeps. @default - none */
  readonly capabilities?: readonly ecs.Capability[];
  /** Directories in memory. @default - none */
  readonly tmpfs?: ecs.Tmpfs[];
}

/**
 * Removes privileged mode and the capabilities of root from a container, including those of set-user-ID programs.
 *
 * `no-new-privileges` is not set: Fargate does not support it, and an instance accepts it only if its agent registered an
 * attribute at start, so tasks could not be placed on instances that are already running.
 */
export function confine(
  scope: Construct,
  id: string,
  { ports = [], capabilities = [], tmpfs = [], ...options }: ConfinementOptions = {},
): Pick<ecs.ContainerDefinitionOptions, 'linuxParameters' | 'privileged'> {
  const linuxParameters = new ecs.LinuxParameters(scope, id, options);
  linuxParameters.dropCapabilities(...droppedCapabilities([...capabilities, ...capabilitiesOf(ports)]));
  linuxParameters.addTmpfs(...tmpfs);
  return { linuxParameters, privileged: false };
}

/** The capability that a privileged port requires. */
function capabilitiesOf(ports: readonly number[]): ecs.Capability[] {
  return ports.every((port) => port >= FIRST_UNPRIVILEGED_PORT) ? [] : [ecs.Capability.NET_BIND_SERVICE];
}

/**
 * All, unless some are kept. Then all others are dropped by name, because on Fargate only SYS_PTRACE can be added back to a
 * container that has dropped all.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KernelCapabilities.html
 */
function droppedCapabilities(kept: readonly ecs.Capability[]): ecs.Capability[] {
  return kept.length === 0
    ? [ecs.Capability.ALL]
    : DEFAULT_CAPABILITIES.filter((capability) => !kept.includes(capability));
}
