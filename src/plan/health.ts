import type { BackendIntent, HealthCheckIntent } from './intents';
import { type LedgerEntry, LedgerTopic } from './serving-plan';
import { type HealthCheckLimits, SupportLevel, type TargetProfile } from './target-profile';

/** The health check of a backend, as the target performs it. */
export function healthOf(target: TargetProfile, { healthCheck }: BackendIntent): HealthCheckIntent {
  const { startup, liveness } = healthCheck;
  return {
    ...raised(healthCheck, target.healthCheck),
    ...(startup !== undefined && { startup: raised(startup, target.healthCheck) }),
    ...(liveness !== undefined && { liveness: raised(liveness, target.livenessCheck) }),
  };
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
export function healthEntries(target: TargetProfile, backend: BackendIntent, health: HealthCheckIntent): LedgerEntry[] {
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
  ];
}
