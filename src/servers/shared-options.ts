import type { Duration } from '../units/duration';

/** Options of every server in the catalog. */
export interface ServerOptions {
  /**
   * The server version in the image. It selects the behavior that differs between versions.
   *
   * @default - the image tag, if the image is the server's official one; otherwise the most cautious behavior of all
   *   versions
   */
  readonly version?: string;

  /**
   * Additional arguments for the command.
   *
   * @default - none
   */
  readonly extraArgs?: string[];
}

/** Options of a server that loads a Python application. */
export interface PythonServerOptions extends ServerOptions {
  /** The application: `module:callable`, or `module` for its callable `app`. */
  readonly app: string;

  /**
   * Number of worker processes. Each loads the model.
   *
   * @default 1
   */
  readonly workers?: number;
}

/** Options of a language model server. */
export interface LanguageModelOptions extends ServerOptions {
  /**
   * The model: a directory, or a model name on the Hugging Face Hub.
   *
   * @default - the path of the backend's only model; required if it has none or several
   */
  readonly model?: string;

  /**
   * Number of GPUs across which each replica splits the model. On Inferentia and Trainium it is the number of cores, of which
   * a device has several.
   *
   * @default - all GPUs of the backend
   */
  readonly tensorParallelism?: number;
}

/** Options of a server whose connections are configured in the application's code. */
export interface CodeServerOptions {
  /**
   * How long the code keeps an idle connection open. Required on AWS, where the default of Node and LitServe (5 s) is
   * rejected.
   *
   * @default - the default of the server
   */
  readonly keepAlive?: Duration;

  /**
   * The version of the runtime or framework in the image.
   *
   * @default - the most cautious behavior of all versions
   */
  readonly version?: string;
}

/** The behavior of a server, from which its timeouts are computed. */
export interface ServerBehavior {
  /**
   * The server's name in messages.
   *
   * @default - the command's first word
   */
  readonly name?: string;

  /**
   * Whether the server completes running requests after SIGTERM.
   */
  readonly drains: boolean;

  /**
   * How long the server keeps an idle connection open. For a server that never closes one, set a day.
   *
   * @default - unknown; the application must keep idle connections long enough
   */
  readonly keepAlive?: Duration;

  /**
   * Whether the server opens its port only when it is ready.
   *
   * @default false
   */
  readonly listensWhenReady?: boolean;

  /**
   * How long the server keeps a connection open that has sent no data.
   *
   * @default - no limit
   */
  readonly silentLimit?: Duration;

  /**
   * The flag for the keep-alive time in seconds. It is set to the computed time.
   *
   * @default - none; the server keeps idle connections for `keepAlive`
   */
  readonly keepAliveFlag?: string;

  /**
   * The flag for the drain time in seconds: how long the server completes requests after SIGTERM. It is set to the
   * computed time.
   *
   * @default - none; the server drains for as long as it needs
   */
  readonly drainFlag?: string;

  /**
   * The flag for the path that is removed from requests with `stripPrefix` of an endpoint, such as `--root-path`. With it,
   * the server must still answer requests without that path, which is what it receives.
   *
   * @default - none; the application reads the path from `SERVING_PATH_PREFIX`
   */
  readonly pathPrefixFlag?: string;

  /**
   * The path that returns a status from 200 to 399 once the server is ready.
   *
   * @default - none; the server is ready when `GET /` returns a status below 500
   */
  readonly readinessPath?: string;

  /**
   * The number of requests that the server processes at once, health checks included, if that is so few that requests can
   * block its health checks: 1 for a server with a single thread. Health checks then tolerate the longest request.
   *
   * @default - enough for health checks during requests
   */
  readonly concurrency?: number;

  /**
   * The Python interpreter in the image: its name, such as `python3`, or its path. It sends requests of health checks inside
   * the container where the target itself cannot.
   *
   * @default - none
   */
  readonly interpreter?: string;
}
