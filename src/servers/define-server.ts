import type { ServerProtocol } from '../plan/choices';
import type { BatchingIntent } from '../plan/intents/batching';
import type { ServerDescriptor } from '../plan/server/descriptor';
import type { ServerOptions } from './shared-options';

/** The values of a backend that the command of its server depends on. */
export interface StartContext {
  readonly port: number;
  /** The protocol of that port. @default ServerProtocol.HTTP1 */
  readonly protocol?: ServerProtocol;
  /** Other ports that the definition declares. */
  readonly additionalPorts?: readonly number[];
  readonly maxConcurrency?: number;
  /** The batches that the server forms. */
  readonly batching?: BatchingIntent;
  readonly gpus?: number;
  /** How many cores a device of `gpus` can have across which a server splits a model. @default 1 */
  readonly mostCoresPerGpu?: number;
  /** The vCPUs of a replica. */
  readonly cpu?: number;
  readonly models: readonly PlacedModel[];
  /** The image reference, whose tag may be the version. */
  readonly image?: string;
  /** The path of the backend, for messages. */
  readonly at?: string;
}

/** A model of a backend, where its server finds it. */
export interface PlacedModel {
  readonly path: string;
  /** The paths of its files relative to `path`, if the model is locked. */
  readonly files?: readonly string[];
  /** Whether the model is a single file. */
  readonly isFile?: boolean;
}

/** How a server is started: its command in exec form, without the computed times. */
export interface ServerStart {
  /** The program and its arguments; empty for the image's own entry point. */
  readonly command: string[];
  /** Arguments after `command`, or of the image's own entry point. Without both, those of the image apply. */
  readonly args?: string[];
  /** Arguments that must follow the flags of the computed times. */
  readonly tail?: string[];
  readonly environment?: Record<string, string>;
  /** Names of environment variables that the user set. */
  readonly typed?: string[];
  /** Names of environment variables that the user may override. */
  readonly changeable?: string[];
  /** The flags in whose values the server replaces variables such as `${NAME}`. */
  readonly expandingFlags?: string[];
  /** The readiness path, if it depends on the options. */
  readonly readinessPath?: string;
  /** The number of requests at once, if requests can block health checks. */
  readonly concurrency?: number;
  /** The path prefixes that the server answers, if it is known to answer no others. */
  readonly routePrefixes?: string[];
  /** The name of the model that the server downloads from the Hugging Face Hub when it starts. */
  readonly hubModel?: string;
  /** The models that the server pulls into its own store when it starts, for a server with one. */
  readonly pulledModels?: readonly string[];
}

/** A server with its options: its behavior and its command. */
export interface ServerDefinition {
  readonly descriptor: ServerDescriptor;
  readonly options: ServerOptions;
  readonly workers?: number;
  /** Whether its command writes the file with the settings of batches. */
  readonly writesBatchingFile?: boolean;
  /** Other spellings of flags, with the word of the command that they conflict with. */
  readonly aliases?: { readonly [flag: string]: string };
  readonly start: (context: StartContext) => ServerStart;
}

/** The catalog entry of a server that has no factory. */
export interface DescribedServer {
  /** Every descriptor that the server can have, depending on its options; for documentation and tests. */
  readonly descriptors: readonly ServerDescriptor[];
}

/** The catalog entry of a server. Its comment becomes the documentation of the factory of `ModelServer`. */
export interface CatalogServer<O> extends DescribedServer {
  /** Validates the options. */
  readonly define: (options: O) => ServerDefinition;
}

/** Defines a server for which `ModelServer` gets a factory. */
export function defineServer<O>(
  descriptors: readonly ServerDescriptor[],
  define: (options: O) => ServerDefinition,
): CatalogServer<O> {
  return { descriptors, define };
}

/** Describes a server for which `ModelServer` gets no factory. */
export function describeServer(...descriptors: readonly ServerDescriptor[]): DescribedServer {
  return { descriptors };
}

/** The address that binds to every interface of a container. */
export const EVERY_INTERFACE = '0.0.0.0';

/** A flag with its value, or no arguments if there is no value. */
export function option(flag: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [flag, String(value)];
}
