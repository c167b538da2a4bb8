import { Duration, Names, Stack, TimeZone, Token } from 'aws-cdk-lib';
import * as appscaling from 'aws-cdk-lib/aws-applicationautoscaling';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { AutoscalingBinding } from '../../constructs/bindings';
import type { ScalingTarget } from '../../constructs/scaling-target';
import { DAYS, endDaysOf } from '../../plan/days';
import { type AutoscalingIntent, ScalingMetric, type ScheduleIntent } from '../../plan/intents';
import { ServingError } from '../../private/errors';
import { ongoingRequestsExpression } from './backend-metrics';
import type { BackendService } from './backend-service';
import type { Network } from './network';

/** Adds autoscaling to the service: a scalable target, and a policy for each scaling target. */
export function scaleService(policy: AutoscalingBinding, backend: BackendService, network: Network): void {
  const { intent, targets } = policy;
  const count = backend.service.autoScaleTaskCount({
    minCapacity: intent.minReplicas,
    maxCapacity: intent.maxReplicas,
  });
  const scaling: Scaling = { count, intent, backend, network };
  backend.scalableTaskCount = count;
  for (const target of targets) {
    const { metric, value } = target._intent();
    if (metric === ScalingMetric.CUSTOM) addCustomMetric(scaling, target);
    else POLICIES[metric](scaling, value);
  }
  for (const schedule of intent.schedules ?? []) addSchedule(scaling, schedule);
}

/** The scalable target, and the backend and network that its metrics describe. */
interface Scaling {
  readonly count: ecs.ScalableTaskCount;
  readonly intent: AutoscalingIntent;
  readonly backend: BackendService;
  readonly network: Network;
}

/** Raises the minimum at the start of a schedule, and restores it at the end; with a minimum of 0, no task is left. */
function addSchedule({ count, intent }: Scaling, schedule: ScheduleIntent): void {
  const { fromMinute, toMinute, days, timeZone } = schedule;
  const bounds = (minCapacity: number, maxCapacity: number) =>
    intent.minReplicas === 0 ? { minCapacity, maxCapacity } : { minCapacity };
  const actions: readonly [name: string, minute: number, on: readonly string[], change: object][] = [
    ['Start', fromMinute, days, bounds(schedule.minReplicas, intent.maxReplicas)],
    ['End', toMinute, endDaysOf(schedule), bounds(intent.minReplicas, 0)],
  ];
  for (const [name, minute, on, change] of actions) {
    const [hour, minutes] = [Math.floor(minute / 60), minute % 60].map(String);
    const weekDay = on.length === DAYS.length ? undefined : on.join(',');
    // Other schedules have other names, in any position: no two start at the same time.
    count.scaleOnSchedule(`${name}${String(minute).padStart(4, '0')}${weekDay?.replaceAll(',', '') ?? ''}`, {
      schedule: appscaling.Schedule.cron({ minute: minutes, hour, weekDay }),
      timeZone: TimeZone.of(timeZone),
      ...change,
    });
  }
}

/** The profile refuses metrics that ECS does not have. */
const unsupported = (): void => {};

/** Adds the policy that keeps a metric at this value. */
const POLICIES: {
  readonly [metric in Exclude<ScalingMetric, ScalingMetric.CUSTOM>]: (scaling: Scaling, value: number) => void;
} = {
  [ScalingMetric.CPU]: ({ count, intent }, value) =>
    count.scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: value, ...cooldowns(intent) }),
  [ScalingMetric.MEMORY]: ({ count, intent }, value) =>
    count.scaleOnMemoryUtilization('Memory', { targetUtilizationPercent: value, ...cooldowns(intent) }),
  [ScalingMetric.REQUESTS_PER_SECOND]: (scaling, value) =>
    addTargetTracking(scaling, 'RequestsPerSecond', {
      // The metric counts requests per minute.
      targetValue: value * 60,
      predefinedMetricSpecification: {
        predefinedMetricType: 'ALBRequestCountPerTarget',
        resourceLabel: `${scaling.network.loadBalancerFullName}/${scaling.backend.targetGroupFullName}`,
      },
    }),
  [ScalingMetric.ONGOING_REQUESTS]: (scaling, value) =>
    addTargetTracking(scaling, 'OngoingRequests', {
      targetValue: value,
      customizedMetricSpecification: { metrics: ongoingRequests(scaling) },
    }),
  [ScalingMetric.QUEUE_DEPTH]: unsupported,
  [ScalingMetric.GPU]: unsupported,
  [ScalingMetric.QUERY]: unsupported,
};

function cooldowns(intent: AutoscalingIntent): {
  readonly scaleInCooldown: Duration;
  readonly scaleOutCooldown: Duration;
} {
  return {
    scaleInCooldown: Duration.seconds(intent.scaleDownSeconds),
    scaleOutCooldown: Duration.seconds(intent.scaleUpSeconds),
  };
}

