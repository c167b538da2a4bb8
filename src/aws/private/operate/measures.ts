import { Duration, Fn, Stack } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { BackendService } from '../backend-service';
import type { Network } from '../network';

/** The period of every metric, which is that of the load balancer and of Container Insights. */
export const PERIOD = Duration.minutes(1);

const { SUM, MAXIMUM } = cloudwatch.Stats;

/** How one metric is shown or compared. */
export interface Measure {
  readonly metricName: string;
  readonly statistic: string;
  readonly label?: string;
  readonly color?: string;
}

/** How a computed metric is shown. */
export interface Line {
  readonly label: string;
  readonly color?: string;
  /** The end of the ids of its parts, which are unique in a graph. @default - none */
  readonly suffix?: string;
}

/**
 * Metrics of a load balancer and its backends, for a user in any stack.
 *
 * The dimensions are parts of ARNs that the rules of the listener refer to anyway, so alarms and dashboards add no exports to other
 * stacks, which could not be removed together with them.
 */
export class Measures {
  constructor(
    private readonly user: Construct,
    private readonly network: Network,
  ) {}

  /** A metric of the load balancer. */
  public ofBalancer(measure: Measure): cloudwatch.Metric {
    return this.metric(measure, { LoadBalancer: this.loadBalancer });
  }

  /** A metric of the target group of a backend. */
  public ofTargets({ targetGroup }: BackendService, measure: Measure): cloudwatch.Metric {
    const dimensions = {
      LoadBalancer: this.loadBalancer,
      TargetGroup: Fn.select(5, Fn.split(':', targetGroup.targetGroupArn)),
    };
    return this.metric(measure, dimensions);
  }

  /** The percentage of the responses of a backend that have a 5xx status. */
  public errorPercent(service: BackendService, { suffix = '', ...line }: Line): cloudwatch.MathExpression {
    return new cloudwatch.MathExpression({
      // Without errors there is no data.
      expression: `100 * FILL(errors${suffix}, 0) / requests${suffix}`,
      usingMetrics: {
        [`errors${suffix}`]: this.ofTargets(service, { metricName: 'HTTPCode_Target_5XX_Count', statistic: SUM }),
        [`requests${suffix}`]: this.ofTargets(service, { metricName: 'RequestCount', statistic: SUM }),
      },
      period: PERIOD,
      ...line,
    });
  }

  /** The number of tasks that should run and do not, as counted by Container Insights. Only in the stack of the backend. */
  public missingTasks(service: BackendService, line: Line): cloudwatch.MathExpression {
    const count = (metricName: string) =>
      this.ofService(service, { namespace: 'ECS/ContainerInsights', metricName, statistic: MAXIMUM });
    return new cloudwatch.MathExpression({
      expression: 'desired - running',
      usingMetrics: { desired: count('DesiredTaskCount'), running: count('RunningTaskCount') },
      period: PERIOD,
      ...line,
    });
  }

  /** A metric of the service of a backend. Only in its stack: the name of a service that others import cannot change. */
  public ofService(
    { service }: BackendService,
    { namespace, ...measure }: Measure & { readonly namespace: string },
  ): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace,
      ...measure,
      dimensionsMap: { ClusterName: service.cluster.clusterName, ServiceName: service.serviceName },
      period: PERIOD,
    });
  }

  /** Whether a backend is in the stack of the user. */
  public has(service: BackendService): boolean {
    return Stack.of(this.user) === service.stack;
  }

  private metric(measure: Measure, dimensionsMap: { [name: string]: string }): cloudwatch.Metric {
    return new cloudwatch.Metric({ namespace: 'AWS/ApplicationELB', ...measure, dimensionsMap, period: PERIOD });
  }

  private get loadBalancer(): string {
    return this.network.loadBalancerNameIn(this.user);
  }
}
