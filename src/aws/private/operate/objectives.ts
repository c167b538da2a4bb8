import { Stack } from 'aws-cdk-lib';
import * as signals from 'aws-cdk-lib/aws-applicationsignals';
import { Construct } from 'constructs';
import { fingerprint } from '../../../private/hash';
import type { Objectives } from '../../operate-checks';
import { outermostStack } from '../../stack';
import type { BackendService } from '../backend-service';
import { late } from '../late';
import { type Measure, type Measures, PERIOD } from './measures';

type Query = signals.CfnServiceLevelObjective.MetricDataQueryProperty;

/** The maximum length of a name. */
const MAX_NAME = 128;

/** An endpoint with objectives. */
export interface MeasuredEndpoint {
  readonly scope: Construct;
  readonly name: string;
  /** The backends attached so far, read at synthesis. */
  readonly services: () => readonly BackendService[];
  readonly measures: Measures;
}

/**
 * Creates the objectives of an endpoint from metrics of its backends. They count requests, so minutes with few requests count
 * less.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-ServiceLevelObjectives.html
 */
export function addObjectives(
  endpoint: MeasuredEndpoint,
  { availabilityGoal, latency, days }: Objectives,
): signals.CfnServiceLevelObjective[] {
  const parent = new Construct(endpoint.scope, 'Objectives');
  const total = (measure: Measure) => late.any(() => totalOf(endpoint, measure));
  const make = (id: string, goal: number, description: string, counts: Counts) =>
    new signals.CfnServiceLevelObjective(parent, id, {
      name: nameOf(endpoint, id.toLowerCase()),
      description,
      requestBasedSli: {
        requestBasedSliMetric: { totalRequestCountMetric: counts.total, monitoredRequestCountMetric: counts.monitored },
      },
      goal: { attainmentGoal: goal, interval: { rollingInterval: { duration: days, durationUnit: 'DAY' } } },
    });
  const availability = make('Availability', availabilityGoal, `Responses of '${endpoint.name}' without a 5xx status`, {
    total: total({ metricName: 'RequestCount', statistic: 'Sum' }),
    monitored: { badCountMetric: total({ metricName: 'HTTPCode_Target_5XX_Count', statistic: 'Sum' }) },
  });
  if (latency === undefined) return [availability];
  const { seconds, goal } = latency;
  const fast = make('Latency', goal, `Responses of '${endpoint.name}' that start within ${seconds} s`, {
    total: total({ metricName: 'TargetResponseTime', statistic: 'SampleCount' }),
    monitored: { goodCountMetric: total({ metricName: 'TargetResponseTime', statistic: `TC(:${seconds})` }) },
  });
  return [availability, fast];
}

interface Counts {
  readonly total: Query[];
  readonly monitored: signals.CfnServiceLevelObjective.MonitoredRequestCountMetricProperty;
}

/** The sum of a metric over all backends. A backend without requests has no data. */
function totalOf({ services, measures }: MeasuredEndpoint, measure: Measure): Query[] {
  const queries = services().map((service, index): Query => {
    const {
      metricName,
      namespace,
      dimensions = [],
    } = measures.ofTargets(service, measure).toMetricConfig().metricStat as NonNullable<
      ReturnType<ReturnType<Measures['ofTargets']>['toMetricConfig']>['metricStat']
    >;
    return {
      id: `backend${index}`,
      returnData: false,
      metricStat: {
        metric: {
          namespace,
          metricName,
          dimensions: dimensions.map(({ name, value }) => ({ name, value: String(value) })),
        },
        period: PERIOD.toSeconds(),
        stat: measure.statistic,
      },
    };
  });
  const expression = queries.map(({ id }) => `FILL(${id}, 0)`).join(' + ');
  return [...queries, { id: 'total', expression, returnData: true }];
}

/**
 * Unique in the account and Region. It depends on the construct path: when an endpoint moves to another path, CloudFormation creates
 * the new objective before it deletes the old one.
 */
function nameOf({ scope, name }: MeasuredEndpoint, what: string): string {
  const { stackName } = outermostStack(Stack.of(scope)) as Stack;
  const end = `${what} ${fingerprint(scope.node.path)}`;
  const text = `${stackName} ${name}`.replace(/[^-._0-9A-Za-z ]/g, '-').replace(/^[^0-9A-Za-z]+/, '');
  return `${text.slice(0, MAX_NAME - end.length - 1).trimEnd()} ${end}`;
}
