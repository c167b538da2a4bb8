import type { Change, ChangeKind } from '../../change';
import { stable, text } from '../../data';
import { identityOf } from '../deployment';
import { listed, nameOf } from '../names';
import type { Resource } from '../stacks';
import { isUnmatched, LISTENER, LISTENER_RULE, LOAD_BALANCER, SERVICE, TARGET_GROUP } from '../traffic';
import { Operation, type Update } from '../update';

/** The resources that carry traffic, and what their replacement means. */
const CARRIERS: { readonly [type: string]: string } = {
  [LISTENER]: 'requests reach the new listener',
  [LISTENER_RULE]: 'the rules of the new listener take over',
  [LOAD_BALANCER]: 'the new load balancer has another DNS name',
  [SERVICE]: 'a second set of replicas starts before the old one stops, which takes twice the capacity',
  [TARGET_GROUP]: 'tasks register with the new target group',
  'AWS::AutoScaling::AutoScalingGroup': 'new instances start before the old ones stop',
  'AWS::EC2::NatGateway': 'outbound traffic has another source address',
  'AWS::EC2::SecurityGroup': 'rules of others that refer to the old group do not apply to the new one',
  'AWS::EC2::Subnet': 'everything in the subnet moves',
  'AWS::EC2::VPC': 'everything in the VPC is replaced',
  'AWS::ECS::CapacityProvider': 'new instances start before the old ones stop',
  'AWS::ECS::Cluster': 'all of its services are replaced',
};

/** Resources that carry traffic and are replaced or removed, and logical ids that change their type. */
export function checkReplacements(update: Update): Change[] {
  return [
    ...update.news().flatMap((resource) => [...replaced(update, resource), ...retyped(update, resource)]),
    ...update.olds().flatMap((resource) => removed(update, resource)),
    ...checkAddresses(update),
    ...update.before.stacks
      .filter(({ key }) => !update.isDeployed(key))
      .map(({ key }) => {
        const message = 'is no longer part of the app; its resources stay until the stack is deleted';
        return { kind: 'Removed' as ChangeKind, subject: `stack ${key}`, message };
      }),
  ];
}

function replaced(update: Update, resource: Resource): Change[] {
  const consequence = CARRIERS[resource.type];
  if (consequence === undefined || update.operationOn(resource.key) !== Operation.REPLACE) return [];
  const properties = update.changedCreateOnly(resource.key);
  const why = `${listed(properties)} cannot be changed on an existing ${nounOf(resource)}`;
  return [{ kind: 'Replaced', subject: nameOf(resource), message: `is replaced, because ${why}: ${consequence}` }];
}

function retyped(update: Update, resource: Resource): Change[] {
  const old = update.before.resources.get(resource.key);
  if (old === undefined || old.type === resource.type) return [];
  const message = `changes from ${old.type} to ${resource.type}, which CloudFormation refuses; use another construct id`;
  return [{ kind: 'TypeChanged', subject: nameOf(resource), message }];
}

/** The resources whose removal is shown, and what it means. Others are removed with them. */
const SHOWN: { readonly [type: string]: string } = {
  [SERVICE]: '',
  [LISTENER_RULE]: '',
  [LISTENER]: '',
  [LOAD_BALANCER]: '',
  'AWS::EC2::NatGateway': '; tasks that still run lose their route to the internet',
  'AWS::EC2::VPCEndpoint': '; tasks that still run reach its service only by another route',
};

function removed(update: Update, resource: Resource): Change[] {
  const consequence = SHOWN[resource.type];
  if (consequence === undefined || isUnmatched(update.old(resource.key))) return [];
  if (update.operationOn(resource.key) !== Operation.DELETE || !update.isDeployed(resource.stack)) return [];
  return [{ kind: 'Removed', subject: nameOf(resource), message: `is removed: a ${nounOf(resource)}${consequence}` }];
}

/** Load balancers whose DNS name changes or no longer exists, and ports that are closed. */
function checkAddresses(update: Update): Change[] {
  const fresh = update
    .news(LOAD_BALANCER)
    .filter(({ key }) => [Operation.CREATE, Operation.REPLACE].includes(update.operationOn(key)));
  return [
    ...update.olds(LOAD_BALANCER).flatMap((balancer): Change[] => {
      const end = update.endOf(balancer.key);
      if (end === undefined || (fresh.length === 0 && end.phase === 'never')) return [];
      const message =
        fresh.length === 0
          ? 'is removed; clients that use its DNS name fail after it is deleted'
          : `has another DNS name after the update, that of ${listed(fresh.map(nameOf))}; clients with the old name fail`;
      return [{ kind: 'AddressReplaced', subject: nameOf(balancer), message }];
    }),
    ...closedPorts(update),
  ];
}

/** Ports of a load balancer that stays, on which no listener answers after the update, or one with another protocol. */
function closedPorts(update: Update): Change[] {
  const open = new Map(
    update.news(LISTENER).map(({ key }) => [portOf(update.new(key)), text(update.new(key).Protocol)]),
  );
  return update.olds(LISTENER).flatMap((listener): Change[] => {
    const own = update.old(listener.key);
    const balancer = update.before.resources.get(identityOf(own.LoadBalancerArn));
    if (balancer === undefined || !isKept(update, balancer) || update.endOf(listener.key)?.phase === 'never') return [];
    const protocol = open.get(portOf(own));
    if (protocol === text(own.Protocol)) return [];
    const how = protocol === undefined ? 'is closed' : `changes from ${text(own.Protocol)} to ${protocol}`;
    const message = `port ${String(own.Port)} of ${nameOf(balancer)} ${how}; clients that use it fail`;
    return [{ kind: 'AddressReplaced', subject: nameOf(listener), message }];
  });
}

/** Whether the same copy of a resource exists after the update, in the template or retained. */
function isKept(update: Update, { key }: Resource): boolean {
  const end = update.endOf(key);
  return end === undefined || end.phase === 'never';
}

function portOf({ LoadBalancerArn, Port }: { readonly [name: string]: unknown }): string {
  return stable([identityOf(LoadBalancerArn), Port]);
}

/** `AWS::ECS::Service` is a service. */
function nounOf({ type }: Resource): string {
  return type
    .split('::')
    .slice(-1)
    .join('')
    .replace(/(?<=[a-z])(?=[A-Z])|(?<=VPC)(?=[A-Z])/g, ' ')
    .toLowerCase()
    .replace(/^(?:nat|vpc)\b/, (acronym) => acronym.toUpperCase());
}
