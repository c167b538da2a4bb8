import { lowerCased, type Request } from './request';

export type { Request } from './request';

/** What becomes of a request: backends with their shares and the path they see, or a status of the balancer's own. */
export type Answer =
  | { readonly shares: Readonly<Record<string, number>>; readonly path: string }
  | { readonly status: 404 | 405; readonly allow?: readonly string[] };

/** What the rendered output says of the replicas of one backend. Times are whole seconds. */
export interface ObservedBackend {
  readonly image: string;
  /** The command in exec form, however the output splits it. */
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** The environment variables that get secrets. */
  readonly secrets: readonly string[];
  readonly port: number;
  /** The fixed number, where nothing scales the backend. */
  readonly replicas?: number;
  /** The bounds and the measures of the autoscaler. */
  readonly scaling?: {
    readonly min: number;
    readonly max: number;
    readonly targets: Readonly<Record<string, number>>;
  };
  readonly health: {
    /** The path that the balancer or the kubelet asks; none where the output asks in another way. */
    readonly path?: string;
    /** The statuses that mean healthy; none where the output cannot say. */
    readonly statuses?: string;
    readonly interval?: number;
    readonly timeout?: number;
    readonly healthyThreshold?: number;
    readonly unhealthyThreshold?: number;
  };
  readonly gpus: number;
  readonly memoryMib: number;
  readonly readOnlyRootFilesystem: boolean;
  readonly user?: string;
  /** Where the server finds fetched models, and where each comes from. */
  readonly models: readonly { readonly path: string; readonly uri: string }[];
  /** How long the balancer waits for running requests before the signal. */
  readonly balancerDrain: number;
  /** How long the replica itself waits before the signal. */
  readonly preStop: number;
  /** The time between the signal and the kill. */
  readonly stop: number;
  /** The time a new replica gets before it is judged. */
  readonly startup: number;
}

/** What the rendered output of one platform does, read from the output alone. */
export interface Observation {
  /** What becomes of a request. */
  ask(request: Request): Answer;
  /** The backends by the name for people. */
  readonly backends: Readonly<Record<string, ObservedBackend>>;
  /** The idle time of the balancer's connections to the servers; none where the gateway decides. */
  readonly balancerIdle?: number;
  /** The longest that a request of this kind may take; none where nothing ends it. */
  timeoutOf?(request: Request): number | undefined;
}

/** Whether a host of a route, perhaps with a wildcard in front, is the request's. */
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

/** The value of a header, whatever the letters of its name. */
export function headerOf(request: Request, name: string): string | undefined {
  return lowerCased(request.headers)[name.toLowerCase()];
}
