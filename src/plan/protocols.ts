import { OwnAddress, ServerProtocol, StreamProtocol } from './choices';
import type { AttachmentIntent, BackendIntent, EndpointIntent } from './intents';
import { refuse } from './refuse';
import type { ServerDescriptor } from './server/descriptor';
import type { Refusal } from './serving-plan';
import type { TargetProfile } from './target-profile';

/** What a protocol requires of a server. */
interface Spoken {
  /** The member of the enum, as it is typed. */
  readonly typed: string;
  /** Whether the server supports it; undefined if unknown. */
  readonly isSupported: (descriptor: ServerDescriptor) => boolean | undefined;
  /** Servers that support it. */
  readonly servers: string;
}

const SPOKEN: { readonly [protocol in ServerProtocol]: Spoken } = {
  [ServerProtocol.HTTP1]: { typed: 'ServerProtocol.HTTP1', isSupported: () => true, servers: 'uvicorn' },
  [ServerProtocol.HTTP2]: {
    typed: 'ServerProtocol.HTTP2',
    isSupported: ({ http2 }) => http2,
    servers: 'hypercorn or granian',
  },
  [ServerProtocol.GRPC]: {
    typed: 'ServerProtocol.GRPC',
    isSupported: ({ grpc }) => grpc,
    servers: 'Triton or TensorFlow Serving',
  },
};

/** Whether the server of a backend supports its protocol; undefined if it depends on the application. */
export function supportsProtocol({ protocol, server }: BackendIntent): boolean | undefined {
  return SPOKEN[protocol].isSupported(server.descriptor);
}

/** Refuses a protocol that the server of a backend does not support. */
export function refuseProtocol(backend: BackendIntent, refusals: Refusal[]): void {
  if (supportsProtocol(backend) !== false) return;
  const { typed, servers } = SPOKEN[backend.protocol];
  refuse(
    refusals,
    'ProtocolNotSpoken',
    backend.path,
    `'protocol' (${typed}) of backend '${backend.name}' is not supported with ${backend.server.descriptor.name}; use a server that supports it, such as ${servers}, or ModelServer.fromImage or ModelServer.command with its own command`,
  );
}

/** A backend with the way in which it is attached to an endpoint. */
export interface AttachedBackend {
  readonly backend: BackendIntent;
  readonly attachment: AttachmentIntent;
}

/** Refuses what the protocol of an endpoint's backends does not allow. */
export function refuseEndpointProtocol(
  endpoint: EndpointIntent,
  attached: readonly AttachedBackend[],
  refusals: Refusal[],
): void {
  const [first, ...others] = attached.map(({ backend }) => backend);
  if (first === undefined) return;
  const different = others.find(({ protocol }) => protocol !== first.protocol);
  if (different !== undefined) {
    refuse(
      refusals,
      'ProtocolMismatch',
      endpoint.path,
      `backends '${first.name}' (${first.protocol}) and '${different.name}' (${different.protocol}) of endpoint '${endpoint.name}' have different protocols; set the same 'protocol' for both, or use two endpoints`,
    );
  }
  const calls = attached.filter(({ backend }) => backend.protocol === ServerProtocol.GRPC);
  if (endpoint.protocol === StreamProtocol.GRPC && calls.length < attached.length) {
    refuse(
      refusals,
      'ProtocolMismatch',
      endpoint.path,
      `'protocol' (StreamProtocol.GRPC) of 'streaming' of endpoint '${endpoint.name}' requires gRPC backends; set their 'protocol' to ServerProtocol.GRPC`,
    );
  }
  const [call] = calls;
  if (call === undefined) return;
  for (const reason of notForCalls(endpoint, calls)) {
    refuse(
      refusals,
      'ProtocolMismatch',
      endpoint.path,
      `${reason}, because backend '${call.backend.name}' of endpoint '${endpoint.name}' serves gRPC`,
    );
  }
}

/** The path of a gRPC method: `/<package>.<Service>/<Method>`. */
const CALL_PATH = /^\/(?:[A-Za-z_][\w.]*(?:\/[A-Za-z_]\w*)?)?$/;

/** The options of an endpoint that have no meaning for gRPC calls, each with the way out. */
function notForCalls(endpoint: EndpointIntent, calls: readonly AttachedBackend[]): string[] {
  const { prefix, stripPrefix, methods, protocol } = endpoint;
  const own = calls.find(({ attachment }) => attachment.address === OwnAddress.PATH);
  return [
    ...(CALL_PATH.test(prefix)
      ? []
      : [`'path' ('${prefix}') must be '/' or the name of a service, such as '/inference.GRPCInferenceService'`]),
    ...(stripPrefix ? ["'stripPrefix' (true) must be omitted: the path of a call is its service and method"] : []),
    ...(methods.some((method) => method !== 'POST') ? [`'methods' (${methods.join(', ')}) must be omitted`] : []),
    ...(protocol === StreamProtocol.WEB_SOCKET
      ? ["'protocol' (StreamProtocol.WEB_SOCKET) of 'streaming' must be StreamProtocol.GRPC"]
      : []),
    ...(own === undefined
      ? []
      : [
          `'ownAddress' (OwnAddress.PATH) of backend '${own.backend.name}' must be OwnAddress.HEADER or OwnAddress.NONE`,
        ]),
  ];
}

/** Refuses an endpoint with gRPC backends that has a host in common with another endpoint, where the target cannot distinguish them. */
export function refuseSharedHosts(
  target: TargetProfile,
  endpoints: readonly ServedEndpoint[],
  refusals: Refusal[],
): void {
  if (target.separateHosts !== true) return;
  const [calls, others] = [true, false].map((isCalled) =>
    endpoints.filter((served) => servesCalls(served) === isCalled),
  );
  for (const { endpoint } of calls ?? []) {
    const other = others?.find((one) => haveCommonHost(endpoint.hosts, one.endpoint.hosts))?.endpoint;
    if (other === undefined) continue;
    refuse(
      refusals,
      'ProtocolMismatch',
      endpoint.path,
      `endpoint '${endpoint.name}' serves gRPC, and endpoint '${other.name}', which does not, has the same host; ${target.name} may reject one of them, so set 'hosts' of both to different ones`,
    );
  }
}

/** An endpoint with its backends. */
export interface ServedEndpoint {
  readonly endpoint: EndpointIntent;
  readonly backends: readonly BackendIntent[];
}

function servesCalls({ backends }: ServedEndpoint): boolean {
  return backends.some(({ protocol }) => protocol === ServerProtocol.GRPC);
}

/** Whether two lists of hosts have a host in common. An empty list contains every host. */
function haveCommonHost(some: readonly string[], others: readonly string[]): boolean {
  if (some.length === 0 || others.length === 0) return true;
  return some.some((one) => others.some((other) => one === other || covers(one, other) || covers(other, one)));
}

function covers(wildcard: string, host: string): boolean {
  return wildcard.startsWith('*.') && host.endsWith(wildcard.slice(1));
}
