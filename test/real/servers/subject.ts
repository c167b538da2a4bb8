import type { BackendOptions } from '../../../src/constructs/backend-options';
import type { ModelServer } from '../../../src/servers/model-server';
import type { ProbeRequest } from './connection';

/** The options with which a subject is started. */
export interface StartOptions {
  /** The installed version. */
  readonly version: string;
  /** Arguments that a probe adds, such as a low limit. */
  readonly extraArgs: string[];
  /** The keep-alive that the application's code sets, in seconds; undefined if it sets none. */
  readonly keepAliveSeconds?: number;
}

/** The runtime in the image of a subject. */
export type Runtime =
  /**
   * The Python environment of `requirements/<python>.txt`, and the package whose pinned version is that of the server.
   * For a package that bundles a server, `version` is the version of the server.
   */
  | { readonly python: string; readonly package: string; readonly version?: string }
  /** Node from the npm registry, in a version that `setup.sh` installs. */
  | { readonly node: string }
  /** The Go program of `apps/go`, with the version that compiled it. */
  | { readonly go: 'server' };

/**
 * One server in one version, as the lab starts it. Apart from the functions that create requests it is data.
 *
 * Applications read `PROBE_LOAD` (seconds that loading takes) and, if times are set in code, `PROBE_KEEP_ALIVE`,
 * `PROBE_DRAIN` and `PROBE_REQUEST` (seconds; not set when the default of the server is probed).
 */
export interface Subject {
  /** Its name in the record. */
  readonly id: string;
  readonly runtime: Runtime;
  /** Files and folders of `apps` that are copied to `/app`. */
  readonly files: readonly string[];
  /** The server, defined as a user defines it. */
  readonly server: (options: StartOptions) => ModelServer;
  /** Other options of the backend, such as a model. */
  readonly backend?: Partial<Omit<BackendOptions, 'server' | 'image'>>;
  /** Environment variables that a user of the image would also set. */
  readonly environment?: Readonly<Record<string, string>>;
  /** A request that takes this many seconds. */
  readonly request: (seconds: number) => ProbeRequest;
  /** A request whose response is streamed over this many seconds. Without one, streams are not probed. */
  readonly stream?: (seconds: number) => ProbeRequest;
  /** A path that succeeds once requests are processed, if that is later than the readiness path. */
  readonly worksAt?: string;
  /** The start timeout in seconds. @default 120 */
  readonly startSeconds?: number;
  /** Arguments for the overload probe: low limits, and flags that enable metrics. */
  readonly loadArgs?: string[];
  /** The number of concurrent one-second requests of the overload probe. @default 12 */
  readonly loadRequests?: number;
  /** How long an idle connection is observed, in seconds, longer than every limit of the descriptor. @default 14 */
  readonly patienceSeconds?: number;
  /** Probes that do not apply, each with the reason, which is shown in the record and in the docs. */
  readonly without?: Partial<Readonly<Record<ProbeName, string>>>;
}

/**
 * The probes. Each starts the server anew, with short times.
 *
 * - `connections`: idle after a response, no data sent, an incomplete header; a request past the time limit.
 * - `stop`: SIGTERM with a running request, a stream, an idle connection and new connections.
 * - `idle stop`: SIGTERM with an idle connection only.
 * - `bound`: SIGTERM with a request that outlasts the drain time.
 * - `defaults`: without times: readiness, paths, the default keep-alive.
 * - `default bound`: without times: SIGTERM with a request that outlasts the default drain time.
 * - `load`: more requests than it can process; metrics.
 */
export type ProbeName = 'connections' | 'stop' | 'idle stop' | 'bound' | 'defaults' | 'default bound' | 'load';
