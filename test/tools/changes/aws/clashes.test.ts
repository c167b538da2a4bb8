import type { StackInput } from '../../../../src/tools/changes/aws/stacks';
import { CHANGE_KINDS, type ChangeKind, Effect } from '../../../../src/tools/changes/change';
import {
  anchor,
  dangers,
  findings,
  forward,
  policy,
  RESOURCES,
  rule,
  service,
  stack,
  targetGroup,
  task,
} from './stacks';

const name = (type: string, property: string, value = 'fixed', more: object = {}) => ({
  Type: type,
  Properties: { [property]: value, ...more },
});
const provider = { Type: 'AWS::ECS::CapacityProvider', Properties: {} };
const associations = (providers: readonly string[], more: object = {}) => ({
  Type: 'AWS::ECS::ClusterCapacityProviderAssociations',
  Properties: { Cluster: { Ref: 'Cluster' }, CapacityProviders: providers.map((id) => ({ Ref: id })) },
  ...more,
});
const on = (id: string) => ({ CapacityProviderStrategy: [{ CapacityProvider: { Ref: id }, Weight: 1 }] });
const ingress = (properties: object = {}) => ({
  Type: 'AWS::EC2::SecurityGroupIngress',
  Properties: {
    GroupId: { Ref: 'Group' },
    IpProtocol: 'tcp',
    FromPort: 80,
    ToPort: 80,
    CidrIp: '10.0.0.0/8',
    ...properties,
  },
});
const vpcEndpoint = (service: string, PrivateDnsEnabled = true) => ({
  Type: 'AWS::EC2::VPCEndpoint',
  Properties: {
    ServiceName: { 'Fn::Join': ['', ['com.amazonaws.', { Ref: 'AWS::Region' }, `.${service}`]] },
    VpcId: { Ref: 'Vpc' },
    PrivateDnsEnabled,
  },
});
const scaling = (id: string) => ({
  Type: 'AWS::ApplicationAutoScaling::ScalableTarget',
  Properties: {
    MinCapacity: 2,
    MaxCapacity: 8,
    ScalableDimension: 'ecs:service:DesiredCount',
    ServiceNamespace: 'ecs',
    ResourceId: { 'Fn::Join': ['/', ['service', { Ref: 'Cluster' }, { 'Fn::GetAtt': [id, 'Name'] }]] },
  },
});
const listener = (port: number, protocol = 'HTTP', more: object = {}) => ({
  Type: 'AWS::ElasticLoadBalancingV2::Listener',
  Properties: { LoadBalancerArn: { Ref: 'Balancer' }, Port: port, Protocol: protocol, DefaultActions: [] },
  ...more,
});

/** An edit of a stack, and the dangerous findings that it must have. */
interface Row {
  readonly edit: string;
  readonly from?: { readonly [path: string]: unknown };
  readonly to: { readonly [path: string]: unknown };
  readonly expected: readonly ChangeKind[];
}

