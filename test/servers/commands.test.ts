import { CATALOG } from '../../scripts/server-catalog';
import { Gpu, GunicornWorkerClass, Model, ModelServer, SecretValue, ServerImage } from '../../src';
import { DrainBehavior, KeepAliveKind } from '../../src/plan/server/descriptor';
import { KnobPlace } from '../../src/plan/server/parts';
import { LedgerTopic } from '../../src/plan/serving-plan';
import type { Feature } from '../../src/plan/target-profile';
import { type backendOptions, singleBackend } from '../support/definitions';
import { SERVERS } from './servers';

const context = { port: 9999, models: [{ path: '/models/m' }] };
const LETTERS = { keepAlive: 'K', drain: 'D', watchdog: 'W', request: 'R' };

function wordsOf(server: ModelServer): string {
  const { command, args = [], timeFlags, commandTail = [] } = server._intent(context);
  const program = command.length === 0 ? ['ENTRYPOINT'] : command;
  const times = timeFlags.map(({ flag, time, milliseconds, joined }) => {
    const value = `${LETTERS[time]}${milliseconds ? '000' : ''}`;
    return joined ? `${flag}=${value}` : `${flag} ${value}`;
  });
  const words = [...program, ...args].map((word) => (word.includes('\n') ? 'LAUNCHER' : word));
  return [...words, ...times, ...commandTail].join(' ');
}

const planOf = (options: Partial<ReturnType<typeof backendOptions>>) => {
  const { platform, backend } = singleBackend({ model: Model.fromS3('s3://acme/m/', { path: 'm' }), ...options });
  return { plan: platform.plan(), ...platform.plan().backend(backend.node.path) };
};

describe.each(SERVERS)('$name', ({ name, server, command }) => {
  test('is started in exec form', () => {
    expect(wordsOf(server)).toBe(command);
  });

  test('matches its descriptor', () => {
    const { descriptor } = server._intent(context);
    const known = CATALOG.find((one) => one.name === descriptor.name);
    expect(known).toBeDefined();
    expect(descriptor.source).toBe(known?.source);
    expect(descriptor.name).toBe(name);
  });

  test('listens on its default port unless another is set', () => {
    const { port = 8000 } = server._intent(context).descriptor;
    expect(planOf({ server }).intent.port).toBe(port);
    expect(planOf({ server, port: 9999 }).intent.port).toBe(9999);
  });
});

describe('an application created by a call', () => {
  test.each([
    [ModelServer.uvicorn({ app: 'app:make()' }), 'uvicorn app:make --factory'],
    [ModelServer.granian({ app: 'app:make()' }), 'granian app:make --factory'],
    [ModelServer.waitress({ app: 'app:make()' }), '--call app:make'],
    [ModelServer.gunicorn({ app: 'app:make(2)' }), 'gunicorn app:make(2)'],
    [ModelServer.hypercorn({ app: 'app:make()' }), 'hypercorn app:make()'],
  ])('is passed in the syntax of the server: %#', (server, words) => {
    expect(planOf({ server }).command.join(' ')).toContain(words);
  });

  test('is refused if the server does not support it', () => {
    expect(() => ModelServer.rayServe({ app: 'app:make()' })).toThrow(
      "[InvalidApp] 'app' ('app:make()') is a call, which Ray Serve does not support; assign the result of 'make' to a module variable, and set 'app' to that variable",
    );
    expect(() => ModelServer.waitress({ app: 'app:make(2)' })).toThrow(
      "[InvalidApp] 'app' ('app:make(2)') is a call with arguments, which waitress does not support;",
    );
  });
});

