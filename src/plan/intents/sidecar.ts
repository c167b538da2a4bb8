import type { ImagePlatformIntent } from './model';
import type { AdditionalPortIntent } from './port';

/** The health check of a sidecar. */
export interface SidecarCheckIntent {
  /** The program in exec form. */
  readonly command: string[];
  /** The interval between two checks in seconds. */
  readonly intervalSeconds: number;
  /** The timeout of a check in seconds. */
  readonly timeoutSeconds: number;
  /** The number of failed checks until the sidecar is unhealthy. */
  readonly unhealthyThreshold: number;
  /** The time in seconds in which it must become healthy after its start. */
  readonly startSeconds: number;
}

/** Another container in each replica. It starts before the server and stops after it. */
export interface SidecarIntent {
  /** The name. */
  readonly name: string;
  /** The reference of the image. @default - only known to the platform */
  readonly image?: string;
  /** The platforms of the image. @default - unknown */
  readonly imagePlatforms?: ImagePlatformIntent[];
  /** The program in exec form; empty for the entry point of the image. */
  readonly command: string[];
  /** Arguments after `command`, or of the image's own entry point. @default - none */
  readonly args?: string[];
  /** The environment. */
  readonly environment: Record<string, string>;
  /** The ports that it listens on for callers outside the replica. */
  readonly ports: AdditionalPortIntent[];
  /** The directories that it shares with the server, as absolute paths. @default - none */
  readonly sharedDirectories?: string[];
  /** Virtual CPUs that are reserved. */
  readonly cpu: number;
  /** Memory in MiB that is reserved, and the most that it uses. */
  readonly memoryMib: number;
  /** The health check. @default - it is healthy while it runs */
  readonly healthCheck?: SidecarCheckIntent;
  /** Whether a replica works only while it is healthy. */
  readonly essential: boolean;
  /** The time from SIGTERM to SIGKILL in seconds. */
  readonly stopSeconds: number;
  /** The numeric user ID. @default - that of the target or the image */
  readonly user?: number;
  /** Whether the root file system is read-only. */
  readonly readOnlyRootFilesystem: boolean;
}