const ROWS: readonly Row[] = [
  { edit: 'nothing changes', to: {}, expected: [] },
  // Priorities
  {
    edit: 'a rule with another logical id takes the priority',
    to: { Shares: undefined, Other: rule(100, forward(['Targets', 1]), { DependsOn: ['Service'] }) },
    expected: ['PriorityInUse'],
  },
  {
    edit: 'a rule with another logical id has another priority',
    to: { Shares: undefined, Other: rule(101, forward(['Targets', 1]), { DependsOn: ['Service'] }) },
    expected: [],
  },
  {
    edit: 'two rules swap their priorities',
    from: { Second: rule(200, forward(['Targets', 1])) },
    to: { Second: rule(100, forward(['Targets', 1])), 'Shares.Properties.Priority': 200 },
    expected: ['PriorityInUse'],
  },
  {
    edit: 'a new rule takes a priority that another rule leaves, without an order',
    to: { 'Shares.Properties.Priority': 200, New: rule(100, forward(['Targets', 1])) },
    expected: ['PriorityInUse'],
  },
  {
    edit: 'a new rule takes a priority after the rule that leaves it',
    to: {
      'Shares.Properties.Priority': 200,
      New: rule(100, forward(['Targets', 1]), { DependsOn: ['Shares'] }),
    },
    expected: [],
  },
  {
    edit: 'a rule of a replaced listener keeps its priority',
    to: { 'Balancer.Properties.Scheme': 'internet-facing' },
    expected: ['AddressReplaced'],
  },
  // Networks
  {
    edit: 'an interface endpoint with another logical id takes the private DNS name of a service',
    from: { Logs: vpcEndpoint('logs') },
    to: { Other: vpcEndpoint('logs') },
    expected: ['IdentityInUse'],
  },
  {
    edit: 'an interface endpoint without a private DNS name takes the service of another',
    from: { Logs: vpcEndpoint('logs') },
    to: { Other: vpcEndpoint('logs', false) },
    expected: [],
  },
  {
    edit: 'an interface endpoint of another service is added',
    from: { Logs: vpcEndpoint('logs') },
    to: { Logs: vpcEndpoint('logs'), Other: vpcEndpoint('ssm') },
    expected: [],
  },
  // Ports of listeners
  {
    edit: 'HTTPS is added: the redirect takes port 80 without an order',
    to: { Redirect: listener(80), 'Listener.Properties.Port': 443, 'Listener.Properties.Protocol': 'HTTPS' },
    expected: ['PortInUse'],
  },
  {
    edit: 'HTTPS is added: the redirect waits for the listener',
    to: {
      Redirect: listener(80, 'HTTP', { DependsOn: ['Listener'] }),
      'Listener.Properties.Port': 443,
      'Listener.Properties.Protocol': 'HTTPS',
    },
    expected: [],
  },
  {
    edit: 'HTTPS is removed: the redirect has port 80 until the clean-up',
    from: { Redirect: listener(80), 'Listener.Properties.Port': 443, 'Listener.Properties.Protocol': 'HTTPS' },
    to: {},
    expected: ['PortInUse', 'AddressReplaced'],
  },
  // Target groups
  {
    edit: 'the port of a target group in use changes',
    to: { 'Targets.Properties.Port': 9000 },
    expected: ['TargetGroupEmptied'],
  },
  {
    edit: 'the health check of a target group changes',
    to: { 'Targets.Properties.HealthCheckPath': '/ready' },
    expected: [],
  },
  {
    edit: 'a target group in use and its service are replaced together',
    to: { 'Targets.Properties.Port': 9000, 'Service.Properties.SchedulingStrategy': 'DAEMON' },
    expected: [],
  },
  {
    edit: 'the share of the replaced target group is 0',
    from: { 'Shares.Properties.Actions': [forward(['Targets', 0], ['Other', 1])], Other: targetGroup() },
    to: {
      'Shares.Properties.Actions': [forward(['Targets', 0], ['Other', 1])],
      Other: targetGroup(),
      'Targets.Properties.Port': 9000,
    },
    expected: [],
  },
  {
    edit: 'a service is removed while a rule still forwards to its target group',
    to: { Service: undefined, 'Shares.DependsOn': undefined },
    expected: ['NoTargets'],
  },
  {
    edit: 'a backend is removed with its share',
    from: {
      Two: targetGroup(),
      AnchorTwo: { ...anchor('Two'), Properties: { ...anchor('Two').Properties, Priority: 49_999 } },
      ServiceTwo: service('Two', {}, { DependsOn: ['AnchorTwo'] }),
      'Shares.Properties.Actions': [forward(['Targets', 1], ['Two', 1])],
      'Shares.DependsOn': ['Service', 'ServiceTwo'],
    },
    to: {},
    expected: [],
  },
  {
    edit: 'a backend is added with a share that waits for its service',
    to: {
      Two: targetGroup(),
      AnchorTwo: { ...anchor('Two'), Properties: { ...anchor('Two').Properties, Priority: 49_999 } },
      ServiceTwo: service('Two', {}, { DependsOn: ['AnchorTwo'] }),
      'Shares.Properties.Actions': [forward(['Targets', 1], ['Two', 1])],
      'Shares.DependsOn': ['Service', 'ServiceTwo'],
    },
    expected: [],
  },
  {
    edit: 'a backend is added with a share that does not wait for its service',
    to: {
      Two: targetGroup(),
      AnchorTwo: { ...anchor('Two'), Properties: { ...anchor('Two').Properties, Priority: 49_999 } },
      ServiceTwo: service('Two', {}, { DependsOn: ['AnchorTwo'] }),
      'Shares.Properties.Actions': [forward(['Targets', 1], ['Two', 1])],
    },
    expected: ['ForwardedTooEarly'],
  },
  {
    edit: 'a backend is added whose service does not wait for a rule',
    to: {
      Two: targetGroup(),
      ServiceTwo: service('Two', {}, {}),
      'Shares.Properties.Actions': [forward(['Targets', 1], ['Two', 1])],
      'Shares.DependsOn': ['Service', 'ServiceTwo'],
    },
    expected: ['TargetGroupDetached'],
  },
  {
    edit: 'a service registers with a target group that no rule forwards to',
    to: { Two: targetGroup(), ServiceTwo: service('Two', {}, {}) },
    expected: ['TargetGroupDetached'],
  },
  // Names and identities
  ...[
    ['AWS::ElasticLoadBalancingV2::LoadBalancer', 'Name'],
    ['AWS::ElasticLoadBalancingV2::TargetGroup', 'Name'],
    ['AWS::ECS::Service', 'ServiceName'],
    ['AWS::ECS::Cluster', 'ClusterName'],
    ['AWS::ECS::CapacityProvider', 'Name'],
    ['AWS::IAM::Role', 'RoleName'],
    ['AWS::IAM::ManagedPolicy', 'ManagedPolicyName'],
    ['AWS::IAM::InstanceProfile', 'InstanceProfileName'],
    ['AWS::Logs::LogGroup', 'LogGroupName'],
    ['AWS::EC2::SecurityGroup', 'GroupName'],
    ['AWS::EC2::LaunchTemplate', 'LaunchTemplateName'],
    ['AWS::AutoScaling::AutoScalingGroup', 'AutoScalingGroupName'],
    ['AWS::CloudWatch::Alarm', 'AlarmName'],
    ['AWS::CloudWatch::Dashboard', 'DashboardName'],
    ['AWS::S3::Bucket', 'BucketName'],
    ['AWS::SecretsManager::Secret', 'Name'],
  ].map(
    ([type, property]): Row => ({
      edit: `${type} with a fixed name gets another logical id`,
      from: { Old: name(type!, property!) },
      to: { New: name(type!, property!) },
      expected: type === 'AWS::ElasticLoadBalancingV2::LoadBalancer' ? ['NameInUse', 'AddressReplaced'] : ['NameInUse'],
    }),
  ),
  {
    edit: 'a role with a fixed name gets another name and logical id',
    from: { Old: name('AWS::IAM::Role', 'RoleName', 'one') },
    to: { New: name('AWS::IAM::Role', 'RoleName', 'two') },
    expected: [],
  },
  {
    edit: 'a security group with a fixed name gets another description',
    from: { Own: name('AWS::EC2::SecurityGroup', 'GroupName', 'own', { GroupDescription: 'a', VpcId: 'vpc-1' }) },
    to: { Own: name('AWS::EC2::SecurityGroup', 'GroupName', 'own', { GroupDescription: 'b', VpcId: 'vpc-1' }) },
    expected: ['NameInUse'],
  },
  {
    edit: 'a security group without a name gets another description',
    from: { In: ingress() },
    to: { In: ingress(), 'Group.Properties.GroupDescription': 'other' },
    expected: [],
  },
  {
    edit: 'a rule of a security group gets another logical id',
    from: { In: ingress() },
    to: { Other: ingress() },
    expected: ['IdentityInUse'],
  },
  {
    edit: 'a rule of a security group gets another description',
    from: { In: ingress({ Description: 'one' }) },
    to: { In: ingress({ Description: 'two' }) },
    expected: [],
  },
  {
    edit: 'a rule moves into its security group',
    from: { In: ingress() },
    to: {
      'Group.Properties.SecurityGroupIngress': [{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIp: '10.0.0.0/8' }],
    },
    expected: ['IdentityInUse'],
  },
  {
    edit: 'a rule moves out of its security group, which it refers to',
    from: {
      'Group.Properties.SecurityGroupIngress': [{ IpProtocol: 'tcp', FromPort: 80, ToPort: 80, CidrIp: '10.0.0.0/8' }],
    },
    to: { In: ingress() },
    expected: [],
  },
  {
    edit: 'a subnet moves to another zone with the same addresses',
    from: { Net: name('AWS::EC2::Subnet', 'CidrBlock', '10.0.0.0/24', { VpcId: 'vpc-1', AvailabilityZone: 'a' }) },
    to: { Net: name('AWS::EC2::Subnet', 'CidrBlock', '10.0.0.0/24', { VpcId: 'vpc-1', AvailabilityZone: 'b' }) },
    expected: ['IdentityInUse'],
  },
  {
    edit: 'a DNS record gets another logical id',
    from: { Old: name('AWS::Route53::RecordSet', 'Name', 'm.example.com', { Type: 'A', HostedZoneId: 'Z1' }) },
    to: { New: name('AWS::Route53::RecordSet', 'Name', 'm.example.com', { Type: 'A', HostedZoneId: 'Z1' }) },
    expected: ['IdentityInUse'],
  },
  {
    edit: 'the scaling of a service gets another logical id',
    from: { Old: scaling('Service') },
    to: { New: scaling('Service') },
    expected: ['IdentityInUse'],
  },
  {
    edit: 'a resource is retained and its name is used again',
    from: { Old: { ...name('AWS::Logs::LogGroup', 'LogGroupName'), DeletionPolicy: 'Retain' } },
    to: { New: name('AWS::Logs::LogGroup', 'LogGroupName') },
    expected: ['NameInUse'],
  },
  {
    edit: 'a logical id changes its type',
    to: { Task: { Type: 'AWS::Logs::LogGroup' }, Service: undefined, Shares: undefined },
    expected: ['TypeChanged'],
  },
  // Capacity providers
  {
    edit: 'a provider leaves the cluster before its service moves',
    from: {
      Old: provider,
      Uses: associations(['Old']),
      Service: service('Targets', on('Old'), { DependsOn: ['Anchor', 'Uses'] }),
    },
    to: {
      New: provider,
      Uses: associations(['New']),
      Service: service('Targets', on('New'), { DependsOn: ['Anchor', 'Uses'] }),
    },
    expected: ['CapacityProviderInUse'],
  },
  {
    edit: 'a provider leaves the cluster after its service moved',
    from: { Old: provider, Uses: associations(['Old', 'FARGATE']), Service: service('Targets', on('Old')) },
    to: {
      Uses: associations(['FARGATE'], { DependsOn: ['Service'] }),
      Service: service('Targets', on('FARGATE')),
    },
    expected: [],
  },
  {
    edit: 'a provider stays in the cluster after its service moved',
    from: { Old: provider, New: provider, Uses: associations(['Old', 'New']), Service: service('Targets', on('Old')) },
    to: { Old: provider, New: provider, Uses: associations(['Old', 'New']), Service: service('Targets', on('New')) },
    expected: [],
  },
  {
    edit: 'the associations of a cluster get another logical id',
    from: { Old: provider, Uses: associations(['Old']) },
    to: { Old: provider, Other: associations(['Old']) },
    expected: ['OverwrittenAndDeleted'],
  },
  {
    edit: 'an inline policy of the same name gets another logical id',
    to: {
      Rights: undefined,
      Other: policy('rights', ['arn:aws:s3:::models/v1/*']),
      'Service.DependsOn': ['Anchor', 'Other'],
    },
    expected: ['OverwrittenAndDeleted'],
  },
  // Permissions
  {
    edit: 'a policy loses the prefix of the old model before its tasks are replaced',
    to: { Rights: policy('rights', ['arn:aws:s3:::models/v2/*']), Task: task({ Cpu: '512' }) },
    expected: ['PermissionRemoved'],
  },
  {
    edit: 'a policy of its own for each prefix is deleted in the clean-up',
    to: {
      Rights: undefined,
      More: policy('more', ['arn:aws:s3:::models/v2/*']),
      Task: task({ Cpu: '512' }),
      'Service.DependsOn': ['Anchor', 'More'],
    },
    expected: [],
  },
  {
    edit: 'a policy loses a permission that a wider one covers',
    from: { Rights: policy('rights', ['arn:aws:s3:::models/v1/*']) },
    to: { Rights: policy('rights', ['arn:aws:s3:::models/*']) },
    expected: [],
  },
  {
    edit: 'a policy loses a permission, and its tasks stay',
    to: { Rights: policy('rights', ['arn:aws:s3:::other/*']) },
    expected: ['PermissionRemoved'],
  },
  {
    edit: 'a policy is narrowed after its service',
    from: { 'Service.DependsOn': ['Anchor'] },
    to: {
      Rights: { ...policy('rights', ['arn:aws:s3:::models/v2/*']), DependsOn: ['Service'] },
      Task: task({ Cpu: '512' }),
      'Service.DependsOn': ['Anchor'],
    },
    expected: [],
  },
  {
    edit: 'a managed policy leaves a role while its tasks run',
    from: { 'Role.Properties.ManagedPolicyArns': ['arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess'] },
    to: {},
    expected: ['PermissionRemoved'],
  },
  // Services
  { edit: 'an image changes', to: { Task: task({ Cpu: '512' }) }, expected: [] },
  {
    edit: 'an image changes, and the rollout may stop all replicas',
    to: {
      Task: task({ Cpu: '512' }),
      'Service.Properties.DesiredCount': 1,
      'Service.Properties.DeploymentConfiguration': { MinimumHealthyPercent: 0 },
    },
    expected: ['StopsAllReplicas'],
  },
  {
    edit: 'autoscaling is replaced by a number below its maximum',
    from: { 'Service.Properties.DesiredCount': undefined, Scaling: scaling('Service') },
    to: {},
    expected: ['ReplicasReset'],
  },
  {
    edit: 'another program is checked on another path',
    from: { 'Targets.Properties.HealthCheckPath': '/health' },
    to: { 'Targets.Properties.HealthCheckPath': '/ready', 'Task.Properties.Family': 'other' },
    expected: ['OtherHealthCheck'],
  },
  {
    edit: 'the same program is checked on another path',
    from: { 'Targets.Properties.HealthCheckPath': '/health' },
    to: { 'Targets.Properties.HealthCheckPath': '/ready' },
    expected: [],
  },
  {
    edit: 'another program is checked on the same path',
    from: { 'Targets.Properties.HealthCheckPath': '/' },
    to: { 'Task.Properties.Family': 'other' },
    expected: [],
  },
  {
    edit: 'a number of replicas is replaced by autoscaling',
    to: { 'Service.Properties.DesiredCount': undefined, Scaling: scaling('Service') },
    expected: [],
  },
  {
    edit: 'a service with autoscaling is replaced and starts with one replica',
    from: { 'Service.Properties.DesiredCount': undefined, Scaling: scaling('Service') },
    to: {
      'Service.Properties.DesiredCount': undefined,
      'Service.Properties.SchedulingStrategy': 'DAEMON',
      'Targets.Properties.Port': 9000,
      Scaling: scaling('Service'),
    },
    expected: ['FewReplicas'],
  },
];

