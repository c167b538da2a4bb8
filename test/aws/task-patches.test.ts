import { Match } from 'aws-cdk-lib/assertions';
import { aws, type BackendOptions, extension, Gpu, HealthCheck, Model, SecretValue, Size } from '../../src';
import { TASK_TYPES } from '../../src/aws/task-fields';
import { container, messagesOf, oneBackend, only, templateOf } from '../support/aws';
import { type Data, objects } from '../support/data';
import { patchOf, pathsIn } from '../support/patches';

const patchedBy = (settings: aws.TaskSettingsOptions) =>
  oneBackend({ targetSettings: [aws.TaskSettings.of(settings)] });

test('patches are applied last: objects are merged, null removes, lists are replaced', () => {
  const { stack } = patchedBy({
    taskDefinitionPatch: { PidMode: 'task', RuntimePlatform: { CpuArchitecture: 'X86_64' } },
    containerPatch: {
      Ulimits: [{ Name: 'nofile', SoftLimit: 65536, HardLimit: 65536 }],
      DockerLabels: { 'a.b': 'c' },
      LinuxParameters: { InitProcessEnabled: null },
    },
  });
  templateOf(stack).hasResourceProperties('AWS::ECS::TaskDefinition', {
    PidMode: 'task',
    RuntimePlatform: { CpuArchitecture: 'X86_64' },
    ContainerDefinitions: [
      Match.objectLike({
        Name: 'Server',
        Ulimits: [{ Name: 'nofile', SoftLimit: 65536, HardLimit: 65536 }],
        DockerLabels: { 'a.b': 'c' },
        LinuxParameters: { Capabilities: { Drop: ['ALL'] }, InitProcessEnabled: Match.absent() },
      }),
    ],
  });
});

test('functions of CloudFormation stand for objects and lists', () => {
  const condition = { 'Fn::If': ['Traced', { Size: 30 }, { Ref: 'AWS::NoValue' }] };
  const { stack } = patchedBy({
    taskDefinitionPatch: { ProxyConfiguration: condition },
    containerPatch: { ExtraHosts: [condition], DockerLabels: { team: { Ref: 'Team' } } },
  });
  expect(container(templateOf(stack))).toMatchObject({ ExtraHosts: [condition] });
});

const patchedOutput = (options: Partial<BackendOptions>, settings: aws.TaskSettingsOptions) =>
  oneBackend({ ...options, targetSettings: [aws.TaskSettings.of(settings)] });

/** The task and the container of the server without patches. */
function outputOf(options: Partial<BackendOptions>) {
  const template = templateOf(patchedOutput(options, {}).stack);
  const { ContainerDefinitions: containers, Family: _, ...task } = only(template, 'AWS::ECS::TaskDefinition');
  const { Name: _name, ...server } = objects(containers).find(({ Name }) => Name === 'Server') as Data;
  return { task, server };
}

/** What patches replace. */
function replacedBy(options: Partial<BackendOptions>, settings: aws.TaskSettingsOptions) {
  const { endpoint } = patchedOutput(options, settings);
  const [backend] = extension.TargetPlatform.planOf(endpoint.platform).backends;
  return backend?.intent.patches ?? [];
}

describe.each<[string, Partial<BackendOptions>]>([
  ['a plain definition', {}],
  [
    'one with models, secrets and a liveness check',
    {
      model: Model.fromS3('s3://bucket/net/'),
      secrets: { TOKEN: SecretValue.fromName('token') },
      healthCheck: HealthCheck.http('/', { liveness: { path: '/live' } }),
      workingDirectory: '/app',
    },
  ],
  ['one with a GPU', { gpu: Gpu.nvidia(), resources: { sharedMemory: Size.gibibytes(1) } }],
])('a patch of the output of %s', (_, options) => {
  const { task, server } = outputOf(options);

  test('replaces every value that is set', () => {
    const [taskDefinitionPatch, containerPatch] = [task, server].map((one) => patchOf(pathsIn(one), 'x')) as object[];
    const patches = replacedBy(options, { taskDefinitionPatch, containerPatch } as aws.TaskSettingsOptions);
    expect(patches).toHaveLength(pathsIn(task).length + pathsIn(server).length);
    expect(patches.filter(({ replaces }) => replaces === undefined).map(({ field }) => field)).toEqual([]);
  });

  test('replaces nothing else, except what the plan relies on', () => {
    const unset = (type: string, rendered: object) =>
      Object.keys(TASK_TYPES[type] as object).filter((field) => !Object.hasOwn(rendered, field));
    const taskPaths = unset('Props', { ...task, ContainerDefinitions: [], Family: '' }).map((field) => [field]);
    const serverPaths = [
      ...unset('ContainerDefinition', { ...server, Name: '' }).map((field) => [field]),
      ...unset('LinuxParameters', server.LinuxParameters as object).map((field) => ['LinuxParameters', field]),
    ];
    const patches = replacedBy(options, {
      taskDefinitionPatch: patchOf(taskPaths, 'x'),
      containerPatch: patchOf(serverPaths, 'x'),
    });
    expect(patches).toHaveLength(taskPaths.length + serverPaths.length);
    const reliedOn = patches.filter(({ replaces }) => replaces !== undefined).map(({ field }) => field);
    expect(RELIED_ON).toEqual(expect.arrayContaining(reliedOn));
  });
});

/** Properties without a value in some output that the plan relies on. */
const RELIED_ON = [
  'Cpu',
  'Memory',
  'MemoryReservation',
  'EphemeralStorage',
  'RuntimePlatform',
  'Tags',
  'EntryPoint',
  'Environment',
  'HealthCheck',
  'User',
  'DependsOn',
];

test('a patch of what the plan depends on is a warning of CDK with the rules', () => {
  const { stack } = patchedBy({ containerPatch: { StopTimeout: 5, Interactive: true } });
  const messages = messagesOf(stack).join('\n');
  expect(messages).toContain(
    "'containerPatch.StopTimeout' of backend 'backend' replaces the time from SIGTERM to SIGKILL, so that these rules are not enforced: D2 (the stop timeout covers the drain",
  );
  expect(messages).toContain('[ack: serving-constructs:patchedValue.StopTimeout]');
  expect(messages).not.toContain('Interactive');
});

test.each<[object, string]>([
  [
    { taskDefinitionPatch: { ContainerDefinitions: [] } },
    "[ConflictingProps] 'taskDefinitionPatch.ContainerDefinitions' cannot be patched; use 'containerPatch' for the container of the server",
  ],
  [{ containerPatch: { Name: 'a' } }, "[ConflictingProps] 'containerPatch.Name' cannot be patched; use 'Server'"],
  [
    { containerPatch: { stopTimeout: 5 } },
    "[UnknownOption] 'containerPatch.stopTimeout' is not a field of a task definition in CloudFormation; did you mean 'StopTimeout'?",
  ],
  [
    { taskDefinitionPatch: { Volumes: [{ Name: 'a', Host: { SourcePath: '/a', Owner: 'b' } }] } },
    "[UnknownOption] 'taskDefinitionPatch.Volumes[0].Host.Owner' is not a field of a task definition in CloudFormation; set a newer one with `addPropertyOverride` of the CfnTaskDefinition",
  ],
])('fails for a patch that is invalid (%#)', (options, message) => {
  expect(() => aws.TaskSettings.of(options as never)).toThrow(message);
});
