import { join } from 'node:path';
import { DrainBehavior } from '../../../src/plan/server/descriptor';
import { ModelServer } from '../../../src/servers/model-server';
import { Duration } from '../../../src/units/duration';
import { installed, REPOSITORY } from '../support/images';

/** A real server of a drain class. */
export interface ChainServer {
  readonly name: string;
  readonly drain: DrainBehavior;
  readonly server: ModelServer;
  /** The Python environment that has it. */
  readonly python: string;
  /** The flag with its keep-alive, in seconds. */
  readonly keepAliveFlag: string;
  /** Whether it has an init process before it. */
  readonly init?: boolean;
}

/** The requests that a server works on at a time, more than it gets. */
const THREADS = 64;

/** For each class the server that is hardest on what sends to it. */
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
    // It looks for idle connections every 30 s where nobody says otherwise.
    server: ModelServer.waitress({ app: 'wsgi_app', threads: THREADS, extraArgs: ['--cleanup-interval', '1'] }),
    python: 'applications',
    keepAliveFlag: '--channel-timeout',
    // As the first process it ignores SIGTERM: nothing is lost then, but every update waits for the kill.
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

/** uvicorn as a program that sets its keep-alive itself and says so. */
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
