import type { ServerDescriptor } from '../plan/server/descriptor';
import type { ServerOptions } from './shared-options';

/** What a server has to know of its backend to be started. */
export interface StartContext {
  readonly port: number;
  readonly maxConcurrency?: number;
  readonly gpus?: number;
  readonly models: readonly PlacedModel[];
  /** The image's reference, whose tag may be the version. */
  readonly image?: string;
  /** The path of the backend, for messages. */
  readonly at?: string;
}

/** A model of a backend, as a server finds it. */
export interface PlacedModel {
  readonly path: string;
  /** The paths of its files below that one, where they are locked. */
  readonly files?: readonly string[];
  /** Whether it is one file. */
  readonly isFile?: boolean;
}

/** How a server is started: exec form, without the times. */
export interface ServerStart {
  readonly command: string[];
  /** What must stand behind the times. */
  readonly tail?: string[];
  readonly environment?: Record<string, string>;
  /** Variables of the environment that the user typed. */
  readonly typed?: string[];
  /** Variables of the environment that the user may set to something else. */
  readonly changeable?: string[];
  /** The path that answers once the server is ready, where it depends on the options. */
  readonly readinessPath?: string;
}

/** A server with its options: its behaviour, and the command that follows from them. */
export interface ServerDefinition {
  readonly descriptor: ServerDescriptor;
  readonly options: ServerOptions;
  readonly workers?: number;
  /** Short flags, with the long ones that they stand for. */
  readonly shortFlags?: { readonly [short: string]: string };
  readonly start: (context: StartContext) => ServerStart;
}

/** What a file of the catalogue has of a server that cannot be started. */
export interface DescribedServer {
  /** Every behaviour that the server has, by its options, for documentation and tests. */
  readonly descriptors: readonly ServerDescriptor[];
}

/** What a file of the catalogue has of a server. Its documentation becomes that of the factory of `ModelServer`. */
export interface CatalogueServer<O> extends DescribedServer {
  /** Checks the options. */
  readonly define: (options: O) => ServerDefinition;
}

/** Defines a server that `ModelServer` has a factory for, with the descriptors that it can have. */
export function defineServer<O>(
  descriptors: readonly ServerDescriptor[],
  define: (options: O) => ServerDefinition,
): CatalogueServer<O> {
  return { descriptors, define };
}

/** Describes a server that nothing starts any more. */
export function describeServer(...descriptors: readonly ServerDescriptor[]): DescribedServer {
  return { descriptors };
}

/** The address that reaches every interface of a container. */
export const EVERY_INTERFACE = '0.0.0.0';

/** A flag with its value, or nothing where there is no value. */
export function option(flag: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [flag, String(value)];
}
