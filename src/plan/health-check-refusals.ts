import { isAskedInside } from './health';
import type { BackendIntent } from './intents';
import { refuse } from './refuse';
import type { Refusal } from './serving-plan';
import type { HealthCheckLimits, TargetProfile } from './target-profile';

const { POSITIVE_INFINITY: ENDLESS } = Number;

/** The times and thresholds of a check that have bounds. */
interface CheckTimes {
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold?: number;
  readonly unhealthyThreshold: number;
  readonly grpcService?: string;
}

/** Refuses the values of the checks of a backend that the target does not support. */
export function refuseHealthCheck(target: TargetProfile, backend: BackendIntent, refusals: Refusal[]): void {
  const { path, name, healthCheck } = backend;
  const refuseAll = (prefix: string, breaches: Breach[]): void => {
    for (const { prop, value, bound } of breaches) {
      const message = `'${prefix}${prop}' (${value}) of the health check of backend '${name}' must be ${bound} for ${target.name}; change it, or leave it out`;
      refuse(refusals, 'HealthCheckOutOfRange', path, message);
    }
  };
  refuseAll('', breachesOf(healthCheck, target.healthCheck));
  if (healthCheck.liveness !== undefined)
    refuseAll('liveness.', breachesOf(healthCheck.liveness, target.livenessCheck));
  refuseStatuses(target, backend, refusals);
}

interface Breach {
  readonly prop: string;
  readonly value: string;
  readonly bound: string;
}

/** The values of a check that are outside their bounds. A timeout that is too short becomes the shortest. */
function breachesOf(check: CheckTimes, limits: HealthCheckLimits = {}): Breach[] {
  const { minIntervalSeconds = 1, maxIntervalSeconds = ENDLESS } = limits;
  const { minTimeoutSeconds = 1, maxTimeoutSeconds = ENDLESS, minThreshold = 1, maxThreshold = ENDLESS } = limits;
  const { intervalSeconds, timeoutSeconds, healthyThreshold, unhealthyThreshold } = check;
  const breaches: Breach[] = [];
  const within = (prop: string, value: number, [min, max]: [min: number, max: number], unit = ''): void => {
    if (value < min || value > max) breaches.push({ prop, value: `${value}${unit}`, bound: rangeOf(min, max, unit) });
  };
  within('interval', intervalSeconds, [minIntervalSeconds, maxIntervalSeconds], ' s');
  const timeout = Math.max(timeoutSeconds, minTimeoutSeconds);
  within('timeout', timeout, [minTimeoutSeconds, maxTimeoutSeconds], ' s');
  if (limits.endsBeforeNext && timeoutSeconds >= intervalSeconds)
    breaches.push({
      prop: 'timeout',
      value: `${timeoutSeconds} s`,
      bound: `less than 'interval' (${intervalSeconds} s)`,
    });
  if (check.grpcService && limits.namesService === false)
    breaches.push({
      prop: 'service',
      value: `'${check.grpcService}'`,
      bound: 'omitted, which checks the whole server,',
    });
  if (healthyThreshold !== undefined) within('healthyThreshold', healthyThreshold, [minThreshold, maxThreshold]);
  within('unhealthyThreshold', unhealthyThreshold, [minThreshold, maxThreshold]);
  return breaches;
}

function rangeOf(min: number, max: number, unit: string): string {
  return Number.isFinite(max) ? `between ${min} and ${max}${unit}` : `at least ${min}${unit}`;
}

/** Refuses status codes that only an interpreter in the image could check. */
function refuseStatuses(target: TargetProfile, backend: BackendIntent, refusals: Refusal[]): void {
  if (!isAskedInside(target, backend) || backend.server.descriptor.interpreter !== undefined) return;
  const { path, name, healthCheck } = backend;
  refuse(
    refusals,
    'Unsupported',
    path,
    `'statuses' (${healthCheck.statuses}) of the health check of backend '${name}' requires a Python interpreter in the image, because the checks of this target accept ${target.healthCheck?.statuses} only; set 'interpreter' in the 'behavior' of ModelServer.fromImage or ModelServer.command, such as 'python3', or remove 'statuses'`,
  );
}
