import { type BackendIntent, RolloutKind } from '../intents';
import { DrainBehavior } from '../server/descriptor';
import type { BackendTimes, RolloutPlan, TimeRange } from '../serving-plan';
import { DrainOrder, type TargetProfile } from '../target-profile';

/** The replicas of a backend: as few as its autoscaling keeps, and as many. */
export interface Fleet {
  readonly min: number;
  readonly max: number;
}

/**
 * What a rolling update costs in time.
 *
 * The best case has images in the cache, servers that load at once and no request in flight; the worst needs every budget.
 * Where a stopping replica still counts, as on ECS, the next batch waits for its end; elsewhere only the last one does.
 */
export function rolloutOf(
  target: TargetProfile,
  { rollout, server, healthCheck }: Pick<BackendIntent, 'rollout' | 'server' | 'healthCheck'>,
  times: BackendTimes,
  fleet: Fleet,
): RolloutPlan {
  const { descriptor } = server;
  const inPlace = rollout.kind === RolloutKind.IN_PLACE;
  // In place, both targets take one replica at a time; of a surge, Kubernetes rounds the part up, ECS down.
  const part = (replicas: number, round: (x: number) => number): number =>
    inPlace ? 1 : Math.max(1, round((replicas * rollout.surgePercent) / 100));
  const waves: TimeRange = {
    best: Math.ceil(fleet.min / part(fleet.min, Math.ceil)),
    worst: Math.ceil(fleet.max / part(fleet.max, Math.floor)),
  };
  const judged = healthCheck.intervalSeconds * healthCheck.healthyThreshold;
  const startSeconds: TimeRange = { best: judged, worst: times.startup + judged };

  const waits = times.deregistration + times.preStop;
  const heldSeconds = heldBy(descriptor.drain, descriptor.lingerSeconds, times);
  const stopSeconds: TimeRange = { best: waits + heldSeconds, worst: waits + times.stop };
  const counts = inPlace || target.drainOrder === DrainOrder.BALANCER_FIRST;
  const total = (count: number, start: number, stop: number): number => count * start + (counts ? count : 1) * stop;
  return {
    batch: part(fleet.min, Math.floor),
    waves,
    startSeconds,
    stopSeconds,
    heldSeconds,
    totalSeconds: {
      best: total(waves.best, startSeconds.best, stopSeconds.best),
      worst: total(waves.worst, startSeconds.worst, stopSeconds.worst),
    },
  };
}

/** How long a server stays after the signal although no request is left, because a connection is. */
function heldBy(drain: DrainBehavior, linger: number | undefined, times: BackendTimes): number {
  if (drain !== DrainBehavior.WAITS_FULL_PERIOD) return linger ?? 0;
  // It ends with its last connection or with its drain time, whichever comes first; a server without a time of its own
  // keeps the connection.
  return times.keepAlive > 0 ? Math.min(times.keepAlive, times.drain) : times.drain;
}
