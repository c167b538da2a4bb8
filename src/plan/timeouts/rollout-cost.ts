import { type BackendIntent, RolloutKind } from '../intents';
import { DrainBehavior } from '../server/descriptor';
import type { BackendPlan, BackendTimes, RolloutPlan, TimeRange } from '../serving-plan';
import { sidecarStopSeconds } from '../sidecars';
import { DrainOrder, type TargetProfile } from '../target-profile';

/** The smallest and the largest number of replicas of a backend. */
export interface Fleet {
  readonly min: number;
  readonly max: number;
}

/**
 * The duration of a rolling update.
 *
 * The best case has cached images, servers that load instantly and no requests in flight; the worst case uses every timeout in
 * full. If a stopping replica still counts, as on ECS, the next batch waits for its end; elsewhere only the last batch does.
 */
export function rolloutOf(
  target: TargetProfile,
  {
    rollout,
    server,
    health,
    sidecars,
  }: Pick<BackendIntent, 'rollout' | 'server' | 'sidecars'> & Pick<BackendPlan, 'health'>,
  times: BackendTimes,
  fleet: Fleet,
): RolloutPlan {
  const { descriptor } = server;
  const inPlace = rollout.kind === RolloutKind.IN_PLACE;
  // In place, both targets replace one replica at a time. Kubernetes rounds a surge up, ECS rounds it down.
  const part = (replicas: number, round: (x: number) => number): number =>
    inPlace ? 1 : Math.max(1, round((replicas * rollout.surgePercent) / 100));
  const waves: TimeRange = {
    best: Math.ceil(fleet.min / part(fleet.min, Math.ceil)),
    worst: Math.ceil(fleet.max / part(fleet.max, Math.floor)),
  };
  const judged = health.intervalSeconds * health.healthyThreshold;
  const startSeconds: TimeRange = { best: judged, worst: times.startup + judged };

  const waits = times.deregistration + times.preStop;
  const heldSeconds = heldBy(descriptor.drain, descriptor.lingerSeconds, times);
  const stopSeconds: TimeRange = {
    best: waits + heldSeconds,
    worst: waits + times.stop + sidecarStopSeconds({ sidecars }),
  };
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

/** How long a server keeps running after SIGTERM without requests, because a connection is open. */
function heldBy(drain: DrainBehavior, linger: number | undefined, times: BackendTimes): number {
  if (drain !== DrainBehavior.WAITS_FULL_PERIOD) return linger ?? 0;
  // It exits when its last connection closes or when its drain time ends. Without a keep-alive, the connection stays open.
  return times.keepAlive > 0 ? Math.min(times.keepAlive, times.drain) : times.drain;
}
