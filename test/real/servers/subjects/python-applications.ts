import { GranianInterface, type GunicornOptions, GunicornWorkerClass, ModelServer } from '../../../../src';
import type { StartOptions, Subject } from '../subject';

const ASGI = 'asgi_app.py';
const WSGI = 'wsgi_app.py';

const requests = {
  request: (seconds: number) => ({ path: `/slow?seconds=${seconds}` }),
  stream: (seconds: number) => ({ path: `/stream?seconds=${seconds}` }),
};

/** Common to `asgi_app.py` and `wsgi_app.py` behind every server. */
const application = (name: string, file: string, environment = 'applications') => ({
  ...requests,
  runtime: { python: environment, package: name },
  files: [file],
});

const gunicorn = (id: string, file: string, options: Omit<GunicornOptions, 'app'>, environment?: string): Subject => ({
  ...application('gunicorn', file, environment),
  id,
  server: ({ version, extraArgs }: StartOptions) =>
    ModelServer.gunicorn({ app: file.replace('.py', ''), version, extraArgs, ...options }),
});

const { UVICORN, SYNC, ASGI: OWN_ASGI } = GunicornWorkerClass;

/**
 * gunicorn's four worker classes, in two versions with different behavior. Sync needs several workers for parallel
 * probes.
 */
const GUNICORN: readonly Subject[] = ['', '-26'].flatMap((suffix) => {
  const environment = suffix === '' ? undefined : `gunicorn${suffix}`;
  return [
    gunicorn(`gunicorn-gthread${suffix}`, WSGI, {}, environment),
    gunicorn(`gunicorn-uvicorn${suffix}`, ASGI, { workerClass: UVICORN }, environment),
    gunicorn(`gunicorn-sync${suffix}`, WSGI, { workerClass: SYNC, workers: 4 }, environment),
    gunicorn(`gunicorn-asgi${suffix}`, ASGI, { workerClass: OWN_ASGI }, environment),
  ];
});

export const PYTHON_APPLICATIONS: readonly Subject[] = [
  ...GUNICORN,
  {
    ...application('uvicorn', ASGI),
    id: 'uvicorn',
    server: (options) => ModelServer.uvicorn({ app: 'asgi_app', ...commonOf(options) }),
    loadArgs: ['--limit-concurrency', '3'],
  },
  {
    // The other parser of uvicorn; which one it uses depends on the packages in the image.
    ...application('uvicorn', ASGI),
    id: 'uvicorn-h11',
    server: ({ version, extraArgs }) =>
      ModelServer.uvicorn({ app: 'asgi_app', version, extraArgs: ['--http', 'h11', ...extraArgs] }),
    loadArgs: ['--limit-concurrency', '3'],
  },
  {
    ...application('uvicorn', ASGI),
    id: 'uvicorn-workers',
    server: (options) => ModelServer.uvicorn({ app: 'asgi_app', workers: 2, ...commonOf(options) }),
    loadArgs: ['--limit-concurrency', '3'],
  },
  {
    ...application('hypercorn', ASGI),
    id: 'hypercorn',
    server: (options) => ModelServer.hypercorn({ app: 'asgi_app', ...commonOf(options) }),
  },
  ...[GranianInterface.ASGI, GranianInterface.WSGI].map(
    (interfaceType): Subject => ({
      ...application('granian', interfaceType === GranianInterface.ASGI ? ASGI : WSGI),
      id: `granian-${interfaceType}`,
      server: (options) => ModelServer.granian({ app: `${interfaceType}_app`, interfaceType, ...commonOf(options) }),
      loadArgs: ['--metrics', '--metrics-address', '0.0.0.0', '--metrics-scrape-interval', '1'],
    }),
  ),
  {
    ...application('waitress', WSGI),
    id: 'waitress',
    server: (options) => ModelServer.waitress({ app: 'wsgi_app', ...commonOf(options) }),
    patienceSeconds: 40,
  },
];

function commonOf({ version, extraArgs }: StartOptions) {
  return { version, extraArgs };
}
