import type { Stack } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import * as logs from 'aws-cdk-lib/aws-logs';
import * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import { aws, type BackendOptions, Gpu, ServerImage, ServingEndpoint, Size } from '../../src';
import { newStack, templateOf } from '../support/aws';
import { backendOptions } from '../support/definitions';

type Settings = aws.TaskSettingsOptions | ((stack: Stack) => aws.TaskSettingsOptions);

function backendWith(settings: Settings, options: Partial<BackendOptions> = {}) {
  const stack = newStack();
  const targetSettings = [aws.TaskSettings.of(typeof settings === 'function' ? settings(stack) : settings)];
  const backend = new ServingEndpoint(stack, 'digits').addBackend(
    'svm',
    backendOptions({ targetSettings, ...options }),
  );
  return { stack, backend };
}

const templateWith = (settings: Settings, options: Partial<BackendOptions> = {}): Template =>
  templateOf(backendWith(settings, options).stack);

/** The container of the server. */
const hasServer = (template: Template, container: object) =>
  template.hasResourceProperties('AWS::ECS::TaskDefinition', {
    ContainerDefinitions: Match.arrayWith([Match.objectLike({ Name: 'Server', ...container })]),
  });

describe('placement', () => {
  const constraint = ecs.PlacementConstraint.memberOf('attribute:pool == models');
  const strategy = ecs.PlacementStrategy.spreadAcrossInstances();

  test('is that of the service on instances', () => {
    const settings = { placementConstraints: [constraint], placementStrategies: [strategy] };
    templateWith(settings, { gpu: Gpu.nvidia() }).hasResourceProperties('AWS::ECS::Service', {
      PlacementConstraints: [{ Type: 'memberOf', Expression: 'attribute:pool == models' }],
      PlacementStrategies: [{ Type: 'spread', Field: 'instanceId' }],
    });
  });

  test('packs by memory by default', () => {
    templateWith({ placementConstraints: [constraint] }, { gpu: Gpu.nvidia() }).hasResourceProperties(
      'AWS::ECS::Service',
      { PlacementStrategies: [{ Type: 'binpack', Field: 'MEMORY' }] },
    );
  });

  test.each([
    ['placementConstraints', [constraint]],
    ['placementStrategies', [strategy]],
  ])('fails on Fargate for %s', (option, list) => {
    expect(() => backendWith({ [option]: list })).toThrow(
      `[Unsupported] '${option}' of backend 'svm' is not supported on Fargate, which has no instances to choose from; remove it, or run the backend on instances with 'gpu' (at Serving/digits/svm)`,
    );
    templateWith({ [option]: [] }).resourceCountIs('AWS::ECS::Service', 1);
  });
});

describe('roles', () => {
  const send = new iam.PolicyStatement({ actions: ['sqs:SendMessage'], resources: ['*'] });
  const own = (stack: Stack) =>
    new iam.Role(stack, 'Own', { assumedBy: new iam.ServicePrincipal('ecs-tasks.amazonaws.com') });

  test('statements are added to the task role', () => {
    templateWith({ taskRoleStatements: [send] }).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [{ Action: 'sqs:SendMessage', Effect: 'Allow', Resource: '*' }] },
      Roles: [{ Ref: Match.stringLikeRegexp('svmTaskDefinitionTaskRole') }],
    });
  });

  test('an own task role gets the statements, and its trust policy is not changed', () => {
    const { stack, backend } = backendWith((scope) => ({ taskRole: own(scope), taskRoleStatements: [send] }));
    const role = { 'Fn::GetAtt': [Match.stringLikeRegexp('^Own'), 'Arn'] };
    const template = templateOf(stack);
    template.hasResourceProperties('AWS::ECS::TaskDefinition', { TaskRoleArn: role });
    template.hasResourceProperties('AWS::IAM::Policy', { Roles: [{ Ref: Match.stringLikeRegexp('^Own') }] });
    template.hasResourceProperties('AWS::IAM::Role', {
      AssumeRolePolicyDocument: {
        Statement: [
          Match.objectEquals({
            Action: 'sts:AssumeRole',
            Effect: 'Allow',
            Principal: { Service: 'ecs-tasks.amazonaws.com' },
          }),
        ],
      },
    });
    expect(aws.EcsBackend.of(backend).taskRole.node.path).toBe('Serving/Own');
  });

  test('an own execution role gets the permissions of ECS, also if it is imported', () => {
    const template = templateWith((stack) => ({ executionRole: iam.Role.fromRoleName(stack, 'Imported', 'executor') }));
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: { Statement: [Match.objectLike({ Action: ['logs:CreateLogStream', 'logs:PutLogEvents'] })] },
      Roles: ['executor'],
    });
    expect(Object.keys(template.findResources('AWS::IAM::Role')).filter((id) => id.includes('Execution'))).toEqual([]);
  });
});

