import { changed } from './change';
import { checkListenerRules, matchListener } from './cloudformation';
import { deployment } from './cloudformation-fixture';

const split = 'endpoint.Resources.Split.Properties';
const forward = `${split}.Actions[0].ForwardConfig`;
const targets = 'backend.Resources.Targets.Properties';
const task = 'backend.Resources.Task.Properties';
const server = `${task}.ContainerDefinitions[0]`;
const fetcher = `${task}.ContainerDefinitions[1]`;
const service = 'backend.Resources.Service';
const notAllowed = 'endpoint.Resources.NotAllowed.Properties.Actions[0].FixedResponseConfig';

const values = (field: string, config: string, ...all: string[]) => ({ Field: field, [config]: { Values: all } });
const path = (...all: string[]) => values('path-pattern', 'PathPatternConfig', ...all);
const host = (...all: string[]) => values('host-header', 'HostHeaderConfig', ...all);
const header = (name: string, ...all: string[]) => ({
  Field: 'http-header',
  HttpHeaderConfig: { HttpHeaderName: name, Values: all },
});
const copies = (from: number, count: number) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [
      `endpoint.Resources.R${i}`,
      {
        ...deployment.endpoint.Resources.NotAllowed,
        Properties: { ...deployment.endpoint.Resources.NotAllowed.Properties, Priority: from + i },
      },
    ]),
  );

