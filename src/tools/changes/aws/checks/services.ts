import type { Change } from '../../change';
import { at, isEqual, text } from '../../data';
import { resourcesIn } from '../deployment';
import { nameOf, nameOfKey } from '../names';
import type { Resource } from '../stacks';
import { LISTENER, LISTENER_RULE, SERVICE, TrafficUpdate, Use } from '../traffic';
import { Operation, type Update } from '../update';

const SCALABLE_TARGET = 'AWS::ApplicationAutoScaling::ScalableTarget';

/** A property of a service whose change starts a new deployment. */
interface Rolling {
  /** What it is about. */
  readonly reason: string;
  /** The value that ECS uses for a template without the property. */
  readonly standard?: unknown;
}

const ROLLING: { readonly [property: string]: Rolling } = {
  TaskDefinition: { reason: 'its task definition' },
  LoadBalancers: { reason: 'its target groups', standard: [] },
  NetworkConfiguration: { reason: 'its network' },
  CapacityProviderStrategy: { reason: 'its capacity', standard: [] },
  LaunchType: { reason: 'its capacity' },
  PlatformVersion: { reason: 'its platform version', standard: 'LATEST' },
  EnableExecuteCommand: { reason: 'its commands', standard: false },
  ServiceRegistries: { reason: 'its service registry', standard: [] },
  VolumeConfigurations: { reason: 'its volumes', standard: [] },
};

/** Services that roll, and numbers of replicas that an update sets. */
export function checkServices(update: Update): Change[] {
  return [
    ...update.news(SERVICE).flatMap((service) => [...rolls(update, service), ...reset(update, service)]),
    ...checkHealth(update),
    ...checkStarts(update),
  ];
}

function rolls(update: Update, service: Resource): Change[] {
  const { key } = service;
  if (update.operationOn(key) !== Operation.UPDATE) return [];
  const [old, now] = [update.old(key), update.new(key)];
  const reasons = Object.entries(ROLLING)
    .filter(([property, { standard }]) => !isEqual(old[property] ?? standard, now[property] ?? standard))
    .map(([, { reason }]) => reason);
  if (reasons.length === 0) return [];
  const subject = nameOf(service);
  const changed = `${[...new Set(reasons)].join(', ')} ${new Set(reasons).size === 1 ? 'changes' : 'change'}`;
  const percent = Number(at(now, 'DeploymentConfiguration.MinimumHealthyPercent') ?? 100);
  const replicas = now.DesiredCount === undefined ? undefined : Number(now.DesiredCount);
  const capacity = percent < 100 ? `, with at least ${percent} % of its replicas` : '';
  const all: Change[] = [{ kind: 'Rolls', subject, message: `rolls${capacity}, because ${changed}` }];
  // ECS rounds the minimum up.
  if (replicas === 0 || Math.ceil(((replicas ?? 1) * percent) / 100) > 0) return all;
  return [...all, { kind: 'StopsAllReplicas', subject, message: 'may stop all replicas before new ones are ready' }];
}

/** A number of replicas in the template, where the number before was chosen by autoscaling. */
function reset(update: Update, service: Resource): Change[] {
  const { key } = service;
  if (update.operationOn(key) !== Operation.UPDATE) return [];
  const [old, now] = [update.old(key).DesiredCount, update.new(key).DesiredCount];
  const scaling = scalingOf(update.olds(SCALABLE_TARGET), (one) => update.old(one), key);
  const max = Number(scaling?.MaxCapacity);
  if (old !== undefined || now === undefined || !(max > Number(now))) return [];
  const message = `has ${now} replicas after the update, where autoscaling ran up to ${max}`;
  return [{ kind: 'ReplicasReset', subject: nameOf(service), message }];
}

/** Services of another program whose running tasks the load balancer checks on the path of the new ones. */
function checkHealth(update: Update): Change[] {
  const traffic = new TrafficUpdate(update);
  return update.news(SERVICE).flatMap((service) => {
    const { key } = service;
    if (update.operationOn(key) !== Operation.UPDATE) return [];
    if (isEqual(update.old(key).TaskDefinition, update.new(key).TaskDefinition)) return [];
    return traffic.after.groupsOf(key).flatMap((group): Change[] => {
      if (!traffic.isRegistered(key, group) || update.operationOn(group) !== Operation.UPDATE) return [];
      const [left, path] = [update.old(group), update.new(group)].map((one) => text(one.HealthCheckPath) || '/');
      if (left === path) return [];
      const message = `is checked on '${path}' before its tasks are replaced: running tasks that do not answer '${path}' like '${left}' get no requests once a new task is healthy, and ECS stops them`;
      return [{ kind: 'OtherHealthCheck', subject: nameOf(service), message }];
    });
  });
}

/** Services that requests move to while they run one replica, because autoscaling raises the number later. */
function checkStarts(update: Update): Change[] {
  const traffic = new TrafficUpdate(update);
  return update.news(SERVICE).flatMap((service) => {
    const { key } = service;
    if (traffic.isSameCopy(key) || update.new(key).DesiredCount !== undefined) return [];
    const scaling = scalingOf(update.news(SCALABLE_TARGET), (one) => update.new(one), update.identity(key));
    const min = Number(scaling?.MinCapacity);
    const moved = traffic.after
      .groupsOf(key)
      .flatMap((group) => traffic.after.forwardersTo(group, Use.REQUESTS))
      .find((forwarder) => takesOver(update, traffic, forwarder));
    if (!(min > 1) || moved === undefined) return [];
    const message = `starts with 1 replica instead of ${min}, because the template has no number for a new service with autoscaling; ${nameOfKey(update, moved)} moves requests to it`;
    return [{ kind: 'FewReplicas', subject: nameOf(service), message }];
  });
}

/** Whether a rule takes over requests: it had targets before, or the same conditions as a rule that leaves. */
function takesOver(update: Update, traffic: TrafficUpdate, forwarder: string): boolean {
  if (traffic.isSameCopy(forwarder))
    return traffic.before.groups.some((group) => traffic.before.useOf(forwarder, group) === Use.REQUESTS);
  const { Conditions } = update.new(forwarder);
  return [...update.olds(LISTENER_RULE), ...update.olds(LISTENER)].some(
    ({ key }) => !traffic.isSameCopy(key) && isEqual(update.old(key).Conditions, Conditions),
  );
}

/** The properties of the scalable target of a service. */
function scalingOf(
  targets: readonly Resource[],
  properties: (key: string) => { readonly [name: string]: unknown },
  service: string,
): { readonly [name: string]: unknown } | undefined {
  return targets
    .map(({ key }) => properties(key))
    .find(({ ResourceId }) => resourcesIn(text(ResourceId)).includes(service));
}
