import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import * as ssm from 'aws-cdk-lib/aws-ssm';
import {
  aws,
  Duration,
  HealthCheck,
  Model,
  ModelServer,
  ScratchVolume,
  SecretValue,
  ServerImage,
  ServingEndpoint,
  Size,
} from '../../src';
import { TargetPlatform } from '../../src/constructs/target-platform';
import { LedgerTopic } from '../../src/plan/serving-plan';
import { attributes, container, newStack, oneBackend, only, statements, templateOf } from '../support/aws';
import { object, objects } from '../support/data';

const TASK = 'AWS::ECS::TaskDefinition';

describe('a Fargate task', () => {
  test.each([
    [0.25, 512, '256', '512'],
    [0.25, 513, '256', '1024'],
    [0.25, 2049, '512', '3072'],
    [0.3, 512, '512', '1024'],
    [1, 2048, '1024', '2048'],
    [1, 8193, '2048', '9216'],
    [4, 30_720, '4096', '30720'],
    [4, 30_721, '8192', '32768'],
    [5, 17_000, '8192', '20480'],
    [16, 122_880, '16384', '122880'],
    [0.05, 122_880, '16384', '122880'],
  ])('for %d vCPUs and %d MiB has size %s, %s', (cpu, memory, Cpu, Memory) => {
    const { stack } = oneBackend({ resources: { cpu, memory: Size.mebibytes(memory) } });
    expect(only(templateOf(stack), TASK)).toMatchObject({
      Cpu,
      Memory,
      NetworkMode: 'awsvpc',
      RequiresCompatibilities: ['FARGATE'],
    });
  });

  test.each<[object, string | undefined]>([
    [{ cpu: 1, memory: Size.gibibytes(2) }, undefined],
    [
      { cpu: 0.9, memory: Size.mebibytes(2500) },
      'Fargate runs and bills a replica with 1 vCPUs and 3072 MiB, the next size for 0.9 vCPUs and 2500 MiB',
    ],
    [
      { cpu: 1, cpuLimit: 3, memory: Size.gibibytes(2), memoryLimit: Size.gibibytes(8) },
      'Fargate runs and bills a replica with 4 vCPUs and 8192 MiB, the next size for 3 vCPUs and 8192 MiB',
    ],
  ])('with %j reports a larger size in the ledger: %p', (resources, detail) => {
    const { ledger } = TargetPlatform.planOf(oneBackend({ resources }).backend.platform);
    const entries = ledger.filter(({ feature }) => feature === LedgerTopic.COMPUTE_SIZE);
    expect(entries.map((entry) => entry.detail)).toEqual(detail === undefined ? [] : [detail]);
  });

  test.each([
    [undefined, undefined],
    [5, 21],
    [50.5, 51],
    [200, 200],
  ])('with %p GiB of ephemeral storage has %p', (requested, SizeInGiB) => {
    const ephemeralStorage = requested === undefined ? undefined : Size.gibibytes(requested);
    const { stack } = oneBackend({ resources: { ephemeralStorage } });
    expect(only(templateOf(stack), TASK).EphemeralStorage).toEqual(SizeInGiB && { SizeInGiB });
  });

  test.each([
    [
      { cpu: 17 },
      "[ComputeTooLarge] 'cpu' (17) and 'memory' (2048 MiB) of backend 'backend' exceed the limits of Fargate (16 vCPUs and 120 GiB); request less",
    ],
    [
      { memory: Size.gibibytes(121) },
      "[ComputeTooLarge] 'cpu' (1) and 'memory' (123904 MiB) of backend 'backend' exceed the limits of Fargate (16 vCPUs and 120 GiB); request less",
    ],
    [
      { ephemeralStorage: Size.gibibytes(201) },
      "[ComputeTooLarge] 'ephemeralStorage' (205824 MiB) of backend 'backend' must be at most 200 GiB on Fargate",
    ],
    [
      { sharedMemory: Size.mebibytes(128) },
      "[Unsupported] 'sharedMemory' (128 MiB) of backend 'backend' is not supported on Fargate; remove it, or use a GPU, which runs on instances",
    ],
  ])('fails for %j', (resources, message) => {
    expect(() => oneBackend({ resources })).toThrow(`${message} (at Serving/endpoint/backend)`);
  });
});

