import { type Data, list, object, objects } from '../data';
import { identityOf } from './deployment';
import type { Resource } from './stacks';
import { Operation, type Step, type Update } from './update';

export const SERVICE = 'AWS::ECS::Service';
export const TARGET_GROUP = 'AWS::ElasticLoadBalancingV2::TargetGroup';
export const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
export const LISTENER_RULE = 'AWS::ElasticLoadBalancingV2::ListenerRule';
export const LOAD_BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';

/** How a listener or a rule uses a target group. */
export enum Use {
  NONE,
  /** It is attached to the load balancer, but receives no request. */
  ATTACHED,
  /** It receives requests. */
  REQUESTS,
}

/** A condition that no request meets: addresses for documentation. A rule with it only attaches a target group. */
const UNUSED_ADDRESSES = /^(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+\/\d+$/;

/** The state of traffic at one time: who forwards to a target group, and which services register with it. */
export class Traffic {
  private readonly forwarders = new Map<string, ReadonlyMap<string, Use>>();
  private readonly services = new Map<string, ReadonlySet<string>>();

  constructor(resources: readonly Resource[], properties: (key: string) => Data) {
    for (const { key, type } of resources) {
      if (type === LISTENER || type === LISTENER_RULE) this.forwarders.set(key, forwardsOf(properties(key)));
      if (type === SERVICE) this.services.set(key, groupsOf(properties(key)));
    }
  }

  /** All target groups that are forwarded to or registered with. */
  public get groups(): string[] {
    const forwarded = [...this.forwarders.values()].flatMap((groups) => [...groups.keys()]);
    return [...new Set([...forwarded, ...[...this.services.values()].flatMap((groups) => [...groups])])];
  }

  /** The listeners and rules that use a target group at least like this. */
  public forwardersTo(group: string, use: Use): string[] {
    return [...this.forwarders].filter(([, groups]) => (groups.get(group) ?? Use.NONE) >= use).map(([key]) => key);
  }

  public useOf(forwarder: string, group: string): Use {
    return this.forwarders.get(forwarder)?.get(group) ?? Use.NONE;
  }

  /** The services whose tasks are registered with a target group. */
  public servicesOf(group: string): string[] {
    return [...this.services].filter(([, groups]) => groups.has(group)).map(([key]) => key);
  }

  /** The target groups of a service. */
  public groupsOf(service: string): string[] {
    return [...(this.services.get(service) ?? [])];
  }
}

function groupsOf({ LoadBalancers }: Data): ReadonlySet<string> {
  return new Set(
    objects(LoadBalancers)
      .filter(({ TargetGroupArn }) => TargetGroupArn !== undefined)
      .map(({ TargetGroupArn }) => identityOf(TargetGroupArn)),
  );
}

/** Whether no request matches a rule. */
export function isUnmatched({ Conditions }: Data): boolean {
  return objects(Conditions).some(({ SourceIpConfig }) => {
    const values = list(object(SourceIpConfig).Values);
    return values.length > 0 && values.every((value) => UNUSED_ADDRESSES.test(String(value)));
  });
}

function forwardsOf(rule: Data): ReadonlyMap<string, Use> {
  const { Actions, DefaultActions } = rule;
  const isUnused = isUnmatched(rule);
  const uses = new Map<string, Use>();
  for (const { group, weight } of objects(Actions ?? DefaultActions).flatMap(targetsOf))
    uses.set(group, weight === 0 || isUnused ? Use.ATTACHED : Use.REQUESTS);
  return uses;
}

function targetsOf({ TargetGroupArn, ForwardConfig }: Data): { readonly group: string; readonly weight: number }[] {
  const groups = objects(object(ForwardConfig).TargetGroups);
  if (groups.length > 0)
    return groups.map((one) => ({ group: identityOf(one.TargetGroupArn), weight: Number(one.Weight ?? 1) }));
  return TargetGroupArn === undefined ? [] : [{ group: identityOf(TargetGroupArn), weight: 1 }];
}

/** The traffic before and after an update. Keys after the update are those of new copies. */
export class TrafficUpdate {
  public readonly before: Traffic;
  public readonly after: Traffic;

  constructor(private readonly update: Update) {
    this.before = new Traffic(update.olds(), (key) => update.old(key));
    this.after = new Traffic(update.news(), (key) => update.new(key));
  }

  /** Whether the same copy of a resource exists before and after the update. */
  public isSameCopy(key: string): boolean {
    const operation = this.update.operationOn(key);
    return operation === Operation.NONE || operation === Operation.UPDATE;
  }

  /** When a service leaves a target group: with its update, or in the clean-up. Undefined if it stays. */
  public leavingOf(service: string, group: string): Step | undefined {
    if (!this.isSameCopy(service)) return this.update.endOf(service);
    return this.after.servicesOf(group).includes(service) ? undefined : { key: service, phase: 'apply' };
  }

  /** When a listener or rule stops using a target group like this. Undefined if it does not. */
  public withdrawalOf(forwarder: string, group: string, use: Use): Step | undefined {
    if (!this.isSameCopy(forwarder)) return this.update.endOf(forwarder);
    return this.after.useOf(forwarder, group) >= use ? undefined : { key: forwarder, phase: 'apply' };
  }

  /** Whether a service is registered with a target group throughout the update. */
  public isRegistered(service: string, group: string): boolean {
    return (
      this.isSameCopy(service) &&
      this.before.servicesOf(group).includes(service) &&
      this.after.servicesOf(group).includes(service)
    );
  }

  /** Whether a listener or rule uses a target group like this throughout the update. */
  public isForwarding(forwarder: string, group: string, use: Use): boolean {
    return (
      this.isSameCopy(forwarder) &&
      this.before.useOf(forwarder, group) >= use &&
      this.after.useOf(forwarder, group) >= use
    );
  }
}
