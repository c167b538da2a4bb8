import type { Change } from '../change';
import { at, isEqual, objects, stable, text } from '../data';
import {
  autoscalerOf,
  type ClusterObject,
  type ClusterUpdate,
  maxReplicasOf,
  minReplicasOf,
  podTemplate,
  shownObject,
  WORKLOADS,
} from './objects';

/** Workloads that roll, are renamed, or whose number of replicas is reset. */
export function checkWorkloads(update: ClusterUpdate): Change[] {
  const kept = update.kept.filter(({ to }) => WORKLOADS.includes(to.kind));
  return [
    ...kept.flatMap(({ from, to }) => rolls(from, to)),
    ...kept.flatMap(({ from, to }) => resets(update, from, to)),
    ...renames(update).flatMap(({ from, to }) => renamed(update, from, to)),
    ...update.removed.flatMap((one) => deletedAutoscalers(update, one)),
  ];
}

/** KEDA owns the autoscaler that it has created, also after another one was applied under its name. */
function deletedAutoscalers(update: ClusterUpdate, removed: ClusterObject): Change[] {
  if (removed.kind !== 'ScaledObject') return [];
  const name = text(at(removed.body, 'spec.advanced.horizontalPodAutoscalerConfig.name'));
  const autoscaler = update.find('HorizontalPodAutoscaler', removed, name || `keda-hpa-${removed.name}`);
  if (autoscaler === undefined) return [];
  const message = `is deleted together with ${shownObject(removed)}, which owns it; first run: kubectl delete scaledobject ${removed.name} --cascade=orphan`;
  return [{ kind: 'AutoscalerDeleted', subject: shownObject(autoscaler), message }];
}

function rolls(from: ClusterObject, to: ClusterObject): Change[] {
  if (isEqual(podTemplate(from), podTemplate(to))) return [];
  const subject = shownObject(to);
  const roll: Change = { kind: 'Rolls', subject, message: 'rolls, because the template of its Pods changes' };
  if (!stopsAll(to)) return [roll];
  return [roll, { kind: 'StopsAllReplicas', subject, message: 'stops all Pods before new ones are ready' }];
}

/** Whether a rollout may stop all Pods first. A percentage is rounded down. */
function stopsAll({ body }: ClusterObject): boolean {
  const replicas = Number(at(body, 'spec.replicas') ?? 1);
  if (replicas === 0) return false;
  if (at(body, 'spec.strategy.type') === 'Recreate') return true;
  const limit = String(at(body, 'spec.strategy.rollingUpdate.maxUnavailable') ?? '25%');
  const pods = limit.endsWith('%') ? Math.floor((replicas * Number.parseFloat(limit)) / 100) : Number(limit);
  return pods >= replicas;
}

function resets(update: ClusterUpdate, from: ClusterObject, to: ClusterObject): Change[] {
  const [old, now] = [from, to].map(({ body }) => at(body, 'spec.replicas'));
  const [scaledBefore, scaled] = [autoscalerOf(from, update.before), autoscalerOf(to, update.after)];
  const subject = shownObject(to);
  if (now === undefined && old !== undefined && Number(old) > 1) {
    const message = `no longer has 'spec.replicas' (${old}): the API server sets it to 1 ${scaled === undefined ? 'and no autoscaler raises it' : `until ${shownObject(scaled)} raises it`}`;
    return [{ kind: 'ReplicasReset', subject, message }];
  }
  if (now !== undefined && scaled !== undefined) {
    const message = `has 'spec.replicas' (${now}) and ${shownObject(scaled)}: every apply resets the number`;
    return [{ kind: 'ReplicasReset', subject, message }];
  }
  if (now === undefined || scaledBefore === undefined || maxReplicasOf(scaledBefore) <= Number(now)) return [];
  const message = `has ${now} replicas after the update, where ${shownObject(scaledBefore)} ran up to ${maxReplicasOf(scaledBefore)}`;
  return [{ kind: 'ReplicasReset', subject, message }];
}

interface Rename {
  readonly from: ClusterObject;
  readonly to: ClusterObject;
}

/** Workloads that leave while a new one runs the same containers. */
function renames(update: ClusterUpdate): Rename[] {
  const free = new Set(update.created.filter(({ kind }) => WORKLOADS.includes(kind)));
  return update.removed
    .filter(({ kind }) => WORKLOADS.includes(kind))
    .flatMap((from) => {
      const to = [...free].find((one) => one.kind === from.kind && isEqual(programsOf(one), programsOf(from)));
      if (to === undefined) return [];
      free.delete(to);
      return [{ from, to }];
    });
}

/** What the containers of a workload run. */
function programsOf(workload: ClusterObject): string[] {
  return objects(at(podTemplate(workload), 'spec.containers')).map(({ image, command, args }) =>
    stable([image, command, args]),
  );
}

function renamed(update: ClusterUpdate, from: ClusterObject, to: ClusterObject): Change[] {
  const early: Change = {
    kind: 'ForwardedTooEarly',
    subject: shownObject(to),
    message: `takes the place of ${shownObject(from)}: routes move to it at once, and its Pods are not ready yet`,
  };
  const [before, after] = [replicasOf(from, update.before), startOf(to)];
  if (after >= before) return [early];
  const message = `starts with ${after} replica${after === 1 ? '' : 's'}, where ${shownObject(from)} ran at least ${before}`;
  return [early, { kind: 'FewReplicas', subject: shownObject(to), message }];
}

/** The replicas that a workload runs at least. */
function replicasOf(workload: ClusterObject, all: readonly ClusterObject[]): number {
  const scaled = autoscalerOf(workload, all);
  return scaled === undefined ? startOf(workload) : minReplicasOf(scaled);
}

function startOf({ body }: ClusterObject): number {
  return Number(at(body, 'spec.replicas') ?? 1);
}
