import { PYTHON_APPLICATION } from './application';
import type { UwsgiOptions } from './application-options';
import { applicationOf, checkThreads, type ServerDefinition, threadsOf, workersOf } from './define';
import { DrainClass, KeepAliveKind, type ServerDescriptor } from './server-descriptor';
import { Evidence, KnobPlace, NewConnections, PastBound } from './server-parts';

/** uWSGI behind its own HTTP router. SIGTERM means reload unless it is told to die of it; requests are lost either way. */
export const UWSGI: ServerDescriptor = {
  ...PYTHON_APPLICATION,
  name: 'uWSGI',
  drain: DrainClass.B,
  keepAlive: KeepAliveKind.SETTABLE,
  keepAliveKnob: { name: '--http-keepalive', place: KnobPlace.FLAG, standardSeconds: 0, joined: true },
  requestLimit: {
    knob: { name: '--http-timeout', place: KnobPlace.FLAG, standardSeconds: 60, joined: true },
  },
  newConnections: NewConnections.RESET,
  announcesClose: false,
  pastBound: PastBound.CLOSED,
  overflow: { how: 'the backlog of the socket (--listen)' },
  listensWhenReady: false,
  streaming: true,
  webSocket: false,
  grpc: false,
  verifiedVersion: '2.0.31',
  source: 'https://github.com/unbit/uwsgi/blob/uwsgi-2.0/plugins/http/http.c',
  evidence: Evidence.READ,
};

/** An application behind uWSGI. */
export function uwsgi(options: UwsgiOptions): ServerDefinition {
  const app = applicationOf(options.app);
  const workers = workersOf(options.workers);
  checkThreads(options.threads);
  return {
    descriptor: UWSGI,
    options,
    workers,
    start: (context) => ({
      command: [
        ...['uwsgi', '--module', app, '--http', `:${context.port}`, '--master', '--die-on-term', '--need-app'],
        ...['--processes', String(workers), '--threads', String(threadsOf(options.threads, workers, context))],
      ],
    }),
  };
}
