import type { ServerDescriptor } from '../plan/server/descriptor';
import { requireNumber, requireText } from '../private/checks';
import { ServingError } from '../private/errors';
import type { StartContext } from './define-server';

/** Common to all servers that load a Python application, which defines model, batching and health checks itself. */
export const PYTHON_APPLICATION = {
  interpreter: 'python3',
  batching: { how: 'done by the application' },
  modelLocation: { how: "the application's code", layout: 'as the code expects' },
} as const satisfies Partial<ServerDescriptor>;

/** The number of threads if neither an option nor `maxConcurrency` sets it. */
const DEFAULT_THREADS = 8;

/** A dotted module name: what Python imports, which is any file name without a dot, such as `my-model`. */
export const MODULE = String.raw`[^\s.:;,/\\()'"\x60$-][^\s.:;,/\\()'"\x60$]*`;
/** A callable of a module, or a call of it. */
const CALLABLE = String.raw`[\p{L}_][\p{L}\p{N}_.]*(?:\([^()]*\))?`;
const APPLICATION = new RegExp(String.raw`^(${MODULE}(?:\.${MODULE})*)(?::(${CALLABLE}))?$`, 'u');
/** A dotted module name whose parts are Python identifiers. */
const IDENTIFIERS = /^[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*$/u;

/** Checks the name of a Python application and adds the default callable. */
export function applicationOf(app: string): string {
  const match = APPLICATION.exec(requireText('app', app));
  if (match === null || (match[1] as string).endsWith('.py'))
    throw new ServingError('InvalidApp', `'app' ('${app}') must be 'module:callable' or 'module', such as 'app:app'`);
  return match[2] === undefined ? `${app}:app` : app;
}

/** Rejects a module that only an import by name finds, for a server that resolves names as Python code does. */
export function requireIdentifiers(server: string, app: string): void {
  const [module = app] = app.split(':');
  if (IDENTIFIERS.test(module)) return;
  throw new ServingError(
    'InvalidApp',
    `'app' ('${app}') has the module '${module}', which ${server} does not load, because it is not a Python identifier; rename the module, or use ModelServer.gunicorn`,
  );
}

/** The application for a server that accepts a name but no call, and the flag for a factory function. */
export function factoryOf(server: string, app: string, flag?: string): { app: string; flags: string[] } {
  const named = applicationOf(app);
  const [name = named, call] = named.split('(');
  if (call === undefined) return { app: named, flags: [] };
  if (flag !== undefined && call === ')') return { app: name, flags: [flag] };
  throw new ServingError(
    'InvalidApp',
    `'app' ('${app}') is a call${flag === undefined ? '' : ' with arguments'}, which ${server} does not support; assign the result of '${name.split(':')[1]}' to a module variable, and set 'app' to that variable`,
  );
}

/** Validates a number of processes; 1 by default. */
export function workersOf(workers: number | undefined, min = 1): number {
  return requireNumber('workers', workers ?? 1, { min, max: 256, integer: true });
}

/** Validates a number of threads. */
export function checkThreads(threads: number | undefined): void {
  if (threads !== undefined) requireNumber('threads', threads, { min: 1, max: 1000, integer: true });
}

/** The number of threads per worker, by default enough for `maxConcurrency`. */
export function threadsOf(threads: number | undefined, workers: number, { maxConcurrency }: StartContext): number {
  return threads ?? (maxConcurrency === undefined ? DEFAULT_THREADS : Math.ceil(maxConcurrency / workers));
}

/** The number of requests at once of processes with these threads, if a single request in each can block health checks. */
export function serialConcurrency(threads: number, workers: number): { readonly concurrency?: number } {
  return threads === 1 ? { concurrency: workers } : {};
}

/** Validates a name, such as a model name. */
export function requireWord(prop: string, value: string, example: string): string {
  if (/^[\w][\w.:-]*$/.test(value)) return value;
  throw new ServingError(
    'InvalidName',
    `'${prop}' ('${value}') must contain only letters, digits and '._:-', and must start with a letter or digit, such as '${example}'`,
  );
}
