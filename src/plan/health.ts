import { capabilityOf } from './capabilities';
import type { BackendIntent, HealthCheckIntent, LivenessCheckIntent } from './intents';
import { MARGIN_SECONDS } from './rules';
import { type BackendPlan, type LedgerEntry, LedgerTopic } from './serving-plan';
import { Feature, type HealthCheckLimits, SupportLevel, type TargetProfile } from './target-profile';

const { POSITIVE_INFINITY: ENDLESS } = Number;

/** The health check of a backend, as the target performs it, for requests of up to this time. */
export function healthOf(target: TargetProfile, backend: BackendIntent, requestSeconds: number): HealthCheckIntent {
  const { startup, liveness, ...own } = backend.healthCheck;
  const blocked = blockingOf(target, backend) === undefined ? 0 : requestSeconds + MARGIN_SECONDS;
  const planned = <Check extends RunningCheck>(check: Check, limits?: HealthCheckLimits): Check =>
    tolerating(raised(check, limits), blocked, limits);
  return {
    ...planned(own, target.healthCheck),
    ...(startup !== undefined && { startup: raised(startup, target.healthCheck) }),
    ...(liveness !== undefined && { liveness: planned(liveness, target.livenessCheck) }),
  };
}

/** A check that is repeated while a replica serves requests. */
type RunningCheck = Pick<
  LivenessCheckIntent,
  'intervalSeconds' | 'timeoutSeconds' | 'unhealthyThreshold' | 'isIntervalDefault' | 'isThresholdDefault'
>;

/**
 * The number of requests that can block the health checks of a backend: a check waits for one of them to end. Undefined if
 * the server processes health checks during requests, or the balancer never sends it that many requests at once.
 */
export function blockingOf(target: TargetProfile, { server, maxConcurrency }: BackendIntent): number | undefined {
  const slots = server.concurrency ?? (maxConcurrency === 1 ? 1 : undefined);
  if (slots === undefined || maxConcurrency === undefined || maxConcurrency >= slots) return slots;
  return ENFORCED.has(capabilityOf(target, Feature.MAX_CONCURRENCY).level) ? undefined : slots;
}

/** The levels at which the balancer itself limits concurrent requests. */
const ENFORCED: ReadonlySet<SupportLevel> = new Set([
  SupportLevel.NATIVE,
  SupportLevel.EMULATED,
  SupportLevel.APPROXIMATED,
]);

/** How long a check can go unanswered before the replica is unhealthy, counted from a check that just missed its turn. */
function toleratedSeconds({ intervalSeconds, timeoutSeconds, unhealthyThreshold }: RunningCheck): number {
  return (unhealthyThreshold - 1) * intervalSeconds + timeoutSeconds;
}

/** A check that tolerates a request of this time: with more failures, and then with a longer interval, unless they are set. */
function tolerating<Check extends RunningCheck>(check: Check, seconds: number, limits: HealthCheckLimits = {}): Check {
  if (toleratedSeconds(check) >= seconds) return check;
  const { maxThreshold = ENDLESS, maxIntervalSeconds = ENDLESS } = limits;
  const unanswered = seconds - check.timeoutSeconds;
  const needed = Math.ceil(unanswered / check.intervalSeconds) + 1;
  const threshold = check.isThresholdDefault ? Math.min(needed, maxThreshold) : check.unhealthyThreshold;
  const interval = check.isIntervalDefault && threshold > 1 ? Math.ceil(unanswered / (threshold - 1)) : 0;
  return {
    ...check,
    unhealthyThreshold: threshold,
    intervalSeconds: Math.max(check.intervalSeconds, Math.min(interval, maxIntervalSeconds)),
  };
}

/** The part of a backend's plan that decides about its checks. */
export type CheckedBackend = Pick<BackendPlan, 'intent' | 'health' | 'times' | 'blockingRequests'>;

/** A check that fails although the replica is only busy, and what happens then. */
export interface BlockedCheck {
  readonly what: 'health check' | 'liveness check';
  /** The number of concurrent requests that block it. */
  readonly requests: number;
  /** The longest request in seconds. */
  readonly requestSeconds: number;
  /** How long it tolerates no answer, in seconds. */
  readonly toleratedSeconds: number;
}

