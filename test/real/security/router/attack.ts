/** A request as raw bytes, and its allowed results. */
export interface Attack {
  readonly name: string;
  /** What the client sends on a new connection. */
  readonly send: string;
  /** What it sends after the first response. */
  readonly next?: string;
  /** The status of the first response; `refused` for any error of HAProxy itself or a closed connection. */
  readonly status: number | 'refused';
  /** The requests that may reach servers, in order, as `pool METHOD path`. */
  readonly arrives: readonly string[];
  /** The result with another version, which is also allowed. */
  readonly or?: Pick<Attack, 'status' | 'arrives'>;
}

/** A request as a server parsed it. */
export interface Arrival {
  readonly pool: string;
  readonly method: string;
  readonly path: string;
  /** Such as `HTTP/1.1`. */
  readonly version: string;
  /** Names in lower case. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** A request with header lines after its host. */
export function request(line: string, headers: readonly string[] = [], body = '', host = 'any.example'): string {
  return [`${line} HTTP/1.1`, `Host: ${host}`, ...headers, '', body].join('\r\n');
}

export const get = (path: string, ...headers: string[]): string => request(`GET ${path}`, headers);

/** A request that is rejected before any server sees it. */
export function refused(name: string, send: string, status: Attack['status'] = 'refused'): Attack {
  return { name, send, status, arrives: [] };
}

/** A request that is served once, as given. */
export function served(name: string, send: string, ...arrives: string[]): Attack {
  return { name, send, status: 200, arrives };
}
