import { ServerProtocol } from '../plan/choices';
import { KeepAliveKind, type ServerDescriptor } from '../plan/server/descriptor';
import type { StartContext } from './define-server';

/** The port of a server that has none in its descriptor. */
const DEFAULT_PORT = 8000;

/** The behavior that applies to HTTP only. */
const ONLY_HTTP: Partial<ServerDescriptor> = {
  keepAliveKnob: undefined,
  keepAliveSeconds: undefined,
  keepAliveLagSeconds: undefined,
  headerKnob: undefined,
  headerLimit: undefined,
  silentLimit: undefined,
  requestLimit: undefined,
  maxRequestsPerConnection: undefined,
  livenessPath: undefined,
  readinessPath: undefined,
  portVariable: undefined,
};

/**
 * The behavior of a server on the port that gets the requests. Servers with a port for gRPC use the C core of gRPC for it,
 * which closes no idle connection unless `GRPC_ARG_MAX_CONNECTION_IDLE_MS` is set; the settings and paths of HTTP do not
 * apply there.
 *
 * @see https://grpc.github.io/grpc/core/group__grpc__arg__keys.html
 */
export function behaviorFor(protocol: ServerProtocol | undefined, descriptor: ServerDescriptor): ServerDescriptor {
  const { grpcPort, port = DEFAULT_PORT, otherPorts = [] } = descriptor;
  if (protocol !== ServerProtocol.GRPC || grpcPort === undefined) return descriptor;
  return {
    ...descriptor,
    ...ONLY_HTTP,
    keepAlive: KeepAliveKind.NEVER_CLOSES,
    port: grpcPort,
    otherPorts: [...otherPorts.filter((other) => other !== grpcPort), port],
  };
}

/** The ports of HTTP and gRPC of a server that has both. */
export interface ServerPorts {
  readonly http: string;
  readonly grpc: string;
}

/** The ports of a server that has two: one is that of the backend, depending on its protocol. */
export function portsOf(
  { port, protocol }: StartContext,
  { port: http = DEFAULT_PORT, grpcPort }: ServerDescriptor,
): ServerPorts {
  return protocol === ServerProtocol.GRPC
    ? { http: String(http), grpc: String(port) }
    : { http: String(port), grpc: String(grpcPort) };
}
