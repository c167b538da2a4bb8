import type { ChangeKind } from '../change';
import { at, type Data, list, objects, stable, text } from '../data';
import { identityOf } from './deployment';
import type { Resource } from './stacks';

/** Something that only one resource may have at a time. */
export interface Claim {
  readonly kind: ChangeKind;
  /** Equal for claims that exclude each other. */
  readonly key: string;
  /** What is claimed, in a sentence. References in it are marks. */
  readonly what: string;
}

type Reader = (properties: Data, resource: Resource) => Claim[];

/** A fixed name, which is unique in an account and region unless `within` names something narrower. */
function fixedName(property: string, noun: string, within: readonly string[] = []): Reader {
  return (properties, { type, environment }) => {
    const name = properties[property];
    if (typeof name !== 'string') return [];
    const places = within.map((path) => identityOf(at(properties, path) ?? ''));
    return [
      {
        kind: 'NameInUse',
        key: stable([type, environment, places, name]),
        what: `the ${noun} name '${name}'`,
      },
    ];
  };
}

/** One claim for the values of some properties. */
function identity(kind: ChangeKind, properties: readonly string[], what: (properties: Data) => string): Reader {
  return (own, { type }) => {
    const values = properties.map((path) => own[path]);
    if (values[0] === undefined) return [];
    return [
      {
        kind,
        key: stable([type, values.map((value) => (value === undefined ? '' : identityOf(value)))]),
        what: what(own),
      },
    ];
  };
}

/** The properties that distinguish rules of a security group. A description is not part of the identity. */
const RULE_IDENTITY = [
  ...['IpProtocol', 'FromPort', 'ToPort', 'CidrIp', 'CidrIpv6'],
  ...['SourceSecurityGroupId', 'SourcePrefixListId', 'DestinationSecurityGroupId', 'DestinationPrefixListId'],
];

function groupRule(direction: 'inbound' | 'outbound', rule: Data, group: string): Claim {
  const values = RULE_IDENTITY.map((path) => (rule[path] === undefined ? '' : identityOf(String(rule[path]))));
  const peer = values.slice(3).find((value) => value !== '') ?? '';
  const shown =
    RULE_IDENTITY.slice(3)
      .map((path) => text(rule[path]))
      .find((value) => value !== '') ?? peer;
  return {
    kind: 'IdentityInUse',
    key: stable([direction, group, values]),
    what: `the ${direction} rule for ${portsOf(rule)} and ${shown} of the same security group`,
  };
}

/** The ports of a rule, for messages. Rules for all protocols have none, and -1 is all types of ICMP. */
function portsOf({ FromPort: from, ToPort: to = from }: Data): string {
  if (from === undefined || Number(from) === -1 || (Number(from) === 0 && Number(to) === 65_535)) return 'all ports';
  return String(from) === String(to) ? `port ${from}` : `ports ${from} to ${to}`;
}

function separateRule(direction: 'inbound' | 'outbound'): Reader {
  return (properties) => [groupRule(direction, properties, identityOf(properties.GroupId ?? properties.GroupName))];
}

/** https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html */
const PRIVATE_DNS = identity(
  'IdentityInUse',
  ['ServiceName', 'VpcId'],
  (own) => `the private DNS name of service ${text(own.ServiceName)} in the same VPC`,
);