test.each(ROWS)('$edit', ({ from, to, expected }) => {
  expect(dangers(stack(from), stack(to))).toEqual(expected);
});

test.each([
  ['tcp', 443, 443, 'port 443'],
  ['tcp', 0, 65_535, 'all ports'],
  ['tcp', 8000, 8010, 'ports 8000 to 8010'],
  ['tcp', 80, undefined, 'port 80'],
  ['-1', undefined, undefined, 'all ports'],
  ['icmp', -1, -1, 'all ports'],
])('a rule for %s from %p to %p is one for %s', (IpProtocol, FromPort, ToPort, ports) => {
  const own = ingress({ IpProtocol, FromPort, ToPort });
  expect(findings(stack({ Old: own }), stack({ New: own }))[0]).toContain(
    `the inbound rule for ${ports} and 10.0.0.0/8`,
  );
});

test.each([
  ['EnableExecuteCommand', false, true],
  ['PlatformVersion', 'LATEST', '1.4.0'],
  ['ServiceRegistries', [], [{ RegistryArn: 'arn' }]],
  ['VolumeConfigurations', [], [{ Name: 'models' }]],
  ['CapacityProviderStrategy', [], [{ CapacityProvider: 'FARGATE' }]],
])('a service does not roll if %s gets its default %j', (property, standard, other) => {
  const [absent, explicit, changed] = [undefined, standard, other].map((value) =>
    stack({ [`Service.Properties.${property}`]: value }),
  ) as [StackInput, StackInput, StackInput];
  expect([findings(absent, explicit), findings(explicit, absent)]).toEqual([[], []]);
  expect(findings(explicit, changed)).toEqual([
    expect.stringMatching(/^Rolls Service in stack Serving rolls, because /),
  ]);
});