describe('a server', () => {
  test('gets times in its environment', () => {
    expect(planOf({ server: ModelServer.vllm({ version: '0.9.1' }) }).environment).toEqual({
      VLLM_HTTP_TIMEOUT_KEEP_ALIVE: '4010',
    });
    expect(planOf({ server: ModelServer.textGenerationInference() }).environment).toEqual({
      GRACEFUL_TERMINATION_TIMEOUT: '60',
    });
  });

  test('gets milliseconds if it reads milliseconds, and at most its cap', () => {
    expect(planOf({ server: ModelServer.granian({ app: 'app' }) }).command.join(' ')).toContain(
      '--http1-header-read-timeout 60000',
    );
  });

  test('that kills processes which do not answer waits for the model to load, if that can be configured', () => {
    const workers = (version?: string) => ModelServer.uvicorn({ app: 'app', workers: 2, version });
    expect(planOf({ server: workers('0.54.0') }).command.join(' ')).toContain('--timeout-worker-healthcheck 310');
    for (const version of [undefined, '0.36.1'])
      expect(planOf({ server: workers(version) }).command.join(' ')).not.toContain('healthcheck');
  });

  test('gets its configuration as variables', () => {
    expect(planOf({ server: ModelServer.mlServer({ workers: 0 }) }).environment).toEqual({
      MLSERVER_HOST: '0.0.0.0',
      MLSERVER_HTTP_PORT: '8080',
      MLSERVER_GRPC_PORT: '8081',
      MLSERVER_METRICS_PORT: '8082',
      MLSERVER_PARALLEL_WORKERS: '0',
      MLSERVER_METRICS_DIR: '/tmp/mlserver/metrics',
      MLSERVER_ENVIRONMENTS_DIR: '/tmp/mlserver/environments',
    });
    expect(planOf({ server: ModelServer.ollama(), maxConcurrency: 4 }).environment).toEqual({
      OLLAMA_HOST: '0.0.0.0:11434',
      OLLAMA_MODELS: '/models/m',
      OLLAMA_NOPRUNE: '1',
      OLLAMA_NUM_PARALLEL: '4',
    });
    expect(planOf({ server: ModelServer.mlflow() }).environment).toEqual({
      __pyfunc_model_path__: '/models/m',
      MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT: '70',
    });
    expect(planOf({ server: ModelServer.nim() }).environment).toEqual({
      NIM_SERVER_PORT: '8000',
      NIM_MODEL_PATH: '/models/m',
    });
  });

  test('stores downloads in a writable directory', () => {
    const environmentOf = (server: ModelServer, options = {}) =>
      planOf({ server, model: undefined, ...options }).environment;
    const hub = { HUGGINGFACE_HUB_CACHE: '/tmp/hub' };
    const model = 'BAAI/bge';
    expect(environmentOf(ModelServer.textEmbeddingsInference({ model }))).toMatchObject(hub);
    expect(environmentOf(ModelServer.textGenerationInference({ model }))).toMatchObject(hub);
    expect(environmentOf(ModelServer.textEmbeddingsInference({ model: '/models/bge' }))).not.toHaveProperty(
      'HUGGINGFACE_HUB_CACHE',
    );
    const environment = { HUGGINGFACE_HUB_CACHE: '/data' };
    expect(environmentOf(ModelServer.textEmbeddingsInference({ model }), { environment })).toMatchObject(environment);
    expect(environmentOf(ModelServer.nim())).toMatchObject({ NIM_CACHE_PATH: '/tmp/nim' });
    expect(environmentOf(ModelServer.ollama())).toMatchObject({ OLLAMA_MODELS: '/tmp/ollama' });
  });

  test('splits its model across the GPUs of the backend', () => {
    const { command, intent } = planOf({
      server: ModelServer.vllm(),
      gpu: Gpu.nvidia({ count: 4 }),
      maxConcurrency: 64,
    });
    expect(command.join(' ')).toContain('--tensor-parallel-size 4 --max-num-seqs 64');
    expect(intent.sharedMemoryMib).toBe(4096);
  });

  test.each<[string, (tensorParallelism: number) => ModelServer, string]>([
    ['vLLM', (tensorParallelism) => ModelServer.vllm({ tensorParallelism }), '--tensor-parallel-size 1'],
    ['SGLang', (tensorParallelism) => ModelServer.sglang({ tensorParallelism }), '--tp-size 1'],
    ['TGI', (tensorParallelism) => ModelServer.textGenerationInference({ tensorParallelism }), '--num-shard 1'],
  ])('does not split its model if parallelism 1 is set, even if the server would use every GPU: %s', (_, make, flag) => {
    const { command, args = [] } = planOf({ server: make(1), gpu: Gpu.nvidia({ count: 4 }) });
    expect([...command, ...args].join(' ')).toContain(flag);
  });

  test('never limits its connections to the concurrency', () => {
    expect(planOf({ server: ModelServer.uvicorn({ app: 'app' }), maxConcurrency: 4 }).command.join(' ')).not.toContain(
      'limit-concurrency',
    );
  });

  test('is checked on its own readiness path unless a check is declared', () => {
    expect(planOf({ server: ModelServer.triton() }).intent.healthCheck).toMatchObject({
      path: '/v2/health/ready',
      statuses: '200-399',
      declared: true,
    });
    expect(planOf({ server: ModelServer.tensorflowServing({ modelName: 'resnet' }) }).intent.healthCheck.path).toBe(
      '/v1/models/resnet',
    );
    expect(planOf({ server: ModelServer.uvicorn({ app: 'app' }) }).intent.healthCheck.declared).toBe(false);
  });

  test('may read its models from a file, one of which is its readiness', () => {
    const server = ModelServer.tensorflowServing({ modelName: 'cats', modelConfigFile: '/models/list.config' });
    const { command, intent } = planOf({ server });
    expect(command).toContain('--model_config_file=/models/list.config');
    expect(command.join(' ')).not.toMatch(/--model_name|--model_base_path/);
    expect(intent.healthCheck.path).toBe('/v1/models/cats');
  });

  test('has the version in the tag of its own image', () => {
    const image = (tag: string) => ServerImage.fromRegistry(`vllm/vllm-openai:${tag}`);
    expect(planOf({ server: ModelServer.vllm(), image: image('v0.18.0') }).command).toContain('--shutdown-timeout');
    expect(planOf({ server: ModelServer.vllm(), image: image('v0.17.0') }).command).not.toContain('--shutdown-timeout');
  });

  test.each([
    [undefined, { PORT: '9001' }],
    ['MINE_PORT', { MINE_PORT: '9001' }],
  ])('reads its port from the variable of its descriptor: %s', (portVariable, expected) => {
    const server = ModelServer.custom({
      command: ['serve'],
      descriptor: {
        name: 'mine',
        drain: DrainBehavior.UNBOUNDED,
        keepAlive: KeepAliveKind.NEVER_CLOSES,
        listensWhenReady: true,
        readinessPath: '/ready',
        portVariable,
      },
    });
    expect(planOf({ server, port: 9001 }).environment).toEqual(expected);
  });

  test('can be declared in as much detail as those of the catalog', () => {
    const server = ModelServer.custom({
      command: ['serve', '--fast'],
      environment: { MODE: 'fast' },
      descriptor: {
        name: 'mine',
        drain: DrainBehavior.UNBOUNDED,
        drainKnob: { name: '--drain', place: KnobPlace.FLAG },
        keepAlive: KeepAliveKind.SETTABLE,
        keepAliveKnob: { name: 'MINE_KEEP_ALIVE', place: KnobPlace.VARIABLE },
        listensWhenReady: true,
        readinessPath: '/ready',
        declared: true,
      },
    });
    const { command, environment, intent } = planOf({ server });
    expect(command).toEqual(['serve', '--fast', '--drain', '60']);
    expect(environment).toEqual({ MODE: 'fast', PORT: '8000', MINE_KEEP_ALIVE: '4010' });
    expect(intent.healthCheck.path).toBe('/ready');
  });

  test('can be declared with a few options', () => {
    const behavior = { drains: true, keepAliveFlag: '--idle', drainFlag: '--drain', readinessPath: '/ready' };
    const { command, intent } = planOf({ server: ModelServer.command({ command: ['serve'], behavior }) });
    expect(command).toEqual(['serve', '--idle', '4010', '--drain', '60']);
    expect(intent.healthCheck.path).toBe('/ready');
  });
});

