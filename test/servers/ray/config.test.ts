import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duration, Gpu, ModelServer, RayServeConfig, type RayServeConfigOptions, Size } from '../../../src';
import { singleBackend } from '../../support/definitions';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ray-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A config in a file. */
function file(text: string, name = 'serve.yaml'): RayServeConfig {
  writeFileSync(join(folder, name), text);
  return RayServeConfig.fromFile(join(folder, name));
}

/** A config with Ray's names: an application with changes, and members of the config. */
const raw = (application: object = {}, config: object = {}) =>
  RayServeConfig.fromObject({ applications: [{ import_path: 'app:app', ...application }], ...config });

const withDeployment = (deployment: object) => raw({ deployments: [{ name: 'D', ...deployment }] });

/** What the launcher receives. */
const rendered = (config: RayServeConfig): unknown => JSON.parse(config._argument);

const wordsOf = (config: RayServeConfig, context: object = {}): string[] =>
  ModelServer.rayServe({ config })
    ._intent({ port: 8000, models: [], ...context })
    .command.slice(3);

describe('a typed config', () => {
  const full: RayServeConfigOptions = {
    loggingConfig: { log_level: 'WARNING' },
    applications: [
      {
        name: 'llm',
        routePrefix: '/llm',
        importPath: 'llm:build',
        args: { llm_configs: [{ id: 'small', layers: 2, tied: true, adapter: null }], ratio: 0.5 },
        envVars: { MODE: 'fast' },
        loggingConfig: { enable_access_log: false },
        deployments: [
          {
            name: 'Router',
            numReplicas: 2,
            maxOngoingRequests: 16,
            maxQueuedRequests: -1,
            userConfig: { threshold: 0.5, labels: ['a', 'b'] },
            gracefulShutdownTimeout: Duration.seconds(30),
            healthCheckPeriod: Duration.seconds(5),
            healthCheckTimeout: Duration.minutes(1),
            rayActorOptions: {
              numCpus: 0.5,
              numGpus: 0.25,
              memory: Size.gibibytes(1),
              acceleratorType: 'L4',
              envVars: { DEVICE: 'cuda' },
            },
          },
          {
            name: 'Model',
            autoscalingConfig: {
              minReplicas: 1,
              initialReplicas: 2,
              maxReplicas: 4,
              targetOngoingRequests: 8,
              upscaleDelay: Duration.seconds(10),
              downscaleDelay: Duration.minutes(5),
            },
          },
        ],
      },
      { name: 'helper', importPath: 'helpers.app', exposed: false },
    ],
  };

  test('is rendered with the names of Ray', () => {
    expect(rendered(RayServeConfig.of(full))).toEqual({
      logging_config: { log_level: 'WARNING' },
      applications: [
        {
          name: 'llm',
          route_prefix: '/llm',
          import_path: 'llm:build',
          args: { llm_configs: [{ id: 'small', layers: 2, tied: true, adapter: null }], ratio: 0.5 },
          runtime_env: { env_vars: { MODE: 'fast' } },
          logging_config: { enable_access_log: false },
          deployments: [
            {
              name: 'Router',
              num_replicas: 2,
              max_ongoing_requests: 16,
              max_queued_requests: -1,
              user_config: { threshold: 0.5, labels: ['a', 'b'] },
              graceful_shutdown_timeout_s: 30,
              health_check_period_s: 5,
              health_check_timeout_s: 60,
              ray_actor_options: {
                num_cpus: 0.5,
                num_gpus: 0.25,
                memory: 2 ** 30,
                accelerator_type: 'L4',
                runtime_env: { env_vars: { DEVICE: 'cuda' } },
              },
            },
            {
              name: 'Model',
              autoscaling_config: {
                min_replicas: 1,
                initial_replicas: 2,
                max_replicas: 4,
                target_ongoing_requests: 8,
                upscale_delay_s: 10,
                downscale_delay_s: 300,
              },
            },
          ],
        },
        { name: 'helper', route_prefix: null, import_path: 'helpers.app' },
      ],
    });
  });

  test.each(['my-app:entrypoint', 'my-app.deployment', 'src.2nd-app:app'])('names the application %s', (importPath) => {
    expect(RayServeConfig.of({ applications: [{ importPath }] })._argument).toContain(`"import_path":"${importPath}"`);
  });

  test('is reported with the names of its options', () => {
    const deployments = [{ name: 'D', autoscalingConfig: { minReplicas: 2, maxReplicas: 1 } }];
    expect(() => RayServeConfig.of({ applications: [{ importPath: 'a:b', deployments }] })).toThrow(
      "[InvalidNumber] 'applications[0].deployments[0].autoscalingConfig.maxReplicas' (1) of the Ray Serve config must be at least 'minReplicas' (2)",
    );
    expect(() => RayServeConfig.of({ applications: [{ importPath: 'a' }] })).toThrow(
      "[InvalidApp] 'applications[0].importPath' ('a') of the Ray Serve config must be 'module:name'",
    );
    expect(() => RayServeConfig.of({ applications: [{ importPath: 'a:b', importpath: 'a:b' } as never] })).toThrow(
      "[UnknownOption] unknown option 'applications[0].importpath'; did you mean 'importPath'?",
    );
  });
});