describe('the command', () => {
  test('replaces both the entry point and the command of the image', () => {
    const { stack } = oneBackend({
      server: ModelServer.command({ command: ['python', '-m', 'serve', '--port', '8000'] }),
      healthCheck: HealthCheck.http('/'),
    });
    const { EntryPoint, Command } = container(templateOf(stack));
    expect([EntryPoint, Command]).toEqual([['python'], ['-m', 'serve', '--port', '8000']]);
  });

  test('has the times of the plan', () => {
    const { stack } = oneBackend({ server: ModelServer.wsgi({ app: 'app' }), loadTimeout: Duration.minutes(2) });
    const { EntryPoint, Command } = container(templateOf(stack));
    expect(EntryPoint).toEqual(['gunicorn']);
    expect((Command as string[]).slice(-6)).toEqual([
      ...['--keep-alive', '4010', '--graceful-timeout', '65', '--timeout', '130'],
    ]);
  });

  test('has no arguments when there are none', () => {
    const { stack } = oneBackend({
      server: ModelServer.command({ command: ['/serve'] }),
      healthCheck: HealthCheck.http('/'),
    });
    const server = container(templateOf(stack));
    expect(server.EntryPoint).toEqual(['/serve']);
    expect(server.Command).toBeUndefined();
  });

  test('has its arguments apart if the definition has', () => {
    const { stack } = oneBackend({
      server: ModelServer.command({ command: ['python', '-m'], args: ['serve'] }),
      healthCheck: HealthCheck.http('/'),
    });
    const { EntryPoint, Command } = container(templateOf(stack));
    expect([EntryPoint, Command]).toEqual([['python', '-m'], ['serve']]);
  });

  test('is that of the image if the definition has none', () => {
    const { stack } = oneBackend({ server: ModelServer.fromImage(), healthCheck: HealthCheck.http('/') });
    const server = container(templateOf(stack));
    expect(server).not.toHaveProperty('EntryPoint');
    expect(server).not.toHaveProperty('Command');
    expect(server.Environment).toContainEqual({ Name: 'PORT', Value: '8000' });
  });

  test('leaves the entry point to the image if the definition has only arguments', () => {
    const behavior = { drains: true, readinessPath: '/', drainFlag: '--drain' };
    const { stack } = oneBackend({ server: ModelServer.fromImage({ args: ['--model', 'a/b'], behavior }) });
    const server = container(templateOf(stack));
    expect(server).not.toHaveProperty('EntryPoint');
    expect(server.Command).toEqual(['--model', 'a/b', '--drain', '60']);
  });

  test('includes the times of an endpoint that is added later', () => {
    const { stack, backend } = oneBackend({}, { requestTimeout: Duration.seconds(30) });
    const commandOf = () => JSON.stringify(container(templateOf(stack)).Command);
    expect(commandOf()).toContain('"--graceful-timeout","35"');
    const slow = new ServingEndpoint(stack, 'slow', { path: '/slow', requestTimeout: Duration.seconds(60) });
    slow.attachBackend(backend);
    expect(commandOf()).toContain('"--graceful-timeout","65"');
  });
});

