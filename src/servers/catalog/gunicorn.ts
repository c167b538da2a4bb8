import { DisconnectBehavior, DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections } from '../../plan/server/parts';
import { ServingError } from '../../private/errors';
import { describeMember } from '../../private/options';
import { defineServer, EVERY_INTERFACE, option } from '../define-server';
import {
  applicationOf,
  checkThreads,
  PYTHON_APPLICATION,
  serialConcurrency,
  threadsOf,
  workersOf,
} from '../python-application';
import type { PythonServerOptions } from '../shared-options';

/** The worker class of gunicorn. */
export enum GunicornWorkerClass {
  /** Threads, for WSGI applications. */
  GTHREAD = 'gthread',
  /** uvicorn, for ASGI applications. The package `uvicorn-worker` must be in the image. */
  UVICORN = 'uvicorn',
  /** One request at a time, for WSGI applications. Each response closes its connection. */
  SYNC = 'sync',
  /** gunicorn's own worker for ASGI applications. */
  ASGI = 'asgi',
}

/** Options of an application behind gunicorn. */
export interface GunicornOptions extends PythonServerOptions {
  /**
   * The worker class.
   *
   * @default GunicornWorkerClass.GTHREAD
   */
  readonly workerClass?: GunicornWorkerClass;

  /**
   * Number of threads per worker. Only for `GunicornWorkerClass.GTHREAD`.
   *
   * @default - `maxConcurrency` of the backend divided by `workers`, rounded up; 8 if it is not set
   */
  readonly threads?: number;
}

/** Options of a WSGI application behind gunicorn. */
export interface WsgiServerOptions {
  /**
   * The application: `module:callable`, or `module` for its callable `app`.
   */
  readonly app: string;

  /**
   * Number of worker processes. Each loads the model.
   *
   * @default 1
   */
  readonly workers?: number;

  /**
   * Number of threads per process. A replica processes at most `workers` times `threads` requests at once.
   *
   * @default - `maxConcurrency` of the backend divided by `workers`, rounded up; 8 if it is not set
   */
  readonly threads?: number;

  /**
   * The gunicorn version in the image.
   *
   * @default - unknown; the most cautious behavior of all versions is assumed
   */
  readonly version?: string;
}

const KEEP_ALIVE = { name: '--keep-alive', place: KnobPlace.FLAG, defaultSeconds: 2 };

/** Common to all worker classes. The master opens the port before a worker has loaded the application. */
const GUNICORN = {
  ...PYTHON_APPLICATION,
  drainKnob: { name: '--graceful-timeout', place: KnobPlace.FLAG, defaultSeconds: 30 },
  watchdogKnob: { name: '--timeout', place: KnobPlace.FLAG, defaultSeconds: 30 },
  drainTimeoutBehavior: DrainTimeoutBehavior.CLOSED,
  overflow: { how: 'the socket backlog (--backlog)' },
  listensWhenReady: false,
  http2: false,
  grpc: false,
  image: { repository: 'ghcr.io/benoitc/gunicorn', user: 'gunicorn' },
  conflictingVariables: { GUNICORN_CMD_ARGS: 'flags', WEB_CONCURRENCY: '--workers' },
  verifiedVersion: '27.0.1',
  evidence: Evidence.MEASURED,
} as const satisfies Partial<ServerDescriptor>;

/**
 * gunicorn with threads. Before 27.0.1 it does not exit before the end of the drain time while connections are kept
 * alive.
 */
export const GUNICORN_GTHREAD: ServerDescriptor = {
  ...GUNICORN,
  name: 'gunicorn',
  drain: DrainBehavior.WAITS_FULL_PERIOD,
  keepAlive: KeepAliveKind.SETTABLE,
  keepAliveKnob: KEEP_ALIVE,
  silentLimit: { seconds: 5, plus: 'keepAlive' },
  newConnections: NewConnections.HANG,
  announcesClose: false,
  connectionLimit: { knob: '--worker-connections', defaultLimit: 1000, beyond: 'connections wait' },
  streaming: true,
  webSocket: false,
  versions: [{ from: '27.0.1', drain: DrainBehavior.COMPLETES_REQUESTS, lingerSeconds: 2 }],
  source: 'https://github.com/benoitc/gunicorn/blob/master/gunicorn/workers/gthread.py',
};

/**
 * gunicorn with uvicorn's worker. Only SIGTERM drains it: after SIGINT it keeps serving, then exits. Whether it announces
 * the close depends on its parser, as for uvicorn.
 */
export const GUNICORN_UVICORN: ServerDescriptor = {
  ...GUNICORN,
  name: 'gunicorn with uvicorn workers',
  disconnect: DisconnectBehavior.NOTIFIES,
  drain: DrainBehavior.COMPLETES_REQUESTS,
  keepAlive: KeepAliveKind.SETTABLE,
  keepAliveKnob: KEEP_ALIVE,
  newConnections: NewConnections.REFUSED,
  streaming: true,
  webSocket: true,
  source: 'https://github.com/Kludex/uvicorn-worker',
};