test('registry credentials are those of the image, and can be read by the execution role only', () => {
  const template = templateWith((stack) => ({ registryCredentials: new secretsmanager.Secret(stack, 'Registry') }), {
    image: ServerImage.fromRegistry('registry.example.com/svm:1.4.2'),
  });
  const secret = { Ref: Match.stringLikeRegexp('^Registry') };
  hasServer(template, { RepositoryCredentials: { CredentialsParameter: secret } });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: {
      Statement: Match.arrayWith([{ Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: secret }]),
    },
    Roles: [{ Ref: Match.stringLikeRegexp('ExecutionRole') }],
  });
});

test('registry credentials are not those of an image in ECR', () => {
  const template = templateWith((stack) => ({ registryCredentials: new secretsmanager.Secret(stack, 'Registry') }), {
    image: ServerImage.fromRegistry('123456789012.dkr.ecr.eu-west-1.amazonaws.com/svm:1.4.2'),
  });
  hasServer(template, { RepositoryCredentials: Match.absent() });
});

describe('logs', () => {
  test('have a retention, a mode and a buffer', () => {
    const template = templateWith({
      logRetentionDays: logs.RetentionDays.ONE_WEEK,
      logMode: aws.LogMode.NON_BLOCKING,
      logBuffer: Size.mebibytes(25),
      logMultilinePattern: '^\\d',
    });
    template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
    hasServer(template, {
      LogConfiguration: {
        LogDriver: 'awslogs',
        Options: Match.objectLike({
          mode: 'non-blocking',
          'max-buffer-size': '26214400b',
          'awslogs-multiline-pattern': '^\\d',
          'awslogs-stream-prefix': 'server',
        }),
      },
    });
  });

  test('go to an existing group', () => {
    const { stack, backend } = backendWith((scope) => ({
      logGroup: logs.LogGroup.fromLogGroupName(scope, 'Logs', 'models'),
      logDatetimeFormat: '%Y-%m-%d',
    }));
    const template = templateOf(stack);
    template.resourceCountIs('AWS::Logs::LogGroup', 0);
    hasServer(template, {
      LogConfiguration: {
        Options: Match.objectLike({ 'awslogs-group': 'models', 'awslogs-datetime-format': '%Y-%m-%d' }),
      },
    });
    expect(aws.EcsBackend.of(backend).logGroup.logGroupName).toBe('models');
  });
});

test('tags are those of the resources of the backend and of its tasks', () => {
  const template = templateWith({ tags: { team: 'ml' } });
  const tag = { Tags: Match.arrayWith([{ Key: 'team', Value: 'ml' }]) };
  for (const type of ['ECS::Service', 'ECS::TaskDefinition', 'Logs::LogGroup', 'ElasticLoadBalancingV2::TargetGroup'])
    template.hasResourceProperties(`AWS::${type}`, tag);
  template.hasResourceProperties('AWS::ECS::Service', {
    PropagateTags: 'SERVICE',
    Tags: Match.arrayWith([{ Key: 'serving:backend', Value: 'svm' }]),
  });
  template.hasResourceProperties('AWS::ElasticLoadBalancingV2::LoadBalancer', { Tags: Match.absent() });
});

