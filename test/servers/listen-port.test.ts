import { ModelServer } from '../../src/servers/model-server';

const started = (server: ModelServer, port = 8000) => server._intent({ port, models: [] });
const ofCommand = (words: string[]) => started(ModelServer.command({ command: ['serve', ...words] }));
const ofArgs = (words: string[]) => started(ModelServer.fromImage({ args: words }));
const ofLine = (words: string[]) => started(ModelServer.shell({ line: `exec serve ${words.join(' ')}` }));

describe.each([
  ['a command', ofCommand],
  ['the arguments of an image', ofArgs],
  ['a shell line', ofLine],
])('the port in %s', (_, start) => {
  test.each<[string[], string, number]>([
    [['--port', '9000'], '--port 9000', 9000],
    [['--port=9000'], '--port=9000', 9000],
    [['-port', '9000'], '-port 9000', 9000],
    [['-p', '9000'], '-p 9000', 9000],
    [['--server.port=8501'], '--server.port=8501', 8501],
    [['-Dserver.port=8080'], '-Dserver.port=8080', 8080],
    [['--http-port', '9000'], '--http-port 9000', 9000],
    [['--rest_api_port=8501'], '--rest_api_port=8501', 8501],
    [['--bind', '0.0.0.0:9000'], '--bind 0.0.0.0:9000', 9000],
    [['-b', ':9000'], '-b :9000', 9000],
    [['--bind=tcp://0.0.0.0:9000'], '--bind=tcp://0.0.0.0:9000', 9000],
    [['--listen', '9000'], '--listen 9000', 9000],
    [['--listen=[::]:9000'], '--listen=[::]:9000', 9000],
    [['--http-address', '*:9000'], '--http-address *:9000', 9000],
  ])('is refused if it is not that of the backend: %j', (words, shown, port) => {
    expect(() => start(words)).toThrow(
      `[ConflictingProps] '${shown}' in the server command conflicts with 'port' of the backend (8000), to which requests are sent; set 'port' to ${port}, or change the command`,
    );
  });

  test.each([
    [['--port', '8000']],
    [['--server.port=8000', '--metrics-port', '9000']],
    [['--bind', '0.0.0.0:8000']],
    [['--metrics-port', '9000']],
    [['--metrics-http-port=9000']],
    [['--grpc-port', '9000', '--grpc-server-port', '9001']],
    [['--master-port', '29500']],
    [['--redis-server-port', '6379']],
    [['--health-port=9000', '--dashboard-port', '8265', '--port-range', '9000']],
    [['-p', '4']],
    [['--workers', '9000', '--report', '9000', '--support=9000']],
    [['--address', 'head.example.com:6379']],
    [['--bind', 'unix:/tmp/socket']],
    // Two servers, one of which has the port.
    [['--port', '9000', '--http-port', '8000']],
    [['--port', 'auto']],
  ])('is not refused: %j', (words) => {
    expect(() => start(words)).not.toThrow();
  });
});

test('a declared additional port in a command is not refused', () => {
  const server = ModelServer.command({ command: ['serve', '--http-port', '9000'] });
  expect(() => server._intent({ port: 8000, additionalPorts: [9000], models: [] })).not.toThrow();
  expect(() => server._intent({ port: 8000, additionalPorts: [9001], models: [] })).toThrow('ConflictingProps');
});

test.each([
  ['PORT=9000 exec python serve.py', 'PORT=9000'],
  ['export PORT=9000; exec python serve.py', 'PORT=9000'],
  ['export GRADIO_SERVER_PORT="9000" && exec python serve.py', 'GRADIO_SERVER_PORT=9000'],
])('a variable in a shell line that sets another port is refused: %s', (line, shown) => {
  expect(() => started(ModelServer.shell({ line }))).toThrow(
    `[ConflictingProps] '${shown}' in the server command conflicts with 'port' of the backend (8000), to which requests are sent; set 'port' to 9000`,
  );
});

test.each([
  'PORT=8000 exec python serve.py',
  'exec python serve.py --port $PORT',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of the shell
  'exec python serve.py --port "${PORT:-9000}"',
  'python cache.py --port 6400 & exec python serve.py --port $PORT',
  'METRICS_PORT=9000 REDIS_SERVER_PORT=6379 exec python serve.py',
])('a shell line with the port of the backend, or without a port, is not refused: %s', (line) => {
  expect(() => started(ModelServer.shell({ line }))).not.toThrow();
});

test('a program of the command env may set the port', () => {
  const server = ModelServer.command({ command: ['env', 'SERVER_PORT=9000', 'serve'] });
  expect(() => started(server)).toThrow("'SERVER_PORT=9000' in the server command conflicts with 'port'");
  expect(() => started(server, 9000)).not.toThrow();
});

test('an additional argument of a server of the catalog with another port of its own is not refused', () => {
  const server = ModelServer.vllm({ extraArgs: ['--kv-port', '14579', '--dp-rpc-port', '13345'] });
  expect(() => server._intent({ port: 8000, models: [{ path: '/models/m' }] })).not.toThrow();
});
