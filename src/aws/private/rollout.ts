import { type RolloutIntent, RolloutKind } from '../../plan/intents';

/** Between what percentages of the wanted number ECS keeps the replicas of a service while it rolls. */
export interface RolloutPercents {
  readonly min: number;
  readonly max: number;
}

/**
 * The percentages of a rollout. ECS rounds both to the service's disadvantage, and a number of replicas that may neither
 * grow nor shrink is stuck, so the smallest step is one replica of the smallest number.
 */
export function rolloutPercents({ kind, surgePercent }: RolloutIntent, minReplicas: number): RolloutPercents {
  switch (kind) {
    case RolloutKind.SURGE:
      return { min: 100, max: 100 + Math.max(surgePercent, Math.ceil(100 / minReplicas)) };
    case RolloutKind.IN_PLACE:
      return { min: Math.floor(100 - 100 / minReplicas), max: 100 };
  }
}
