import type { RolloutIntent } from '../../plan/intents';
import { rolloutPercents } from './rollout';

/** How a backend uses the instances of a GPU capacity. */
export interface CapacityUse {
  readonly name: string;
  readonly rollout: RolloutIntent;
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** The number of replicas that fit on one instance. */
  readonly perInstance: number;
}

/** The number of instances for all replicas, including those of a rollout. */
export function instancesFor(uses: readonly CapacityUse[]): number {
  return sum(uses.map(instancesWithRollout));
}

/** What to change instead of the number of instances, as a part of a message; empty if nothing else helps. */
export function otherWay(uses: readonly CapacityUse[], maxInstances: number): string {
  const inPlace = sum(uses.map(({ maxReplicas, perInstance }) => Math.ceil(maxReplicas / perInstance)));
  if (inPlace <= maxInstances) {
    const surging = uses.filter((use) => instancesWithRollout(use) > Math.ceil(use.maxReplicas / use.perInstance));
    return `, or use ${rollouts(surging)}`;
  }
  // Each backend needs an instance, even with one replica.
  if (uses.length > maxInstances) return '';
  const [only] = uses;
  if (uses.length > 1 || only === undefined) return `, or run fewer replicas with ${STOPS_FIRST}`;
  const most = maxInstances * only.perInstance;
  return `, or run at most ${most === 1 ? '1 replica' : `${most} replicas`} with ${most === 1 ? STOPS_FIRST : inPlaceFor(only)}`;
}

const STOPS_FIRST = 'Rollout.inPlace({ allowDowntime: true })';

/** A single replica is stopped before the new one runs, which a definition has to accept. */
function inPlaceFor({ minReplicas }: CapacityUse): string {
  return minReplicas <= 1 ? STOPS_FIRST : 'Rollout.inPlace()';
}

function rollouts(uses: readonly CapacityUse[]): string {
  const kinds = [...new Set(uses.map(inPlaceFor))].map((kind) => {
    const names = uses.filter((use) => inPlaceFor(use) === kind).map(({ name }) => `'${name}'`);
    return `${kind} for ${names.length === 1 ? 'backend' : 'backends'} ${names.join(', ')}`;
  });
  const stops = kinds.some((kind) => kind.startsWith(STOPS_FIRST)) ? ', which stops the only replica first' : '';
  return `${kinds.join(' and ')}${stops}`;
}

function instancesWithRollout({ rollout, minReplicas, maxReplicas, perInstance }: CapacityUse): number {
  return Math.ceil(Math.floor((maxReplicas * rolloutPercents(rollout, minReplicas).max) / 100) / perInstance);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
