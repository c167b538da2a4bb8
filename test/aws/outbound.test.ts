/** The outbound traffic of tasks and instances, and the security groups that are changed. */
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as efs from 'aws-cdk-lib/aws-efs';
import { aws, Duration, Gpu, Model } from '../../src';
import { acceptsRules } from '../../src/aws/private/outbound';
import { messagesOf, newApp, newStack, oneBackend, templateOf } from '../support/aws';
import { type Data, objects } from '../support/data';

const GROUP = 'AWS::EC2::SecurityGroup';
const EGRESS = 'AWS::EC2::SecurityGroupEgress';
const S3 = 'pl-0123456789abcdef0';

/** The egress rules of the group whose logical id contains this part. */
function egressOf(stack: ReturnType<typeof newStack>, part: string): readonly Data[] {
  const groups = Object.entries(templateOf(stack).findResources(GROUP)).filter(([id]) => id.includes(part));
  expect(groups).toHaveLength(1);
  return groups.flatMap(([, { Properties }]) => objects(Properties.SecurityGroupEgress));
}

/** A backend on instances, on a platform with these outbound peers. */
function narrow(peers: (stack: ReturnType<typeof newStack>) => ec2.IPeer[] | undefined) {
  const stack = newStack();
  new aws.EcsPlatform(stack, 'Platform', { outboundPeers: peers(stack) });
  return oneBackend({ gpu: Gpu.nvidia() }, {}, stack);
}

describe.each(['backendSecurityGroup', 'Gpug6xlargeSecurityGroup'])('%s', (part) => {
  test('allows all outbound traffic by default', () => {
    const { stack } = narrow(() => undefined);
    expect(egressOf(stack, part)).toEqual([expect.objectContaining({ CidrIp: '0.0.0.0/0', IpProtocol: '-1' })]);
  });

  test('allows only the configured peers over HTTPS', () => {
    const { stack } = narrow(() => [ec2.Peer.prefixList(S3), ec2.Peer.ipv4('10.0.0.0/16')]);
    const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, Description: expect.any(String) };
    // CDK renders rules with prefix lists as separate resources.
    const separate = Object.values(templateOf(stack).findResources(EGRESS))
      .map(({ Properties }) => Properties as Data)
      .filter(({ GroupId }) => JSON.stringify(GroupId).includes(part));
    expect(egressOf(stack, part)).toEqual([{ ...https, CidrIp: '10.0.0.0/16' }]);
    expect(separate).toEqual([{ ...https, DestinationPrefixListId: S3, GroupId: expect.anything() }]);
    expect(messagesOf(stack)).toEqual([]);
  });

  test('allows no outbound traffic without a peer', () => {
    const { stack } = narrow(() => []);
    expect(egressOf(stack, part)).toEqual([expect.objectContaining({ Description: 'Disallow all traffic' })]);
  });
});

test('a change of the peers changes the rules and does not replace the groups', () => {
  const groupsOf = (peers: ec2.IPeer[] | undefined) => {
    const groups = templateOf(narrow(() => peers).stack).findResources(GROUP);
    return Object.entries(groups).map(([id, { Properties }]) => [
      id,
      Properties.GroupDescription,
      Properties.GroupName,
      Properties.VpcId,
    ]);
  };
  expect(groupsOf([ec2.Peer.prefixList(S3)])).toEqual(groupsOf(undefined));
});

test('tasks start after the rules for their outbound traffic exist', () => {
  const { stack } = narrow(() => [ec2.Peer.prefixList(S3)]);
  const template = templateOf(stack);
  const [service] = Object.values(template.findResources('AWS::ECS::Service'));
  const rules = Object.entries(template.findResources(EGRESS)).filter(([id]) => id.startsWith('endpointbackend'));
  expect(rules.length).toBeGreaterThan(0);
  expect(service?.DependsOn).toEqual(expect.arrayContaining(rules.map(([id]) => id)));
});

test('outbound traffic to the volumes of models is allowed too', () => {
  const app = newApp();
  const files = newStack('Files', app);
  const vpc = new ec2.Vpc(files, 'Vpc');
  const fileSystem = new efs.FileSystem(files, 'Files', { vpc });
  const stack = newStack('Serving', app);
  new aws.EcsPlatform(stack, 'Platform', { vpc, outboundPeers: [ec2.Peer.prefixList(S3)] });
  oneBackend({ model: Model.fromVolume(aws.EfsVolume.fromFileSystem(fileSystem), { path: 'net' }) }, {}, stack);
  const rules = Object.values(templateOf(stack).findResources(EGRESS)).map(({ Properties }) => Properties);
  expect(rules).toContainEqual(
    expect.objectContaining({
      FromPort: 2049,
      ToPort: 2049,
      GroupId: { 'Fn::GetAtt': [expect.stringContaining('backendSecurityGroup'), 'GroupId'] },
      DestinationSecurityGroupId: { 'Fn::ImportValue': expect.stringContaining('Files') },
    }),
  );
});

