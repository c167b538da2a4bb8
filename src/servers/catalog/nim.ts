import { DrainBehavior, KeepAliveKind, type ServerDescriptor } from '../../plan/server/descriptor';
import { DrainTimeoutBehavior, Evidence, NewConnections } from '../../plan/server/parts';
import { checkCommand } from '../command-line';
import { defineServer } from '../define-server';
import { onlyModelOf, typed } from '../model-path';
import type { ServerOptions } from '../shared-options';

/** Options of an NVIDIA NIM. */
export interface NimOptions extends ServerOptions {
  /**
   * The command that starts the NIM.
   *
   * @default - `/opt/nim/start_server.sh`
   */
  readonly command?: string[];

  /**
   * The model directory.
   *
   * @default - the path of the backend's only model; the NIM downloads its own if it has none, required if it has
   *   several
   */
  readonly model?: string;
}

/** An NVIDIA NIM: a proxy in front of vLLM or SGLang, whose idle time and drain are not documented. */
export const NIM: ServerDescriptor = {
  name: 'NIM',
  drain: DrainBehavior.DROPS_REQUESTS,
  keepAlive: KeepAliveKind.UNKNOWN,
  newConnections: NewConnections.UNKNOWN,
  drainTimeoutBehavior: DrainTimeoutBehavior.UNKNOWN,
  overflow: { how: 'as its engine, vLLM or SGLang' },
  listensWhenReady: false,
  portVariable: 'NIM_SERVER_PORT',
  livenessPath: '/v1/health/live',
  readinessPath: '/v1/health/ready',
  metrics: {
    path: '/v1/metrics',
    running: 'vllm:num_requests_running',
    waiting: 'vllm:num_requests_waiting',
    latency: 'vllm:e2e_request_latency_seconds',
  },
  streaming: true,
  webSocket: false,
  grpc: false,
  batching: { how: 'as its engine; always on' },
  modelLocation: {
    how: 'NIM_MODEL_PATH',
    layout: 'as its profile expects; downloaded to /opt/nim/.cache if it is not set',
  },
  // https://docs.nvidia.com/nim/large-language-models/latest/supported-models.html
  accelerator: { nvidiaOnly: true },
  sharedMemoryMib: 16_384,
  verifiedVersion: '3.0.0',
  source: 'https://docs.nvidia.com/nim/large-language-models/latest/configuration.html',
  evidence: Evidence.READ,
};

/**
 * An NVIDIA NIM. How it handles connections is not documented.
 *
 * @example
 * ModelServer.nim();
 */
export const nim = defineServer([NIM], (options: NimOptions = {}) => {
  const command = checkCommand(options.command ?? ['/opt/nim/start_server.sh']);
  return {
    descriptor: NIM,
    options,
    start: (context) => {
      const model = typed('model', options.model) ?? onlyModelOf('model', context)?.path;
      return {
        command,
        environment: { ...(model === undefined ? { NIM_CACHE_PATH: '/tmp/nim' } : { NIM_MODEL_PATH: model }) },
        changeable: ['NIM_CACHE_PATH'],
      };
    },
  };
});
