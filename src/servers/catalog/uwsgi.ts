import { DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections } from '../../plan/server/parts';
import { defineServer } from '../define-server';
import {
  applicationOf,
  checkThreads,
  PYTHON_APPLICATION,
  serialConcurrency,
  threadsOf,
  workersOf,
} from '../python-application';
import type { PythonServerOptions } from '../shared-options';

/** Options of a WSGI application behind uWSGI. */
export interface UwsgiOptions extends PythonServerOptions {
  /**
   * Number of threads per process.
   *
   * @default - `maxConcurrency` of the backend divided by `workers`, rounded up; 8 if it is not set
   */
  readonly threads?: number;
}

/**
 * uWSGI behind its own HTTP router. On SIGTERM it would reload, or with `--die-on-term` drop running requests. A hook
 * makes it wait for them instead, without a limit: its mercy settings do not apply.
 */
export const UWSGI: ServerDescriptor = {
  ...PYTHON_APPLICATION,
  name: 'uWSGI',
  drain: DrainBehavior.UNBOUNDED,
  keepAlive: KeepAliveKind.SETTABLE,
  keepAliveKnob: { name: '--http-keepalive', place: KnobPlace.FLAG, defaultSeconds: 0, joined: true },
  headerKnob: { name: '--http-headers-timeout', place: KnobPlace.FLAG, defaultSeconds: 60, joined: true },
  // The kernel delivers a connection that sends no data only after 7 s.
  silentLimit: { seconds: 7, plus: 'keepAlive' },
  headerLimit: { seconds: 0, plus: 'keepAlive' },
  requestLimit: {
    knob: { name: '--http-timeout', place: KnobPlace.FLAG, defaultSeconds: 60, joined: true },
    status: 0,
  },
  newConnections: NewConnections.HANG,
  announcesClose: false,
  drainTimeoutBehavior: DrainTimeoutBehavior.NO_BOUND,
  overflow: { how: 'the socket backlog (--listen)' },
  listensWhenReady: false,
  streaming: true,
  webSocket: false,
  http2: false,
  grpc: false,
  verifiedVersion: '2.0.31',
  source: 'https://github.com/unbit/uwsgi/blob/uwsgi-2.0/plugins/http/http.c',
  evidence: Evidence.MEASURED,
};

/**
 * A WSGI application behind uWSGI, which must be in the image. It is configured to complete running requests when it
 * stops.
 *
 * @example
 * ModelServer.uwsgi({ app: 'app:app', threads: 4 });
 */
export const uwsgi = defineServer([UWSGI], (options: UwsgiOptions) => {
  const app = applicationOf(options.app);
  const workers = workersOf(options.workers);
  checkThreads(options.threads);
  return {
    descriptor: UWSGI,
    options,
    workers,
    aliases: { '-w': '--module', '--wsgi': '--module', '-p': '--processes', '--workers': '--processes' },
    start: (context) => ({
      command: [
        ...['uwsgi', '--module', app, '--http', `:${context.port}`, '--master', '--need-app'],
        ...['--hook-master-start', 'unix_signal:15 gracefully_kill_them_all'],
        ...['--processes', String(workers), '--threads', String(threadsOf(options.threads, workers, context))],
      ],
      ...serialConcurrency(threadsOf(options.threads, workers, context), workers),
    }),
  };
});
