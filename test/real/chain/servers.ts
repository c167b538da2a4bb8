import { join } from 'node:path';
import { DrainBehavior } from '../../../src/plan/server/descriptor';
import { ModelServer } from '../../../src/servers/model-server';
import { Duration } from '../../../src/units/duration';
import { installed, REPOSITORY } from '../support/images';

/** A real server with its drain behavior. */
export interface ChainServer {
  readonly name: string;
  readonly drain: DrainBehavior;
  readonly server: ModelServer;
  /** The Python environment with the server. */
  readonly python: string;
  /** The flag for its keep-alive in seconds. */
  readonly keepAliveFlag: string;
  /** Whether it runs below an init process. */
  readonly init?: boolean;
}

/** The number of concurrent requests of a server, more than it gets. */
const THREADS = 64;

/** For each drain behavior, the server that is most demanding for its senders. */
export const SERVERS: readonly ChainServer[] = [
  {
    name: 'hypercorn',
    drain: DrainBehavior.COMPLETES_REQUESTS,
    server: ModelServer.hypercorn({ app: 'asgi_app', version: '0.18.0' }),
    python: 'applications',
    keepAliveFlag: '--keep-alive',
  },
  {
    name: 'waitress',
    drain: DrainBehavior.DROPS_REQUESTS,
    // By default it checks for idle connections every 30 s.
    server: ModelServer.waitress({ app: 'wsgi_app', threads: THREADS, extraArgs: ['--cleanup-interval', '1'] }),
    python: 'applications',
    keepAliveFlag: '--channel-timeout',
    // As PID 1 it ignores SIGTERM: nothing would be lost, but every update would wait for the kill.
    init: true,
  },
  {
    name: 'gunicorn 26.2.0',
    drain: DrainBehavior.WAITS_FULL_PERIOD,
    server: ModelServer.gunicorn({ app: 'wsgi_app', version: '26.2.0', threads: THREADS }),
    python: 'gunicorn-26',
    keepAliveFlag: '--keep-alive',
  },
  {
    name: 'uvicorn',
    drain: DrainBehavior.UNBOUNDED,
    server: ModelServer.uvicorn({ app: 'asgi_app', version: '0.54.0' }),
    python: 'applications',
    keepAliveFlag: '--timeout-keep-alive',
  },
];

/** uvicorn as a command with a fixed keep-alive, which its behavior declares. */
export function fixedServer(keepAliveSeconds: number): ChainServer {
  const command = ['uvicorn', 'asgi_app:app', '--host', '0.0.0.0', '--port', '8000'];
  return {
    name: `a server with a fixed keep-alive of ${keepAliveSeconds} s`,
    drain: DrainBehavior.COMPLETES_REQUESTS,
    server: ModelServer.command({
      command: [...command, '--timeout-keep-alive', String(keepAliveSeconds)],
      behavior: { drains: true, keepAlive: Duration.seconds(keepAliveSeconds) },
    }),
    python: 'applications',
    keepAliveFlag: '--timeout-keep-alive',
  };
}

/** Where the applications are. */
export const APPS = join(REPOSITORY, 'test/real/servers/apps');

/** The programs of a server. */
export function programsOf({ python }: ChainServer): string {
  return join(installed('python', python), 'bin');
}