describe('commands in running containers', () => {
  test('are enabled with the permissions that they need', () => {
    const template = templateWith({ enableExecuteCommand: true }, { readOnlyRootFilesystem: false });
    template.hasResourceProperties('AWS::ECS::Service', { EnableExecuteCommand: true });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: [
              'ssmmessages:CreateControlChannel',
              'ssmmessages:CreateDataChannel',
              'ssmmessages:OpenControlChannel',
              'ssmmessages:OpenDataChannel',
            ],
          }),
        ]),
      },
      Roles: [{ Ref: Match.stringLikeRegexp('TaskRole') }],
    });
    hasServer(template, { LinuxParameters: Match.objectLike({ InitProcessEnabled: true }) });
  });

  test('fail with a read-only root file system', () => {
    expect(() => backendWith({ enableExecuteCommand: true })).toThrow(
      "[ConflictingProps] 'enableExecuteCommand' (true) of backend 'svm' requires a writable root file system, because the agent that runs commands writes to it; set 'readOnlyRootFilesystem' to false, or remove 'enableExecuteCommand' (at Serving/digits/svm)",
    );
  });
});

test('defaults of the platform apply, and tags are merged by key', () => {
  const stack = newStack();
  const backendDefaults = aws.TaskSettings.of({ logRetentionDays: 7, tags: { team: 'ml', stage: 'dev' } });
  new aws.EcsPlatform(stack, 'Platform', { backendDefaults });
  const targetSettings = [aws.TaskSettings.of({ tags: { stage: 'prod' } })];
  new ServingEndpoint(stack, 'digits').addBackend('svm', backendOptions({ targetSettings }));
  const template = templateOf(stack);
  const tags = [
    { Key: 'stage', Value: 'prod' },
    { Key: 'team', Value: 'ml' },
  ];
  template.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 7, Tags: tags });
});

test.each<[string, object, string]>([
  [
    'a constraint',
    { placementConstraints: [{}] },
    "[InvalidType] 'placementConstraints[0]' ({}) must be an ecs.PlacementConstraint, for example ecs.PlacementConstraint.distinctInstances()",
  ],
  ['a strategy', { placementStrategies: [{}] }, "[InvalidType] 'placementStrategies[0]' ({}) must be an ecs.Placement"],
  ['a statement', { taskRoleStatements: [{}] }, "[InvalidType] 'taskRoleStatements[0]' ({}) must be an iam.PolicyStat"],
  ['a role', { taskRole: {} }, "[InvalidType] 'taskRole' ({}) must be an iam.IRole, for example"],
  ['a role of ECS', { executionRole: 'arn' }, "[InvalidType] 'executionRole' ('arn') must be an object"],
  [
    'credentials',
    { registryCredentials: {} },
    "[InvalidType] 'registryCredentials' ({}) must be a secretsmanager.ISec",
  ],
  ['a log group', { logGroup: {} }, "[InvalidType] 'logGroup' ({}) must be a logs.ILogGroup, for example"],
  [
    'a retention',
    { logRetentionDays: 8 },
    "[InvalidNumber] 'logRetentionDays' (8) must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653, or 9999 to keep logs forever",
  ],
  [
    'a retention of an existing group',
    { logGroup: { logGroupName: 'a' }, logRetentionDays: 7 },
    "[ConflictingProps] 'logRetentionDays' (7) has no effect on 'logGroup', which has its own retention",
  ],
  [
    'a buffer without its mode',
    { logBuffer: Size.mebibytes(1) },
    "[ConflictingProps] 'logBuffer' (1 MiB) requires 'logMode' LogMode.NON_BLOCKING",
  ],
  [
    'two forms of log events',
    { logDatetimeFormat: '%Y', logMultilinePattern: '^a' },
    "[ConflictingProps] 'logDatetimeFormat' and 'logMultilinePattern' are mutually exclusive; omit one of them",
  ],
  ['a reserved tag', { tags: { 'aws:x': 'a' } }, "[InvalidName] 'aws:x' in 'tags' is reserved for AWS or this package"],
  [
    'a tag',
    { tags: { team: 'a#b' } },
    "[InvalidName] 'tags.team' ('a#b') must have 0 to 256 letters, digits, spaces, '_', '.', ':', '/', '=', '+', '-' and '@'",
  ],
  [
    'too many tags',
    { tags: Object.fromEntries(Array.from({ length: 46 }, (_, index) => [`t${index}`, 'a'])) },
    "[InvalidName] 'tags' (46) must be at most 45",
  ],
])('fails for %s that is invalid', (_, options, message) => {
  expect(() => aws.TaskSettings.of(options as never)).toThrow(message);
});
