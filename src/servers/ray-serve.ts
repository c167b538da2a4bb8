import type { RayServeOptions } from './application-options';
import { applicationOf, type ServerDefinition } from './define';
import { DrainClass, KeepAliveKind, type ServerDescriptor } from './server-descriptor';
import { Evidence, KnobPlace, NewConnections, PastBound } from './server-parts';

/** Ray Serve. `serve run` drops running requests when it is stopped, and takes its HTTP options from code or a file only. */
export const RAY_SERVE: ServerDescriptor = {
  name: 'Ray Serve',
  drain: DrainClass.B,
  keepAlive: KeepAliveKind.SETTABLE,
  keepAliveKnob: { name: '--keep-alive-timeout-s', place: KnobPlace.FLAG, standardSeconds: 5 },
  requestLimit: { knob: { name: 'request_timeout_s', place: KnobPlace.FILE }, status: 408 },
  newConnections: NewConnections.SERVED,
  announcesClose: false,
  pastBound: PastBound.CLOSED,
  overflow: { how: 'max_queued_requests of a deployment', status: 503 },
  stopExitCode: 15,
  listensWhenReady: false,
  livenessPath: '/-/healthz',
  readinessPath: '/-/healthz',
  otherPorts: [6379, 8265, 10001],
  metrics: {
    port: 8080,
    path: '/metrics',
    running: 'ray_serve_num_ongoing_http_requests',
    waiting: 'ray_serve_deployment_queued_queries',
    latency: 'ray_serve_http_request_latency_ms',
    enabledBy: 'metrics_export_port of ray.init',
  },
  streaming: true,
  webSocket: true,
  grpc: true,
  batching: { place: KnobPlace.CODE, how: '@serve.batch' },
  modelLocation: { how: 'arguments of the application', layout: 'what it expects' },
  image: { repository: 'rayproject/ray', user: '1000' },
  sharedMemoryMib: 2048,
  rivalVariables: { RAY_SERVE_HTTP_KEEP_ALIVE_TIMEOUT_S: 'keep_alive_timeout_s of the HTTP options' },
  environmentWins: true,
  interpreter: 'python',
  versions: [
    { from: '2.49', keepAliveKnob: { name: '--keep-alive-timeout-s', place: KnobPlace.FLAG, standardSeconds: 90 } },
  ],
  verifiedVersion: '2.60.0',
  source: 'https://docs.ray.io/en/latest/serve/http-guide.html',
  evidence: Evidence.READ,
  note: 'it says ready some seconds before the first replica of the application is there; requests wait until then',
  declared: true,
};

/** `serve run` listens inside the container only unless a file says otherwise, so a few lines of Python start it. */
const LAUNCHER = [
  'import argparse, importlib, sys',
  "sys.path.insert(0, '')",
  'from ray import serve',
  'a = argparse.ArgumentParser()',
  "a.add_argument('app')",
  "a.add_argument('--port', type=int)",
  "a.add_argument('--keep-alive-timeout-s', type=int)",
  'o = a.parse_args()',
  "m, n = o.app.split(':')",
  "serve.start(http_options={'host': '0.0.0.0', 'port': o.port, 'keep_alive_timeout_s': o.keep_alive_timeout_s})",
  'serve.run(getattr(importlib.import_module(m), n), blocking=True)',
].join('\n');

/** An application of Ray Serve. */
export function rayServe(options: RayServeOptions): ServerDefinition {
  const app = applicationOf(options.app);
  return {
    descriptor: RAY_SERVE,
    options,
    start: ({ port }) => ({ command: ['python', '-c', LAUNCHER, app, '--port', String(port)] }),
  };
}