describe('the server', () => {
  test('can write only to /tmp, and has an init process', () => {
    const template = templateOf(oneBackend().stack);
    expect(container(template)).toMatchObject({
      Essential: true,
      ReadonlyRootFilesystem: true,
      MountPoints: [{ SourceVolume: 'scratch', ContainerPath: '/tmp', ReadOnly: false }],
      LinuxParameters: { InitProcessEnabled: true },
      PortMappings: [{ ContainerPort: 8000, Protocol: 'tcp' }],
    });
    expect(only(template, TASK).Volumes).toEqual([{ Name: 'scratch' }]);
    expect(container(template).User).toBeUndefined();
  });

  test('can have a user, a port and a writable file system', () => {
    const template = templateOf(oneBackend({ user: 1000, port: 1453, readOnlyRootFilesystem: false }).stack);
    expect(container(template)).toMatchObject({
      User: '1000',
      ReadonlyRootFilesystem: false,
      PortMappings: [{ ContainerPort: 1453 }],
    });
  });

  test.each<[string, Parameters<typeof oneBackend>[0], number]>([
    ['a user that is set', { user: 1000 }, 1024],
    ['a known image that does not run as root', { image: ServerImage.fromRegistry('rayproject/ray:2.58.0') }, 1024],
    ['an image that is assumed to be known', { server: ModelServer.bentoml() }, 1024],
    ['more memory', { user: 1000, resources: { memory: Size.gibibytes(4), cpu: 1 } }, 2048],
  ])('has /tmp in memory with %s, because root owns an empty volume', (_what, options, size) => {
    const template = templateOf(oneBackend(options).stack);
    expect(container(template)).toMatchObject({
      LinuxParameters: {
        Tmpfs: [{ ContainerPath: '/tmp', MountOptions: ['rw', 'exec', 'mode=1777'], Size: size }],
      },
    });
    expect(container(template)).not.toHaveProperty('MountPoints');
    expect(only(template, TASK)).not.toHaveProperty('Volumes');
  });

  test.each<[string, Parameters<typeof oneBackend>[0]]>([
    ['an unknown image', {}],
    ['root', { user: 0 }],
    ['an image that runs as root', { image: ServerImage.fromRegistry('python:3.11-slim') }],
  ])('has /tmp in a volume with %s', (_what, options) => {
    const template = templateOf(oneBackend(options).stack);
    expect(container(template).MountPoints).toEqual([
      { SourceVolume: 'scratch', ContainerPath: '/tmp', ReadOnly: false },
    ]);
    expect(object(container(template).LinuxParameters)).not.toHaveProperty('Tmpfs');
  });

  test.each<[string, Parameters<typeof oneBackend>[0], string[] | undefined]>([
    ['with chmod of the image for a user that is set', { user: 1000 }, ['1777', '/app/logs']],
    ['with chmod of the image for a user that is not known', {}, ['1777', '/app/logs']],
    ['not for root', { user: 0 }, undefined],
    ['not for a known image of root', { image: ServerImage.fromRegistry('python:3.11-slim') }, undefined],
  ])('opens a scratch volume on disk before the server starts, %s', (_what, options, command) => {
    const template = templateOf(oneBackend({ ...options, scratch: [ScratchVolume.at('/app/logs')] }).stack);
    const task = only(template, TASK);
    const [server, opening] = objects(task.ContainerDefinitions);
    const volumes = objects(task.Volumes).map(({ Name }) => Name);
    const mount = {
      SourceVolume: volumes.find((name) => name !== 'scratch'),
      ContainerPath: '/app/logs',
      ReadOnly: false,
    };
    expect(server?.MountPoints).toContainEqual(mount);
    if (command === undefined) expect(opening).toBeUndefined();
    else {
      expect(opening).toMatchObject({
        Name: 'Scratch',
        Image: server?.Image,
        Essential: false,
        EntryPoint: ['chmod'],
        Command: command,
        User: '0',
        ReadonlyRootFilesystem: true,
        MountPoints: [mount],
      });
      expect(server?.DependsOn).toEqual([{ ContainerName: 'Scratch', Condition: 'SUCCESS' }]);
      // An instance gives the volume the owner of the image's directory, whom root without these capabilities cannot replace.
      const { Drop } = object(object(opening?.LinuxParameters).Capabilities);
      expect(Drop).toEqual(expect.arrayContaining(['CHOWN', 'NET_RAW', 'SETUID', 'SYS_CHROOT']));
      for (const kept of ['ALL', 'DAC_OVERRIDE', 'FOWNER']) expect(Drop).not.toContain(kept);
    }
  });

  test('has scratch directories in memory, and /tmp on disk if the definition sets that', () => {
    const scratch = [
      ScratchVolume.at('/tmp'),
      ScratchVolume.at('/app/index', { size: Size.mebibytes(100), inMemory: true }),
    ];
    const template = templateOf(oneBackend({ user: 1000, scratch }).stack);
    expect(container(template)).toMatchObject({
      MountPoints: [{ SourceVolume: 'scratch', ContainerPath: '/tmp', ReadOnly: false }],
      LinuxParameters: { Tmpfs: [{ ContainerPath: '/app/index', Size: 100 }] },
    });
    expect(objects(only(template, TASK).ContainerDefinitions)[1]).toMatchObject({ Command: ['1777', '/tmp'] });
  });

  test('has the /tmp of its image if its root file system is writable', () => {
    const template = templateOf(oneBackend({ user: 1000, readOnlyRootFilesystem: false }).stack);
    expect(container(template)).not.toHaveProperty('MountPoints');
    expect(object(container(template).LinuxParameters)).not.toHaveProperty('Tmpfs');
    const fetched = { model: Model.fromS3('s3://acme-models/a/'), readOnlyRootFilesystem: false };
    const other = templateOf(oneBackend(fetched).stack);
    expect(only(other, TASK).Volumes).toEqual([{ Name: 'scratch' }, { Name: 'models-0' }]);
    expect(objects(container(other).MountPoints).map(({ ContainerPath }) => ContainerPath)).toEqual(['/models']);
  });

  test('gets its environment', () => {
    const { stack } = oneBackend({
      environment: { MODEL: 'a', EMPTY: '' },
      server: ModelServer.shell({ line: 'exec serve' }),
      healthCheck: HealthCheck.http('/'),
    });
    expect(container(templateOf(stack)).Environment).toEqual([
      { Name: 'HOME', Value: '/tmp' },
      { Name: 'PORT', Value: '8000' },
      { Name: 'MODEL', Value: 'a' },
      { Name: 'EMPTY', Value: '' },
    ]);
  });

  test.each<[Parameters<typeof oneBackend>[0], string | undefined]>([
    [{}, '/tmp'],
    [{ environment: { HOME: '/home/app' } }, '/home/app'],
    [{ user: 1000 }, '/tmp'],
    [{ user: 1000, readOnlyRootFilesystem: false }, '/tmp'],
    [{ readOnlyRootFilesystem: false }, undefined],
  ])('has a writable HOME by default: %j', (options, home) => {
    const variables = (container(templateOf(oneBackend(options).stack)).Environment ?? []) as {
      Name: string;
      Value: string;
    }[];
    expect(variables.find(({ Name }) => Name === 'HOME')?.Value).toBe(home);
  });

  test('has the name of a user that the image may not have, and writable caches of a known image', () => {
    const image = ServerImage.fromRegistry('seldonio/mlserver:1.7.1');
    expect(container(templateOf(oneBackend({ user: 1001, image }).stack)).Environment).toEqual(
      expect.arrayContaining([
        { Name: 'USER', Value: 'serving' },
        { Name: 'LOGNAME', Value: 'serving' },
        { Name: 'NUMBA_CACHE_DIR', Value: '/tmp/numba' },
      ]),
    );
  });

  test('writes its logs to a separate log group with a retention of one month', () => {
    const template = templateOf(oneBackend().stack);
    const [logGroup] = Object.keys(template.findResources('AWS::Logs::LogGroup'));
    expect(only(template, 'AWS::Logs::LogGroup')).toEqual({ RetentionInDays: 30 });
    expect(container(template).LogConfiguration).toMatchObject({
      LogDriver: 'awslogs',
      Options: { 'awslogs-group': { Ref: logGroup }, 'awslogs-stream-prefix': 'server' },
    });
    expect(statements(template, 'ExecutionRole')).toEqual([
      {
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Effect: 'Allow',
        Resource: { 'Fn::GetAtt': [logGroup, 'Arn'] },
      },
    ]);
    expect(statements(template, 'TaskRole')).toEqual([]);
  });

  test('has labels that describe its models', () => {
    const model = Model.inImage('model', { name: 'sentiment', description: 'word weights' });
    expect(container(templateOf(oneBackend({ model }).stack)).DockerLabels).toEqual({
      'serving.model.0': 'sentiment at model: word weights',
    });
  });
});

