import { aws, Duration, Gpu, Model, ScratchVolume, ServerImage, type Sidecar, Size } from '../../src';
import { container, oneBackend, only, templateOf } from '../support/aws';
import { object, objects } from '../support/data';

const TASK = 'AWS::ECS::TaskDefinition';
const image = ServerImage.fromRegistry('acme/proxy:1.2.0');
const check = { command: ['/proxy', '--ping'] };
const proxy: Sidecar = { name: 'proxy', image, healthCheck: check };

const templateWith = (sidecars: Sidecar[], others: Parameters<typeof oneBackend>[0] = {}) =>
  templateOf(oneBackend({ sidecars, ...others }).stack);
const dependenciesOf = (one: ReturnType<typeof container>) =>
  objects(one.DependsOn).map(({ ContainerName, Condition }) => `${ContainerName} ${Condition}`);

describe('sidecars', () => {
  test('start in order before models are fetched and the server starts, so that ECS stops them after it', () => {
    const sidecars = [proxy, { name: 'logs', image }];
    const template = templateWith(sidecars, { model: Model.fromS3('s3://bucket/model/') });
    expect(dependenciesOf(container(template, 'proxy'))).toEqual([]);
    expect(dependenciesOf(container(template, 'logs'))).toEqual(['proxy HEALTHY']);
    expect(dependenciesOf(container(template, 'Fetch0'))).toEqual(['proxy HEALTHY', 'logs START']);
    expect(dependenciesOf(container(template))).toEqual(['Fetch0 SUCCESS', 'proxy HEALTHY', 'logs START']);
  });

  test('are confined like the server, restarted, and log to the same group', () => {
    const template = templateWith([{ ...proxy, environment: { MODE: 'a' }, stopTimeout: Duration.seconds(20) }]);
    expect(container(template, 'proxy')).toMatchObject({
      Image: 'acme/proxy:1.2.0',
      Essential: true,
      RestartPolicy: { Enabled: true, RestartAttemptPeriod: 60 },
      HealthCheck: { Command: ['CMD', '/proxy', '--ping'], Interval: 10, Timeout: 5, Retries: 3, StartPeriod: 60 },
      StartTimeout: 60,
      StopTimeout: 20,
      Privileged: false,
      ReadonlyRootFilesystem: true,
      LinuxParameters: { Capabilities: { Drop: ['ALL'] }, InitProcessEnabled: true },
      MountPoints: [{ SourceVolume: 'scratch-proxy', ContainerPath: '/tmp', ReadOnly: false }],
      Environment: [
        { Name: 'HOME', Value: '/tmp' },
        { Name: 'MODE', Value: 'a' },
      ],
    });
    const options = (name: string) => object(object(container(template, name).LogConfiguration).Options);
    expect(options('proxy')).toEqual({ ...options('Server'), 'awslogs-stream-prefix': 'proxy' });
  });

  test.each<[string, Partial<Sidecar>, Parameters<typeof oneBackend>[0]]>([
    ['as a user that is set, on an instance', { user: 1000 }, { gpu: Gpu.nvidia() }],
    ['as the user of the image', {}, { user: 1000 }],
    ['as root', { user: 0 }, {}],
  ])('have /tmp in a volume of their own %s', (_what, options, others) => {
    const rendered = container(templateWith([{ ...proxy, ...options }], others), 'proxy');
    expect(rendered.MountPoints).toEqual([{ SourceVolume: 'scratch-proxy', ContainerPath: '/tmp', ReadOnly: false }]);
    expect(object(rendered.LinuxParameters)).not.toHaveProperty('Tmpfs');
  });

  test('have /tmp in memory with a user on Fargate, because root owns an empty volume', () => {
    const template = templateWith([{ ...proxy, user: 1000 }]);
    expect(container(template, 'proxy')).toMatchObject({
      LinuxParameters: { Tmpfs: [{ ContainerPath: '/tmp', MountOptions: ['rw', 'exec', 'mode=1777'], Size: 64 }] },
    });
    expect(container(template, 'proxy')).not.toHaveProperty('MountPoints');
    expect(JSON.stringify(template)).not.toContain('scratch-proxy');
  });

  test('have the /tmp of the image with a writable root file system', () => {
    const template = templateWith([{ ...proxy, user: 1000, readOnlyRootFilesystem: false }]);
    expect(container(template, 'proxy')).not.toHaveProperty('MountPoints');
    expect(object(container(template, 'proxy').LinuxParameters)).not.toHaveProperty('Tmpfs');
    expect(JSON.stringify(template)).not.toContain('scratch-proxy');
  });

  const names = [
    { Name: 'USER', Value: 'serving' },
    { Name: 'LOGNAME', Value: 'serving' },
  ];
  test.each<[string, Partial<Sidecar>, object[] | undefined]>([
    ['a user', { user: 1000 }, [{ Name: 'HOME', Value: '/tmp' }, ...names]],
    [
      'a user and a writable root file system',
      { user: 1000, readOnlyRootFilesystem: false },
      [{ Name: 'HOME', Value: '/tmp' }, ...names],
    ],
    ['a user, and a secret for the home', { user: 1000, secrets: { HOME: aws.EcsSecret.fromName('home') } }, names],
    ['a writable root file system', { readOnlyRootFilesystem: false }, undefined],
  ])('have the variables that servers have with %s', (_what, options, expected) => {
    expect(container(templateWith([{ ...proxy, ...options }]), 'proxy').Environment).toEqual(expected);
  });

  test('count in the size of a Fargate task, of which the server has the rest of the CPU', () => {
    const template = templateWith([{ ...proxy, resources: { cpu: 0.5, memory: Size.mebibytes(512) } }]);
    expect(only(template, TASK)).toMatchObject({ Cpu: '2048', Memory: '4096' });
    expect(container(template, 'proxy')).toMatchObject({ Cpu: 512, Memory: 512 });
    expect(container(template)).toMatchObject({ Cpu: 1536 });
    expect(container(templateOf(oneBackend().stack))).not.toHaveProperty('Cpu');
  });

  test('count in the instance type of a backend with a GPU', () => {
    const type = (sidecars?: Sidecar[]) => {
      const template = templateOf(oneBackend({ gpu: Gpu.nvidia({ product: 'L4' }), sidecars }).stack);
      return object(only(template, 'AWS::EC2::LaunchTemplate').LaunchTemplateData).InstanceType;
    };
    expect(type()).toBe('g6.xlarge');
    expect(type([{ ...proxy, resources: { cpu: 3 } }])).toBe('g6.2xlarge');
  });

  test('extend the grace period by the time until they are healthy', () => {
    const grace = (sidecars: Sidecar[]) =>
      Number(only(templateWith(sidecars), 'AWS::ECS::Service').HealthCheckGracePeriodSeconds);
    expect(grace([proxy, { name: 'logs', image }]) - grace([])).toBe(60);
  });

  test('share directories with the server, and keep their own /tmp', () => {
    const template = templateWith([
      { ...proxy, sharedDirectories: ['/var/run/app'] },
      { name: 'logs', image },
    ]);
    const mounts = (name?: string) =>
      objects(container(template, name).MountPoints).map(({ SourceVolume, ContainerPath }) => [
        SourceVolume,
        ContainerPath,
      ]);
    expect(mounts()).toEqual([
      ['scratch', '/tmp'],
      ['shared-0', '/var/run/app'],
    ]);
    expect(mounts('proxy')).toEqual([
      ['scratch-proxy', '/tmp'],
      ['shared-0', '/var/run/app'],
    ]);
    expect(mounts('logs')).toEqual([['scratch-logs', '/tmp']]);
    expect(objects(only(template, TASK).Volumes)).toContainEqual({ Name: 'shared-0' });
  });

  test('that share directories start when these are open to every user', () => {
    const template = templateWith(
      [
        { name: 'logs', image },
        { ...proxy, sharedDirectories: ['/var/run/app'] },
      ],
      {
        scratch: [ScratchVolume.at('/app/logs')],
      },
    );
    expect(container(template, 'Scratch')).toMatchObject({
      Image: container(template).Image,
      EntryPoint: ['chmod'],
      Command: ['1777', '/app/logs', '/var/run/app'],
      User: '0',
      MountPoints: [{ ContainerPath: '/app/logs' }, { SourceVolume: 'shared-0', ContainerPath: '/var/run/app' }],
    });
    expect(dependenciesOf(container(template, 'logs'))).toEqual([]);
    expect(dependenciesOf(container(template, 'proxy'))).toEqual(['Scratch SUCCESS', 'logs START']);
    expect(dependenciesOf(container(template))).toEqual(['Scratch SUCCESS', 'logs START', 'proxy HEALTHY']);
  });

  test.each<[string, number | undefined, number | undefined, Parameters<typeof oneBackend>[0], string[] | undefined]>([
    ['an unknown user of the server', undefined, 0, {}, ['1777', '/run/a']],
    ['an unknown user of the sidecar', 0, undefined, {}, ['1777', '/run/a']],
    ['a user of the server', 1000, 0, {}, ['1777', '/run/a']],
    ['a user on an instance', 1000, 1000, { gpu: Gpu.nvidia() }, ['1777', '/run/a']],
    ['only root', 0, 0, {}, undefined],
  ])('open shared directories with %s', (_what, user, ofSidecar, others, command) => {
    const sidecars = [
      { ...proxy, user: ofSidecar, sharedDirectories: ['/run/a'] },
      { name: 'logs', image },
    ];
    const containers = objects(only(templateWith(sidecars, { user, ...others }), TASK).ContainerDefinitions);
    expect(containers.find(({ Name }) => Name === 'Scratch')?.Command).toEqual(command);
  });

  test.each<[string, Partial<Sidecar>, object, string[]]>([
    ['of their image', {}, {}, ['EntryPoint', 'Command']],
    ['with arguments', { args: ['-v'] }, { Command: ['-v'] }, ['EntryPoint']],
    ['with a program', { command: ['/proxy'] }, { EntryPoint: ['/proxy'] }, ['Command']],
    ['with a program and no arguments', { command: ['/proxy'], args: [] }, { EntryPoint: ['/proxy'] }, ['Command']],
    ['with both', { command: ['a', 'b'], args: ['c'] }, { EntryPoint: ['a', 'b'], Command: ['c'] }, []],
  ])('run the program %s', (_what, options, rendered, absent) => {
    const sidecar = container(templateWith([{ ...proxy, ...options }]), 'proxy');
    expect(sidecar).toMatchObject(rendered);
    for (const property of absent) expect(sidecar).not.toHaveProperty(property);
  });

  test('are found in the task definition by their name', () => {
    const { backend } = oneBackend({ sidecars: [proxy] });
    const { taskDefinition, container: server } = aws.EcsBackend.of(backend);
    expect(taskDefinition.findContainer('proxy')?.essential).toBe(true);
    expect(taskDefinition.defaultContainer).toBe(server);
  });

  test('read their own secrets, also under the name of a secret of the server', () => {
    const secret = (name: string) => ({ TOKEN: aws.EcsSecret.fromName(name, { key: 'a' }) });
    const template = templateWith([{ ...proxy, secrets: secret('proxy') }], { secrets: secret('server') });
    expect(JSON.stringify(container(template, 'proxy').Secrets)).toContain('secret:proxy');
    expect(JSON.stringify(container(template).Secrets)).toContain('secret:server');
  });

  test.each<[Partial<Sidecar>, string]>([
    [
      { stopTimeout: Duration.seconds(121) },
      "[InvalidNumber] 'stopTimeout' (121 s) of sidecar 'proxy' must be at most 120 s on Fargate",
    ],
    [
      { healthCheck: { ...check, startTimeout: Duration.seconds(121) } },
      "[HealthCheckOutOfRange] 'startTimeout' (121 s) in 'healthCheck' of sidecar 'proxy' must be between 2 and 120 s on Fargate",
    ],
    [
      { healthCheck: { ...check, interval: Duration.seconds(4) } },
      "[HealthCheckOutOfRange] 'interval' (4 s) in 'healthCheck' of sidecar 'proxy' must be between 5 and 300 s on Fargate",
    ],
    [
      { healthCheck: { ...check, unhealthyThreshold: 11 } },
      "[HealthCheckOutOfRange] 'unhealthyThreshold' (11) in 'healthCheck' of sidecar 'proxy' must be between 1 and 10 on Fargate",
    ],
    [
      { resources: { memory: Size.gibibytes(119) } },
      "[ComputeTooLarge] 'cpu' (1.1) and 'memory' (123904 MiB) of backend 'backend', with its sidecars, exceed the limits of Fargate",
    ],
  ])('fail on Fargate with %j', (change, message) => {
    expect(() => oneBackend({ sidecars: [{ ...proxy, ...change }] })).toThrow(message);
  });

  test('may start for five minutes on instances', () => {
    const healthCheck = { ...check, startTimeout: Duration.minutes(5) };
    const gpu = Gpu.nvidia();
    expect(container(templateWith([{ ...proxy, healthCheck }], { gpu }), 'proxy')).toMatchObject({ StartTimeout: 300 });
  });
});