/** gunicorn's sync workers, which process one request at a time. A connection that sends no data blocks a worker. */
export const GUNICORN_SYNC: ServerDescriptor = {
  ...GUNICORN,
  name: 'gunicorn with sync workers',
  drain: DrainBehavior.COMPLETES_REQUESTS,
  serial: true,
  keepAlive: KeepAliveKind.CLOSES_EACH,
  silentLimit: { seconds: 0, plus: 'watchdog' },
  headerLimit: { seconds: 0, plus: 'watchdog' },
  requestLimit: { status: 500 },
  newConnections: NewConnections.HANG,
  announcesClose: true,
  lingerSeconds: 2,
  streaming: true,
  webSocket: false,
  source: 'https://github.com/benoitc/gunicorn/blob/master/gunicorn/workers/sync.py',
  note: 'a connection that sends no data blocks a worker until the watchdog kills it; use threads behind a load balancer',
};

/** gunicorn's own ASGI worker. Before 27.0.1 it ignores its keep-alive setting and never closes idle connections. */
export const GUNICORN_ASGI: ServerDescriptor = {
  ...GUNICORN,
  name: 'gunicorn with asgi workers',
  disconnect: DisconnectBehavior.NOTIFIES,
  drain: DrainBehavior.WAITS_FULL_PERIOD,
  keepAlive: KeepAliveKind.NEVER_CLOSES,
  keepAliveKnob: KEEP_ALIVE,
  newConnections: NewConnections.REFUSED,
  announcesClose: false,
  streaming: true,
  webSocket: true,
  oldestVersion: '24.0',
  versions: [{ from: '27.0.1', keepAlive: KeepAliveKind.SETTABLE, announcesClose: true }],
  source: 'https://github.com/benoitc/gunicorn/blob/master/gunicorn/asgi/protocol.py',
};

const WORKERS = {
  [GunicornWorkerClass.GTHREAD]: { word: 'gthread', descriptor: GUNICORN_GTHREAD },
  [GunicornWorkerClass.UVICORN]: { word: 'uvicorn_worker.UvicornWorker', descriptor: GUNICORN_UVICORN },
  [GunicornWorkerClass.SYNC]: { word: 'sync', descriptor: GUNICORN_SYNC },
  [GunicornWorkerClass.ASGI]: { word: 'asgi', descriptor: GUNICORN_ASGI },
} as const;

/**
 * An application behind gunicorn, which must be in the image.
 *
 * @example
 * ModelServer.gunicorn({ app: 'app:app', workerClass: GunicornWorkerClass.UVICORN, version: '27.0.1' });
 */
export const gunicorn = defineServer(
  [GUNICORN_GTHREAD, GUNICORN_UVICORN, GUNICORN_SYNC, GUNICORN_ASGI],
  (options: GunicornOptions) => {
    const app = applicationOf(options.app);
    const workers = workersOf(options.workers);
    const { workerClass = GunicornWorkerClass.GTHREAD, threads } = options;
    const threaded = workerClass === GunicornWorkerClass.GTHREAD;
    checkThreads(threads);
    if (threads !== undefined && !threaded) {
      throw new ServingError(
        'ConflictingProps',
        `'threads' (${threads}) has no effect with 'workerClass' (${describeMember('GunicornWorkerClass', workerClass)}); remove one of them`,
      );
    }
    const { word, descriptor } = WORKERS[workerClass];
    return {
      descriptor,
      options,
      workers,
      aliases: { '-b': '--bind', '-k': '--worker-class', '-w': '--workers', '-t': '--timeout' },
      start: (context) => ({
        command: [
          ...['gunicorn', app, '--bind', `${EVERY_INTERFACE}:${context.port}`],
          ...['--worker-class', word, '--workers', String(workers)],
          ...option('--threads', threaded ? threadsOf(threads, workers, context) : undefined),
          // A heartbeat file on a disk can block a worker; shared memory cannot.
          ...['--worker-tmp-dir', '/dev/shm'],
        ],
        // Releases since 25.1 open a control socket there; the home directory may be read-only.
        environment: { XDG_RUNTIME_DIR: '/dev/shm' },
        changeable: ['XDG_RUNTIME_DIR'],
        ...(threaded && serialConcurrency(threadsOf(threads, workers, context), workers)),
      }),
    };
  },
);

/**
 * A WSGI application, such as one written with Flask, behind gunicorn with threads. gunicorn must be in the image.
 *
 * @example
 * ModelServer.wsgi({ app: 'app:app', threads: 4 });
 */
export const wsgi = defineServer([], (options: WsgiServerOptions) => gunicorn.define(options));
