import type { Duration } from '../units/duration';
import type { Size } from '../units/size';
import type { AdditionalPort } from './additional-port';
import type { SecretValue } from './secret-value';
import type { ServerImage } from './server-image';

/** The compute resources of a sidecar, in addition to those of the server. */
export interface SidecarResources {
  /**
   * Virtual processors that are reserved. Fractions such as 0.25 are allowed.
   *
   * AWS: the CPU shares of the container, counted in the size of a Fargate task. Kubernetes: the request of the container.
   *
   * @default 0.1
   */
  readonly cpu?: number;

  /**
   * Memory that is reserved, and the most that the sidecar uses. If it needs more, it is killed.
   *
   * AWS: the hard limit of the container, counted in the size of a Fargate task. Kubernetes: request and limit.
   *
   * @default Size.mebibytes(128)
   */
  readonly memory?: Size;
}

/** A program that checks a sidecar from inside its container. */
export interface SidecarHealthCheck {
  /** The program and its arguments, without a shell. The sidecar is healthy if the program exits with 0. */
  readonly command: string[];

  /**
   * The time between two checks, in whole seconds.
   *
   * AWS: 5 seconds to 5 minutes. Kubernetes: 1 second or more.
   *
   * @default Duration.seconds(10)
   */
  readonly interval?: Duration;

  /**
   * The timeout of a check, in whole seconds, at most `interval`.
   *
   * AWS: 2 seconds to 1 minute. Kubernetes: 1 second or more.
   *
   * @default Duration.seconds(5)
   */
  readonly timeout?: Duration;

  /**
   * The number of consecutive failed checks until the sidecar is unhealthy.
   *
   * AWS: 1 to 10. Kubernetes: 1 or more.
   *
   * @default 3
   */
  readonly unhealthyThreshold?: number;

  /**
   * The maximum time from the start of the sidecar until it is healthy, in whole seconds. Failed checks do not count before.
   *
   * AWS: at most 2 minutes on Fargate and 5 minutes on instances. Kubernetes: the budget of the startup probe.
   *
   * @default Duration.minutes(1)
   */
  readonly startTimeout?: Duration;
}

/**
 * Another container in each replica, such as a proxy, an exporter of metrics or a collector of logs.
 *
 * Sidecars start in the order of the list, before the models are fetched and the server starts, and stop in reverse order
 * after the server has exited: the server can use them for its last requests. A sidecar with a `healthCheck` must be healthy
 * before the next container starts; without one it only has to run. All containers of a replica share one network: they
 * reach each other at `localhost`, so their ports must differ.
 *
 * Like the server, a sidecar has no Linux capabilities, and a read-only root file system with an empty directory of its own at
 * `/tmp`, which is its `HOME` unless `environment` or `secrets` specify another. A sidecar that exits is started again.
 *
 * AWS: a container of the task. One that exits within a minute of its start is not started again; if it is `essential`, the
 * task is replaced. Its logs have the stream prefix `name`. Kubernetes: a native sidecar, which is an init container with the
 * restart policy `Always`.
 */
export interface Sidecar {
  /**
   * The name: at most 32 lowercase letters, digits and single hyphens, starting with a letter, such as `otel-collector`. A
   * changed name replaces the replicas.
   */
  readonly name: string;

  /** The container image. */
  readonly image: ServerImage;

  /**
   * The program in exec form, which replaces the entry point of the image, and its arguments unless `args` has them.
   *
   * @default - the entry point of the image
   */
  readonly command?: string[];

  /**
   * Arguments of `command`, or of the entry point of the image.
   *
   * @default - without `command`, those of the image
   */
  readonly args?: string[];

  /**
   * Environment variables.
   *
   * @default - only `HOME`, and `USER` and `LOGNAME` if a user is set
   */
  readonly environment?: { [name: string]: string };

  /**
   * Environment variables whose values are secrets.
   *
   * @default - none
   */
  readonly secrets?: { [name: string]: SecretValue };

  /**
   * Ports that callers outside the replica connect to, with the rules of `additionalPorts` of the backend. A port that only
   * the server uses need not be listed.
   *
   * @default - none
   */
  readonly ports?: AdditionalPort[];

  /**
   * Directories that the sidecar and the server share, such as `/var/run/app` for a socket: an empty volume at this path in
   * both. Sidecars that list the same directory share it with each other too. It is writable, and removed with the replica.
   *
   * AWS: a volume of the task, which belongs to root. Unless the containers that share it are known to run as root, a container
   * with the image of the server runs `chmod` before they start; if that image has no such program, the server and these
   * sidecars require `user: 0`. Kubernetes: an `emptyDir`, which the users of the containers can write to.
   *
   * @default - none
   */
  readonly sharedDirectories?: string[];

  /**
   * CPU and memory.
   *
   * @default - 0.1 vCPU and 128 MiB
   */
  readonly resources?: SidecarResources;

  /**
   * How the target determines that the sidecar is healthy.
   *
   * AWS: the health check of the container. Kubernetes: the startup, readiness and liveness probes; an unhealthy sidecar is
   * started again.
   *
   * @default - it is healthy while it runs
   */
  readonly healthCheck?: SidecarHealthCheck;

  /**
   * Whether a replica works only while the sidecar is healthy.
   *
   * AWS: the task is replaced when an essential sidecar is unhealthy or has stopped. Kubernetes: the replica receives no
   * requests while an essential sidecar is unhealthy.
   *
   * @default true
   */
  readonly essential?: boolean;

  /**
   * The maximum time from SIGTERM, which the sidecar receives when the server has exited, to SIGKILL, in whole seconds.
   *
   * AWS: the stop timeout of the container, at most 2 minutes on Fargate. Kubernetes: added to the grace period of the Pod.
   *
   * @default Duration.seconds(10)
   */
  readonly stopTimeout?: Duration;

  /**
   * The numeric user ID that the container runs as. `HOME`, `USER` and `LOGNAME` are then set unless `environment` or `secrets`
   * set them. 0 is root without capabilities.
   *
   * AWS: on Fargate, where an empty volume belongs to root, `/tmp` of users other than root is in memory and may use half
   * of the memory of the sidecar. Kubernetes: namespaces that enforce the restricted Pod Security Standard refuse Pods with 0,
   * and synthesis warns about it.
   *
   * @default - AWS: the image's user; Kubernetes: that of the server
   */
  readonly user?: number;

  /**
   * Whether the root file system of the container is read-only. If not, `/tmp` is that of the image.
   *
   * @default true
   */
  readonly readOnlyRootFilesystem?: boolean;
}
