import type { Duration } from '../units/duration';

/** Options that every server of the catalogue has. */
export interface ServerOptions {
  /**
   * The version of the server in the image. Behaviour that differs between versions follows it.
   *
   * @default - the tag of the image, where the image is the server's own; otherwise the most cautious behaviour of all versions
   */
  readonly version?: string;

  /**
   * Arguments that are added to the command as they are.
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
   * How many processes serve it. Each loads the model.
   *
   * @default 1
   */
  readonly workers?: number;
}

/** Options of a server that generates text. */
export interface LanguageModelOptions extends ServerOptions {
  /**
   * The model: a directory, or a name of the Hugging Face hub.
   *
   * @default - the path of the backend's only model; required without one and with several
   */
  readonly model?: string;

  /**
   * Over how many GPUs each replica spreads the model.
   *
   * @default - the GPUs of the backend
   */
  readonly tensorParallelism?: number;
}

/** Options of a server whose connections are set in the code of the application. */
export interface CodeServerOptions {
  /**
   * How long the code keeps an idle connection. Required on AWS, where the defaults of Node and LitServe, 5 s, are refused.
   *
   * @default - the default of the server
   */
  readonly keepAlive?: Duration;

  /**
   * The version of the runtime or the framework in the image.
   *
   * @default - the most cautious behaviour of all versions
   */
  readonly version?: string;
}

/** What a server does, so that timeouts can be computed for it. */
export interface ServerBehavior {
  /**
   * The server's name in messages.
   *
   * @default - the command's first word
   */
  readonly name?: string;

  /**
   * Whether the server finishes running requests when it gets SIGTERM.
   */
  readonly drains: boolean;

  /**
   * How long the server keeps an idle connection open; a day where it never closes one.
   *
   * @default - unknown; the application must keep connections long enough
   */
  readonly keepAlive?: Duration;

  /**
   * Whether the server opens its port only once it can answer.
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
   * The flag that sets how long an idle connection is kept, in seconds. It gets the computed time.
   *
   * @default - none; `keepAlive` is the server's own time
   */
  readonly keepAliveFlag?: string;

  /**
   * The flag that sets how long the server finishes requests when it is stopped, in seconds. It gets the computed time.
   *
   * @default - none; the server takes the time that it needs
   */
  readonly drainFlag?: string;

  /**
   * The path that answers once the server is ready.
   *
   * @default - none; any status below 500 to GET `/`
   */
  readonly readinessPath?: string;
}
