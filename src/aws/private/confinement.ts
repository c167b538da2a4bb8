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

/** What a task runs on. */
export interface TaskHost {
  /** Whether that is Fargate and not an instance. */
  readonly onFargate: boolean;
  /** Whether the platform makes the instances, and so knows what their agent supports. */
  readonly onOwnInstance: boolean;
}

/** What a container needs beside its confinement. */
export interface ConfinementOptions extends Omit<ecs.LinuxParametersProps, 'swappiness' | 'maxSwap'> {
  /** The port that the container listens on. @default - none */
  readonly port?: number;
  /** Whether Docker may be told that no process gains privileges. @default false */
  readonly noNewPrivileges?: boolean;
}

/**
 * What every container of a task is denied: privileged mode, the capabilities of root, and on our own instances gaining
 * privileges by a set-user-ID program. Fargate has no setting for the last.
 */
export function confine(
  scope: Construct,
  id: string,
  { port, noNewPrivileges = false, ...options }: ConfinementOptions = {},
): Pick<ecs.ContainerDefinitionOptions, 'linuxParameters' | 'privileged' | 'dockerSecurityOptions'> {
  const linuxParameters = new ecs.LinuxParameters(scope, id, options);
  linuxParameters.dropCapabilities(...droppedCapabilities(port));
  return {
    linuxParameters,
    privileged: false,
    dockerSecurityOptions: noNewPrivileges ? ['no-new-privileges'] : undefined,
  };
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
