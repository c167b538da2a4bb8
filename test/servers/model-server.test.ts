import { DrainBehavior, KeepAliveKind } from '../../src/plan/server/descriptor';
import { KnobPlace } from '../../src/plan/server/parts';
import { ModelServer } from '../../src/servers/model-server';
import type { ServerBehavior } from '../../src/servers/shared-options';
import { Duration } from '../../src/units/duration';

const IDLE = { name: '--idle', place: KnobPlace.FLAG };
const DESCRIPTOR = {
  name: 'mine',
  drain: DrainBehavior.COMPLETES_REQUESTS,
  keepAlive: KeepAliveKind.SETTABLE,
  keepAliveKnob: { name: 'IDLE', place: KnobPlace.VARIABLE },
  listensWhenReady: true,
};

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
    ['my-model:entrypoint', 'my-model:entrypoint'],
    ['my-package.web-app', 'my-package.web-app:app'],
    ['2model:make(1)', '2model:make(1)'],
    ['modèle:prédire', 'modèle:prédire'],
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

  test.each([
    ...['', 'app:', ':app', 'app app', 'app.py', 'src/app:app', 'src\\app', '.app:app', 'a..b:app', 'app.:app'],
    ...['-app:app', '--reload', 'app:my-app', 'app:app:app', 'app;ls:app', '$APP:app', 'app:1', "a'b:app", 'a(b):app'],
  ])('fails when the application is %p', (app) => {
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

describe('waitress', () => {
  test('fails when the module is not a Python identifier, because it resolves names as code does', () => {
    expect(start(ModelServer.waitress({ app: 'my_pkg.modèle:app' })).commandTail).toEqual(['my_pkg.modèle:app']);
    for (const module of ['my-model', '2model', 'my-pkg.app', 'a+b']) {
      for (const call of ['', '()']) {
        expect(() => ModelServer.waitress({ app: `${module}:app${call}` })).toThrow(
          `[InvalidApp] 'app' ('${module}:app') has the module '${module}', which waitress does not load, because it is not a Python identifier; rename the module, or use ModelServer.gunicorn`,
        );
      }
    }
  });
});

describe('seldon', () => {
  test('starts a class in any module', () => {
    for (const className of ['Iris', 'my-model.Iris', 'pkg.module.Iris_2'])
      expect(start(ModelServer.seldon({ className })).command[1]).toBe(className);
  });

  test.each(['my-model', 'Iris.my-model', 'iris.2', 'Iris:Iris'])('fails when %s is no class', (className) => {
    expect(() => ModelServer.seldon({ className })).toThrow(
      `[InvalidName] 'className' ('${className}') must end with the name of a Python class, such as 'my-model.IrisClassifier'`,
    );
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

  test('may have its arguments apart', () => {
    const { command, args, environment } = start(ModelServer.command({ command: ['python'], args: ['serve.py'] }));
    expect({ command, args, environment }).toEqual({
      command: ['python'],
      args: ['serve.py'],
      environment: { PORT: '8000' },
    });
    expect(start(ModelServer.command({ command: ['serve'], args: [] }))).not.toHaveProperty('args');
  });

  test.each<[string, () => ModelServer]>([
    ['command[0]', () => ModelServer.command({ command: ['--model', 'a/b'] })],
    ['command[0]', () => ModelServer.custom({ command: ['--model', 'a/b'], descriptor: DESCRIPTOR })],
    ['command[0]', () => ModelServer.go({ command: ['--model', 'a/b'] })],
    ['command[0]', () => ModelServer.node({ command: ['--model', 'a/b'] })],
    ['command[0]', () => ModelServer.nim({ command: ['--model', 'a/b'] })],
    ['command[0]', () => ModelServer.textEmbeddingsInference({ command: ['--model', 'a/b'] })],
    ['command[0]', () => ModelServer.textGenerationInference({ command: ['--model', 'a/b'] })],
    ['line', () => ModelServer.shell({ line: 'A=b --model a/b' })],
  ])('fails when %s is an option: %#', (prop, make) => {
    expect(make).toThrow(
      `[InvalidCommand] '${prop}' ('--model') is an option, and must be a program; to pass options to the entry point of the image, use ModelServer.fromImage({ args: ['--model', ...] })`,
    );
  });

  test('does not print a credential in an option', () => {
    expect(() => ModelServer.command({ command: ['--api-key=0123456789abcdef'] })).toThrow(
      "use ModelServer.fromImage({ args: ['--api-key=***'] })",
    );
  });

  test.each([
    ['keepAliveFlag', 'computed time'],
    ['drainFlag', 'computed time'],
    ['pathPrefixFlag', 'removed path'],
  ])('fails when the %s is in the command already', (prop, what) => {
    const behavior = { drains: true, [prop]: '--time' };
    for (const words of [{ command: ['serve', '--time', '5'] }, { command: ['serve'], args: ['--time=5'] }]) {
      expect(() => ModelServer.command({ ...words, behavior })).toThrow(
        `[ConflictingProps] '${prop}' ('--time') of 'behavior' must not be in the command, because the ${what} is added with it; remove it from the command`,
      );
    }
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

describe('the image', () => {
  test('starts with its own entry point and arguments, and gets the port in its environment', () => {
    for (const server of [ModelServer.fromImage(), ModelServer.fromImage({ args: [] })]) {
      const started = start(server);
      expect(started).toMatchObject({ command: [], timeFlags: [], environment: { PORT: '8000' } });
      expect(started).not.toHaveProperty('args');
      expect(started.descriptor.declared).toBe(false);
    }
  });

  test('starts with its own entry point and other arguments, which the computed times follow', () => {
    const behavior = { drains: true, keepAliveFlag: '--idle', drainFlag: '--drain' };
    expect(start(ModelServer.fromImage({ args: ['--model', 'a/b'], behavior }))).toMatchObject({
      command: [],
      args: ['--model', 'a/b'],
      timeFlags: [
        { flag: '--idle', time: 'keepAlive' },
        { flag: '--drain', time: 'drain' },
      ],
      descriptor: { name: "the image's server" },
    });
  });

  test.each<[string, () => ModelServer]>([
    [
      "'--idle' of the image's server",
      () => ModelServer.fromImage({ behavior: { drains: true, keepAliveFlag: '--idle' } }),
    ],
    [
      "'--root-path' of the image's server",
      () => ModelServer.fromImage({ behavior: { drains: true, pathPrefixFlag: '--root-path' } }),
    ],
    ["'--idle' of mine", () => ModelServer.custom({ descriptor: { ...DESCRIPTOR, keepAliveKnob: IDLE } })],
  ])('fails when a computed time would replace its arguments: %s', (flag, make) => {
    expect(() => start(make())).toThrow(
      `[ConflictingProps] ${flag} would be the only argument and replace those of the image (its CMD); set 'args' of the server to the arguments in the image, or remove the flag`,
    );
  });

  test.each<[string, ModelServer]>([
    ['go', ModelServer.go({ args: ['--fast'] })],
    ['node', ModelServer.node({ args: ['--fast'] })],
    ['custom', ModelServer.custom({ args: ['--fast'], descriptor: DESCRIPTOR })],
  ])('may start a server that is described otherwise: %s', (_, server) => {
    expect(start(server)).toMatchObject({ command: [], args: ['--fast'], environment: { PORT: '8000' } });
  });

  test('fails when it listens on localhost only', () => {
    expect(() => ModelServer.fromImage({ args: ['--host', '127.0.0.1'] })).toThrow(
      "[LocalhostBind] '127.0.0.1' in the server command ('--host 127.0.0.1') is unreachable",
    );
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
