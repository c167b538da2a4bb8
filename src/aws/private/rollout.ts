import { type RolloutIntent, RolloutKind } from '../../plan/intents';

/** The minimum and maximum percentage of the desired count that ECS keeps running during a rollout. */
export interface RolloutPercents {
  readonly min: number;
  readonly max: number;
}

/**
 * The percentages of a rollout. ECS rounds the minimum up and the maximum down, and a rollout that may neither add nor
 * remove a task is stuck. The smallest step is therefore one replica of the minimum number.
 */
export function rolloutPercents({ kind, surgePercent }: RolloutIntent, atLeast: number): RolloutPercents {
  const minReplicas = Math.max(1, atLeast);
  switch (kind) {
    case RolloutKind.SURGE:
      return { min: 100, max: 100 + Math.max(surgePercent, Math.ceil(100 / minReplicas)) };
    case RolloutKind.IN_PLACE:
      return { min: Math.floor(100 - 100 / minReplicas), max: 100 };
  }
}