test('a service is replaced if a create-only property gets its default', () => {
  const explicit = stack({ 'Service.Properties.SchedulingStrategy': 'REPLICA' });
  expect(findings(stack(), explicit)).toContainEqual(
    expect.stringMatching(/^Replaced Service in stack Serving is replaced, because SchedulingStrategy /),
  );
});

describe('a load balancer that is removed', () => {
  const { Balancer, Listener: own } = RESOURCES as { [id: string]: object };
  const only = (resources: object): StackInput => ({ name: 'Serving', template: { Resources: resources } });
  const retained = (resource: object | undefined) => ({ ...resource, DeletionPolicy: 'Retain' });

  test('loses requests, also without another one', () => {
    expect(findings(only({ Balancer, Listener: own }), only({}))).toContain(
      'AddressReplaced Balancer in stack Serving is removed; clients that use its DNS name fail after it is deleted',
    );
  });

  test('loses them at its listener if it is retained, and none if both are', () => {
    expect(findings(only({ Balancer: retained(Balancer), Listener: own }), only({}))).toContain(
      'AddressReplaced Listener in stack Serving port 80 of Balancer in stack Serving is closed; clients that use it fail',
    );
    expect(dangers(only({ Balancer: retained(Balancer), Listener: retained(own) }), only({}))).toEqual([]);
  });

  test('stays with a stack that left the app', () => {
    expect(dangers([only({ Balancer, Listener: own })], [{ ...only({}), name: 'Other' }])).toEqual([]);
  });
});