test.each([
  [true, 1],
  [false, 0],
])('the group of a volume that is imported with mutable: %s gets %i rules', (mutable, count) => {
  const stack = newStack();
  const fileSystem = efs.FileSystem.fromFileSystemAttributes(stack, 'Files', {
    fileSystemId: 'fs-12345678',
    securityGroup: ec2.SecurityGroup.fromSecurityGroupId(stack, 'Mounts', 'sg-12345678', { mutable }),
  });
  oneBackend({ model: Model.fromVolume(aws.EfsVolume.fromFileSystem(fileSystem), { path: 'net' }) }, {}, stack);
  const rules = Object.values(templateOf(stack).findResources(`${GROUP}Ingress`));
  expect(rules.filter(({ Properties }) => Properties.GroupId === 'sg-12345678')).toHaveLength(count);
});

test('the connections of a backend can allow more', () => {
  const { stack, backend } = narrow(() => []);
  aws.EcsBackend.of(backend).connections.allowTo(ec2.Peer.ipv4('10.1.0.0/16'), ec2.Port.tcp(5432), 'Features');
  expect(egressOf(stack, 'backendSecurityGroup')).toEqual([
    expect.objectContaining({ CidrIp: '10.1.0.0/16', FromPort: 5432 }),
  ]);
});

describe('the group of an imported load balancer', () => {
  const rulesWith = (options?: ec2.SecurityGroupImportOptions, make = ec2.SecurityGroup.fromSecurityGroupId) => {
    const stack = newStack();
    const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
      vpcId: 'vpc-12345678',
      availabilityZones: ['eu-west-1a', 'eu-west-1b'],
      privateSubnetIds: ['subnet-11111111', 'subnet-22222222'],
      privateSubnetRouteTableIds: ['rtb-11111111', 'rtb-22222222'],
    });
    new aws.EcsPlatform(stack, 'Platform', {
      cluster: ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'models', vpc }),
      listener: aws.ExistingListener.fromAttributes({
        listenerArn:
          'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/models/0123456789abcdef/fedcba9876543210',
        securityGroup: make(stack, 'Balancer', 'sg-12345678', options),
        idleTimeout: Duration.seconds(300),
        url: 'https://models.example.com',
      }),
    });
    oneBackend({}, {}, stack);
    const template = templateOf(stack);
    return ['Ingress', 'Egress'].map((kind) => Object.keys(template.findResources(`${GROUP}${kind}`)).length);
  };

  test('that is immutable is not changed; only the backend gets a rule', () => {
    expect(rulesWith({ mutable: false })).toEqual([1, 0]);
  });

  test.each<[string, ec2.SecurityGroupImportOptions | undefined]>([
    ['by its id', undefined],
    ['without outbound traffic', { allowAllOutbound: false }],
    ['with outbound traffic', { allowAllOutbound: true, mutable: true }],
  ])('imported %s gets a rule', (_what, options) => {
    expect(rulesWith(options)).toEqual([1, 1]);
  });

  test('that is defined in the app gets a rule', () => {
    const make = (scope: ReturnType<typeof newStack>, id: string) =>
      new ec2.SecurityGroup(scope, id, { vpc: new ec2.Vpc(scope, 'Other'), allowAllOutbound: false });
    expect(rulesWith(undefined, make as never)).toEqual([1, 1]);
  });
});

/** The behavior of CDK that the source relies on, so that a release that changes it fails here. */
describe('adding a rule', () => {
  const add = (group: ec2.ISecurityGroup) => () =>
    group.addIngressRule.call(Object.create(null), ec2.Peer.anyIpv4(), ec2.Port.tcp(443));

  test('does nothing for an immutable imported group, and does not access the group', () => {
    const group = ec2.SecurityGroup.fromSecurityGroupId(newStack(), 'Group', 'sg-12345678', { mutable: false });
    expect(add(group)()).toBeUndefined();
    expect(acceptsRules(group)).toBe(false);
  });

  test.each<[string, (stack: ReturnType<typeof newStack>) => ec2.ISecurityGroup]>([
    ['an imported group', (stack) => ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-12345678')],
    ['a group of the app', (stack) => new ec2.SecurityGroup(stack, 'Group', { vpc: new ec2.Vpc(stack, 'Vpc') })],
    [
      'a group of the app without inline rules',
      (stack) => new ec2.SecurityGroup(stack, 'Group', { vpc: new ec2.Vpc(stack, 'Vpc'), disableInlineRules: true }),
    ],
  ])('accesses %s', (_, make) => {
    const group = make(newStack());
    expect(add(group)).toThrow(TypeError);
    expect(acceptsRules(group)).toBe(true);
  });
});
