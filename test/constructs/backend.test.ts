import { RootConstruct } from 'constructs';
import { Backend } from '../../src/constructs/backend';
import type { BackendOptions } from '../../src/constructs/backend-options';
import { LoadBalancing } from '../../src/plan/choices';
import { ModelServer } from '../../src/servers/model-server';
import { Duration } from '../../src/units/duration';
import { Size } from '../../src/units/size';
import { Gpu } from '../../src/workload/gpu';
import { HealthCheck } from '../../src/workload/health-check';
import { SecretValue } from '../../src/workload/secret-value';
import { ServerImage } from '../../src/workload/server-image';
import { backendOptions, singleBackend } from '../support/definitions';
import { TestPlatform } from '../support/test-platform';

const intentOf = (options: Partial<BackendOptions> = {}) => singleBackend(options).backend._binding.intent;

class OwnImage extends ServerImage {
  constructor() {
    super('123.example.com/svm:1', 'aws');
  }
}

class OwnSecret extends SecretValue {
  constructor() {
    super('kubernetes', 'name');
  }
}

describe('backend', () => {
  test('defaults to one small replica on port 8000', () => {
    expect(intentOf()).toMatchObject({
      path: 'endpoint/backend',
      name: 'backend',
      slug: 'endpoint-backend',
      port: 8000,
      environment: {},
      models: [],
      gpu: undefined,
      cpu: 1,
      memoryMib: 2048,
      replicas: 1,
      maxConcurrency: undefined,
      healthCheck: { path: '/', statuses: '200-499', declared: false },
      loadSeconds: 300,
      rollout: { kind: 'surge', surgePercent: 100, availablePercent: 100 },
      loadBalancing: 'round robin',
      readOnlyRootFilesystem: true,
      user: undefined,
    });
  });

  test('has defaults for CPU, memory and shared memory that depend on its GPUs', () => {
    expect(intentOf({ gpu: Gpu.nvidia({ count: 2 }) })).toMatchObject({
      cpu: 4,
      memoryMib: 16_384,
      sharedMemoryMib: 1024,
      gpu: { count: 2 },
    });
  });

  test.each<[string, Partial<BackendOptions>, object]>([
    ['of the server', { server: ModelServer.nim() }, { memoryMib: 24_576, sharedMemoryMib: 16_384 }],
    [
      'that is set',
      { resources: { sharedMemory: Size.gibibytes(32) } },
      { memoryMib: 40_960, sharedMemoryMib: 32_768 },
    ],
    ['that is smaller', { resources: { sharedMemory: Size.gibibytes(7) } }, { memoryMib: 8192, sharedMemoryMib: 7168 }],
    [
      'next to memory that is set',
      { server: ModelServer.nim(), resources: { memory: Size.gibibytes(12) } },
      { memoryMib: 12_288 },
    ],
  ])('reserves memory in addition to a shared memory %s', (_what, options, expected) => {
    const intent = intentOf({ gpu: Gpu.nvidia(), ...options });
    expect(intent).toMatchObject(expected);
    expect(intent.memoryLimitMib).toBe(intent.memoryMib);
  });

  test('has the values of its options', () => {
    const intent = intentOf({
      description: 'a support vector machine',
      workingDirectory: '/srv/app',
      port: 1453,
      resources: {
        cpu: 0.25,
        memory: Size.mebibytes(512),
        ephemeralStorage: Size.gibibytes(30),
        sharedMemory: Size.mebibytes(256),
      },
      replicas: 3,
      maxConcurrency: 4,
      environment: { LOG_LEVEL: 'debug' },
      healthCheck: HealthCheck.http('/healthz'),
      loadTimeout: Duration.minutes(20),
      loadBalancing: LoadBalancing.LEAST_OUTSTANDING_REQUESTS,
      user: 1000,
      readOnlyRootFilesystem: false,
    });
    expect(intent).toMatchObject({
      description: 'a support vector machine',
      workingDirectory: '/srv/app',
      port: 1453,
      cpu: 0.25,
      memoryMib: 512,
      ephemeralStorageMib: 30 * 1024,
      sharedMemoryMib: 256,
      replicas: 3,
      maxConcurrency: 4,
      environment: { LOG_LEVEL: 'debug' },
      healthCheck: { path: '/healthz', declared: true },
      loadSeconds: 1200,
      loadBalancing: 'least outstanding requests',
      user: 1000,
      readOnlyRootFilesystem: false,
    });
  });

  test('gives its own environment precedence over that of the server', () => {
    const server = ModelServer.command({ command: ['serve'], behavior: { drains: true } });
    expect(intentOf({ server, port: 9000, environment: { PORT: '9000', A: 'b' } }).environment).toEqual({
      PORT: '9000',
      A: 'b',
    });
  });

  test('passes environment values with tokens unchanged', () => {
    const url = 'http://$' + '{Token[LoadBalancer.DNSName.3]}/classify';
    expect(intentOf({ environment: { UPSTREAM: url } }).environment.UPSTREAM).toBe(url);
  });

  test('can be created without an endpoint', () => {
    const root = new RootConstruct();
    const platform = new TestPlatform(root, 'Platform');
    const backend = new Backend(root, 'SVM:v1', backendOptions());
    expect(backend.platform).toBe(platform);
    expect(backend._binding.intent.slug).toBe('svm-v1');
  });

  test.each<[Partial<BackendOptions>, string]>([
    [{ port: 0 }, "[InvalidNumber] 'port' (0) must be a whole number between 1 and 65535"],
    [{ port: 65_536 }, "[InvalidNumber] 'port' (65536) must be a whole number between 1 and 65535"],
    [{ port: 80.5 }, "[InvalidNumber] 'port' (80.5) must be a whole number between 1 and 65535"],
    [{ maxConcurrency: 0 }, "[InvalidNumber] 'maxConcurrency' (0) must be a whole number between 1 and 100000"],
    [{ replicas: 0 }, "[ReplicasOutOfRange] 'replicas' (0) must be a whole number of at least 1"],
    [{ resources: { cpu: 0 } }, "[InvalidNumber] 'cpu' (0) must be a number between 0.05 and 192"],
    [
      { resources: { memory: Size.mebibytes(15) } },
      "[InvalidNumber] 'memory' (15) must be a number of at least 16; the value is in MiB",
    ],
    [
      { loadTimeout: Duration.days(2) },
      "[InvalidNumber] 'loadTimeout' (172800 s) must be between 1 and 86400 s; if 172800 ms is intended",
    ],
    [
      { workingDirectory: 'app' },
      "[InvalidText] 'workingDirectory' ('app') must be an absolute path in the container, without spaces, '.', '..' or a final '/', such as '/app'",
    ],
    [{ workingDirectory: '/app/../srv' }, "[InvalidText] 'workingDirectory' ('/app/../srv') must be an absolute path"],
    [{ workingDirectory: '/app/' }, "[InvalidText] 'workingDirectory' ('/app/') must be an absolute path"],
    [{ user: -1 }, "[InvalidNumber] 'user' (-1) must be a whole number between 0 and 2147483646"],
    [{ backendName: '' }, "[InvalidName] 'backendName' ('') must not be empty"],
    [
      { environment: { 'A-B': 'c' } },
      "[InvalidName] the environment variable ('A-B') must consist of letters, digits and '_', and must not start with a digit",
    ],
    [{ secrets: { '1A': SecretValue.fromName('a') } }, "[InvalidName] the environment variable ('1A')"],
    [
      { environment: { A: 'b' }, secrets: { A: SecretValue.fromName('a') } },
      "[ConflictingProps] 'A' is set in both 'environment' and 'secrets'; remove one",
    ],
    [
      { environment: { PORT: '9000' } },
      "[ConflictingProps] PORT ('9000') in 'environment' must equal the 'port' of the container (8000); set 'port' only",
    ],
    [
      { server: ModelServer.command({ command: ['serve'] }) },
      "[HealthCheckRequired] backend 'backend' runs an unknown server and requires a 'healthCheck', such as HealthCheck.http('/healthz'), or a declared 'behavior'",
    ],
    [
      { server: ModelServer.shell({ line: 'exec serve' }) },
      "[HealthCheckRequired] backend 'backend' runs an unknown server",
    ],
    [
      { image: new OwnImage() },
      "[ForeignResource] the image of backend 'backend' belongs to platform 'aws' and cannot be used on 'test'; use one that both platforms support, or choose by platform",
    ],
    [
      { secrets: { KEY: new OwnSecret() } },
      "[ForeignResource] the secret 'KEY' of backend 'backend' belongs to platform 'kubernetes' and cannot be used on 'test'",
    ],
  ])('fails if its props are %j', (options, message) => {
    expect(() => singleBackend(options)).toThrow(message);
    expect(() => singleBackend(options)).toThrow('(at endpoint/backend)');
  });

  test.each<Partial<BackendOptions>>([
    { port: -1.8881545897087626e289 },
    { replicas: -1.8881545897087626e289 },
    { maxConcurrency: -1.8881545897087626e289 },
  ])('fails if a number is a token: %j', (options) => {
    const [prop] = Object.keys(options);
    expect(() => singleBackend(options)).toThrow(
      `[UnresolvedNumber] '${prop}' is a token, but its value must be known at synthesis; pass a plain number (at endpoint/backend)`,
    );
  });

  test.each(['command', 'shell'] as const)('accepts a declared %s without a health check', (kind) => {
    const behavior = { drains: true };
    const server =
      kind === 'command'
        ? ModelServer.command({ command: ['serve'], behavior })
        : ModelServer.shell({ line: 'exec serve', behavior });
    expect(intentOf({ server }).healthCheck.declared).toBe(false);
  });
});
