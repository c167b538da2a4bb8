import type { ServerDescriptor } from '../plan/server/descriptor';
import { requireNumber, requireText } from '../private/checks';
import { ServingError } from '../private/errors';
import type { ServerOptions } from './application-options';

/** What a server has to know of its backend to be started. */
export interface StartContext {
  readonly port: number;
  readonly maxConcurrency?: number;
  readonly gpus?: number;
  readonly models: readonly PlacedModel[];
  /** The image's reference, which may say the version. */
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
  /** The path that says ready, where it depends on the options. */
  readonly readinessPath?: string;
}

/** A server as its data file defines it: checked options, and the command that follows from them. */
export interface ServerDefinition {
  readonly descriptor: ServerDescriptor;
  readonly options: ServerOptions;
  readonly workers?: number;
  /** Short flags, with the long ones that they stand for. */
  readonly shortFlags?: { readonly [short: string]: string };
  readonly start: (context: StartContext) => ServerStart;
}

/** The address that reaches every interface of a container. */
export const EVERY_INTERFACE = '0.0.0.0';

/** The only model of the backend, or nothing where it has none. Of several the user must say which is meant. */
export function onlyModelOf(option: string, { models, at }: StartContext): PlacedModel | undefined {
  if (models.length < 2) return models[0];
  const paths = models.map(({ path }) => `'${path}'`).join(', ');
  throw new ServingError(
    'ModelNotNamed',
    `the backend has ${models.length} models (${paths}) and its server takes one; say which with '${option}' of the server`,
    at,
  );
}

/** Where the server finds its model: what the user says, else the only model of the backend. */
export function modelPathOf(option: string, said: string | undefined, context: StartContext): string {
  return said ?? (onlyModelOf(option, context) ?? missingModel(option, context)).path;
}

/** The same for a server that takes no single file. */
export function modelDirectoryOf(option: string, said: string | undefined, context: StartContext): string {
  return said ?? (onlyDirectoryOf(option, context) ?? missingModel(option, context)).path;
}

function onlyDirectoryOf(option: string, context: StartContext): PlacedModel | undefined {
  const model = onlyModelOf(option, context);
  if (!model?.isFile) return model;
  throw new ServingError(
    'InvalidModel',
    `the model at '${model.path}' is one file and its server wants a directory; fetch a prefix ('s3://bucket/prefix/'), or name a directory in the options of the server`,
    context.at,
  );
}

/** Where the server finds a directory of models: what the user says, else the only model of the backend, else `/models`. */
export function repositoryPathOf(
  option: string,
  said: string | undefined,
  context: StartContext,
  otherwise = '/models',
): string {
  return said ?? onlyDirectoryOf(option, context)?.path ?? otherwise;
}

/**
 * The variable that says where models of the Hugging Face hub are kept, for an image that keeps them where nothing can be
 * written; nothing where the model is a directory.
 */
export function hubCacheOf(variable: string, model: string): Pick<ServerStart, 'environment' | 'changeable'> {
  return model.startsWith('/') ? {} : { environment: { [variable]: '/tmp/hub' }, changeable: [variable] };
}

/** A server that serves one model, and nobody says which. */
export function missingModel(option: string, { at }: StartContext): never {
  throw new ServingError(
    'ModelNotNamed',
    `the server needs a model and the backend has none; give the backend a 'model', or say '${option}' of the server`,
    at,
  );
}

/** A flag with its value, or nothing where there is no value. */
export function option(flag: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [flag, String(value)];
}

/** Checks the name of a Python application and adds the callable that is meant where none is named. */
export function applicationOf(app: string): string {
  const match = /^([A-Za-z_][\w]*(?:\.[A-Za-z_]\w*)*)(?::([A-Za-z_][\w.]*(?:\([^()]*\))?))?$/.exec(
    requireText('app', app),
  );
  if (match === null || (match[1] as string).endsWith('.py'))
    throw new ServingError('InvalidApp', `'app' ('${app}') must be 'module:callable' or 'module', such as 'app:app'`);
  return match[2] === undefined ? `${app}:app` : app;
}

/** An application for a server that calls nothing by itself: the name, and its flag where a call makes the application. */
export function factoryOf(server: string, said: string, flag?: string): { app: string; flags: string[] } {
  const app = applicationOf(said);
  const [name = app, call] = app.split('(');
  if (call === undefined) return { app, flags: [] };
  if (flag !== undefined && call === ')') return { app: name, flags: [flag] };
  throw new ServingError(
    'InvalidApp',
    `'app' ('${said}') is a call${flag === undefined ? '' : ' with arguments'}, which ${server} does not make; assign what '${name.split(':')[1]}' returns to a variable of the module, and name that`,
  );
}

/** A number of processes, 1 where nobody says one. */
export function workersOf(workers: number | undefined, min = 1): number {
  return requireNumber('workers', workers ?? 1, { min, max: 256, integer: true });
}

/** A number of threads, where one is said. */
export function checkThreads(threads: number | undefined): void {
  if (threads !== undefined) requireNumber('threads', threads, { min: 1, max: 1000, integer: true });
}

/** The threads of each worker: as many requests as the backend shall work on, 8 where nobody says. */
export function threadsOf(threads: number | undefined, workers: number, { maxConcurrency }: StartContext): number {
  return threads ?? (maxConcurrency === undefined ? 8 : Math.ceil(maxConcurrency / workers));
}

/** A word that must be said, such as the name of a model. */
export function requireWord(prop: string, value: string, example: string): string {
  if (/^[\w][\w.:-]*$/.test(value)) return value;
  throw new ServingError(
    'InvalidName',
    `'${prop}' ('${value}') must have letters, digits and '._:-' only, and start with a letter or digit, such as '${example}'`,
  );
}