describe('a config file', () => {
  test('of `serve build` is accepted, without what the backend determines', () => {
    const config = file(`
proxy_location: EveryNode
http_options: {host: 0.0.0.0, port: 8000}
grpc_options: {port: 9000, grpc_servicer_functions: [], enable_reflection: true}
logging_config: {encoding: TEXT, log_level: INFO, logs_dir: null, enable_access_log: true}
applications:
- name: app1
  route_prefix: /
  import_path: app:app
  runtime_env: {}
  deployments:
  - {name: Model, num_replicas: 1, ray_actor_options: {num_cpus: 1.0}}
`);
    expect(rendered(config)).toEqual({
      logging_config: { encoding: 'TEXT', log_level: 'INFO', logs_dir: null, enable_access_log: true },
      applications: [
        {
          name: 'app1',
          route_prefix: '/',
          import_path: 'app:app',
          runtime_env: {},
          deployments: [{ name: 'Model', num_replicas: 1, ray_actor_options: { num_cpus: 1 } }],
        },
      ],
    });
  });

  test('keeps the types that Python reads', () => {
    const config = file('applications: [{import_path: "a:b", args: {a: 2.0, b: 2, c: yes, d: 1e-4, e: "2", f: [~]}}]');
    expect(config._argument).toContain('"args":{"a":2.0,"b":2,"c":true,"d":"1e-4","e":"2","f":[null]}');
  });

  test('can be the manifest of a RayService', () => {
    const config = file(`
apiVersion: v1
kind: ConfigMap
---
apiVersion: ray.io/v1
kind: RayService
spec:
  serveConfigV2: |
    applications:
      - import_path: app:app
        args: {scale: 2.0}
  rayClusterConfig: {}
`);
    expect(config._argument).toBe('{"applications":[{"import_path":"app:app","args":{"scale":2.0}}]}');
  });

  test('passes the root path on', () => {
    expect(rendered(raw({}, { http_options: { root_path: '/serve' } }))).toMatchObject({
      http_options: { root_path: '/serve' },
    });
  });

  test.each([
    ['that is empty', '', /has 0 documents and must contain one Ray Serve config/],
    ['with two configs', 'a: 1\n---\nb: 2', /has 2 documents and must contain one/],
    [
      'with two RayServices',
      'kind: RayService\n---\nkind: RayService',
      /has 2 RayService objects and must contain one/,
    ],
    [
      'with a RayService without a config',
      'kind: RayService',
      /'spec.serveConfigV2' of the RayService in '.*' must be/,
    ],
    ['with a list', '[a]', /'.*serve.yaml' \(\[.*\]|must be an object/],
    ['that is not YAML', 'a: [', /is not valid YAML/],
    [
      'with an unknown member',
      'applications: [{import_path: "a:b", deployments: [{name: D, max_ongoing_request: 1}]}]',
      /\[UnknownOption\] unknown option 'applications\[0\].deployments\[0\].max_ongoing_request' of '.*serve.yaml'; did you mean 'max_ongoing_requests'\?/,
    ],
  ])('%s is refused', (_, text, message) => {
    expect(() => file(text)).toThrow(message);
  });

  test('in the RayService is named with its place', () => {
    expect(() => file('kind: RayService\nspec: {serveConfigV2: "a: ["}')).toThrow(
      /'spec.serveConfigV2' of '.*serve.yaml' is not valid YAML/,
    );
  });

  test('that cannot be read is refused', () => {
    expect(() => RayServeConfig.fromFile(folder)).toThrow(/cannot be read \(EISDIR\)/);
  });
});

describe('a config is refused', () => {
  test.each<[string, () => RayServeConfig, string]>([
    ['without applications', () => RayServeConfig.fromObject({}), "'applications' of the Ray Serve config is required"],
    ['with none', () => RayServeConfig.fromObject({ applications: [] }), '[EmptyList]'],
    [
      'of a single application',
      () => RayServeConfig.fromObject({ import_path: 'a:b' }),
      "'import_path' of the Ray Serve config belongs to an application; move it, and the members of its application, below 'applications'",
    ],
    [
      'whose applications have no path',
      () => raw({ route_prefix: null }),
      "has no application with a path; remove 'route_prefix: null' of one",
    ],
    ['with a nested name', () => raw({ import_path: 'app:model.app' }), '[InvalidApp]'],
    ['with a file as import path', () => raw({ import_path: 'src.app.py' }), '[InvalidApp]'],
    [
      'with a relative prefix',
      () => raw({ route_prefix: 'app' }),
      "[InvalidPath] 'applications[0].route_prefix' ('app')",
    ],
    ['with an open prefix', () => raw({ route_prefix: '/app/' }), '[InvalidPath]'],
    ['with a wildcard', () => raw({ route_prefix: '/{name}' }), '[InvalidPath]'],
    ['with a path of Serve', () => raw({ route_prefix: '/-/ready' }), "must not be below '/-'"],
    ['with an empty name', () => raw({ name: '' }), '[InvalidName]'],
    ['with the name of the readiness check', () => raw({ name: 'serving-ready' }), '[InvalidName]'],
    [
      'with a name twice',
      () =>
        RayServeConfig.fromObject({ applications: [1, 2].map((n) => ({ import_path: 'a:b', route_prefix: `/${n}` })) }),
      "[ConflictingProps] 'applications[1].name' ('default') of the Ray Serve config is also that of 'applications[0]'; use another",
    ],
    [
      'with a prefix twice',
      () => RayServeConfig.fromObject({ applications: ['a', 'b'].map((name) => ({ import_path: 'a:b', name })) }),
      "[ConflictingProps] 'applications[1].route_prefix' ('/')",
    ],
    [
      'with a deployment twice',
      () => raw({ deployments: [{ name: 'D' }, { name: 'D' }] }),
      "[ConflictingProps] 'applications[0].deployments[1].name' ('D')",
    ],
    ['with zero replicas', () => withDeployment({ num_replicas: 0 }), "must be a whole number above 0, or 'auto'"],
    ['with other text', () => withDeployment({ num_replicas: 'many' }), '("many")'],
    [
      'with both numbers of replicas',
      () => withDeployment({ num_replicas: 2, autoscaling_config: { max_replicas: 3 } }),
      "'applications[0].deployments[0].num_replicas' (2) of the Ray Serve config conflicts with 'autoscaling_config'; remove one",
    ],
    [
      'with a start outside of the range',
      () => withDeployment({ autoscaling_config: { max_replicas: 3, initial_replicas: 4 } }),
      "'applications[0].deployments[0].autoscaling_config.initial_replicas' (4) of the Ray Serve config must be between 'min_replicas' (1) and 'max_replicas' (3)",
    ],
    [
      'with a target that no replica reaches',
      () => withDeployment({ max_ongoing_requests: 4, autoscaling_config: { target_ongoing_requests: 8 } }),
      "(4) of the Ray Serve config must be at least 'target_ongoing_requests' (8)",
    ],
    ['with a low limit', () => withDeployment({ max_ongoing_requests: 0 }), 'must be a whole number above 0'],
    [
      'with a negative time',
      () => withDeployment({ graceful_shutdown_timeout_s: -1 }),
      'must be a number of at least 0',
    ],
    ['with text as a flag', () => raw({ external_scaler_enabled: 'no' }), 'must be true or false'],
    ['with an external scaler', () => raw({ external_scaler_enabled: true }), '[Unsupported]'],
    ['with a port of the application', () => raw({ port: 9000 }), "set 'port' of the backend"],
    ['with packages', () => raw({ runtime_env: { pip: ['torch'] } }), 'install it in the image, and remove it'],
    [
      'with remote code',
      () => raw({ runtime_env: { working_dir: 'https://example.com/app.zip' } }),
      "[Unsupported] 'applications[0].runtime_env.working_dir' ('https://example.com/app.zip')",
    ],
    [
      'with remote modules of a deployment',
      () => withDeployment({ ray_actor_options: { runtime_env: { py_modules: ['s3://bucket/m.zip'] } } }),
      "'applications[0].deployments[0].ray_actor_options.runtime_env.py_modules[0]'",
    ],
    [
      'with a variable that is a number',
      () => raw({ runtime_env: { env_vars: { THREADS: 4 } } }),
      "[InvalidType] 'applications[0].runtime_env.env_vars.THREADS' (number) of the Ray Serve config must be a string",
    ],
    [
      'with a keep-alive',
      () => raw({}, { http_options: { keep_alive_timeout_s: 5 } }),
      "[ConflictingProps] 'http_options.keep_alive_timeout_s' of the Ray Serve config is computed from 'requestTimeout' of the endpoint; remove it",
    ],
    ['with a request timeout', () => raw({}, { http_options: { request_timeout_s: 5 } }), '[ConflictingProps]'],
    ['with TLS', () => raw({}, { http_options: { ssl_certfile: '/a' } }), 'the load balancer terminates TLS'],
    ['on localhost', () => raw({}, { http_options: { host: '127.0.0.1' } }), "('127.0.0.1')"],
    ['without HTTP', () => raw({}, { proxy_location: 'Disabled' }), "must be 'EveryNode' or 'HeadOnly'"],
    [
      'with gRPC',
      () => raw({}, { grpc_options: { grpc_servicer_functions: ['a:b'] } }),
      "[Unsupported] 'grpc_options.grpc_servicer_functions'",
    ],
    ['with too high a capacity', () => raw({}, { target_capacity: 101 }), 'must be at most 100'],
    ['with a date', () => raw({ args: { day: new Date() } }), "'applications[0].args.day' (a Date)"],
    ['with an infinite number', () => raw({ args: { x: Number.POSITIVE_INFINITY } }), 'has no representation in JSON'],
    ['with a token', () => raw({ args: { x: -1.8881545897087626e289 } }), '[UnresolvedNumber]'],
    ['with a NUL character', () => raw({ args: { x: '\u0000' } }), '[InvalidText]'],
    [
      'that is larger than an argument',
      () => raw({ args: { data: 'x'.repeat(131_500) } }),
      "has 131563 bytes as JSON, but an argument of a process has at most 131071; copy it into the image, and use 'configPath'",
    ],
  ])('%s', (_, define, message) => {
    expect(define).toThrow(message);
  });

  test('that contains itself', () => {
    const args: { [name: string]: unknown } = {};
    args.self = args;
    expect(() => raw({ args })).toThrow('is nested too deeply, or contains itself');
  });
});

test.each([
  ['a directory of the image', { runtime_env: { working_dir: 'local:///home/ray/app' } }],
  ['no application prefix', { route_prefix: '/' }],
  ['an automatic number of replicas', { deployments: [{ name: 'D', num_replicas: 'auto' }] }],
  [
    'an automatic number with a range',
    { deployments: [{ name: 'D', num_replicas: 'auto', autoscaling_config: { min_replicas: 2 } }] },
  ],
  ['scaling to zero', { deployments: [{ name: 'D', autoscaling_config: { min_replicas: 0, max_replicas: 2 } }] }],
  ['no user config', { deployments: [{ name: 'D', user_config: null, num_replicas: null }] }],
])('a config with %s is accepted', (_, application) => {
  expect(rendered(raw(application))).toMatchObject({ applications: [application] });
});

describe('the command', () => {
  test('has the config and the CPUs of the backend', () => {
    const config = raw({ deployments: [{ name: 'D', ray_actor_options: { num_cpus: 0.5 } }] });
    expect(wordsOf(config)).toEqual(['--config', config._argument, '--num-cpus', '1', '--port', '8000']);
    expect(wordsOf(config, { cpu: 2.5 })).toContain('3');
  });

  test('leaves a config in the image to the launcher', () => {
    const { command } = ModelServer.rayServe({ configPath: '/app/serve.yaml' })._intent({ port: 8000, models: [] });
    expect(command.slice(3)).toEqual(['--config-path', '/app/serve.yaml', '--port', '8000']);
  });

  test.each<[string, () => unknown, string]>([
    [
      'no application',
      () => ModelServer.rayServe({}),
      "[InvalidApp] 'app', 'config' or 'configPath' of Ray Serve is required",
    ],
    [
      'two of them',
      () => ModelServer.rayServe({ app: 'a', config: raw() }),
      "[ConflictingProps] 'app' and 'config' of Ray Serve conflict; keep one",
    ],
    [
      'arguments for a config',
      () => ModelServer.rayServe({ config: raw(), extraArgs: ['model=small'] }),
      "'extraArgs' of Ray Serve conflicts with 'config'; pass arguments for a builder with 'args' of its application",
    ],
    [
      'a relative path',
      () => ModelServer.rayServe({ configPath: 'serve.yaml' }),
      "[InvalidPath] 'configPath' ('serve.yaml')",
    ],
    [
      'another port',
      () => wordsOf(raw({}, { http_options: { port: 9000 } })),
      "'http_options.port' (9000) of the Ray Serve config conflicts with 'port' of the backend (8000); remove it, or set 'port' to 9000",
    ],
  ])('with %s is refused', (_, define, message) => {
    expect(define).toThrow(message);
  });

  test('accepts the port of the backend', () => {
    expect(wordsOf(raw({}, { http_options: { port: 9000 } }), { port: 9000 })).toContain('9000');
  });
});

describe('what deployments reserve', () => {
  const gpus = (deployments: object[]) => raw({ deployments });
  const deployment = (name: string, options: object, change: object = {}) => ({
    name,
    ray_actor_options: { num_cpus: 0, ...options },
    ...change,
  });

  test.each<[string, RayServeConfig, object, string]>([
    [
      'more GPUs than the backend has',
      gpus([deployment('A', { num_gpus: 0.5 }, { num_replicas: 3 }), deployment('B', { num_gpus: 1 })]),
      { gpus: 2, cpu: 4 },
      "the deployments of the Ray Serve config reserve 2.5 GPUs ('A' 3 x 0.5, 'B' 1), but 'gpu' of the backend has 2, so that they would never start; set 'gpu' to Gpu.nvidia({ count: 3 }), or lower 'num_gpus' of 'ray_actor_options'",
    ],
    ['a GPU of a backend without one', gpus([deployment('A', { num_gpus: 1 })]), {}, 'but the backend has none'],
    [
      'GPUs at the start of a range',
      gpus([
        deployment(
          'A',
          { num_gpus: 1 },
          { autoscaling_config: { min_replicas: 1, initial_replicas: 3, max_replicas: 4 } },
        ),
      ]),
      { gpus: 2 },
      "('A' 3 x 1)",
    ],
    [
      'GPUs in bundles',
      gpus([deployment('A', {}, { placement_group_bundles: [{ CPU: 0, GPU: 1 }, { GPU: 1 }] })]),
      { gpus: 1 },
      "reserve 2 GPUs ('A' 2)",
    ],
    [
      'more CPUs than the backend has',
      gpus([deployment('A', { num_cpus: 2 }), { name: 'B' }]),
      { cpu: 2 },
      "reserve 3 CPUs ('A' 2, 'B' 1), but 'cpu' in 'resources' of the backend (2) provides 2, so that they would never start; set 'cpu' to 3, or set 'num_cpus' of 'ray_actor_options', which is 1 by default",
    ],
    [
      'a CPU for each application',
      RayServeConfig.fromObject({
        applications: ['a', 'b'].map((name) => ({ name, route_prefix: `/${name}`, import_path: 'a:b' })),
      }),
      {},
      "reserve 2 CPUs ('a' 1, 'b' 1)",
    ],
  ])('%s is refused', (_, config, context, message) => {
    expect(() => wordsOf(config, context)).toThrow(message);
  });

  test.each<[string, RayServeConfig, object]>([
    ['all GPUs', gpus([deployment('A', { num_gpus: 0.1 }, { num_replicas: 10 })]), { gpus: 1 }],
    ['all CPUs, rounded up', gpus([deployment('A', { num_cpus: 1 })]), { cpu: 0.25 }],
    ['a range whose maximum does not fit', withDeployment({ autoscaling_config: { max_replicas: 9 } }), {}],
    ['an automatic number', withDeployment({ num_replicas: 'auto' }), {}],
  ])('%s is accepted', (_, config, context) => {
    expect(() => wordsOf(config, context)).not.toThrow();
  });

  test('is compared with the resources of the backend', () => {
    const config = withDeployment({ num_replicas: 4, ray_actor_options: { num_gpus: 0.5 } });
    const server = ModelServer.rayServe({ config });
    expect(() => singleBackend({ server, gpu: Gpu.nvidia({ count: 2 }) })).not.toThrow();
    expect(() => singleBackend({ server, gpu: Gpu.nvidia() })).toThrow("reserve 2 GPUs ('D' 4 x 0.5)");
    expect(() => singleBackend({ server, gpu: Gpu.nvidia({ count: 2 }), resources: { cpu: 2 } })).toThrow(
      "reserve 4 CPUs ('D' 4 x 1), but 'cpu' in 'resources' of the backend (2) provides 2",
    );
  });
});

describe('the paths of an endpoint', () => {
  const applications = ['/chat', '/embed/v1'].map((routePrefix, index) => ({
    routePrefix,
    name: String(index),
    importPath: 'a:b',
  }));
  const server = ModelServer.rayServe({ config: RayServeConfig.of({ applications }) });
  const refusalsOf = (path: string, stripPrefix = false) =>
    singleBackend({ server, resources: { cpu: 2 } }, { path, stripPrefix })
      .platform.plan()
      .refusals.map(({ code }) => code);

  test.each([
    ['/', false, []],
    ['/chat', false, []],
    ['/chat/completions', false, []],
    ['/embed', false, []],
    ['/chatter', false, ['PathNotServed']],
    ['/llm', false, ['PathNotServed']],
    ['/llm', true, []],
  ])("'%s' with stripPrefix %s", (path, strip, codes) => {
    expect(refusalsOf(path, strip)).toEqual(codes);
  });

  test('are not limited for a single application', () => {
    const app = ModelServer.rayServe({ app: 'app' });
    expect(singleBackend({ server: app }, { path: '/llm' }).platform.plan().refusals).toEqual([]);
  });
});

test('a container can run as a user without a name', () => {
  const { platform, backend } = singleBackend({ server: ModelServer.rayServe({ app: 'app' }) });
  expect(platform.plan().backend(backend.node.path).environment.USER).toBe('ray');
  const other = singleBackend({ server: ModelServer.rayServe({ app: 'app' }), environment: { USER: 'me' } });
  expect(other.platform.plan().backend(other.backend.node.path).environment.USER).toBe('me');
});
