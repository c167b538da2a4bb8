import { DrainBehavior, KeepAliveKind } from '../../src/plan/server/descriptor';
import { ModelServer } from '../../src/servers/model-server';
import type { ServerBehavior } from '../../src/servers/shared-options';
import { Duration } from '../../src/units/duration';

const start = (server: ModelServer, maxConcurrency?: number) =>
  server._intent({ port: 8000, maxConcurrency, models: [] });

describe('wsgi', () => {
  test('starts gunicorn with threads on every interface', () => {
    expect(start(ModelServer.wsgi({ app: 'app:app' }))).toMatchObject({
      command: [
        ...['gunicorn', 'app:app', '--bind', '0.0.0.0:8000', '--worker-class', 'gthread'],
        ...['--workers', '1', '--threads', '8', '--worker-tmp-dir', '/dev/shm'],
      ],
      timeFlags: [
        { flag: '--keep-alive', time: 'keepAlive' },
        { flag: '--graceful-timeout', time: 'drain' },
        { flag: '--timeout', time: 'watchdog' },
      ],
      environment: {},
    });
  });

  test.each([
    ['app', 'app:app'],
    ['predict_wsgi:predict_wsgi', 'predict_wsgi:predict_wsgi'],
    ['pkg.module:factory()', 'pkg.module:factory()'],
    ['pkg.module', 'pkg.module:app'],
  ])('starts the application %s', (app, word) => {
    expect(start(ModelServer.wsgi({ app })).command[1]).toBe(word);
  });

  test.each([
    [{ workers: 2 }, undefined, '8'],
    [{ workers: 2 }, 5, '3'],
    [{ workers: 2, threads: 4 }, 5, '4'],
    [{}, 16, '16'],
  ])('has threads for %j and a concurrency of %p', (options, maxConcurrency, threads) => {
    const { command } = start(ModelServer.wsgi({ app: 'app', ...options }), maxConcurrency);
    expect(command[command.indexOf('--threads') + 1]).toBe(threads);
  });

  test.each(['', 'app:', ':app', 'my-app:app', '1app', 'app app'])('fails when the application is %p', (app) => {
    expect(() => ModelServer.wsgi({ app })).toThrow(
      `[InvalidApp] 'app' ('${app}') must be 'module:callable' or 'module', such as 'app:app'`,
    );
  });

  test.each([
    [{ workers: 0 }, "'workers' (0) must be a whole number between 1 and 256"],
    [{ workers: 257 }, "'workers' (257) must be a whole number between 1 and 256"],
    [{ threads: 0 }, "'threads' (0) must be a whole number between 1 and 1000"],
    [{ threads: 1.5 }, "'threads' (1.5) must be a whole number between 1 and 1000"],
  ])('fails when a number is outside its bounds: %j', (options, message) => {
    expect(() => ModelServer.wsgi({ app: 'app', ...options })).toThrow(`[InvalidNumber] ${message}`);
  });
});

describe('asgi', () => {
  test('starts uvicorn in one process on every interface', () => {
    expect(start(ModelServer.asgi({ app: 'serve:app' }))).toMatchObject({
      command: ['uvicorn', 'serve:app', '--host', '0.0.0.0', '--port', '8000'],
      timeFlags: [
        { flag: '--timeout-keep-alive', time: 'keepAlive' },
        { flag: '--timeout-graceful-shutdown', time: 'drain' },
      ],
      descriptor: { name: 'uvicorn', drain: DrainBehavior.UNBOUNDED, listensWhenReady: true },
    });
  });

  test('listens when it is ready, with several processes too', () => {
    const { command, descriptor } = start(ModelServer.asgi({ app: 'serve:app', workers: 2 }));
    expect(command.slice(-2)).toEqual(['--workers', '2']);
    expect(descriptor.listensWhenReady).toBe(true);
  });
});

describe('command', () => {
  test('is used unchanged and gets the port in its environment', () => {
    expect(start(ModelServer.command({ command: ['python', 'serve.py'] }))).toMatchObject({
      command: ['python', 'serve.py'],
      timeFlags: [],
      environment: { PORT: '8000' },
      descriptor: { declared: false, drain: DrainBehavior.DROPS_REQUESTS, keepAlive: KeepAliveKind.UNKNOWN },
    });
  });

  test.each<[ServerBehavior, object]>([
    [
      { drains: true },
      {
        name: 'python',
        drain: DrainBehavior.COMPLETES_REQUESTS,
        keepAlive: KeepAliveKind.UNKNOWN,
        listensWhenReady: false,
      },
    ],
    [
      { drains: false, name: 'mine' },
      { name: 'mine', drain: DrainBehavior.DROPS_REQUESTS },
    ],
    [
      { drains: true, keepAlive: Duration.seconds(75), listensWhenReady: true },
      { keepAlive: KeepAliveKind.FIXED, keepAliveSeconds: 75, listensWhenReady: true },
    ],
  ])('behaves as declared: %j', (behavior, descriptor) => {
    expect(start(ModelServer.command({ command: ['python', 'serve.py'], behavior })).descriptor).toMatchObject({
      ...descriptor,
    });
  });

  test.each([[[]], [['']]])('fails without a program: %j', (command) => {
    expect(() => ModelServer.command({ command })).toThrow(
      "[InvalidCommand] 'command' must start with a program, such as ['python', 'serve.py']",
    );
  });

  test.each([
    '127.0.0.1',
    '127.0.0.1:8000',
    'localhost:8000',
    '--host=localhost',
    '--bind=[::1]:8000',
    '::1',
    'http://localhost:8000',
    'HOST=127.0.0.1',
  ])('fails when it listens on localhost only: %s', (word) => {
    expect(() => ModelServer.command({ command: ['serve', word] })).toThrow(
      `[LocalhostBind] '${word}' in the server command ('serve ${word}') is unreachable from outside the container; listen on 0.0.0.0`,
    );
  });

  test.each([
    '--rdzv-endpoint=localhost:29400',
    'REDIS_HOST=localhost',
    '0.0.0.0:8000',
    '--host=::',
    'localhost.example.com',
    'models/localhost',
  ])('accepts %s', (word) => {
    expect(start(ModelServer.command({ command: ['serve', word] })).command).toEqual(['serve', word]);
  });
});

describe('shell', () => {
  test('may contain a localhost address that it connects to', () => {
    const line = 'exec torchrun --master-addr 127.0.0.1 serve.py --host 0.0.0.0';
    expect(start(ModelServer.shell({ line })).command.at(-1)).toBe(line);
  });

  test('passes the line to a shell', () => {
    const { command, environment } = start(ModelServer.shell({ line: ' exec python serve.py --port $PORT ' }));
    expect(command).toEqual(['/bin/sh', '-c', 'exec python serve.py --port $PORT']);
    expect(environment).toEqual({ PORT: '8000' });
  });

  test('fails when the line is empty', () => {
    expect(() => ModelServer.shell({ line: ' ' })).toThrow(
      "[InvalidCommand] 'line' must contain a command, such as 'exec python serve.py'",
    );
  });

  test('fails when it listens on localhost only', () => {
    expect(() => ModelServer.shell({ line: 'exec serve --bind "127.0.0.1:8000"' })).toThrow(
      `[LocalhostBind] '127.0.0.1:8000' in the server command ('exec serve --bind "127.0.0.1:8000"')`,
    );
  });
});