describe('the ledger', () => {
  const detail = (options: Partial<ReturnType<typeof backendOptions>>, feature: Feature | LedgerTopic) =>
    planOf(options).plan.ledger.find((entry) => entry.feature === feature)?.detail;

  test('warns of several processes on GPUs', () => {
    const server = (workers: number) => ModelServer.uvicorn({ app: 'app', workers });
    expect(detail({ server: server(2), gpu: Gpu.nvidia() }, LedgerTopic.WORKERS)).toMatch(
      /^2 worker processes share the GPUs/,
    );
    expect(detail({ server: server(2) }, LedgerTopic.WORKERS)).toBeUndefined();
    expect(detail({ server: server(1), gpu: Gpu.nvidia() }, LedgerTopic.WORKERS)).toBeUndefined();
  });

  test('states what the code of a server must do', () => {
    expect(detail({ server: ModelServer.litServe({ script: 'server.py' }) }, LedgerTopic.SERVER_REQUEST_LIMIT)).toBe(
      'LitServe ends requests that are queued for 30 s with status 504, unless its code sets timeout of LitServer to 70 s',
    );
  });

  test('states that a version matters, unless it is set', () => {
    expect(detail({ server: ModelServer.wsgi({ app: 'app' }) }, LedgerTopic.SERVER_VERSION)).toMatch(
      /^gunicorn: its version/,
    );
    expect(
      detail({ server: ModelServer.gunicorn({ app: 'app', version: '27.0.1' }) }, LedgerTopic.SERVER_VERSION),
    ).toBeUndefined();
  });
});