/** What resources of a type claim. */
const CLAIMS: { readonly [type: string]: readonly Reader[] } = {
  'AWS::ApplicationAutoScaling::ScalableTarget': [
    identity(
      'IdentityInUse',
      ['ResourceId', 'ScalableDimension', 'ServiceNamespace'],
      () => 'the scaling of the same service',
    ),
  ],
  'AWS::ApplicationSignals::ServiceLevelObjective': [fixedName('Name', 'service level objective')],
  'AWS::AutoScaling::AutoScalingGroup': [fixedName('AutoScalingGroupName', 'Auto Scaling group')],
  'AWS::CloudWatch::Alarm': [fixedName('AlarmName', 'alarm')],
  'AWS::CloudWatch::Dashboard': [fixedName('DashboardName', 'dashboard')],
  'AWS::EC2::LaunchTemplate': [fixedName('LaunchTemplateName', 'launch template')],
  'AWS::EC2::Route': [
    identity(
      'IdentityInUse',
      ['RouteTableId', 'DestinationCidrBlock', 'DestinationIpv6CidrBlock', 'DestinationPrefixListId'],
      (own) => `the route to ${text(own.DestinationCidrBlock ?? own.DestinationIpv6CidrBlock)} of the same route table`,
    ),
  ],
  'AWS::EC2::SecurityGroup': [
    fixedName('GroupName', 'security group', ['VpcId']),
    (properties, { key }) => objects(properties.SecurityGroupIngress).map((rule) => groupRule('inbound', rule, key)),
    (properties, { key }) => objects(properties.SecurityGroupEgress).map((rule) => groupRule('outbound', rule, key)),
  ],
  'AWS::EC2::SecurityGroupEgress': [separateRule('outbound')],
  'AWS::EC2::SecurityGroupIngress': [separateRule('inbound')],
  'AWS::EC2::Subnet': [
    identity('IdentityInUse', ['VpcId', 'CidrBlock'], (own) => `the addresses ${text(own.CidrBlock)} of the same VPC`),
  ],
  'AWS::EC2::SubnetRouteTableAssociation': [
    identity('IdentityInUse', ['SubnetId'], () => 'the route table of the same subnet'),
  ],
  'AWS::EC2::VPCEndpoint': [
    (own, resource) => (String(own.PrivateDnsEnabled) === 'true' ? PRIVATE_DNS(own, resource) : []),
  ],
  'AWS::EC2::VPCGatewayAttachment': [
    identity('IdentityInUse', ['VpcId'], () => 'the internet gateway of the same VPC'),
  ],
  'AWS::ECS::CapacityProvider': [fixedName('Name', 'capacity provider')],
  'AWS::ECS::Cluster': [fixedName('ClusterName', 'cluster')],
  'AWS::ECS::Service': [fixedName('ServiceName', 'service', ['Cluster'])],
  'AWS::ElasticLoadBalancingV2::Listener': [
    identity('PortInUse', ['LoadBalancerArn', 'Port'], (own) => `port ${own.Port} of the same load balancer`),
  ],
  'AWS::ElasticLoadBalancingV2::ListenerRule': [
    identity(
      'PriorityInUse',
      ['ListenerArn', 'Priority'],
      (own) => `priority ${own.Priority} of listener ${own.ListenerArn}`,
    ),
  ],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': [fixedName('Name', 'load balancer')],
  'AWS::ElasticLoadBalancingV2::TargetGroup': [fixedName('Name', 'target group')],
  'AWS::IAM::InstanceProfile': [fixedName('InstanceProfileName', 'instance profile')],
  'AWS::IAM::ManagedPolicy': [fixedName('ManagedPolicyName', 'policy')],
  'AWS::IAM::Role': [fixedName('RoleName', 'role')],
  'AWS::Logs::LogGroup': [fixedName('LogGroupName', 'log group')],
  'AWS::Route53::RecordSet': [
    identity(
      'IdentityInUse',
      ['Name', 'Type', 'HostedZoneId', 'HostedZoneName', 'SetIdentifier'],
      (own) => `the ${text(own.Type)} record of ${text(own.Name)}`,
    ),
  ],
  'AWS::S3::Bucket': [fixedName('BucketName', 'bucket')],
  'AWS::SecretsManager::Secret': [fixedName('Name', 'secret')],
};

/**
 * What resources of a type write into something shared. AWS accepts a second writer, which overwrites the first; deleting
 * the first then removes what the second wrote.
 */
const WRITES: { readonly [type: string]: Reader } = {
  'AWS::ECS::ClusterCapacityProviderAssociations': identity(
    'OverwrittenAndDeleted',
    ['Cluster'],
    (own) => `the capacity providers of cluster ${text(own.Cluster)}`,
  ),
  'AWS::IAM::Policy': (properties) =>
    [...list(properties.Roles), ...list(properties.Users), ...list(properties.Groups)].map((owner) => ({
      kind: 'OverwrittenAndDeleted',
      key: stable(['policy', identityOf(owner), properties.PolicyName]),
      what: `the inline policy '${text(properties.PolicyName)}' of ${text(owner)}`,
    })),
};

/** What a resource claims with these properties. `key` is its identity, which differs between the copies of a replaced one. */
export function claimsOf(resource: Resource, properties: Data): Claim[] {
  return (CLAIMS[resource.type] ?? []).flatMap((read) => read(properties, resource));
}

/** What a resource writes into something shared. */
export function writesOf(resource: Resource, properties: Data): Claim[] {
  return WRITES[resource.type]?.(properties, resource) ?? [];
}
