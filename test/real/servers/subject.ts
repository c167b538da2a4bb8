import type { BackendOptions } from '../../../src/constructs/backend-options';
import type { ModelServer } from '../../../src/servers/model-server';
import type { ProbeRequest } from './connection';

/** What the catalogue is asked for when a subject is started. */
export interface StartOptions {
  /** The version that is installed. */
  readonly version: string;
  /** Arguments that a probe adds, such as a small limit. */
  readonly extraArgs: string[];
  /** The keep-alive that the code of the application sets, in seconds; undefined where it sets none. */
  readonly keepAliveSeconds?: number;
}

/** A program that an image of a subject has. */
export type Runtime =
  /**
   * The Python environment of `requirements/<python>.txt`, and the package whose pin is the version, unless the package only
   * carries a server with a version of its own.
   */
  | { readonly python: string; readonly package: string; readonly version?: string }
  /** A Node of the npm registry, whose version stands in `setup.sh`'s list. */
  | { readonly node: string }
  /** The Go program of `apps/go`, with the version that compiled it. */
  | { readonly go: 'server' };

/**
 * One server in one version as the lab starts it: data, no code of its own but what makes requests.
 *
 * Applications read `PROBE_LOAD` (seconds that loading takes), and where times are set in code `PROBE_KEEP_ALIVE`,
 * `PROBE_DRAIN` and `PROBE_REQUEST` (seconds; not set where the server's own default is probed).
 */
export interface Subject {
  /** Its name in the record. */
  readonly id: string;
  readonly runtime: Runtime;
  /** Files and folders of `apps` that stand in `/app`. */
  readonly files: readonly string[];
  /** The server, made as a user makes it. */
  readonly server: (options: StartOptions) => ModelServer;
  /** Whatever else the backend needs, such as a model. */
  readonly backend?: Partial<Omit<BackendOptions, 'server' | 'image'>>;
  /** Environment variables that a user of the image would set too. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A request that is worked on for so many seconds. */
  readonly request: (seconds: number) => ProbeRequest;
  /** A request whose response comes in parts over so many seconds. Without one, streams are not probed. */
  readonly stream?: (seconds: number) => ProbeRequest;
  /** What answers well when requests are worked on, where that is later than the server says: its readiness path. */
  readonly worksAt?: string;
  /** How long it may take to start, in seconds: 120. */
  readonly startSeconds?: number;
  /** Arguments of the start that is overloaded: small limits, and what turns metrics on. */
  readonly loadArgs?: string[];
  /** How many requests of a second are sent at once to overload it: 12. */
  readonly loadRequests?: number;
  /** How long an idle connection is watched, in seconds: 14, longer than the longest limit of the descriptor. */
  readonly patienceSeconds?: number;
  /** Probes that cannot be made of it, each with the reason, which stands in the record and in the docs. */
  readonly without?: Partial<Readonly<Record<ProbeName, string>>>;
}

/**
 * Every probe has a start of its own, with small times.
 *
 * - `connections`: idle after a response, never sends, half a header; a request past the time limit.
 * - `stop`: SIGTERM with a running request, a stream, an idle connection and new connections.
 * - `idle stop`: SIGTERM with an idle connection only.
 * - `bound`: SIGTERM with a request that outlasts the drain time.
 * - `defaults`: no time is set: readiness, paths, the default keep-alive.
 * - `default bound`: no time is set: SIGTERM with a request that outlasts the default drain time.
 * - `load`: more requests than it works on; metrics.
 */
export type ProbeName = 'connections' | 'stop' | 'idle stop' | 'bound' | 'defaults' | 'default bound' | 'load';
