/** A serving stack written by hand, with everything in one template, for tests of changes. */
import { checkUpdate } from '../../../../src/tools/changes/aws/check-update';
import type { StackInput } from '../../../../src/tools/changes/aws/stacks';
import { isDangerous } from '../../../../src/tools/changes/change';
import { changed } from '../../../support/change';

const ref = (id: string) => ({ Ref: id });
const arn = (id: string) => ({ 'Fn::GetAtt': [id, 'Arn'] });

export const forward = (...groups: readonly (readonly [id: string, weight: number])[]) => ({
  Type: 'forward',
  ForwardConfig: { TargetGroups: groups.map(([id, Weight]) => ({ TargetGroupArn: ref(id), Weight })) },
});

export const targetGroup = (properties: object = {}) => ({
  Type: 'AWS::ElasticLoadBalancingV2::TargetGroup',
  Properties: { Port: 8000, Protocol: 'HTTP', TargetType: 'ip', VpcId: 'vpc-1', ...properties },
});

export const rule = (priority: number, action: object, more: object = {}) => ({
  Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
  Properties: {
    ListenerArn: ref('Listener'),
    Priority: priority,
    Conditions: [{ Field: 'path-pattern', PathPatternConfig: { Values: ['/x'] } }],
    Actions: [action],
  },
  ...more,
});

export const anchor = (group: string) => ({
  Type: 'AWS::ElasticLoadBalancingV2::ListenerRule',
  Properties: {
    ListenerArn: ref('Listener'),
    Priority: 50_000,
    Conditions: [{ Field: 'source-ip', SourceIpConfig: { Values: ['192.0.2.1/32'] } }],
    Actions: [forward([group, 1])],
  },
});

export const service = (group: string, properties: object = {}, more: object = { DependsOn: ['Anchor'] }) => ({
  Type: 'AWS::ECS::Service',
  Properties: {
    Cluster: ref('Cluster'),
    TaskDefinition: ref('Task'),
    DesiredCount: 2,
    LoadBalancers: [{ ContainerName: 'server', ContainerPort: 8000, TargetGroupArn: ref(group) }],
    ...properties,
  },
  ...more,
});

export const policy = (name: string, resources: readonly string[]) => ({
  Type: 'AWS::IAM::Policy',
  Properties: {
    PolicyName: name,
    Roles: [ref('Role')],
    PolicyDocument: { Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: resources }] },
  },
});

export const task = (properties: object = {}) => ({
  Type: 'AWS::ECS::TaskDefinition',
  Properties: {
    Family: 'svm',
    TaskRoleArn: arn('Role'),
    ContainerDefinitions: [{ Name: 'server', Image: 'svm:1' }],
    ...properties,
  },
});

/** The resources before a change. */
export const RESOURCES: { readonly [id: string]: object } = {
  Cluster: { Type: 'AWS::ECS::Cluster' },
  Balancer: { Type: 'AWS::ElasticLoadBalancingV2::LoadBalancer', Properties: { Scheme: 'internal' } },
  Listener: {
    Type: 'AWS::ElasticLoadBalancingV2::Listener',
    Properties: {
      LoadBalancerArn: ref('Balancer'),
      Port: 80,
      Protocol: 'HTTP',
      DefaultActions: [{ Type: 'fixed-response', FixedResponseConfig: { StatusCode: '404' } }],
    },
  },
  Group: { Type: 'AWS::EC2::SecurityGroup', Properties: { GroupDescription: 'tasks', VpcId: 'vpc-1' } },
  Targets: targetGroup(),
  Anchor: anchor('Targets'),
  Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {} } },
  Rights: policy('rights', ['arn:aws:s3:::models/v1/*']),
  Task: task(),
  Service: service('Targets', {}, { DependsOn: ['Anchor', 'Rights'] }),
  Shares: rule(100, forward(['Targets', 1]), { DependsOn: ['Service'] }),
};

/** A stack with the resources before a change, and with changes at paths such as `Service.Properties.DesiredCount`. */
export function stack(changes: { readonly [path: string]: unknown } = {}, more: object = {}): StackInput {
  const Resources = Object.entries(changes).reduce((all, [path, value]) => changed(all, { [path]: value }), RESOURCES);
  return { name: 'Serving', template: { Resources, ...more } };
}

/** The findings of an update as `kind subject message`. */
export function findings(before: StackInput | StackInput[], after: StackInput | StackInput[]): string[] {
  return checkUpdate([before].flat(), [after].flat()).map(
    ({ kind, subject, message }) => `${kind} ${subject} ${message}`,
  );
}

/** The kinds of the dangerous findings of an update. */
export function dangers(before: StackInput | StackInput[], after: StackInput | StackInput[]): string[] {
  const found = checkUpdate([before].flat(), [after].flat());
  return [...new Set(found.filter(isDangerous).map(({ kind }) => kind))];
}
