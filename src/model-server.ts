import type { Duration } from './duration';
import type { ServerIntent } from './plan/intents';
import { requireNumber } from './private/checks';
import { ServingError } from './private/errors';
import { GUNICORN, SHELL_NOTE, UNDECLARED, UVICORN, UVICORN_WORKERS } from './servers/catalogue';
import { DrainClass, KeepAliveKind, type ServerDescriptor } from './servers/server-descriptor';

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
   * How long the server keeps an idle connection open.
   *
   * @default - it never closes one
   */
  readonly keepAlive?: Duration;

  /**
   * Whether the server opens its port only once it can answer.
   *
   * @default false
   */
  readonly listensWhenReady?: boolean;
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

/** What a server has to know of its backend to be started. */
interface StartOptions {
  readonly port: number;
  readonly maxConcurrency?: number;
}

/** How the server in a container is started. */
export class ModelServer {
  /** A WSGI application, such as one written with Flask, behind gunicorn with threads. gunicorn must be in the image. */
  public static wsgi(options: WsgiServerOptions): ModelServer {
    const app = applicationOf(options.app);
    const workers = workersOf(options.workers);
    if (options.threads !== undefined) requireNumber('threads', options.threads, { min: 1, max: 1000, integer: true });
    return new ModelServer(workers, ({ port, maxConcurrency }) => ({
      command: [
        ...['gunicorn', app, '--bind', `0.0.0.0:${port}`, '--worker-class', 'gthread', '--workers', String(workers)],
        ...[
          '--threads',
          String(options.threads ?? (maxConcurrency === undefined ? 8 : Math.ceil(maxConcurrency / workers))),
        ],
        // A heartbeat file on a disk can block a worker; shared memory cannot.
        ...['--worker-tmp-dir', '/dev/shm'],
      ],
      timeFlags: [
        { flag: '--keep-alive', time: 'keepAlive' },
        { flag: '--graceful-timeout', time: 'drain' },
        { flag: '--timeout', time: 'watchdog' },
      ],
      // Releases since 25.1 open a control socket there; the home folder may be read-only.
      environment: { XDG_RUNTIME_DIR: '/dev/shm' },
      descriptor: GUNICORN,
    }));
  }

  /** An ASGI application, such as one written with FastAPI, behind uvicorn. uvicorn must be in the image. */
  public static asgi(options: AsgiServerOptions): ModelServer {
    const app = applicationOf(options.app);
    const workers = workersOf(options.workers);
    return new ModelServer(workers, ({ port }) => ({
      command: [
        'uvicorn',
        app,
        '--host',
        '0.0.0.0',
        '--port',
        String(port),
        ...(workers > 1 ? ['--workers', String(workers)] : []),
      ],
      timeFlags: [
        { flag: '--timeout-keep-alive', time: 'keepAlive' },
        { flag: '--timeout-graceful-shutdown', time: 'drain' },
      ],
      environment: {},
      descriptor: workers > 1 ? UVICORN_WORKERS : UVICORN,
    }));
  }

  /**
   * Any server, started with its own command in exec form. It must listen on every interface at the port in the
   * environment variable `PORT`, and the backend needs a health check.
   */
  public static command(options: CommandServerOptions): ModelServer {
    const [program] = options.command;
    if (program === undefined || program === '')
      throw new ServingError('InvalidCommand', "'command' must name a program, such as ['python', 'serve.py']");
    refuseLocalhost(options.command, options.command.join(' '));
    return ModelServer.declared(options.command, options.behavior, program);
  }

  /**
   * Any server, started by a line that `/bin/sh` reads. It must listen on every interface at the port in the environment
   * variable `PORT`, and the backend needs a health check.
   */
  public static shell(options: ShellServerOptions): ModelServer {
    const line = options.line.trim();
    if (line === '')
      throw new ServingError('InvalidCommand', "'line' must name a program, such as 'exec python serve.py'");
    refuseLocalhost(line.split(/[\s"']+/), line);
    const note = /(?:^|[;&]\s*)exec\s/.test(line) ? undefined : SHELL_NOTE;
    return ModelServer.declared(['/bin/sh', '-c', line], options.behavior, line.split(/\s+/)[0] as string, note);
  }

  private static declared(
    command: string[],
    behavior: ServerBehavior | undefined,
    name: string,
    note?: string,
  ): ModelServer {
    const descriptor = { ...(behavior === undefined ? UNDECLARED : descriptorOf(behavior, name)), note };
    return new ModelServer(undefined, ({ port }) => ({
      command,
      timeFlags: [],
      environment: { PORT: String(port) },
      descriptor,
    }));
  }

  private constructor(
    /** @internal */
    public readonly _workers: number | undefined,
    private readonly start: (options: StartOptions) => ServerIntent,
  ) {}

  /** @internal */
  public _intent(options: StartOptions): ServerIntent {
    return this.start(options);
  }
}

function applicationOf(app: string): string {
  const match = /^([A-Za-z_][\w]*(?:\.[A-Za-z_]\w*)*)(?::([A-Za-z_][\w.]*(?:\(\))?))?$/.exec(app);
  if (match === null)
    throw new ServingError('InvalidApp', `'app' ('${app}') must be 'module:callable' or 'module', such as 'app:app'`);
  return match[2] === undefined ? `${app}:app` : app;
}

function workersOf(workers: number | undefined): number {
  return requireNumber('workers', workers ?? 1, { min: 1, max: 256, integer: true });
}

/** An address that only the container itself reaches, alone or as the value of an option or a variable. */
const LOCALHOST = /^(?:(?<name>[\w.-]+)=)?(?:tcp:\/\/|https?:\/\/)?(?:127(?:\.\d+){3}|localhost|\[?::1\]?)(?::\d+)?$/i;

/** Names of options that say where a server connects to, or where it listens for others than its callers. */
const OTHER_ADDRESS =
  /master|rdzv|peer|upstream|backend|redis|database|broker|proxy|metrics|admin|manage|otlp|trac|url/i;

function refuseLocalhost(words: string[], command: string): void {
  const word = words.find((candidate, index) => {
    const match = LOCALHOST.exec(candidate);
    const before = words[index - 1] ?? '';
    return match !== null && !OTHER_ADDRESS.test(match.groups?.name ?? (before.startsWith('-') ? before : ''));
  });
  if (word !== undefined) {
    throw new ServingError(
      'LocalhostBind',
      `'${word}' in the server command ('${command}') is an address that nothing outside the container reaches; listen on 0.0.0.0`,
    );
  }
}

function descriptorOf(behavior: ServerBehavior, name: string): ServerDescriptor {
  return {
    name: behavior.name ?? name,
    drain: behavior.drains ? DrainClass.A : DrainClass.B,
    keepAlive: behavior.keepAlive === undefined ? KeepAliveKind.NEVER_CLOSES : KeepAliveKind.FIXED,
    keepAliveSeconds: behavior.keepAlive?.toSeconds(),
    listensWhenReady: behavior.listensWhenReady ?? false,
    declared: true,
  };
}
