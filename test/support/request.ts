/** A request as a client sends it, and what a rendered load balancer or gateway would do with it. */
export interface Request {
  /** @default GET */
  readonly method?: string;
  /** The value of the Host header. @default "localhost" */
  readonly host?: string;
  /** Path with query string. @default "/" */
  readonly path?: string;
  readonly headers?: { readonly [name: string]: string };
  /** The address of the client. @default 198.51.100.7 */
  readonly sourceIp?: string;
}

/** One of the possible targets of a request. */
export interface Destination {
  /** The logical id of a target group, or the name of a Service. */
  readonly target: string;
  readonly port?: number;
  readonly weight: number;
  /** The request that the server gets. */
  readonly path: string;
  readonly host: string;
  readonly headers: { readonly [name: string]: string };
}

export type Outcome =
  | {
      readonly kind: 'forward';
      readonly rule: string;
      readonly destinations: readonly Destination[];
      readonly timeouts?: { readonly [name: string]: string };
      readonly mirrors?: readonly string[];
      /** How long the client keeps its destination, in seconds. */
      readonly stickySeconds?: number;
    }
  | {
      readonly kind: 'fixed';
      readonly rule: string;
      readonly status: number;
      readonly body?: string;
      readonly contentType?: string;
    }
  | { readonly kind: 'redirect'; readonly rule: string; readonly status: number; readonly location: string };

/** Header names in lower case. */
export function lowerCased(headers: Request['headers'] = {}): { [name: string]: string } {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

export function splitPath(path: string): {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly search: string;
} {
  const at = path.indexOf('?');
  const search = at < 0 ? '' : path.slice(at);
  return { path: at < 0 ? path : path.slice(0, at), query: new URLSearchParams(search), search };
}

/** The host without port, in lower case. */
export function hostName(host: string): string {
  return host.replace(/:\d+$/, '').toLowerCase();
}
