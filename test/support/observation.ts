import { lowerCased, type Request } from './request';

export type { Request } from './request';

/** The response to a request: backends with their shares, the path and the `X-Forwarded-Prefix` they see, or a status of the balancer itself. */
export type Answer =
  | {
      readonly shares: Readonly<Record<string, number>>;
      readonly path: string;
      readonly forwardedPrefix?: string;
      /** How long the client keeps its backend, in seconds; undefined if it does not. */
      readonly keptFor?: number;
    }
  | { readonly status: 404 | 405; readonly allow?: readonly string[] }
  /** A preflight request that is answered without a server. */
  | { readonly status: 200 | 204; readonly allow?: undefined };

/** A check of a replica. */
export interface Question {
  readonly by: 'balancer' | 'kubelet';
  readonly path: string;
  readonly statuses: string;
  /** The `Host` header; undefined for the address of the replica. */
  readonly host?: string;
  readonly timeout: number;
}

/** A sidecar according to the rendered output. */
export interface ObservedSidecar {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly ports: readonly { readonly name: string; readonly port: number }[];
  readonly cpu: number;
  readonly memoryMib: number;
  readonly readOnlyRootFilesystem: boolean;
  /** The directories that it shares with the server, at one path in both. */
  readonly sharedDirectories: readonly string[];
  /** The check that must succeed before the next container starts. */
  readonly check?: readonly string[];
}

/** The replicas of one backend according to the rendered output. Times are whole seconds. */
export interface ObservedBackend {
  readonly image: string;
  /** The command in exec form, regardless of how the output splits it. */
  readonly command: readonly string[];
  /** Whether the command replaces the entry point of the image. */
  readonly replacesEntryPoint: boolean;
  /** The working directory; undefined for that of the image. */
  readonly workingDirectory?: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The environment variables that get secrets. */
  readonly secrets: readonly string[];
  readonly port: number;
  /** The other ports of the container. */
  readonly additionalPorts: readonly { readonly name: string; readonly port: number }[];
  /** The sidecars in the order of their start, all of which start before the server and stop after it. */
  readonly sidecars: readonly ObservedSidecar[];
  /** The fixed number, unless the backend is scaled. */
  readonly replicas?: number;
  /** The bounds and the metrics of the autoscaler. */
  readonly scaling?: {
    readonly min: number;
    readonly max: number;
    readonly targets: Readonly<Record<string, number>>;
  };
  /** The concurrent requests of a replica, and what happens to others; undefined if the balancer does not limit them. */
  readonly limit?: {
    readonly requests: number;
    /** How many others wait; undefined for any number. */
    readonly waiting?: number;
    readonly waitSeconds: number;
    /** The status of those that cannot wait. */
    readonly fullStatus?: number;
  };
  /** Whether a request ends with the connection of its client; undefined if the output does not decide it. */
  readonly cancels?: boolean;
  /** How long a client keeps its replica, in seconds; undefined if it does not. */
  readonly keepsReplicaFor?: number;
  readonly health: {
    /** The path that the balancer or the kubelet requests; undefined if the output has another kind of check. */
    readonly path?: string;
    /** The healthy status codes; undefined if the output cannot specify them. */
    readonly statuses?: string;
    readonly interval?: number;
    readonly timeout?: number;
    readonly healthyThreshold?: number;
    readonly unhealthyThreshold?: number;
  };
  /** The check that restarts or replaces a replica, with the path and status codes that it asks for; undefined for none of its own. */
  readonly liveness?: {
    readonly path: string;
    readonly statuses: string;
    readonly host?: string;
    readonly interval: number;
    readonly timeout: number;
    readonly unhealthyThreshold: number;
  };
  /** The sample request that a replica must answer before it gets requests, and the expected answer. */
  readonly smokeTest?: {
    readonly method: string;
    readonly path: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly timeout: number;
    readonly status: number;
    readonly schema?: unknown;
  };
  /** Every check that decides whether a replica gets requests: what it asks, and what it requires. */
  readonly questions: readonly Question[];
  readonly gpus: number;
  /** The models of GPU that it can run on; undefined for any. */
  readonly gpuModels?: readonly string[];
  /** What is reserved for a replica. */
  readonly reserved: { readonly cpu: number; readonly memoryMib: number };
  /** The most CPU; undefined without a limit. */
  readonly cpuLimit?: number;
  /** The most memory. */
  readonly memoryMib: number;
  readonly readOnlyRootFilesystem: boolean;
  readonly user?: string;
  /** The directories that the server can write to with any root file system, as rendered. */
  readonly writable: readonly { readonly path: string; readonly inMemory: boolean }[];
  /** The paths of fetched models, and their sources. */
  readonly models: readonly { readonly path: string; readonly uri: string }[];
  /** How long the balancer waits for running requests before the signal. */
  readonly balancerDrain: number;
  /** How long the replica waits before the signal. */
  readonly preStop: number;
  /** The time between the signal and the kill. */
  readonly stop: number;
  /** The time before health checks of a new replica take effect. */
  readonly startup: number;
}

/** The behavior of the rendered output of one platform, read only from the output. */
export interface Observation {
  /** The response to a request. */
  ask(request: Request): Answer;
  /** The backends by their display name. */
  readonly backends: Readonly<Record<string, ObservedBackend>>;
  /** The idle timeout of the balancer's connections to the servers; undefined if the gateway decides. */
  readonly balancerIdle?: number;
  /** How long such a request may take, whether or not data arrives; undefined if there is no limit. */
  timeoutOf?(request: Request): number | undefined;
  /** How long no data may arrive for such a request; undefined if the output has no limit. */
  silenceOf(request: Request): number | undefined;
}

/** Whether it is a preflight request of a browser. */
export function isPreflight(request: Request): boolean {
  return request.method === 'OPTIONS' && headerOf(request, 'access-control-request-method') !== undefined;
}

/** Whether a host of a route, possibly with a leading wildcard, matches the host of a request. */
export function matchesHost(pattern: string, host: string): boolean {
  return pattern.startsWith('*.') ? host.endsWith(pattern.slice(1)) : pattern === host;
}

/** Whether a path is the prefix or below it, by whole segments. */
export function matchesPrefix(prefix: string, path: string): boolean {
  return prefix === '/' || path === prefix || path.startsWith(`${prefix}/`);
}

/** The path with its prefix replaced, as a server sees it. */
export function replacePrefix(path: string, prefix: string, replacement: string): string {
  const rest = prefix === '/' ? path.slice(1) : path.slice(prefix.length + 1);
  const base = replacement === '/' ? '' : replacement;
  return rest === '' ? base || '/' : `${base}/${rest}`;
}

/** The value of a header, whose name is case-insensitive. */
export function headerOf(request: Request, name: string): string | undefined {
  return lowerCased(request.headers)[name.toLowerCase()];
}