describe('the stop of a task', () => {
  test.each([
    ['the longest request and the exit', 30, '40', 40],
    ['the maximum of Fargate', 600, '610', 115],
  ])('has time for %s', (_what, request, deregistration, StopTimeout) => {
    const template = templateOf(oneBackend({}, { requestTimeout: Duration.seconds(request) }).stack);
    expect(container(template)).toMatchObject({ StopTimeout });
    const group = only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup');
    expect(attributes(group)['deregistration_delay.timeout_seconds']).toBe(deregistration);
  });
});

describe('the target group', () => {
  const TARGETS = 'AWS::ElasticLoadBalancingV2::TargetGroup';

  test('requests / and accepts any status below 500 without a health check', () => {
    expect(only(templateOf(oneBackend().stack), TARGETS)).toMatchObject({
      TargetType: 'ip',
      Protocol: 'HTTP',
      HealthCheckPath: '/',
      Matcher: { HttpCode: '200-499' },
      HealthCheckIntervalSeconds: 10,
      HealthCheckTimeoutSeconds: 5,
      HealthyThresholdCount: 2,
      UnhealthyThresholdCount: 3,
    });
  });

  test('has the health check of the definition', () => {
    const healthCheck = HealthCheck.http('/healthz', {
      interval: Duration.seconds(20),
      timeout: Duration.seconds(4),
      healthyThreshold: 3,
      unhealthyThreshold: 5,
    });
    expect(only(templateOf(oneBackend({ healthCheck }).stack), TARGETS)).toMatchObject({
      HealthCheckPath: '/healthz',
      Matcher: { HttpCode: '200-399' },
      HealthCheckIntervalSeconds: 20,
      HealthCheckTimeoutSeconds: 4,
      HealthyThresholdCount: 3,
      UnhealthyThresholdCount: 5,
    });
  });

  test.each([
    ['round robin', 'round_robin'],
    ['least outstanding requests', 'least_outstanding_requests'],
  ])('chooses by %s', (loadBalancing, algorithm) => {
    const { stack } = oneBackend({ loadBalancing: loadBalancing as never });
    expect(attributes(only(templateOf(stack), TARGETS))['load_balancing.algorithm.type']).toBe(algorithm);
  });
});