describe('an attribute that the new template does not have', () => {
  const { Balancer, Listener } = RESOURCES as { [id: string]: { Properties: object } };
  const having = (attributes: readonly object[]): StackInput => ({
    name: 'Serving',
    template: {
      Resources: {
        Balancer,
        Listener: { ...Listener, Properties: { ...Listener?.Properties, ListenerAttributes: attributes } },
      },
    },
  });
  const one = { Key: 'routing.http.response.access_control_allow_origin.header_value', Value: '*' };

  test('may stay', () => {
    expect(findings(having([one]), having([]))).toEqual([
      `AttributeKept Listener in stack Serving may keep ${one.Key} = '*', which the new template no longer has; check it after the update, or set the default first`,
    ]);
    expect(findings(having([one]), having([{ ...one, Value: 'https://a.example.com' }]))).toEqual([]);
    expect(findings(having([]), having([one]))).toEqual([]);
  });
});

describe('several stacks', () => {
  const exporting = (value: unknown): StackInput => ({
    name: 'Models',
    template: {
      Resources: { Targets: targetGroup(), Next: targetGroup(), Log: name('AWS::Logs::LogGroup', 'LogGroupName') },
      Outputs: value === undefined ? {} : { Out: { Value: value, Export: { Name: 'models:targets' } } },
    },
  });
  const importing = (isImporting: boolean, dependencies: string[] = []): StackInput => ({
    name: 'Routes',
    dependencies,
    template: {
      Resources: {
        Rule: {
          Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
          Properties: {
            ListenerArn: 'arn:listener',
            Priority: 1,
            Actions: [
              {
                Type: 'forward',
                TargetGroupArn: isImporting ? { 'Fn::ImportValue': 'models:targets' } : 'arn:other',
              },
            ],
          },
        },
      },
    },
  });
  const targets = { Ref: 'Targets' };

  test('an export that another stack imports cannot be removed first', () => {
    const before = [exporting(targets), importing(true)];
    expect(dangers(before, [exporting(undefined), importing(false, ['Models'])])).toEqual(['ExportInUse']);
    expect(dangers(before, [exporting(undefined), importing(false)])).toEqual(['ExportInUse']);
  });

  test('an export can be removed after the stack that imports it', () => {
    const models = { ...exporting(undefined), dependencies: ['Routes'] };
    expect(dangers([exporting(targets), importing(true)], [models, importing(false)])).toEqual([]);
  });

  test('an export that another stack imports cannot change', () => {
    const found = findings([exporting(targets), importing(true)], [exporting({ Ref: 'Next' }), importing(true)]);
    expect(found).toEqual([
      'ExportInUse export models:targets of stack Models changes its value while stack Routes still imports it; CloudFormation refuses the update of an export that is in use',
    ]);
  });

  test('a replaced resource changes the export of its name', () => {
    const models = exporting(targets);
    const next = { ...(models.template.Resources as object), Targets: targetGroup({ Port: 9000 }) };
    const after = { ...models, template: { ...models.template, Resources: next } };
    expect(dangers([models, importing(true)], [after, importing(true)])).toEqual(['ExportInUse']);
  });

  test('a fixed name can move to a stack that is deployed later, and not to an earlier one', () => {
    const empty = { ...exporting(targets), template: { Resources: {} } };
    const taker = (dependencies: string[]): StackInput => ({
      name: 'Other',
      dependencies,
      template: { Resources: { Log: name('AWS::Logs::LogGroup', 'LogGroupName') } },
    });
    expect(dangers([exporting(targets)], [empty, taker(['Models'])])).toEqual([]);
    expect(dangers([exporting(targets)], [{ ...empty, dependencies: ['Other'] }, taker([])])).toEqual(['NameInUse']);
    expect(dangers([exporting(targets)], [empty, taker([])])).toEqual(['NameInUse']);
    const elsewhere = { ...taker([]), environment: 'aws://2/eu-west-1' };
    expect(dangers([exporting(targets)], [empty, elsewhere])).toEqual([]);
  });

  test('a stack that left the app keeps what it has', () => {
    const renamed = { ...exporting(targets), name: 'Renamed' };
    expect(findings([exporting(targets)], [renamed])).toEqual([
      "NameInUse Log in stack Renamed requires the log group name 'fixed', which Log in stack Models keeps, because stack Models is no longer part of the app and is not deleted by its deployment",
      'Removed stack Models is no longer part of the app; its resources stay until the stack is deleted',
    ]);
  });

  describe('with one name', () => {
    const inRegion = (region: string, log: string, more: Partial<StackInput> = {}): StackInput => ({
      name: 'models',
      id: `Models-${region}`,
      environment: `aws://1/${region}`,
      template: { Resources: { [log]: name('AWS::Logs::LogGroup', 'LogGroupName') } },
      ...more,
    });
    const [west, central] = [inRegion('eu-west-1', 'Log'), inRegion('eu-central-1', 'Log')];
    const clash =
      "NameInUse New in stack models (1/eu-west-1) requires the log group name 'fixed', which Log in stack models (1/eu-west-1) has until the clean-up at the end of the update";

    test('are compared by Region, in any order', () => {
      const changed = inRegion('eu-west-1', 'New');
      expect(findings([west, central], [changed, central])).toEqual([clash]);
      expect(findings([central, west], [changed, central])).toEqual([clash]);
      expect(findings([west, central], [central, west])).toEqual([]);
    });

    test('are the same under another construct id', () => {
      const moved = inRegion('eu-west-1', 'New', { id: 'Other' });
      expect(findings([west, central], [moved, central])).toEqual([clash]);
    });

    test('keep their exports apart', () => {
      const exporting = (stack: StackInput, value: string): StackInput => ({
        ...stack,
        template: { ...stack.template, Outputs: { Out: { Value: value, Export: { Name: 'out' } } } },
      });
      const importer = (region: string): StackInput => ({
        name: `Routes-${region}`,
        environment: `aws://1/${region}`,
        template: { Resources: { Log: { Type: 'X', Properties: { Value: { 'Fn::ImportValue': 'out' } } } } },
      });
      const importers = [importer('eu-west-1'), importer('eu-central-1')];
      expect(
        findings(
          [exporting(west, 'a'), exporting(central, 'b'), ...importers],
          [exporting(west, 'a'), exporting(central, 'c'), ...importers],
        ),
      ).toEqual([
        'ExportInUse export out of stack models (1/eu-central-1) changes its value while stack Routes-eu-central-1 still imports it; CloudFormation refuses the update of an export that is in use',
      ]);
    });

    test('depend on each other by their ids', () => {
      const empty = inRegion('eu-west-1', 'X', { template: { Resources: {} } });
      const other = { environment: 'aws://1/eu-west-1', dependencies: [west.id as string] };
      const taker = inRegion('eu-west-1', 'Log', { ...other, name: 'other', id: 'Other' });
      expect(dangers([west, central], [empty, central, taker])).toEqual([]);
      expect(dangers([west, central], [empty, central, { ...taker, dependencies: [central.id as string] }])).toEqual([
        'NameInUse',
      ]);
    });

    test('are distinguished by their ids if the environment is unknown', () => {
      const environment = 'aws://unknown-account/unknown-region';
      const inApp = (id: string, Resources: object) => inRegion(id, '', { environment, template: { Resources } });
      const [a, b, removed] = [inApp('a', {}), inApp('b', {}), inApp('a', { Listener: RESOURCES.Listener })];
      expect(findings([removed, b], [a, b])).toEqual([
        'Removed Listener in stack models (unknown-account/unknown-region, Models-a) is removed: a listener',
      ]);
    });
  });

  test('routes and endpoints that tasks may still use are listed when they are removed', () => {
    const before = stack({ Nat: { Type: 'AWS::EC2::NatGateway', Properties: {} }, Logs: vpcEndpoint('logs') });
    const removed = findings([before], [stack({})]).filter((finding) => /Nat|Logs/.test(finding));
    expect(removed).toEqual([
      'Removed Nat in stack Serving is removed: a NAT gateway; tasks that still run lose their route to the internet',
      'Removed Logs in stack Serving is removed: a VPC endpoint; tasks that still run reach its service only by another route',
    ]);
  });

  test('a stack in another Region is another stack, and one whose Region becomes known is not', () => {
    const at = (environment: string): StackInput => ({ name: 'models', environment, template: { Resources: {} } });
    expect(findings([at('aws://1/eu-west-1')], [at('aws://1/eu-central-1')])).toEqual([
      'Removed stack models (1/eu-west-1) is no longer part of the app; its resources stay until the stack is deleted',
    ]);
    expect(findings([at('aws://unknown-account/unknown-region')], [at('aws://1/eu-central-1')])).toEqual([]);
    expect(findings([at('aws://1/unknown-region')], [at('aws://2/eu-central-1')])).toHaveLength(1);
  });

  test('a nested stack is deployed with its parent, and gets its parameters', () => {
    const nested = (priority: number): StackInput => ({
      name: 'Serving',
      template: {
        Resources: {
          Rules: { Type: 'AWS::CloudFormation::Stack', Properties: { Parameters: { Arn: { Ref: 'Listener' } } } },
          Listener: RESOURCES.Listener,
          ...(priority === 1 ? { Own: rule(2, forward()) } : {}),
        },
      },
      nested: {
        Rules: {
          template: {
            Parameters: { Arn: { Type: 'String' } },
            Resources: {
              Inner: { ...rule(priority, forward()), Properties: { ListenerArn: { Ref: 'Arn' }, Priority: priority } },
            },
          },
        },
      },
    });
    expect(findings(nested(1), nested(2)).slice(0, 1)).toEqual([
      'PriorityInUse Serving/Rules/Inner requires priority 2 of listener Listener in stack Serving, which Own in stack Serving has until the clean-up at the end of the update',
    ]);
  });
});

