import type { Construct } from 'constructs';
import type { AutoscalingOptions } from '../../src/constructs/autoscaling-policy';
import type { BackendOptions } from '../../src/constructs/backend-options';
import { ScalingTarget } from '../../src/constructs/scaling-target';
import { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import type { TargetPlatform } from '../../src/constructs/target-platform';
import { Model } from '../../src/models/model';
import { ModelDelivery } from '../../src/models/model-delivery';
import { QueueStatus } from '../../src/plan/choices';
import { Feature, SupportLevel } from '../../src/plan/target-profile';
import { ModelServer } from '../../src/servers/model-server';
import { Duration } from '../../src/units/duration';
import { Size } from '../../src/units/size';
import { EnvironmentSource } from '../../src/workload/environment-source';
import { Gpu } from '../../src/workload/gpu';
import { HealthCheck, type HttpHealthCheckOptions, type LivenessCheck } from '../../src/workload/health-check';
import { ScratchVolume } from '../../src/workload/scratch-volume';
import { SecretValue } from '../../src/workload/secret-value';
import { ServerImage } from '../../src/workload/server-image';
import { backendOptions, IMAGE } from '../support/definitions';
import type { ObservedBackend } from '../support/observation';
import { onEvery, type Subject } from './subjects';

/** The observed replicas of one backend on a target. */
function observe(
  subject: Subject,
  options: Partial<BackendOptions> = {},
  scaling?: AutoscalingOptions,
): ObservedBackend {
  const observed = subject.observe((scope: Construct) => {
    const backend = new ServingEndpoint(scope, 'classifier').addBackend('SVM:v1', backendOptions(options));
    if (scaling !== undefined) backend.autoscale(scaling);
  });
  expect(Object.keys(observed.backends)).toEqual(['SVM:v1']);
  return observed.backends['SVM:v1'] as ObservedBackend;
}

/** The observed replicas, or the message of the refusal. */
function observedOrRefused(subject: Subject, options: Partial<BackendOptions>): ObservedBackend | string {
  try {
    return observe(subject, options);
  } catch (error) {
    return String(error);
  }
}

onEvery('a backend on %s', (_, subject) => {
  test('runs one replica of its image by default', () => {
    expect(observe(subject)).toMatchObject({
      image: IMAGE,
      port: 8000,
      replicas: 1,
      gpus: 0,
      readOnlyRootFilesystem: true,
      secrets: [],
      models: [],
    });
  });

  test('runs in its working directory, with models below it', () => {
    const model = Model.fromS3('s3://acme-models/net/', { path: './data/net' });
    expect(observe(subject, { model, workingDirectory: '/srv/app' })).toMatchObject({
      workingDirectory: '/srv/app',
      models: [{ path: '/srv/app/data/net', uri: 's3://acme-models/net/' }],
    });
    expect(observe(subject).workingDirectory).toBeUndefined();
  });

  test.each([
    ModelServer.wsgi({ app: 'app', workers: 2 }),
    ModelServer.asgi({ app: 'serve:app' }),
    ModelServer.command({ command: ['python', 'serve.py', '--name', 'a b'], behavior: { drains: true } }),
    ModelServer.shell({ line: 'exec serve --port "$PORT"', behavior: { drains: true } }),
  ])('runs exactly the command of its server', (server) => {
    const { command, timeFlags } = server._intent({ port: 1453, models: [] });
    const { command: words, port } = observe(subject, { server, port: 1453 });
    expect(words.slice(0, command.length)).toEqual(command);
    expect(words.slice(command.length)).toEqual(
      timeFlags.flatMap(({ flag }) => [flag, expect.stringMatching(/^\d+$/)]),
    );
    expect(port).toBe(1453);
  });

  test.each<[string, ModelServer, string[], boolean]>([
    ['that of the image', ModelServer.fromImage(), [], false],
    ['arguments for that of the image', ModelServer.fromImage({ args: ['--a', 'b c'] }), ['--a', 'b c'], false],
    [
      'a program with arguments apart',
      ModelServer.command({ command: ['serve'], args: ['--a', 'b c'] }),
      ['serve', '--a', 'b c'],
      true,
    ],
    ['a program alone', ModelServer.command({ command: ['serve'] }), ['serve'], true],
    [
      'an entry point that finds its program',
      ModelServer.textEmbeddingsInference({ model: '/m' }),
      ['--model-id', '/m', '--hostname', '0.0.0.0', '--port', '1453'],
      false,
    ],
  ])('starts with %s', (_, server, command, replacesEntryPoint) => {
    const healthCheck = HealthCheck.http('/');
    expect(observe(subject, { server, healthCheck, port: 1453 })).toMatchObject({ command, replacesEntryPoint });
  });

  test.each<[string, ModelServer, string | undefined]>([
    ['of an image', ModelServer.fromImage(), '1453'],
    ['of a command', ModelServer.command({ command: ['serve'] }), '1453'],
    ['of a shell line', ModelServer.shell({ line: 'exec serve --port $PORT' }), '1453'],
    ['of a Go program', ModelServer.go({ command: ['/serve'] }), '1453'],
    ['that has it in its arguments', ModelServer.asgi({ app: 'app' }), undefined],
    ['that has it in another variable', ModelServer.nim(), undefined],
  ])('passes its port in the variable PORT to a server %s, and to no other', (_, server, port) => {
    const { environment } = observe(subject, { server, healthCheck: HealthCheck.http('/'), port: 1453 });
    expect(environment.PORT).toBe(port);
  });

  test('has its other ports by name, and none by default', () => {
    const additionalPorts = [
      { name: 'metrics', port: 9000 },
      { name: 'grpc-v2', port: 8001 },
    ];
    expect(observe(subject, { additionalPorts })).toMatchObject({ port: 8000, additionalPorts });
    expect(observe(subject).additionalPorts).toEqual([]);
  });

  test('has its sidecars, which start in order before the server, and none by default', () => {
    const image = ServerImage.fromRegistry('acme/proxy:1.2.0');
    const resources = { cpu: 0.25, memory: Size.mebibytes(64) };
    const sidecars = [
      {
        name: 'proxy',
        image,
        command: ['/proxy'],
        args: ['--listen', '9000'],
        environment: { MODE: 'fast' },
        secrets: { TOKEN: SecretValue.fromName('acme', { key: 'token' }) },
        ports: [{ name: 'admin', port: 9001 }],
        sharedDirectories: ['/var/run/app', '/shared'],
        healthCheck: { command: ['/proxy', 'ready'] },
        resources,
      },
      { name: 'logs', image, resources, sharedDirectories: ['/shared'] },
    ];
    const { sidecars: observed, additionalPorts } = observe(subject, { sidecars });
    expect(observed).toMatchObject([
      {
        name: 'proxy',
        image: 'acme/proxy:1.2.0',
        command: ['/proxy', '--listen', '9000'],
        environment: { MODE: 'fast' },
        secrets: ['TOKEN'],
        ports: [{ name: 'admin', port: 9001 }],
        cpu: 0.25,
        memoryMib: 64,
        readOnlyRootFilesystem: true,
        sharedDirectories: ['/var/run/app', '/shared'],
        check: ['/proxy', 'ready'],
      },
      { name: 'logs', command: [], secrets: [], ports: [], sharedDirectories: ['/shared'], check: undefined },
    ]);
    expect(additionalPorts).toEqual([]);
    expect(observe(subject).sidecars).toEqual([]);
  });

  test('has its environment and its secrets', () => {
    const backend = observe(subject, {
      server: ModelServer.command({ command: ['serve'], behavior: { drains: true } }),
      environment: { LOG_LEVEL: 'debug', EMPTY: '' },
      secrets: { API_KEY: SecretValue.fromName('acme', { key: 'token' }) },
    });
    expect(backend.environment).toMatchObject({ LOG_LEVEL: 'debug', EMPTY: '', PORT: '8000' });
    expect(backend.secrets).toEqual(['API_KEY']);
  });

  test('has the listed keys of its sources, unless it sets these variables itself', () => {
    const backend = observe(subject, {
      environment: { HOST: 'db' },
      secrets: { API_KEY: SecretValue.fromName('acme', { key: 'token' }) },
      environmentFrom: [
        EnvironmentSource.fromSecretKeys('acme', { keys: ['HOST', 'PASSWORD', 'API_KEY'] }),
        EnvironmentSource.fromSecretKeys('other', { keys: ['PASSWORD'], prefix: 'DB_' }),
      ],
    });
    expect(backend.environment.HOST).toBe('db');
    expect([...backend.secrets].sort()).toEqual(['API_KEY', 'DB_PASSWORD', 'PASSWORD']);
  });

  test('has the declared number of replicas', () => {
    const { replicas, scaling } = observe(subject, { replicas: 3 });
    expect({ replicas, scaling }).toEqual({ replicas: 3, scaling: undefined });
  });

  /** What the ledger of the target has about a feature of this backend. */
  function supportOf(feature: Feature, options: Partial<BackendOptions>): SupportLevel | undefined {
    let platform: TargetPlatform | undefined;
    subject.observe((scope) => {
      const endpoint = new ServingEndpoint(scope, 'classifier');
      endpoint.addBackend('v1', backendOptions(options));
      platform = endpoint.platform as TargetPlatform;
    });
    return platform?.plan().ledger.find((entry) => entry.feature === feature)?.level;
  }

  test('gets no more than its concurrent requests, and the rest wait, unless the balancer has no limit', () => {
    const queue = { maxRequests: 8, timeout: Duration.seconds(5), fullStatus: QueueStatus.TOO_MANY_REQUESTS };
    const limits = [{}, { maxConcurrency: 4 }, { maxConcurrency: 4, queue }].map(
      (options) => observe(subject, options).limit,
    );
    if (!subject.limitsRequests) {
      expect(limits).toEqual([undefined, undefined, undefined]);
      expect(supportOf(Feature.QUEUE, { maxConcurrency: 4, queue })).toBe(SupportLevel.APPLICATION);
      return;
    }
    expect(limits).toEqual([
      undefined,
      { requests: 4, waitSeconds: 60 },
      { requests: 4, waiting: 8, waitSeconds: 5, fullStatus: 429 },
    ]);
  });

  test.each<[string, Partial<BackendOptions>, boolean]>([
    ['that stops them', { server: ModelServer.vllm({ model: 'm', version: '0.18.0' }), maxConcurrency: 2 }, true],
    ['that notifies its application', { server: ModelServer.asgi({ app: 'app' }) }, true],
    ['whose application may exceed its limit', { server: ModelServer.asgi({ app: 'app' }), maxConcurrency: 2 }, false],
    ['that completes them', {}, false],
    ['that stops them by declaration', { cancelOnDisconnect: true, maxConcurrency: 2 }, true],
    [
      'that stops them but must not',
      { server: ModelServer.vllm({ model: 'm', version: '0.18.0' }), cancelOnDisconnect: false },
      false,
    ],
  ])('ends requests without a client of a server %s, unless the balancer decides itself', (_, options, ends) => {
    const { cancels } = observe(subject, options);
    if (subject.limitsRequests) return expect(cancels).toBe(ends);
    expect(cancels).toBeUndefined();
    expect(supportOf(Feature.CANCELLATION, options)).not.toBe(SupportLevel.NATIVE);
  });

  test('follows the metric of its platform', () => {
    const other = ScalingTarget.memoryUtilization(99);
    const metrics = { aws: other, kubernetes: other, test: other, [subject.kind]: ScalingTarget.cpuUtilization(60) };
    const { scaling } = observe(subject, {}, { maxReplicas: 8, targets: [ScalingTarget.byPlatform(metrics)] });
    expect(scaling).toEqual({ min: 1, max: 8, targets: { cpu: 60 } });
  });

  test('has bounds instead of a number of replicas with an autoscaler', () => {
    const targets = [ScalingTarget.cpuUtilization(60), ScalingTarget.memoryUtilization(75)];
    const { replicas, scaling } = observe(subject, {}, { minReplicas: 2, maxReplicas: 8, targets });
    expect({ replicas, scaling }).toEqual({
      replicas: undefined,
      scaling: { min: 2, max: 8, targets: { cpu: 60, memory: 75 } },
    });
  });

  test('is probed with the declared health check', () => {
    const healthCheck = HealthCheck.http('/healthz', {
      interval: Duration.seconds(20),
      timeout: Duration.seconds(4),
      healthyThreshold: 3,
      unhealthyThreshold: 5,
    });
    expect(observe(subject, { healthCheck }).health).toEqual({
      path: '/healthz',
      statuses: '200-399',
      interval: 20,
      timeout: 4,
      healthyThreshold: 3,
      unhealthyThreshold: 5,
    });
  });

  test.each<[string, HttpHealthCheckOptions]>([
    ['the default answers', {}],
    ['a list of status codes', { statuses: '200,204' }],
    ['a range of status codes', { statuses: '200-299', timeout: Duration.seconds(3) }],
    ['a host', { host: 'model.internal:8000' }],
    ['a host and status codes', { host: 'model.internal', statuses: '200-499' }],
  ])('is asked the same by everything that checks it: %s', (_, options) => {
    const healthCheck = HealthCheck.http('/ready?deep=1', options);
    const { statuses = '200-399', host, timeout = Duration.seconds(5) } = options;
    const observed = observedOrRefused(subject, { healthCheck });
    // A load balancer sends no other host, so it refuses one.
    if (typeof observed === 'string') return expect(observed).toContain("'health check host' is not supported");
    expect(observed.questions.length).toBeGreaterThan(0);
    for (const { by: _by, ...question } of observed.questions)
      expect(question).toEqual({ path: '/ready?deep=1', statuses, host, timeout: timeout.toSeconds() });
  });

  test.each<[string, LivenessCheck, object]>([
    ['its own path', { path: '/live' }, { path: '/live', interval: 30, timeout: 5, unhealthyThreshold: 5 }],
    [
      'the path of the health check',
      { interval: Duration.seconds(20), timeout: Duration.seconds(3), unhealthyThreshold: 4 },
      { path: '/ready', interval: 20, timeout: 3, unhealthyThreshold: 4 },
    ],
  ])('is restarted or replaced by a request for %s', (_, liveness, expected) => {
    const healthCheck = HealthCheck.http('/ready', { liveness });
    expect(observe(subject, { healthCheck }).liveness).toEqual({ statuses: '200-399', host: undefined, ...expected });
    expect(observe(subject).liveness).toBeUndefined();
  });

  test('gets requests only after the answer to its smoke test', () => {
    const schema = { type: 'object', required: ['label'] };
    const smokeTest = {
      path: '/predict?top=1',
      json: { x: [1, 2] },
      headers: { Accept: 'application/json' },
      timeout: Duration.seconds(7),
      answer: { status: 201, schema },
    };
    expect(observe(subject, { smokeTest }).smokeTest).toEqual({
      method: 'POST',
      path: '/predict?top=1',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: Buffer.from('{"x":[1,2]}').toString('base64'),
      timeout: 7,
      status: 201,
      schema,
    });
    expect(observe(subject).smokeTest).toBeUndefined();
  });

  test('is checked so that its longest request cannot fail it, if it processes one at a time', () => {
    const server = ModelServer.gunicorn({ app: 'app', threads: 1 });
    // The endpoint has a request timeout of 60 s.
    const { interval = 0, timeout = 0, unhealthyThreshold = 0 } = observe(subject, { server }).health;
    expect((unhealthyThreshold - 1) * interval + timeout).toBeGreaterThan(60);
  });

  test('is healthy with any status below 500 if no health check is declared', () => {
    const { health } = observe(subject);
    // Healthy status codes cannot be configured on a kubelet, so behind a gateway the server is probed from inside.
    if (health.path !== undefined) expect(health).toMatchObject({ path: '/', statuses: '200-499' });
    expect(health).toMatchObject({ interval: 10, timeout: 5, healthyThreshold: 2, unhealthyThreshold: 3 });
  });

  test('has its GPUs and its memory', () => {
    const resources = { memory: Size.gibibytes(12) };
    expect(observe(subject, { gpu: Gpu.nvidia({ count: 1 }), resources })).toMatchObject({
      gpus: 1,
      memoryMib: 12 * 1024,
    });
  });

  test.each([
    [{ product: 'nvidia-l4' }, ['L4'], []],
    [{ product: 'A100' }, ['A100-SXM4-40GB'], ['H100 80GB HBM3']],
    [{ product: 'A100', memory: Size.gibibytes(80) }, ['A100-SXM4-80GB'], ['A100-SXM4-40GB']],
    [{ product: 'NVIDIA-A100-SXM4-40GB' }, ['A100-SXM4-40GB'], ['A100-SXM4-80GB']],
  ])('runs only on GPUs that %j means', (options, some, none) => {
    const { gpus, gpuModels = [] } = observe(subject, { gpu: Gpu.nvidia(options) });
    expect(gpus).toBe(1);
    expect(gpuModels).toEqual(expect.arrayContaining(some));
    for (const model of none) expect(gpuModels).not.toContain(model);
  });

  // A share, a partition and another accelerator are rendered or refused, but never silently a whole NVIDIA GPU.
  test.each([
    ['mig', Gpu.nvidia({ mig: '1g.10gb' })],
    ['shared', Gpu.nvidia({ shared: true })],
    ['amd.com/gpu', Gpu.amd()],
    ['aws.amazon.com/neuron', Gpu.neuron()],
    ['google.com/tpu', Gpu.tpu({ accelerator: 'tpu-v6e-slice', topology: '1x1' })],
  ])('renders %s, or refuses it', (what, gpu) => {
    if (subject.kind === 'aws') expect(() => observe(subject, { gpu })).toThrow(what);
    else expect(() => observe(subject, { gpu })).not.toThrow();
  });

  test.each([
    'NVIDIA_VISIBLE_DEVICES',
    'AMD_VISIBLE_DEVICES',
    'HABANA_VISIBLE_DEVICES',
  ])('does not get GPUs by %s', (variable) => {
    const message = `'${variable}' in 'environment' selects GPUs of the node`;
    expect(() => observe(subject, { environment: { [variable]: 'all' } })).toThrow(message);
    expect(observe(subject, { environment: { [variable]: 'void' } }).environment).toMatchObject({
      [variable]: 'void',
    });
  });

  test('has at least the declared memory', () => {
    expect(observe(subject, { resources: { memory: Size.mebibytes(3000) } }).memoryMib).toBeGreaterThanOrEqual(3000);
  });

  test('reserves what is declared, and can use the declared limits', () => {
    const resources = { cpu: 0.5, cpuLimit: 2, memory: Size.gibibytes(4), memoryLimit: Size.gibibytes(12) };
    const { reserved, cpuLimit, memoryMib } = observe(subject, { resources });
    expect(reserved.cpu).toBeGreaterThanOrEqual(0.5);
    expect(reserved.memoryMib).toBeGreaterThanOrEqual(4096);
    expect(cpuLimit).toBe(2);
    expect(memoryMib).toBe(12 * 1024);
  });

  test('with GPUs reserves what is declared, and can use a higher limit of memory', () => {
    const resources = { cpu: 2, cpuLimit: 4, memory: Size.gibibytes(6), memoryLimit: Size.gibibytes(12) };
    const { reserved, cpuLimit, memoryMib } = observe(subject, { gpu: Gpu.nvidia(), resources });
    expect({ reserved, memoryMib }).toEqual({ reserved: { cpu: 2, memoryMib: 6144 }, memoryMib: 12 * 1024 });
    // Instances on AWS have no limit.
    expect([4, undefined]).toContain(cpuLimit);
  });

  test('reserves its limits if nothing else is declared', () => {
    const { reserved, memoryMib } = observe(subject, {
      resources: { cpuLimit: 2, memoryLimit: Size.gibibytes(4) },
    });
    expect({ reserved, memoryMib }).toEqual({ reserved: { cpu: 2, memoryMib: 4096 }, memoryMib: 4096 });
  });

  test('has the declared scratch directories', () => {
    const scratch = [ScratchVolume.at('/app/logs/'), ScratchVolume.at('/app/index', { inMemory: true })];
    const { writable } = observe(subject, { scratch });
    expect(writable).toContainEqual({ path: '/app/logs', inMemory: false });
    expect(writable).toContainEqual({ path: '/app/index', inMemory: true });
    expect(observe(subject, { scratch: [ScratchVolume.at('/tmp', { inMemory: true })] }).writable).toEqual([
      { path: '/tmp', inMemory: true },
    ]);
    expect(observe(subject, { readOnlyRootFilesystem: false }).writable).toEqual([]);
  });

  test('runs as the declared user, and can write where the definition allows it', () => {
    expect(observe(subject, { user: 1234, readOnlyRootFilesystem: false })).toMatchObject({
      user: '1234',
      readOnlyRootFilesystem: false,
    });
  });

  test.each([
    ['s3://acme-models/resnet/v2/', undefined, '/models'],
    ['s3://acme-models/resnet/v2/', 'resnet', '/models/resnet'],
    ['s3://acme-models/digits/model.onnx', undefined, '/models/model.onnx'],
    ['s3://acme-models/digits/model.onnx', '/opt/ml/digits.onnx', '/opt/ml/digits.onnx'],
  ])('finds the model %s with path %p at %s', (uri, path, mountPath) => {
    expect(observe(subject, { model: Model.fromS3(uri, { path }) }).models).toEqual([{ uri, path: mountPath }]);
  });

  test('finds several models in one directory', () => {
    const models = [Model.fromS3('s3://a-models/x/', { path: 'x' }), Model.fromS3('s3://b-models/y.bin')];
    expect(observe(subject, { models }).models).toEqual([
      { uri: 's3://a-models/x/', path: '/models/x' },
      { uri: 's3://b-models/y.bin', path: '/models/y.bin' },
    ]);
  });

  test('finds models that are packed, copied or from the Hugging Face Hub', () => {
    const lockFile = 'test/definitions/locks/known.lock.json';
    const locked = (options: Parameters<typeof Model.fromDirectory>[1]) =>
      Model.fromDirectory('models/resnet50', { lockFile, ...options });
    const models = [
      locked({ path: 'packed' }),
      locked({ path: '/opt/copied', delivery: ModelDelivery.copy() }),
      Model.fromHuggingFace('facebook/opt-125m', { revision: '0a'.repeat(20), path: 'opt' }),
    ];
    const uri = `registry.example.com/models:${'c'.repeat(64)}@sha256:${'c'.repeat(64)}`;
    const found = [...observe(subject, { models }).models].sort((a, b) => a.path.localeCompare(b.path));
    expect(found).toEqual([
      { uri: `hf://facebook/opt-125m:${'0a'.repeat(20)}`, path: '/models/opt' },
      { uri, path: '/models/packed' },
      { uri, path: '/opt/copied' },
    ]);
  });

  test('fetches no model that is in its image', () => {
    expect(observe(subject, { model: Model.inImage('model/weights.bin') }).models).toEqual([]);
  });

  test('exists once, regardless of the number of endpoints that it serves', () => {
    const observed = subject.observe((scope) => {
      const one = new ServingEndpoint(scope, 'one', { path: '/one' });
      const shared = one.addBackend('shared', backendOptions());
      new ServingEndpoint(scope, 'two', { path: '/two' }).attachBackend(shared);
    });
    expect(Object.keys(observed.backends)).toEqual(['shared']);
  });
});