describe('a smoke test', () => {
  const smokeTest = { path: '/predict', text: 'a' };

  test('is a container with the image of the server, which answers the health checks', () => {
    const template = templateOf(oneBackend({ smokeTest, port: 9401 }).stack);
    const [server, gate] = objects(only(template, 'AWS::ECS::TaskDefinition').ContainerDefinitions);
    expect(gate).toMatchObject({
      Name: 'SmokeTest',
      Image: server?.Image,
      Essential: false,
      EntryPoint: ['python3'],
      Command: ['-I', '-B', '-c', expect.any(String), expect.stringMatching(/^\{"port":9401,/), '9402', '5'],
      PortMappings: [{ ContainerPort: 9402, Protocol: 'tcp' }],
      ReadonlyRootFilesystem: true,
    });
    expect(only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup')).toMatchObject({
      HealthCheckPort: '9402',
    });
    expect(JSON.stringify(template)).toContain('"Health checks from the load balancer"');
  });

  test('adds nothing without one', () => {
    const template = templateOf(oneBackend().stack);
    expect(objects(only(template, 'AWS::ECS::TaskDefinition').ContainerDefinitions)).toHaveLength(1);
    expect(only(template, 'AWS::ElasticLoadBalancingV2::TargetGroup').HealthCheckPort).toBe('traffic-port');
  });
});

