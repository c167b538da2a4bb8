import type { Change } from '../../change';
import { listed, nameOfKey } from '../names';
import { type Traffic, TrafficUpdate, Use } from '../traffic';
import { Operation, Order, type Step, type Update } from '../update';

/** Target groups that lose their targets, receive requests too early, or are attached to no load balancer. */
export function checkTargetGroups(update: Update): Change[] {
  const traffic = new TrafficUpdate(update);
  return [
    ...traffic.before.groups.flatMap((group) => emptied(update, traffic, group)),
    ...traffic.after.groups.flatMap((group) => early(update, traffic, group)),
    ...traffic.after.groups.flatMap((group) => detached(update, traffic, group)),
  ];
}

/** Requests to a target group whose replicas leave it before the requests go elsewhere. */
function emptied(update: Update, traffic: TrafficUpdate, group: string): Change[] {
  const services = traffic.before.servicesOf(group);
  const others = traffic.after.servicesOf(group).filter((key) => update.operationOn(key) !== Operation.NONE);
  if (services.length === 0 || services.some((key) => traffic.isRegistered(key, group)) || others.length > 0) return [];
  return traffic.before.forwardersTo(group, Use.REQUESTS).flatMap((forwarder): Change[] => {
    const withdrawal = traffic.withdrawalOf(forwarder, group, Use.REQUESTS);
    const late = services.filter((key) => !isBefore(update, withdrawal, traffic.leavingOf(key, group)));
    if (late.length === 0 || !update.isDeployed(stackOf(update, forwarder))) return [];
    const subject = nameOfKey(update, group);
    const from = `${nameOfKey(update, forwarder)} forwards requests to it`;
    const leave = `${names(update, late)} ${late.length === 1 ? 'leaves' : 'leave'} it`;
    if (withdrawal === undefined)
      return [
        { kind: 'NoTargets', subject, message: `has no targets after the update, because ${leave}, but ${from}` },
      ];
    const when =
      update.operationOn(group) === Operation.REPLACE
        ? 'is replaced while it receives requests: the tasks move to the new copy'
        : 'has no targets for a part of the update';
    return [
      { kind: 'TargetGroupEmptied', subject, message: `${when}, because ${leave} while ${from}; these requests fail` },
    ];
  });
}

/** Requests to a target group before its replicas are ready. */
function early(update: Update, traffic: TrafficUpdate, group: string): Change[] {
  const services = traffic.after.servicesOf(group);
  if (services.length === 0 || services.some((key) => traffic.isRegistered(key, group))) return [];
  return traffic.after
    .forwardersTo(group, Use.REQUESTS)
    .filter((forwarder) => !traffic.isForwarding(forwarder, group, Use.REQUESTS))
    .flatMap((forwarder) => {
      const late = services.filter((key) => !isBefore(update, applied(key), applied(forwarder)));
      if (late.length < services.length) return [];
      const message = `forwards requests to ${nameOfKey(update, group)}, but does not wait until ${names(update, late)} is stable`;
      return [{ kind: 'ForwardedTooEarly', subject: nameOfKey(update, forwarder), message }];
    });
}

/** Services that use a target group which no listener forwards to at that time. ECS refuses such a group. */
function detached(update: Update, traffic: TrafficUpdate, group: string): Change[] {
  if (!isOfTemplate(update, group)) return [];
  const forwarders = traffic.after.forwardersTo(group, Use.ATTACHED);
  return traffic.after.servicesOf(group).flatMap((service) => {
    const isAttached = forwarders.some(
      (forwarder) =>
        traffic.isForwarding(forwarder, group, Use.ATTACHED) || isBefore(update, applied(forwarder), applied(service)),
    );
    if (isAttached || (traffic.isRegistered(service, group) && isAttachedLater(traffic, group))) return [];
    const why =
      forwarders.length === 0
        ? 'which no listener forwards to'
        : `but does not wait for ${names(update, forwarders)}, which attaches it to the load balancer`;
    const message = `uses target group ${nameOfKey(update, group)}, ${why}; ECS refuses such a group`;
    return [{ kind: 'TargetGroupDetached', subject: nameOfKey(update, service), message }];
  });
}

/** A group that was attached all the time needs no order: one rule takes over from another. */
function isAttachedLater(
  { before, after }: { readonly before: Traffic; readonly after: Traffic },
  group: string,
): boolean {
  return before.forwardersTo(group, Use.ATTACHED).length > 0 && after.forwardersTo(group, Use.ATTACHED).length > 0;
}

function isOfTemplate(update: Update, group: string): boolean {
  return update.news().some(({ key }) => update.identity(key) === group);
}

/** Whether a step is certainly before another one. Something that never happens is before nothing, and after everything. */
function isBefore(update: Update, first: Step | undefined, then: Step | undefined): boolean {
  if (then === undefined) return true;
  return first !== undefined && update.order(first, then) === Order.BEFORE;
}

function applied(key: string): Step {
  return { key, phase: 'apply' };
}

function names(update: Update, keys: readonly string[]): string {
  return listed(keys.map((key) => nameOfKey(update, key)));
}

function stackOf(update: Update, key: string): string {
  return update.before.resources.get(key)?.stack ?? '';
}
