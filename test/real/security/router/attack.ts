/** A request as raw bytes, and what may become of it. */
export interface Attack {
  readonly name: string;
  /** What the client sends on a connection of its own. */
  readonly send: string;
  /** What it sends once the first answer has come. */
  readonly next?: string;
  /** The status of the first answer; `refused` for any error of HAProxy's own, a closed connection included. */
  readonly status: number | 'refused';
  /** The requests that may reach servers, in order, as `pool METHOD path`. */
  readonly arrives: readonly string[];
  /** What another version makes of it, to the same effect. */
  readonly or?: Pick<Attack, 'status' | 'arrives'>;
}

/** What a server got, as it understood it. */
export interface Arrival {
  readonly pool: string;
  readonly method: string;
  readonly path: string;
  /** Such as `HTTP/1.1`. */
  readonly version: string;
  /** Names in small letters. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** A request with lines of headers behind its host. */
export function request(line: string, headers: readonly string[] = [], body = '', host = 'any.example'): string {
  return [`${line} HTTP/1.1`, `Host: ${host}`, ...headers, '', body].join('\r\n');
}

export const get = (path: string, ...headers: string[]): string => request(`GET ${path}`, headers);

/** A request that is refused before any server sees it. */
export function refused(name: string, send: string, status: Attack['status'] = 'refused'): Attack {
  return { name, send, status, arrives: [] };
}

/** A request that is served, once, as this. */
export function served(name: string, send: string, ...arrives: string[]): Attack {
  return { name, send, status: 200, arrives };
}