/** The checks that the longest request of the backend can fail. */
export function blockedChecks({ blockingRequests: requests, health, times }: CheckedBackend): BlockedCheck[] {
  if (requests === undefined) return [];
  const checks: [BlockedCheck['what'], RunningCheck | undefined][] = [
    ['health check', health],
    ['liveness check', health.liveness],
  ];
  return checks.flatMap(([what, check]) => {
    if (check === undefined || toleratedSeconds(check) >= times.requestTimeout) return [];
    return [{ what, requests, requestSeconds: times.requestTimeout, toleratedSeconds: toleratedSeconds(check) }];
  });
}

/** A check with the shortest timeout of the target instead of a shorter one. */
function raised<Check extends { readonly timeoutSeconds: number }>(check: Check, limits?: HealthCheckLimits): Check {
  return { ...check, timeoutSeconds: Math.max(check.timeoutSeconds, limits?.minTimeoutSeconds ?? 1) };
}

/** Whether the target cannot check for the declared status codes itself, so that an interpreter in the container does. */
export function isAskedInside(target: TargetProfile, { healthCheck }: BackendIntent): boolean {
  const { statuses = healthCheck.statuses } = target.healthCheck ?? {};
  return healthCheck.declared && healthCheck.grpcService === undefined && healthCheck.statuses !== statuses;
}

/** How the health check differs from the definition. */
export function healthEntries(target: TargetProfile, plan: CheckedBackend): LedgerEntry[] {
  const { intent: backend, health } = plan;
  const { path, healthCheck, server } = backend;
  const entry = (level: SupportLevel, detail: string): LedgerEntry => ({
    path,
    feature: LedgerTopic.HEALTH_CHECK,
    level,
    detail,
  });
  const raises: [string, number, number][] = [
    ['a check', healthCheck.timeoutSeconds, health.timeoutSeconds],
    ['a liveness check', healthCheck.liveness?.timeoutSeconds ?? 0, health.liveness?.timeoutSeconds ?? 0],
  ];
  return [
    ...raises
      .filter(([, declared, planned]) => planned > declared)
      .map(([what, declared, planned]) =>
        entry(
          SupportLevel.APPROXIMATED,
          `${what} may take ${planned} s instead of ${declared} s, because that is the shortest timeout of ${target.name}`,
        ),
      ),
    ...(isAskedInside(target, backend)
      ? [
          entry(
            SupportLevel.EMULATED,
            `${server.descriptor.interpreter ?? 'an interpreter'} sends the request inside the container, because the checks of this target do not support the status codes ${healthCheck.statuses}`,
          ),
        ]
      : []),
    ...blockingEntries(plan).map(([level, detail]) => entry(level, detail)),
  ];
}

/** What requests that block health checks mean for them. */
function blockingEntries(plan: CheckedBackend): [SupportLevel, string][] {
  const { intent, health, times, blockingRequests: requests } = plan;
  const unhealthySeconds = health.intervalSeconds * health.unhealthyThreshold;
  if (requests === undefined) return [];
  const blocked = blockedChecks(plan);
  if (blocked.length > 0) return blocked.map((check) => [SupportLevel.APPLICATION, describeBlocked(intent, check)]);
  const rule = `${processes(intent, requests)}, so health checks wait during requests of up to ${times.requestTimeout} s`;
  return [[SupportLevel.NATIVE, `${rule}; a replica is unhealthy after ${unhealthySeconds} s of failed checks`]];
}

function processes({ server }: BackendIntent, requests: number): string {
  return `${server.descriptor.name} processes ${requests === 1 ? 'one request' : `${requests} requests`} at a time`;
}

/** What blocks a check, and what to change. */
export function describeBlocked(backend: BackendIntent, check: BlockedCheck): string {
  const { what, requests, requestSeconds, toleratedSeconds: tolerated } = check;
  const [prefix, outcome] = what === 'health check' ? ['', 'unhealthy'] : ['liveness.', 'restarted or replaced'];
  return `${processes(backend, requests)}, so a request of ${requestSeconds} s blocks its ${what}, which tolerates ${tolerated} s, and the replica becomes ${outcome}; raise '${prefix}interval' or '${prefix}unhealthyThreshold' of its HealthCheck, process more requests at once, or lower 'requestTimeout'`;
}
