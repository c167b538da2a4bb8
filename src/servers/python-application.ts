import type { ServerDescriptor } from '../plan/server/descriptor';
import { requireNumber, requireText } from '../private/checks';
import { ServingError } from '../private/errors';
import type { StartContext } from './define-server';

/** What every server has in common that loads an application: model, batches and health are the application's own. */
export const PYTHON_APPLICATION = {
  interpreter: 'python',
  batching: { how: 'the application does it' },
  modelLocation: { how: "the application's code", layout: 'what it expects' },
} as const satisfies Partial<ServerDescriptor>;

/** The threads of a server where neither an option nor `maxConcurrency` sets them. */
const STANDARD_THREADS = 8;

/** Checks the name of a Python application and adds the default callable. */
export function applicationOf(app: string): string {
  const match = /^([A-Za-z_][\w]*(?:\.[A-Za-z_]\w*)*)(?::([A-Za-z_][\w.]*(?:\([^()]*\))?))?$/.exec(
    requireText('app', app),
  );
  if (match === null || (match[1] as string).endsWith('.py'))
    throw new ServingError('InvalidApp', `'app' ('${app}') must be 'module:callable' or 'module', such as 'app:app'`);
  return match[2] === undefined ? `${app}:app` : app;
}

/** The application of a server that reads a name and no call, with the flag for a function that makes the application. */
export function factoryOf(server: string, app: string, flag?: string): { app: string; flags: string[] } {
  const named = applicationOf(app);
  const [name = named, call] = named.split('(');
  if (call === undefined) return { app: named, flags: [] };
  if (flag !== undefined && call === ')') return { app: name, flags: [flag] };
  throw new ServingError(
    'InvalidApp',
    `'app' ('${app}') is a call${flag === undefined ? '' : ' with arguments'}, which ${server} does not support; assign the result of '${name.split(':')[1]}' to a variable of the module, and name that variable`,
  );
}

/** Checks a number of processes; 1 by default. */
export function workersOf(workers: number | undefined, min = 1): number {
  return requireNumber('workers', workers ?? 1, { min, max: 256, integer: true });
}

/** Checks a number of threads. */
export function checkThreads(threads: number | undefined): void {
  if (threads !== undefined) requireNumber('threads', threads, { min: 1, max: 1000, integer: true });
}

/** The threads of each worker: by default as many as the requests that the backend works on. */
export function threadsOf(threads: number | undefined, workers: number, { maxConcurrency }: StartContext): number {
  return threads ?? (maxConcurrency === undefined ? STANDARD_THREADS : Math.ceil(maxConcurrency / workers));
}

/** Checks a name, such as that of a model. */
export function requireWord(prop: string, value: string, example: string): string {
  if (/^[\w][\w.:-]*$/.test(value)) return value;
  throw new ServingError(
    'InvalidName',
    `'${prop}' ('${value}') must have letters, digits and '._:-' only, and start with a letter or digit, such as '${example}'`,
  );
}
