import type { ServerDescriptor } from '../server/descriptor';
import type { BatchingIntent } from './batching';

/** A flag of a server with a computed time as its value. */
export interface TimeFlagIntent {
  /** The flag, such as `--keep-alive`. */
  readonly flag: string;
  /** The time: `keepAlive`, `drain`, `watchdog` or `request`. */
  readonly time: 'keepAlive' | 'drain' | 'watchdog' | 'request';
  /** Whether the server reads it in milliseconds. @default false */
  readonly milliseconds?: boolean;
  /** Whether flag and value are a single argument, such as `--flag=value`. @default false */
  readonly joined?: boolean;
}

/** An environment variable of a server with a computed time as its value. */
export interface TimeVariableIntent {
  /** The variable, such as `VLLM_HTTP_TIMEOUT_KEEP_ALIVE`. */
  readonly variable: string;
  /** The time: `keepAlive`, `drain`, `watchdog` or `request`. */
  readonly time: 'keepAlive' | 'drain' | 'watchdog' | 'request';
  /** Whether the server reads it in milliseconds. @default false */
  readonly milliseconds?: boolean;
}

/** How a server is started. */
export interface ServerIntent {
  /**
   * The program and its arguments in exec form, without the flags whose values the plan computes. They replace the entry
   * point of the image; if empty, its own entry point is started.
   */
  readonly command: string[];
  /**
   * Arguments after `command`, or of the image's own entry point. Without `command` and `args`, the image starts with its
   * own entry point and arguments.
   *
   * @default - none
   */
  readonly args?: string[];
  /** The flags whose values the plan computes. */
  readonly timeFlags: TimeFlagIntent[];
  /** The flag for the path that is removed from requests. @default - the server has none, or the definition sets it */
  readonly pathPrefixFlag?: string;
  /** Arguments after these flags. @default - none */
  readonly commandTail?: string[];
  /** The environment variables whose values the plan computes. @default - none */
  readonly timeVariables?: TimeVariableIntent[];
  /** Environment variables that the server reads. */
  readonly environment: Record<string, string>;
  /** The names of those variables that the user set. Reports do not show their values. @default - none */
  readonly userVariables?: string[];
  /** Environment variables that the user must not set, each with the reason and what to set instead. @default - none */
  readonly reservedVariables?: Record<string, string>;
  /** The batches that it forms. @default - left to the server and its application */
  readonly batching?: BatchingIntent;
  /** The behavior of the server. */
  readonly descriptor: ServerDescriptor;
  /** The flags in whose values the server replaces variables such as `${NAME}`. @default - none */
  readonly expandingFlags?: string[];
  /** The path of the readiness check. @default - defined by the application */
  readonly healthPath?: string;
  /** The number of processes that load the model. @default - chosen by the server */
  readonly workers?: number;
  /**
   * The number of requests that it processes at once, health checks included, if that is so few that requests can block its
   * health checks.
   *
   * @default - enough for health checks
   */
  readonly concurrency?: number;
  /** The path prefixes that the server answers. @default - unknown; it may answer every path */
  readonly routePrefixes?: string[];
  /** The name of the model that it downloads from the Hugging Face Hub when it starts. @default - none, or unknown */
  readonly hubModel?: string;
  /** The models that it pulls into its own store when it starts. @default - it has no store of its own */
  readonly pulledModels?: string[];
}
