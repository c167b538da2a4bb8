/**
 * What is wrong with an update from one template to another one. CloudFormation creates and changes resources first, and
 * deletes those that are gone or replaced at the end, so both are there meanwhile.
 */
import { type Data, list, object, objects, strings, text } from '../data';

/** Properties whose change replaces the resource. */
const CREATE_ONLY: { readonly [type: string]: readonly string[] } = {
  'AWS::EC2::SecurityGroup': ['GroupDescription', 'GroupName', 'VpcId'],
  'AWS::ECS::ClusterCapacityProviderAssociations': ['Cluster'],
  'AWS::ECS::Service': ['Cluster', 'LaunchType', 'ServiceName'],
  'AWS::ElasticLoadBalancingV2::Listener': ['LoadBalancerArn'],
  'AWS::ElasticLoadBalancingV2::ListenerRule': ['ListenerArn'],
  'AWS::ElasticLoadBalancingV2::LoadBalancer': ['Name', 'Scheme', 'Type'],
  'AWS::ElasticLoadBalancingV2::TargetGroup': ['Name', 'Port', 'Protocol', 'ProtocolVersion', 'TargetType', 'VpcId'],
};

/** What only one resource can have, by type. */
const UNIQUE: { readonly [type: string]: readonly string[] } = {
  'AWS::ElasticLoadBalancingV2::Listener': ['LoadBalancerArn', 'Port'],
  'AWS::ElasticLoadBalancingV2::ListenerRule': ['ListenerArn', 'Priority'],
};

interface Resource {
  readonly id: string;
  readonly type: string;
  readonly properties: Data;
}

function resourcesOf(template: Data): Resource[] {
  return Object.entries(object(template.Resources)).map(([id, resource]) => ({
    id,
    type: text(object(resource).Type),
    properties: object(object(resource).Properties),
  }));
}

const valuesOf = ({ properties }: Resource, names: readonly string[] = []): string =>
  JSON.stringify(names.map((name) => properties[name]));

/** The resources that the update replaces, by the type and the property that causes it. */
export function replacedBy(before: Data, after: Data): string[] {
  const found = new Map(resourcesOf(after).map((resource) => [resource.id, resource]));
  return resourcesOf(before).flatMap((old) => {
    const now = found.get(old.id);
    const changed = (CREATE_ONLY[old.type] ?? []).filter(
      (name) => now !== undefined && valuesOf(old, [name]) !== valuesOf(now, [name]),
    );
    return changed.map((name) => `${old.type.split('::').at(-1)}.${name}`);
  });
}

/** What fails during the update, or takes something from tasks that still run. */
export function updateFaults(before: Data, after: Data): string[] {
  return [...clashes(before, after), ...revoked(before, after), ...released(before, after)];
}

/** What two resources have at the same time. */
function clashes(before: Data, after: Data): string[] {
  const holders = new Map(
    resourcesOf(before)
      .filter(({ type }) => type in UNIQUE)
      .map((old) => [`${old.type} ${valuesOf(old, UNIQUE[old.type])}`, old.id]),
  );
  return resourcesOf(after).flatMap((now) => {
    const holder = holders.get(`${now.type} ${valuesOf(now, UNIQUE[now.type])}`) ?? now.id;
    return holder === now.id ? [] : [`${now.id} gets what ${holder} has: ${valuesOf(now, UNIQUE[now.type])}`];
  });
}

/** Permissions that are removed from a policy, instead of with it. */
function revoked(before: Data, after: Data): string[] {
  const statementsOf = ({ properties }: Resource) => objects(object(properties.PolicyDocument).Statement);
  const found = new Map(resourcesOf(after).map((resource) => [resource.id, resource]));
  return resourcesOf(before)
    .filter(({ type }) => type === 'AWS::IAM::Policy')
    .flatMap((old) => {
      const now = found.get(old.id);
      const kept = new Set(now === undefined ? [] : statementsOf(now).map((statement) => JSON.stringify(statement)));
      const gone = statementsOf(old).filter((statement) => now !== undefined && !kept.has(JSON.stringify(statement)));
      return gone.map((statement) => `${old.id} loses ${JSON.stringify(statement.Action)}`);
    });
}

/** Capacity providers that leave the list of a cluster while services of the old template use them. */
function released(before: Data, after: Data): string[] {
  const old = resourcesOf(before);
  const used = new Set(
    old
      .filter(({ type }) => type === 'AWS::ECS::Service')
      .flatMap(({ properties }) => objects(properties.CapacityProviderStrategy))
      .map(({ CapacityProvider }) => JSON.stringify(CapacityProvider)),
  );
  const listed = new Map(resourcesOf(after).map(({ id, properties }) => [id, list(properties.CapacityProviders)]));
  return old
    .filter(({ id, type }) => type.endsWith('::ClusterCapacityProviderAssociations') && listed.has(id))
    .flatMap(({ id, properties }) => {
      const kept = new Set((listed.get(id) ?? []).map((provider) => JSON.stringify(provider)));
      const providers = list(properties.CapacityProviders).map((provider) => JSON.stringify(provider));
      return providers.filter((one) => !kept.has(one) && used.has(one)).map((one) => `${id} releases ${one}`);
    });
}

/** The logical ids of the resources of a type that wait for others. */
export function dependenciesOf(template: Data, type: string): readonly string[] {
  return Object.values(object(template.Resources))
    .map(object)
    .filter(({ Type }) => Type === type)
    .flatMap(({ DependsOn }) => strings(DependsOn));
}
