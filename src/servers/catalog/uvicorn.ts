import { DisconnectBehavior, DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections } from '../../plan/server/parts';
import { defineServer, EVERY_INTERFACE, option } from '../define-server';
import { factoryOf, PYTHON_APPLICATION, workersOf } from '../python-application';
import type { PythonServerOptions } from '../shared-options';

/** Options of an ASGI application behind uvicorn. */
export interface UvicornOptions extends PythonServerOptions {}

/** Options of an ASGI application behind uvicorn. */
export interface AsgiServerOptions {
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
   * The uvicorn version in the image.
   *
   * @default - unknown; the most cautious behavior of all versions is assumed
   */
  readonly version?: string;
}

/**
 * uvicorn in one process: drains without a limit unless one is set, and listens after the lifespan startup. Whether its
 * last response announces the close depends on its parser: with `httptools` it does, with `h11` it does not.
 */
export const UVICORN: ServerDescriptor = {
  ...PYTHON_APPLICATION,
  name: 'uvicorn',
  disconnect: DisconnectBehavior.NOTIFIES,
  drain: DrainBehavior.UNBOUNDED,
  drainKnob: { name: '--timeout-graceful-shutdown', place: KnobPlace.FLAG },
  keepAlive: KeepAliveKind.SETTABLE,
  keepAliveKnob: { name: '--timeout-keep-alive', place: KnobPlace.FLAG, defaultSeconds: 5 },
  newConnections: NewConnections.REFUSED,
  drainTimeoutBehavior: DrainTimeoutBehavior.STATUS_500,
  // It counts idle connections, so `maxConcurrency` is never mapped onto it.
  overflow: { how: '--limit-concurrency, which counts idle connections', status: 503 },
  connectionLimit: { knob: '--limit-concurrency', beyond: '503' },
  listensWhenReady: true,
  // Older versions do not add it to the path, so that the mounted applications of Starlette do not match.
  // https://github.com/Kludex/uvicorn/pull/2213
  pathPrefix: { flag: '--root-path', variable: 'UVICORN_ROOT_PATH', since: '0.26' },
  streaming: true,
  webSocket: true,
  // `--ws-ping-interval`, which is not set.
  webSocketPingSeconds: 20,
  http2: false,
  grpc: false,
  conflictingVariables: {
    UVICORN_HOST: '--host',
    UVICORN_PORT: '--port',
    UVICORN_TIMEOUT_KEEP_ALIVE: '--timeout-keep-alive',
    UVICORN_TIMEOUT_GRACEFUL_SHUTDOWN: '--timeout-graceful-shutdown',
    UVICORN_WORKERS: '--workers',
    WEB_CONCURRENCY: '--workers',
  },
  oldestVersion: '0.22',
  verifiedVersion: '0.54.0',
  source: 'https://github.com/encode/uvicorn/blob/master/uvicorn/server.py',
  evidence: Evidence.MEASURED,
};

/**
 * uvicorn with several processes: the parent keeps the port open while they drain. It kills a process that does not
 * answer for 5 s, even one that is still loading; before 0.37 that time cannot be set.
 */
export const UVICORN_WORKERS: ServerDescriptor = {
  ...UVICORN,
  name: 'uvicorn with workers',
  newConnections: NewConnections.HANG,
  conflictingVariables: {
    ...UVICORN.conflictingVariables,
    UVICORN_TIMEOUT_WORKER_HEALTHCHECK: '--timeout-worker-healthcheck',
  },
  versions: [
    {
      from: '0.37',
      watchdogKnob: { name: '--timeout-worker-healthcheck', place: KnobPlace.FLAG, defaultSeconds: 5 },
    },
  ],
};

/**
 * An ASGI application behind uvicorn, which must be in the image.
 *
 * @example
 * ModelServer.uvicorn({ app: 'app:app', extraArgs: ['--proxy-headers'] });
 */
export const uvicorn = defineServer([UVICORN, UVICORN_WORKERS], (options: UvicornOptions) => {
  const { app, flags } = factoryOf('uvicorn', options.app, '--factory');
  const workers = workersOf(options.workers);
  return {
    descriptor: workers > 1 ? UVICORN_WORKERS : UVICORN,
    options,
    workers,
    start: ({ port }) => ({
      command: [
        ...['uvicorn', app, ...flags, '--host', EVERY_INTERFACE, '--port', String(port)],
        ...option('--workers', workers > 1 ? workers : undefined),
      ],
    }),
  };
});

/**
 * An ASGI application, such as one written with FastAPI, behind uvicorn. uvicorn must be in the image.
 *
 * @example
 * ModelServer.asgi({ app: 'app:app' });
 */
export const asgi = defineServer([], (options: AsgiServerOptions) => uvicorn.define(options));