/** L1, because the L2 does not support metric math and requires a listener that is attached to the target group. */
function addTargetTracking(
  { count, intent }: Scaling,
  id: string,
  configuration: appscaling.CfnScalingPolicy.TargetTrackingScalingPolicyConfigurationProperty,
): void {
  const target = count.node.findChild('Target') as appscaling.ScalableTarget;
  new appscaling.CfnScalingPolicy(target, id, {
    policyName: `${Names.uniqueId(target)}${id}`.slice(-256),
    policyType: 'TargetTrackingScaling',
    scalingTargetId: target.scalableTargetId,
    targetTrackingScalingPolicyConfiguration: {
      ...configuration,
      scaleInCooldown: intent.scaleDownSeconds,
      scaleOutCooldown: intent.scaleUpSeconds,
    },
  });
}

type Query = appscaling.CfnScalingPolicy.TargetTrackingMetricDataQueryProperty;

/** A metric of the load balancer for this backend, as a part of an expression. */
function balancerMetric({ backend, network }: Scaling, id: string, [metricName, stat]: [string, string]): Query {
  return {
    id,
    returnData: false,
    metricStat: {
      stat,
      metric: {
        namespace: 'AWS/ApplicationELB',
        metricName,
        dimensions: [
          { name: 'LoadBalancer', value: network.loadBalancerFullName },
          { name: 'TargetGroup', value: backend.targetGroupFullName },
        ],
      },
    },
  };
}

/** Keeps a CloudWatch metric at its value; one of all replicas together is divided by their number. */
function addCustomMetric(scaling: Scaling, target: ScalingTarget): void {
  const { name, value, isTotal = false } = target._intent();
  const id = isTotal ? 'servingTotal' : 'servingValue';
  const { account, region } = Stack.of(scaling.count);
  const measured = queriesOf(target._custom?.metric as cloudwatch.IMetric, { id, account, region });
  const division: Query[] = isTotal
    ? [
        balancerMetric(scaling, 'servingReplicas', ['HealthyHostCount', 'Average']),
        { id: 'servingValue', expression: 'servingTotal / servingReplicas', returnData: true },
      ]
    : [];
  const queries = [...measured, ...division];
  addTargetTracking(scaling, `Metric${name}`, {
    targetValue: value,
    customizedMetricSpecification: {
      metrics: queries.map((query) => ({ ...query, returnData: query.id === 'servingValue' })),
    },
  });
}

interface MetricPlace {
  readonly id: string;
  readonly account: string;
  readonly region: string;
}

/** A metric as the queries of a policy: for an expression, those of the metrics that it uses. */
function queriesOf(metric: cloudwatch.IMetric, place: MetricPlace): Query[] {
  const { metricStat, mathExpression } = metric.toMetricConfig();
  const { id } = place;
  if (metricStat !== undefined) {
    refuseOtherPlace(metricStat, place);
    const { namespace, metricName, dimensions, statistic, unitFilter } = metricStat;
    return [
      {
        id,
        metricStat: {
          stat: statistic,
          unit: unitFilter,
          metric: {
            namespace,
            metricName,
            dimensions: dimensions?.map((dimension) => ({ name: dimension.name, value: String(dimension.value) })),
          },
        },
      },
    ];
  }
  if (mathExpression === undefined)
    throw new ServingError(
      'Unsupported',
      'a metric that is neither a statistic nor a math expression cannot be the target of autoscaling; use cloudwatch.Metric or cloudwatch.MathExpression',
    );
  const used = Object.entries(mathExpression.usingMetrics);
  return [
    ...used.flatMap(([part, one]) => queriesOf(one, { ...place, id: part })),
    { id, expression: mathExpression.expression },
  ];
}

/** Application Auto Scaling reads metrics of its own account and Region only. */
function refuseOtherPlace(metric: cloudwatch.MetricStatConfig, place: MetricPlace): void {
  for (const prop of ['account', 'region'] as const) {
    const found = metric[prop];
    if (found === undefined || found === place[prop] || Token.isUnresolved(found) || Token.isUnresolved(place[prop]))
      continue;
    throw new ServingError(
      'ForeignResource',
      `metric '${metric.metricName}' of a scaling target is in ${prop} '${found}', and the backend in '${place[prop]}'; use a metric of the same account and Region`,
    );
  }
}

function ongoingRequests(scaling: Scaling): Query[] {
  return [
    balancerMetric(scaling, 'requests', ['RequestCount', 'Sum']),
    balancerMetric(scaling, 'seconds', ['TargetResponseTime', 'Average']),
    balancerMetric(scaling, 'replicas', ['HealthyHostCount', 'Average']),
    {
      id: 'ongoing',
      expression: ongoingRequestsExpression(60),
      label: 'ongoing requests of a replica',
      returnData: true,
    },
  ];
}