const broken: readonly (readonly [what: string, changes: { readonly [path: string]: unknown }, finding: RegExp])[] = [
  ['a priority of 0', { [`${split}.Priority`]: 0 }, /Priority: 0 is not a whole number from 1 to 50000/],
  ['a priority above 50000', { [`${split}.Priority`]: 50001 }, /from 1 to 50000/],
  ['no priority', { [`${split}.Priority`]: undefined }, /Priority: required/],
  [
    'a duplicate priority in two stacks',
    { [`${split}.Priority`]: 50000 },
    /priority 50000 is used by backend\/Anchor and endpoint\/Split/,
  ],
  [
    'four values of a condition',
    { [`${split}.Conditions[0]`]: path('/a', '/b', '/c', '/d') },
    /4 values, 3 are allowed/,
  ],
  [
    'six values of a rule',
    { [`${split}.Conditions`]: [path('/a', '/b', '/c'), header('x', '1', '2', '3')] },
    /6 values in total/,
  ],
  ['six wildcards', { [`${split}.Conditions[0]`]: path('/*/*/*', '/?/?/?') }, /6 wildcards/],
  ['two path conditions', { [`${split}.Conditions[2]`]: path('/b') }, /two conditions on path-pattern/],
  ['two host conditions', { [`${split}.Conditions`]: [host('a.b'), host('c.d')] }, /two conditions on host-header/],
  ['no condition', { [`${split}.Conditions`]: [] }, /a rule needs at least one/],
  ['a condition without values', { [`${split}.Conditions[0]`]: path() }, /0 values/],
  ['an unknown condition', { [`${split}.Conditions[0].Field`]: 'path' }, /not a kind of condition/],
  ['a path that is too long', { [`${split}.Conditions[0]`]: path(`/${'a'.repeat(128)}`) }, /longer than 128/],
  ['a path with a space', { [`${split}.Conditions[0]`]: path('/image classifier') }, /path patterns do not support/],
  ['a host without a dot', { [`${split}.Conditions[0]`]: host('localhost') }, /host name with a dot/],
  ['a method in lower case', { [`${split}.Conditions[1].HttpRequestMethodConfig.Values`]: ['post'] }, /not a method/],
  ['a header name that is too long', { [`${split}.Conditions[1]`]: header('x'.repeat(41), '1') }, /40 characters/],
  ['a weight over 999', { [`${forward}.TargetGroups[0].Weight`]: 1000 }, /0 to 999/],
  ['a negative weight', { [`${forward}.TargetGroups[0].Weight`]: -1 }, /0 to 999/],
  ['a fractional weight', { [`${forward}.TargetGroups[0].Weight`]: 0.5 }, /0 to 999/],
  [
    'only weights of 0',
    { [`${forward}.TargetGroups[0].Weight`]: 0, [`${forward}.TargetGroups[1].Weight`]: 0 },
    /all weights are 0/,
  ],
  [
    'six target groups',
    { [`${forward}.TargetGroups`]: [1, 2, 3, 4, 5, 6].map((n) => ({ TargetGroupArn: `arn:${n}`, Weight: 1 })) },
    /6 target groups/,
  ],
  [
    'a duplicate target group',
    { [`${forward}.TargetGroups[1]`]: { TargetGroupArn: { 'Fn::ImportValue': 'backend:Targets' } } },
    /backend\/Targets is a duplicate/,
  ],
  [
    'stickiness of eight days',
    { [`${forward}.TargetGroupStickinessConfig`]: { Enabled: true, DurationSeconds: 691200 } },
    /691200 seconds/,
  ],
  [
    'a sticky target group behind a rule with several that is not',
    { 'backend.Resources.Targets.Properties.TargetGroupAttributes': [{ Key: 'stickiness.enabled', Value: 'true' }] },
    /backend\/Targets has stickiness, but the rule, which has several target groups, does not/,
  ],
  ['no action that responds', { [`${split}.Actions`]: [{ Type: 'authenticate-oidc' }] }, /exactly one of/],
  [
    'two actions that respond',
    { [`${split}.Actions[1]`]: { Type: 'redirect', RedirectConfig: { StatusCode: 'HTTP_301' } } },
    /has 2/,
  ],
  ['a long body', { [`${notAllowed}.MessageBody`]: 'x'.repeat(1025) }, /longer than 1024/],
  ['an invalid status', { [`${notAllowed}.StatusCode`]: '302' }, /not 2xx, 4xx or 5xx/],
  ['an unknown content type', { [`${notAllowed}.ContentType`]: 'image/png' }, /"image\/png" is not allowed/],
  [
    'a duplicate transform',
    { [`${split}.Transforms[1]`]: deployment.endpoint.Resources.Split.Properties },
    /Transforms/,
  ],
  [
    'look-ahead in a transform',
    { [`${split}.Transforms[0].UrlRewriteConfig.Rewrites[0].Regex`]: '^/(?=a)' },
    /look-around/,
  ],
  [
    'a transform that does not compile',
    { [`${split}.Transforms[0].UrlRewriteConfig.Rewrites[0].Regex`]: '(' },
    /regular expression/,
  ],
  ['101 rules', copies(1000, 96), /101 rules, 100 are allowed/],
  [
    'an idle timeout above 4000',
    { 'platform.Resources.Balancer.Properties.LoadBalancerAttributes[0].Value': '4001' },
    /from 1 to 4000/,
  ],
  [
    'a client keep-alive below 60',
    { 'platform.Resources.Balancer.Properties.LoadBalancerAttributes[1].Value': '30' },
    /from 60 to/,
  ],
  ['a drain longer than an hour', { [`${targets}.TargetGroupAttributes[0].Value`]: '3601' }, /from 0 to 3600/],
  [
    'a slow start of 10',
    { [`${targets}.TargetGroupAttributes[2]`]: { Key: 'slow_start.duration_seconds', Value: '10' } },
    /from 30 to 900/,
  ],
  [
    'a slow start with least outstanding requests',
    {
      [`${targets}.TargetGroupAttributes`]: [
        { Key: 'slow_start.duration_seconds', Value: '60' },
        { Key: 'load_balancing.algorithm.type', Value: 'least_outstanding_requests' },
      ],
    },
    /does not go with/,
  ],
  ['an unknown algorithm', { [`${targets}.TargetGroupAttributes[1].Value`]: 'random' }, /not an algorithm/],
  [
    'a health check longer than its interval',
    { [`${targets}.HealthCheckTimeoutSeconds`]: 10 },
    /not more than the timeout 10/,
  ],
  ['a health check every second', { [`${targets}.HealthCheckIntervalSeconds`]: 1 }, /from 5 to 300/],
  ['a threshold of 1', { [`${targets}.HealthyThresholdCount`]: 1 }, /from 2 to 10/],
  ['a threshold of 11', { [`${targets}.UnhealthyThresholdCount`]: 11 }, /from 2 to 10/],
  ['a matcher above 499', { [`${targets}.Matcher.HttpCode`]: '200-500' }, /200 to 499/],
  ['an invalid matcher', { [`${targets}.Matcher.HttpCode`]: '2xx' }, /200 to 499/],
  ['a long name', { [`${targets}.Name`]: 'a'.repeat(33) }, /at most 32/],
  ['a stop of 121 s on Fargate', { [`${server}.StopTimeout`]: 121 }, /from 2 to 120/],
  ['a start of 121 s on Fargate', { [`${fetcher}.StartTimeout`]: 121 }, /from 2 to 120/],
  ['memory that Fargate does not support', { [`${task}.Memory`]: '1024' }, /not a size of Fargate/],
  ['a CPU that Fargate does not support', { [`${task}.Cpu`]: '1000' }, /not a size of Fargate/],
  ['bridge mode on Fargate', { [`${task}.NetworkMode`]: 'bridge' }, /must be awsvpc/],
  ['a GPU on Fargate', { [`${server}.ResourceRequirements`]: [{ Type: 'GPU', Value: '1' }] }, /no GPU on Fargate/],
  ['shared memory on Fargate', { [`${server}.LinuxParameters`]: { SharedMemorySize: 1024 } }, /SharedMemorySize/],
  [
    '0 GPUs',
    { [`${task}.RequiresCompatibilities`]: ['EC2'], [`${server}.ResourceRequirements`]: [{ Type: 'GPU', Value: '0' }] },
    /not a number of GPUs/,
  ],
  ['success of an essential container', { [`${fetcher}.Essential`]: true }, /which is essential/],
  [
    'success of a container that is essential by default',
    { [`${fetcher}.Essential`]: undefined },
    /which is essential/,
  ],
  ['a dependency on a missing container', { [`${server}.DependsOn[0].ContainerName`]: 'x' }, /depends on "x"/],
  ['a dependency on health without a check', { [`${server}.DependsOn[0].Condition`]: 'HEALTHY' }, /no health check/],
  [
    'a dependency on itself',
    { [`${server}.DependsOn[1]`]: { ContainerName: 'server', Condition: 'START' } },
    /server -> server/,
  ],
  [
    'a cycle between containers',
    { [`${fetcher}.DependsOn`]: [{ ContainerName: 'server', Condition: 'START' }] },
    /wait for each other/,
  ],
  ['no essential container', { [`${server}.Essential`]: false }, /none is essential/],
  ['a mount of a missing volume', { [`${server}.MountPoints[0].SourceVolume`]: 'x' }, /mounts "x"/],
  ['a duplicate variable', { [`${server}.Environment[1]`]: { Name: 'PORT', Value: '1' } }, /"PORT" is set twice/],
  [
    'a fixed count with a scalable target',
    { [`${service}.Properties.DesiredCount`]: 2 },
    /backend\/Service has a DesiredCount/,
  ],
  ['a minimum above the maximum', { 'backend.Resources.Scaling.Properties.MinCapacity': 9 }, /more than MaxCapacity 8/],
  [
    'a deployment that cannot progress',
    { [`${service}.Properties.DeploymentConfiguration.MaximumPercent`]: 100 },
    /can ever move/,
  ],
  [
    'a port that the container does not have',
    { [`${service}.Properties.LoadBalancers[0].ContainerPort`]: 80 },
    /no port 80/,
  ],
  ['a service that does not wait for a rule', { [`${service}.DependsOn`]: undefined }, /created before the service/],
  [
    'a target group without a rule',
    {
      'backend.Resources.Anchor': undefined,
      [`${service}.DependsOn`]: undefined,
      [`${forward}.TargetGroups`]: [{ TargetGroupArn: 'arn:other' }],
    },
    /no rule of a listener forwards to backend\/Targets/,
  ],
  [
    'a circular dependency between stacks',
    {
      'endpoint.Outputs.X': { Value: 'x', Export: { Name: 'endpoint:X' } },
      [`${server}.Image`]: { 'Fn::ImportValue': 'endpoint:Split' },
      'endpoint.Outputs.Y': { Value: { Ref: 'Split' }, Export: { Name: 'endpoint:Split' } },
    },
    /circular dependency between stacks: backend -> endpoint -> backend/,
  ],
  [
    'a circular dependency between resources',
    { 'backend.Resources.Anchor.DependsOn': 'Service' },
    /circular dependency between resources/,
  ],
];

