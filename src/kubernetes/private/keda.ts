import type { IConstruct } from 'constructs';
import type { AutoscalingBinding } from '../../constructs/bindings';
import { DAYS, endDaysOf } from '../../plan/days';
import { ScalingMetric, type ScalingTargetIntent, type ScheduleIntent } from '../../plan/intents';
import { requireIdentifier } from '../../private/checks';
import { ServingError } from '../../private/errors';
import { isUnresolved } from '../../private/tokens';
import { requireSeconds } from '../../units/private/seconds';
import type { KedaOptions } from '../keda-options';
import { RESOURCE_OF, scalingBehavior } from './autoscaler';
import type { ScaledObjectSpec, Trigger } from './manifests';

/** KEDA of a platform, after defaults. */
export interface KedaSettings {
  readonly prometheusAddress?: string;
  readonly pollingSeconds?: number;
}

export function kedaSettings({ prometheusAddress, pollingInterval }: KedaOptions, at: IConstruct): KedaSettings {
  return {
    ...(prometheusAddress !== undefined && { prometheusAddress: requireAddress(prometheusAddress, at) }),
    ...(pollingInterval !== undefined && {
      pollingSeconds: requireSeconds('keda.pollingInterval', pollingInterval, { max: 3600, at }),
    }),
  };
}

/** KEDA appends the path of the API, so that a slash at the end would be doubled. */
function requireAddress(address: string, at: IConstruct): string {
  requireIdentifier('keda.prometheusAddress', address, at);
  if (
    isUnresolved(address) ||
    /^https?:\/\/(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(?::\d{1,5})?(?:\/[\w.~%-]+)*\/?$/.test(address)
  )
    return address.replace(/\/$/, '');
  throw new ServingError(
    'InvalidUrl',
    `'keda.prometheusAddress' ('${address}') must be a URL without a query, such as 'http://prometheus.monitoring:9090'`,
    at,
  );
}

/** A ScaledObject takes over the HorizontalPodAutoscaler of this name, and otherwise refuses to be created next to it. */
export const TAKES_OVER = { 'scaledobject.keda.sh/transfer-hpa-ownership': 'true' };

/** After how many failures in a row KEDA gives the autoscaler a number of replicas in place of a metric. */
const FAILURES = 3;

/** The ScaledObject of a Deployment, and of the HorizontalPodAutoscaler that KEDA creates under the same name. */
export function scaledObjectSpec(
  { intent, scope }: AutoscalingBinding,
  name: string,
  keda: KedaSettings,
): ScaledObjectSpec {
  const { minReplicas, maxReplicas, targets, schedules = [] } = intent;
  if (minReplicas === 0) refuseQueries(targets, scope);
  return {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
    pollingInterval: keda.pollingSeconds,
    // Only for the step from one replica to none.
    cooldownPeriod: minReplicas === 0 ? intent.scaleDownSeconds : undefined,
    minReplicaCount: minReplicas,
    maxReplicaCount: maxReplicas,
    fallback: fallbackOf(targets, minReplicas),
    advanced: { horizontalPodAutoscalerConfig: { name, behavior: scalingBehavior(intent) } },
    triggers: [...targets.flatMap((target) => triggersOf(target, keda)), ...schedules.map(cronTrigger)],
  };
}

/** A query with a result above 0 would start a replica outside of the schedules. */
function refuseQueries(targets: readonly ScalingTargetIntent[], at: IConstruct): void {
  const query = targets.find(({ metric }) => metric === ScalingMetric.QUERY);
  if (query === undefined) return;
  throw new ServingError(
    'Unsupported',
    `scaling target '${query.name}' is a query, with which KEDA starts replicas outside of 'schedules' although 'minReplicas' is 0; set 'minReplicas' to 1, or use ScalingTarget.cpuUtilization`,
    at,
  );
}

/** The profile refuses metrics without a trigger. */
function triggersOf(target: ScalingTargetIntent, { prometheusAddress = '' }: KedaSettings): Trigger[] {
  const { metric, value, name, query, isTotal } = target;
  const resource = RESOURCE_OF[metric];
  if (resource !== undefined)
    return [{ type: resource, metricType: 'Utilization', metadata: { value: String(value) } }];
  if (query === undefined) return [];
  return [
    {
      type: 'prometheus',
      name,
      // An average value is the result divided by the number of replicas.
      metricType: isTotal ? 'AverageValue' : 'Value',
      // Without a result KEDA would otherwise assume 0, and remove replicas.
      metadata: { serverAddress: prometheusAddress, query, threshold: String(value), ignoreNullValues: 'false' },
    },
  ];
}

/**
 * Keeps the replicas while Prometheus fails, and starts those of the minimum. The autoscaler alone keeps them too, so there is
 * none where KEDA's would remove some: it drops the fraction of a threshold, and it has none for values that are not divided.
 * https://github.com/kedacore/keda/blob/v2.17.0/pkg/fallback/fallback.go
 */
function fallbackOf(targets: readonly ScalingTargetIntent[], minReplicas: number): ScaledObjectSpec['fallback'] {
  const totals = targets.filter(({ metric, isTotal }) => metric === ScalingMetric.QUERY && isTotal === true);
  if (totals.length === 0 || totals.some(({ value }) => !Number.isInteger(value))) return undefined;
  return { failureThreshold: FAILURES, replicas: minReplicas, behavior: 'currentReplicasIfHigher' };
}

/** Raises the minimum from the start of a schedule to its end. The largest number of all triggers applies. */
function cronTrigger(schedule: ScheduleIntent): Trigger {
  const { fromMinute, toMinute, days, timeZone, minReplicas } = schedule;
  return {
    type: 'cron',
    metadata: {
      timezone: timeZone,
      start: cron(fromMinute, days),
      end: cron(toMinute, endDaysOf(schedule)),
      desiredReplicas: String(minReplicas),
    },
  };
}

function cron(minute: number, days: readonly string[]): string {
  return `${minute % 60} ${Math.floor(minute / 60)} * * ${days.length === DAYS.length ? '*' : days.join(',')}`;
}
