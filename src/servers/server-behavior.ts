import type { ServerDescriptor } from '../plan/server/descriptor';
import type { Duration } from '../units/duration';

/** Options of a WSGI application behind gunicorn. */
export interface WsgiServerOptions {
  /**
   * The application: `module:callable`, or `module` for its callable `app`.
   */
  readonly app: string;

  /**
   * How many processes serve it. Each loads the model.
   *
   * @default 1
   */
  readonly workers?: number;

  /**
   * How many threads each process has, which with `workers` bounds the requests a replica works on.
   *
   * @default - `maxConcurrency` of the backend over the workers, rounded up; 8 without one
   */
  readonly threads?: number;

  /**
   * The version of gunicorn in the image.
   *
   * @default - unknown, and the most cautious behaviour of all versions is taken
   */
  readonly version?: string;
}

/** Options of an ASGI application behind uvicorn. */
export interface AsgiServerOptions {
  /**
   * The application: `module:callable`, or `module` for its callable `app`.
   */
  readonly app: string;

  /**
   * How many processes serve it. Each loads the model.
   *
   * @default 1
   */
  readonly workers?: number;

  /**
   * The version of uvicorn in the image.
   *
   * @default - unknown, and the most cautious behaviour of all versions is taken
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
   * @default - nobody knows, and the application must keep them long enough
   */
  readonly keepAlive?: Duration;

  /**
   * Whether the server opens its port only once it can answer.
   *
   * @default false
   */
  readonly listensWhenReady?: boolean;

  /**
   * How long the server bears a connection that never sends a byte.
   *
   * @default - as long as it is asked to
   */
  readonly silentLimit?: Duration;

  /**
   * The flag that sets how long an idle connection is kept, in seconds. The computed time is given to it.
   *
   * @default - `keepAlive` is what the server does by itself
   */
  readonly keepAliveFlag?: string;

  /**
   * The flag that sets how long the server finishes requests when it is stopped, in seconds. The computed time is given
   * to it.
   *
   * @default - the server takes the time that it needs
   */
  readonly drainFlag?: string;

  /**
   * The path that answers once the server can serve.
   *
   * @default - none; any status below 500 to GET `/`
   */
  readonly readinessPath?: string;
}

/** Options of a server that is started with a command of its own. */
export interface CommandServerOptions {
  /**
   * The command and its arguments in exec form: no shell reads them, and signals reach the server.
   */
  readonly command: string[];

  /**
   * What the server does when it is stopped and with idle connections.
   *
   * @default - unknown: it is taken to drop its requests when it is stopped
   */
  readonly behavior?: ServerBehavior;
}

/** Options of a server that is started by a shell line. */
export interface ShellServerOptions {
  /**
   * The line, given to `/bin/sh -c`.
   *
   * The shell gets the signals: start the server with `exec`, or it is killed without having been told.
   */
  readonly line: string;

  /**
   * What the server does when it is stopped and with idle connections.
   *
   * @default - unknown: it is taken to drop its requests when it is stopped
   */
  readonly behavior?: ServerBehavior;
}

/** Options of a server that is described as completely as those of the catalogue. */
export interface CustomServerOptions {
  /**
   * The command and its arguments in exec form: no shell reads them, and signals reach the server. The computed times
   * are added with the flags that the descriptor names.
   */
  readonly command: string[];

  /** What the server does. */
  readonly descriptor: ServerDescriptor;

  /**
   * The version in the image, where the descriptor knows several.
   *
   * @default - the most cautious behaviour of all versions
   */
  readonly version?: string;

  /**
   * Environment variables that the server reads.
   *
   * @default - none beside `PORT`
   */
  readonly environment?: { [name: string]: string };
}

/** What the code of a server of one's own does with connections, which nothing outside can set. */
export interface CodeServerOptions {
  /**
   * How long the code keeps an idle connection. AWS needs it: what Node and LitServe do otherwise, 5 s, is refused there.
   *
   * @default - what the server does when its code says nothing
   */
  readonly keepAlive?: Duration;

  /**
   * The version of the runtime or the framework in the image.
   *
   * @default - the most cautious behaviour of all versions
   */
  readonly version?: string;
}

/** Options of a program on Node. */
export interface NodeServerOptions extends CodeServerOptions {
  /** The command in exec form, such as `['node', 'server.js']`. The program listens at the port in `PORT`. */
  readonly command: string[];

  /**
   * What the code sets `server.headersTimeout` to. It ends connections that never send, too.
   *
   * @default - 60 s, or `keepAlive` where that is longer, as Node wants it
   */
  readonly headersTimeout?: Duration;

  /**
   * Whether the code calls `server.close()` when it gets SIGTERM.
   *
   * @default false
   */
  readonly drains?: boolean;
}

/** Options of a program in Go. */
export interface GoServerOptions extends CodeServerOptions {
  /** The command in exec form, such as `['/app/server']`. The program listens at the port in `PORT`. */
  readonly command: string[];

  /**
   * Whether the code calls `Shutdown` of its server when it gets SIGTERM.
   *
   * @default false
   */
  readonly drains?: boolean;
}

/** Options of LitServe. */
export interface LitServeOptions extends CodeServerOptions {
  /** The Python script, such as `server.py`. It calls `run` with the port in `PORT`. */
  readonly script: string;
}