describe('the liveness check', () => {
  const liveness = {
    path: '/live',
    interval: Duration.seconds(20),
    timeout: Duration.seconds(1),
    unhealthyThreshold: 4,
  };

  test('is sent by the interpreter in the image', () => {
    const healthCheck = HealthCheck.http('/healthz', { liveness });
    const { HealthCheck: check } = container(templateOf(oneBackend({ healthCheck }).stack));
    expect(check).toEqual({
      Command: ['CMD', 'python3', '-I', '-c', expect.stringContaining("c.request('GET', '/live')")],
      Interval: 20,
      Timeout: 3,
      Retries: 4,
      StartPeriod: 300,
    });
  });

  test('is that of the target group without a known interpreter', () => {
    const healthCheck = HealthCheck.http('/healthz', { liveness });
    const server = ModelServer.command({ command: ['serve'] });
    expect(container(templateOf(oneBackend({ healthCheck, server }).stack))).not.toHaveProperty('HealthCheck');
  });
});

describe('environment files', () => {
  test('come in reverse order, because ECS uses the first value, and only the execution role reads them', () => {
    const stack = newStack();
    const key = new kms.Key(stack, 'Key');
    const bucket = new s3.Bucket(stack, 'Settings', { encryptionKey: key });
    const environmentFrom = ['base.env', 'live/over.env'].map((file) => aws.EcsEnvironment.fromBucket(bucket, file));
    const template = templateOf(oneBackend({ environmentFrom }, {}, stack).stack);
    const files = objects(container(template).EnvironmentFiles);
    expect(files.map(({ Type, Value }) => [Type, /[a-z/]+\.env/.exec(JSON.stringify(Value))?.[0]])).toEqual([
      ['s3', '/live/over.env'],
      ['s3', '/base.env'],
    ]);
    const reads = JSON.stringify(statements(template, 'ExecutionRole'));
    for (const action of ['s3:GetObject', 's3:GetBucketLocation', 'kms:Decrypt']) expect(reads).toContain(action);
    expect(reads).not.toContain('s3:ListBucket');
  });

  test('are at most ten', () => {
    const stack = newStack();
    const bucket = s3.Bucket.fromBucketName(stack, 'Settings', 'acme');
    const environmentFrom = Array.from({ length: 11 }, (_, index) =>
      aws.EcsEnvironment.fromBucket(bucket, `${index}.env`),
    );
    expect(() => oneBackend({ environmentFrom }, {}, stack)).toThrow(
      "[Unsupported] 'environmentFrom' of backend 'backend' has 11 files, but ECS supports at most 10; combine some of them",
    );
  });
});

describe('secrets', () => {
  test('by name come from Secrets Manager, and the task can read no others', () => {
    const secrets = { TOKEN: SecretValue.fromName('models/token', { key: 'value' }) };
    const template = templateOf(oneBackend({ secrets }).stack);
    const [secret] = objects(container(template).Secrets);
    expect(secret?.Name).toBe('TOKEN');
    expect(JSON.stringify(secret?.ValueFrom)).toMatch(/:secret:models\/token:value::"/);
    const read = statements(template, 'ExecutionRole').find(({ Action }) =>
      JSON.stringify(Action).includes('secretsmanager:GetSecretValue'),
    );
    expect(JSON.stringify(read?.Resource)).toMatch(/:secret:models\/token-\?{6}"/);
  });

  test('of the app can be in Secrets Manager or Parameter Store', () => {
    const stack = newStack();
    const secrets = {
      TOKEN: aws.EcsSecret.fromSecret(ecs.Secret.fromSecretsManager(new secretsmanager.Secret(stack, 'Secret'))),
      NAME: aws.EcsSecret.fromSecret(
        ecs.Secret.fromSsmParameter(ssm.StringParameter.fromStringParameterName(stack, 'Parameter', '/models/name')),
      ),
    };
    oneBackend({ secrets }, {}, stack);
    const template = templateOf(stack);
    const [secret] = Object.keys(template.findResources('AWS::SecretsManager::Secret'));
    expect(objects(container(template).Secrets)).toEqual([
      { Name: 'TOKEN', ValueFrom: { Ref: secret } },
      { Name: 'NAME', ValueFrom: expect.anything() },
    ]);
  });
});
