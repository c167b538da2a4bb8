import type { BackendIntent } from './intents';
import { refuse } from './refuse';
import type { Refusal } from './serving-plan';
import type { TargetProfile } from './target-profile';

const { POSITIVE_INFINITY: ENDLESS } = Number;

/** Refuses the values of a health check that the target does not support. */
export function refuseHealthCheck(target: TargetProfile, backend: BackendIntent, refusals: Refusal[]): void {
  const { minIntervalSeconds = 1, maxIntervalSeconds = ENDLESS, minTimeoutSeconds = 1 } = target.healthCheck ?? {};
  const { maxTimeoutSeconds = ENDLESS, minThreshold = 1, maxThreshold = ENDLESS } = target.healthCheck ?? {};
  const { intervalSeconds, timeoutSeconds, healthyThreshold, unhealthyThreshold } = backend.healthCheck;
  const { grpcService = '' } = backend.healthCheck;
  const refuseProp = (prop: string, value: string, bound: string): void =>
    refuse(
      refusals,
      'HealthCheckOutOfRange',
      backend.path,
      `'${prop}' (${value}) of the health check of backend '${backend.name}' must be ${bound} for ${target.name}; change it, or leave it out`,
    );
  const check = (prop: string, value: number, [min, max]: [min: number, max: number], unit = ''): void => {
    if (value < min || value > max) refuseProp(prop, `${value}${unit}`, rangeOf(min, max, unit));
  };
  if (grpcService !== '' && target.healthCheck?.namesService === false)
    refuseProp('service', `'${grpcService}'`, 'omitted, which checks the whole server,');
  check('interval', intervalSeconds, [minIntervalSeconds, maxIntervalSeconds], ' s');
  check('timeout', timeoutSeconds, [minTimeoutSeconds, maxTimeoutSeconds], ' s');
  if (target.healthCheck?.endsBeforeNext && timeoutSeconds >= intervalSeconds)
    refuseProp('timeout', `${timeoutSeconds} s`, `less than 'interval' (${intervalSeconds} s)`);
  check('healthyThreshold', healthyThreshold, [minThreshold, maxThreshold]);
  check('unhealthyThreshold', unhealthyThreshold, [minThreshold, maxThreshold]);
}

function rangeOf(min: number, max: number, unit: string): string {
  return Number.isFinite(max) ? `between ${min} and ${max}${unit}` : `at least ${min}${unit}`;
}
