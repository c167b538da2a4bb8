import { DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, KnobPlace, NewConnections } from '../../plan/server/parts';
import { defineServer, EVERY_INTERFACE } from '../define-server';
import type { ServerOptions } from '../shared-options';

/** Options of a BentoML service. `workers` of `@bentoml.service` sets the number of processes. */
export interface BentomlOptions extends ServerOptions {
  /**
   * The service: `module:Service`, a tag of the model store, or a directory.
   *
   * @default - the directory in which the server starts
   */
  readonly service?: string;
}

/** BentoML: uvicorn behind a supervisor that forwards the signal. */
export const BENTOML: ServerDescriptor = {
  name: 'BentoML',
  drain: DrainBehavior.UNBOUNDED,
  drainKnob: { name: '--timeout-graceful-shutdown', place: KnobPlace.FLAG },
  keepAlive: KeepAliveKind.SETTABLE,
  keepAliveKnob: { name: '--timeout-keep-alive', place: KnobPlace.FLAG, defaultSeconds: 5 },
  requestLimit: { knob: { name: 'traffic.timeout', place: KnobPlace.CODE, defaultSeconds: 60 }, status: 504 },
  newConnections: NewConnections.HANG,
  announcesClose: false,
  drainTimeoutBehavior: DrainTimeoutBehavior.STATUS_500,
  overflow: { how: 'traffic.max_concurrency of the service', status: 429 },
  listensWhenReady: false,
  livenessPath: '/livez',
  readinessPath: '/readyz',
  port: 3000,
  metrics: {
    path: '/metrics',
    running: 'bentoml_service_request_in_progress',
    latency: 'bentoml_service_request_duration_seconds',
  },
  streaming: true,
  webSocket: true,
  http2: false,
  grpc: false,
  batching: {
    place: KnobPlace.CODE,
    how: '@bentoml.api(batchable=True)',
    instead: 'use @bentoml.api(batchable=True, max_batch_size=..., max_latency_ms=...) in the service',
  },
  modelLocation: { how: 'the model store of the bento', layout: 'as the service expects' },
  interpreter: 'python3',
  conflictingVariables: { BENTOML_PORT: '--port', BENTOML_HOST: '--host' },
  oldestVersion: '1.2.20',
  verifiedVersion: '1.4.39',
  source: 'https://github.com/bentoml/BentoML/blob/main/src/bentoml_cli/serve.py',
  evidence: Evidence.MEASURED,
};

/**
 * A BentoML service.
 *
 * @example
 * ModelServer.bentoml({ service: 'service:Classifier' });
 */
export const bentoml = defineServer([BENTOML], (options: BentomlOptions = {}) => {
  const { service = '.' } = options;
  return {
    descriptor: BENTOML,
    options,
    aliases: { '-p': '--port' },
    start: ({ port }) => ({
      command: ['bentoml', 'serve', service, '--host', EVERY_INTERFACE, '--port', String(port)],
    }),
  };
});