describe('a conflict', () => {
  test.each<[string, ModelServer, string]>([
    ['UVICORN_TIMEOUT_KEEP_ALIVE', ModelServer.uvicorn({ app: 'app' }), '(--timeout-keep-alive); remove it'],
    ['WEB_CONCURRENCY', ModelServer.gunicorn({ app: 'app' }), "(--workers) from 'workers' of the server"],
    ['UVICORN_WORKERS', ModelServer.uvicorn({ app: 'app' }), "(--workers) from 'workers' of the server"],
    ['GUNICORN_CMD_ARGS', ModelServer.gunicorn({ app: 'app' }), "(flags) from 'extraArgs' of the server"],
    ['VLLM_HTTP_TIMEOUT_KEEP_ALIVE', ModelServer.vllm({ version: '0.9.1' }), '(the keep-alive time); remove it'],
    ['RAY_SERVE_HTTP_KEEP_ALIVE_TIMEOUT_S', ModelServer.rayServe({ app: 'a' }), '(keep_alive_timeout_s of the HTTP'],
    ['MLSERVER_HTTP_PORT', ModelServer.mlServer(), "('8080') from 'port' of the backend"],
    ['MLSERVER_PARALLEL_WORKERS', ModelServer.mlServer(), "('1') from 'workers' of the server"],
    ['UVICORN_TIMEOUT_KEEP_ALIVE', ModelServer.mlflow(), '(--timeout-keep-alive); remove it'],
    ['GUNICORN_THREADS', ModelServer.seldon({ className: 'Iris' }), '(--threads); remove it'],
    ['MAX_CONCURRENT_REQUESTS', ModelServer.textGenerationInference(), "from 'maxConcurrency' of the backend"],
    ['MAX_CONCURRENT_REQUESTS', ModelServer.textEmbeddingsInference(), "from 'maxConcurrency' of the backend"],
    ['NUM_SHARD', ModelServer.textGenerationInference(), "(--num-shard) from 'tensorParallelism' of the server"],
    ['MODEL_ID', ModelServer.textEmbeddingsInference(), "(--model-id) from 'model' of the server"],
    [
      'LLAMA_ARG_N_PARALLEL',
      ModelServer.llamaCpp({ model: '/m.gguf' }),
      "from 'maxConcurrency' or 'batching' of the backend",
    ],
    [
      'UVICORN_TIMEOUT_WORKER_HEALTHCHECK',
      ModelServer.uvicorn({ app: 'app', workers: 2 }),
      "(--timeout-worker-healthcheck) if 'version' of the server is set",
    ],
  ])('of %s in the environment fails', (name, server, reason) => {
    expect(() => planOf({ server, environment: { [name]: '5' } })).toThrow(
      `[ConflictingProps] '${name}' in 'environment' conflicts with 'server', which sets it`,
    );
    expect(() => planOf({ server, environment: { [name]: '5' } })).toThrow(reason);
    const secrets = { [name]: SecretValue.fromName('acme') };
    expect(() => planOf({ server, secrets })).toThrow(`[ConflictingProps] '${name}' in 'secrets'`);
  });

  test.each(
    SERVERS,
  )('in the environment of $name names an option for everything that the command leaves out', (subject) => {
    const { command, args = [], timeFlags, reservedVariables = {}, descriptor } = subject.server._intent(context);
    const flags = [...command, ...args, ...timeFlags.map(({ flag }) => flag)].map((word) => word.replace(/=.*$/, ''));
    for (const [variable, flag] of Object.entries(descriptor.conflictingVariables ?? {})) {
      if (flag.startsWith('-') && !flags.includes(flag))
        expect(`${variable}: ${reservedVariables[variable]}`).toMatch(
          / (?:from|if) '\w+'(?: or '\w+')? of the .*; set that instead$/,
        );
    }
    const hasWayOut = Object.values(reservedVariables).every((reason) =>
      /^which .*; (?:remove it|set that instead)$/.test(reason),
    );
    expect(hasWayOut).toBe(true);
  });

  test('of arguments fails', () => {
    const server = ModelServer.uvicorn({ app: 'app', extraArgs: ['--timeout-keep-alive=5'] });
    expect(() => planOf({ server })).toThrow(
      "[ConflictingProps] '--timeout-keep-alive=5' in 'extraArgs' conflicts with a flag that the command of uvicorn already has; remove it",
    );
  });

  test('of arguments that Ray Serve does not support fails', () => {
    expect(() => ModelServer.rayServe({ app: 'app', extraArgs: ['model=a', '--working-dir=/app'] })).toThrow(
      "[InvalidCommand] '--working-dir=/app' in 'extraArgs' of Ray Serve must be 'key=value', an argument of the application builder;",
    );
    expect(wordsOf(ModelServer.rayServe({ app: 'app:build', extraArgs: ['model=a'] }))).toBe(
      'python3 -c LAUNCHER app:build --port 9999 model=a --keep-alive-timeout-s K --request-timeout-s R',
    );
  });

  test.each<[ModelServer, string]>([
    [ModelServer.gunicorn({ app: 'app', extraArgs: ['-k', 'gevent'] }), "'-k' in 'extraArgs'"],
    [ModelServer.gunicorn({ app: 'app', extraArgs: ['-w4'] }), "'-w4' in 'extraArgs'"],
    [ModelServer.gunicorn({ app: 'app', extraArgs: ['-b', ':9000'] }), "'-b' in 'extraArgs'"],
    [
      ModelServer.gunicorn({ app: 'app', extraArgs: ['--worker_class=gevent'] }),
      "'--worker_class=gevent' in 'extraArgs'",
    ],
  ])('of short and misspelled arguments fails: %#', (server, message) => {
    expect(() => planOf({ server })).toThrow(
      `[ConflictingProps] ${message} conflicts with a flag that the command of gunicorn already has`,
    );
  });

  test.each<[string, (extraArgs: string[]) => ModelServer, string[][]]>([
    ['vLLM', (extraArgs) => ModelServer.vllm({ extraArgs }), [['--model', 'a/b'], ['--model=a/b'], ['--port', '9000']]],
    ['SGLang', (extraArgs) => ModelServer.sglang({ extraArgs }), [['--model', 'a/b'], ['--model-path=a/b']]],
    [
      'llama.cpp',
      (extraArgs) => ModelServer.llamaCpp({ model: '/m.gguf', extraArgs }),
      [
        ['-m', 'a'],
        ['-hf', 'a/b'],
      ],
    ],
    ['Triton', (extraArgs) => ModelServer.triton({ extraArgs }), [['--model-store=/other']]],
    ['Text Generation Inference', (extraArgs) => ModelServer.textGenerationInference({ extraArgs }), [['-p', '80']]],
    [
      'Text Embeddings Inference',
      (extraArgs) => ModelServer.textEmbeddingsInference({ extraArgs }),
      [['--model-id=a']],
    ],
    ['uWSGI', (extraArgs) => ModelServer.uwsgi({ app: 'app', extraArgs }), [['-w', 'other:app'], ['--workers=4']]],
    ['BentoML', (extraArgs) => ModelServer.bentoml({ extraArgs }), [['-p', '3001']]],
    ['waitress', (extraArgs) => ModelServer.waitress({ app: 'app', extraArgs }), [['--listen=*:8001']]],
  ])('of a second model, port or number of workers of %s fails', (name, make, conflicts) => {
    for (const extraArgs of conflicts) {
      expect(() => planOf({ server: make(extraArgs) })).toThrow(
        `[ConflictingProps] '${extraArgs[0]}' in 'extraArgs' conflicts with a flag that the command of ${name} already has; remove it`,
      );
    }
  });

  test('does not arise for an alias of a flag that the command does not have', () => {
    const tensor = (gpus: number) => ({
      server: ModelServer.sglang({ extraArgs: ['--tp', '2'] }),
      gpu: Gpu.nvidia({ count: gpus }),
    });
    expect(() => planOf(tensor(1))).not.toThrow();
    expect(() => planOf(tensor(2))).toThrow("'--tp' in 'extraArgs' conflicts with a flag that the command of SGLang");
  });

  test('does not arise with another argument, and a connection limit is taken into account', () => {
    expect(() =>
      planOf({ server: ModelServer.gunicorn({ app: 'app', extraArgs: ['--preload', '-c', 'conf.py'] }) }),
    ).not.toThrow();
    for (const extraArgs of [['--limit-concurrency', '4'], ['--limit-concurrency=4']]) {
      const { plan } = planOf({ server: ModelServer.uvicorn({ app: 'app', extraArgs }) });
      expect(plan.ledger.find(({ feature }) => feature === LedgerTopic.CONNECTION_LIMIT)?.detail).toContain(
        'uvicorn limits connections to 4 (--limit-concurrency), idle ones included',
      );
    }
  });

  test('of flags and a shell, which would consume them, fails', () => {
    const behavior = { drains: true, drainFlag: '--drain' };
    expect(() => ModelServer.shell({ line: 'exec serve', behavior })).toThrow(
      "[ConflictingProps] 'drainFlag' of 'behavior' would be passed to the shell and not to the server in 'line'; use ModelServer.command",
    );
    expect(() => ModelServer.command({ command: ['serve'], behavior: { ...behavior, drains: false } })).toThrow(
      "[ConflictingProps] 'drainFlag' ('--drain') of 'behavior' requires 'drains' to be true; set it, or remove the flag",
    );
  });

  test('of threads with workers without threads fails', () => {
    expect(() => ModelServer.gunicorn({ app: 'app', workerClass: GunicornWorkerClass.SYNC, threads: 2 })).toThrow(
      "[ConflictingProps] 'threads' (2) has no effect with 'workerClass' (GunicornWorkerClass.SYNC); remove one of them",
    );
  });

  test('of ports fails', () => {
    expect(() => planOf({ server: ModelServer.triton(), port: 8001 })).toThrow(
      "[ConflictingProps] 'port' (8001) conflicts with another port of Triton; use a different port",
    );
  });

  test('of parallelism and GPUs fails', () => {
    expect(() => planOf({ server: ModelServer.vllm({ tensorParallelism: 4 }), gpu: Gpu.nvidia({ count: 2 }) })).toThrow(
      "[ConflictingProps] 'tensorParallelism' (4) must be at most the number of GPUs of the backend (2); increase the count of 'gpu'",
    );
  });

  test('of parallelism and the cores of Neuron devices fails only above the most that they have', () => {
    const server = (tensorParallelism: number) => ModelServer.vllm({ tensorParallelism });
    const gpu = Gpu.neuron({ devices: 2 });
    expect(planOf({ server: server(16), gpu }).command.join(' ')).toContain('--tensor-parallel-size 16');
    expect(() => planOf({ server: server(17), gpu })).toThrow(
      "[ConflictingProps] 'tensorParallelism' (17) must be at most the number of cores of the backend (2 with at most 8 each); increase the count of 'gpu'",
    );
    expect(() => planOf({ server: server(3), gpu: Gpu.neuron({ cores: 2 }) })).toThrow(
      "'tensorParallelism' (3) must be at most the number of GPUs of the backend (2)",
    );
  });

  test('does not arise if the user may change the default', () => {
    const environment = { XDG_RUNTIME_DIR: '/tmp' };
    expect(planOf({ server: ModelServer.wsgi({ app: 'app' }), environment }).environment).toMatchObject(environment);
  });
});