describe('checkListenerRules', () => {
  test('accepts three valid stacks', () => {
    expect(checkListenerRules(deployment)).toEqual([]);
  });

  test.each(broken)('finds %s', (_what, changes, finding) => {
    expect(checkListenerRules(changed(deployment, changes)).join('\n')).toMatch(finding);
  });

  test('reads templates without names and nested stacks', () => {
    const { platform, backend, endpoint } = deployment;
    expect(checkListenerRules([platform, backend, endpoint])).toEqual([]);
    const parameter = { Ref: 'ListenerParameter' };
    const nested = changed(backend, {
      'Resources.Anchor.Properties.ListenerArn': parameter,
      'Parameters.ListenerParameter': { Type: 'String' },
    });
    const parent = changed(platform, {
      'Resources.Nested': {
        Type: 'AWS::CloudFormation::Stack',
        Metadata: { 'aws:asset:path': 'nested.json' },
        Properties: { Parameters: { ListenerParameter: { Ref: 'Listener' } } },
      },
      'Resources.Split': {
        Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
        Properties: {
          ...endpoint.Resources.Split.Properties,
          ListenerArn: { Ref: 'Listener' },
          Actions: [{ Type: 'forward', TargetGroupArn: { 'Fn::GetAtt': ['Nested', 'Outputs.Targets'] } }],
        },
      },
    });
    const both = { platform: parent, 'nested.json': nested };
    expect(checkListenerRules(both)).toEqual([]);
    expect(checkListenerRules(changed(both, { 'platform.Resources.Split.Properties.Priority': 50000 })).join()).toMatch(
      /priority 50000/,
    );
    expect(matchListener(both, { method: 'POST', path: '/classify' })).toMatchObject({
      destinations: [{ target: 'nested.json/Targets' }],
    });
  });
});