test('findings name construct paths with logical ids', () => {
  const path = (value: string) => ({ Metadata: { 'aws:cdk:path': value } });
  const before = stack({ 'Shares.Metadata': path('Serving/a/Shares').Metadata });
  const other = {
    ...rule(100, forward(['Targets', 1]), { DependsOn: ['Service'] }),
    ...path('Serving/b/Shares/Resource'),
  };
  expect(findings(before, stack({ Shares: undefined, Other: other }))[0]).toBe(
    'PriorityInUse Serving/b/Shares (Other) requires priority 100 of listener Listener in stack Serving, which Serving/a/Shares (Shares) has until the clean-up at the end of the update',
  );
});

test('every dangerous kind of AWS has a row', () => {
  const kubernetes = ['ImmutableField', 'SelectorMismatch', 'AutoscalerDeleted'];
  const shown = new Set([...ROWS.flatMap(({ expected }) => expected), 'ExportInUse']);
  const dangerous = Object.entries(CHANGE_KINDS)
    .filter(([, { effect }]) => [Effect.FAILS, Effect.LOSES_REQUESTS, Effect.LOSES_CAPACITY].includes(effect))
    .map(([kind]) => kind);
  expect(dangerous.filter((kind) => !shown.has(kind as ChangeKind))).toEqual(kubernetes);
});
