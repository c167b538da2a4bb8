import type { BackendPlan } from '../../plan/serving-plan';
import { renderError } from '../../private/errors';
import { rolloutPercents } from './rollout';

/** The number of targets of a load balancer: of all backends, with the replicas of their rollouts. */
export interface TargetCount {
  /** With the minimum number of replicas of each backend. */
  readonly least: number;
  /** With the maximum number. */
  readonly most: number;
}

export function countTargets(backends: readonly BackendPlan[]): TargetCount {
  const count = ({ intent, minReplicas }: BackendPlan, replicas: number): number =>
    Math.floor((replicas * rolloutPercents(intent.rollout, minReplicas).max) / 100);
  return {
    least: sum(backends.map((backend) => count(backend, backend.minReplicas))),
    most: sum(backends.map((backend) => count(backend, backend.maxReplicas))),
  };
}

/** The error about more targets than the quota, regardless of autoscaling. */
export function refuseTargets({ least }: TargetCount, quota: number, path: string): string[] {
  if (least <= quota) return [];
  const message = `the backends need ${least} targets, including those of rollouts, but a load balancer supports at most ${quota}; raise the quota and set 'targetQuota', or use a second platform`;
  return [renderError('QuotaExceeded', message, path)];
}

/** The warning about more targets than the quota when backends are scaled out. */
export function scalingTargets({ least, most }: TargetCount, quota: number): string | undefined {
  if (least > quota || most <= quota) return undefined;
  return `the backends can be scaled out to ${most} targets, including those of rollouts, but a load balancer supports at most ${quota}; raise the quota and set 'targetQuota', lower 'maxReplicas', or use a second platform`;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
