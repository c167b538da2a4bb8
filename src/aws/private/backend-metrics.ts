import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import type { Network } from './network';

/** The period of metrics where none is set, as in CDK. */
const PERIOD = Duration.minutes(5);

/**
 * Little's law: requests a second times seconds a request, over the replicas that share them. Without requests the
 * balancer reports nothing, and without a value nothing is scaled in.
 */
export function ongoingRequestsExpression(period: number | string): string {
  return `(FILL(requests, 0) * FILL(seconds, 0) / ${period}) / replicas`;
}

/** The resources that metrics are about. */
export interface MeasuredBackend {
  readonly scope: Construct;
  readonly targetGroup: elbv2.ApplicationTargetGroup;
  readonly service: ecs.BaseService;
}

/** The metrics of one backend: those of its target group, its service and the load balancer in front of them. */
export class BackendMetrics {
  private memo?: elbv2.IApplicationTargetGroup;

  constructor(
    private readonly backend: MeasuredBackend,
    private readonly network: Network,
  ) {}

  /** The metrics of the target group beside its load balancer, which only an imported target group knows. */
  public get targetGroup(): elbv2.IApplicationTargetGroupMetrics {
    this.memo ??= elbv2.ApplicationTargetGroup.fromTargetGroupAttributes(this.backend.scope, 'Metrics', {
      targetGroupArn: this.backend.targetGroup.targetGroupArn,
      loadBalancerArns: this.network.loadBalancerArn,
    });
    return this.memo.metrics;
  }

  /** Responses of the load balancer itself. CloudWatch has them for each load balancer, not for each target group. */
  public httpCodeElb(code: elbv2.HttpCodeElb, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/ApplicationELB',
      metricName: code,
      dimensionsMap: { LoadBalancer: this.network.loadBalancerFullName },
      statistic: cloudwatch.Stats.SUM,
      ...options,
    }).attachTo(this.backend.scope);
  }

  /** Requests in progress, for each healthy replica. */
  public ongoingRequests(options: cloudwatch.MetricOptions = {}): cloudwatch.MathExpression {
    const { period = PERIOD, label = 'ongoing requests of a replica', color } = options;
    const { targetGroup } = this;
    return new cloudwatch.MathExpression({
      expression: ongoingRequestsExpression('PERIOD(requests)'),
      usingMetrics: {
        requests: targetGroup.requestCount({ period }),
        seconds: targetGroup.targetResponseTime({ period }),
        replicas: targetGroup.healthyHostCount({ period }),
      },
      period,
      label,
      color,
    });
  }

  /** Tasks that run, which Container Insights of the cluster counts. */
  public runningTaskCount(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    const { cluster, serviceName } = this.backend.service;
    return new cloudwatch.Metric({
      namespace: 'ECS/ContainerInsights',
      metricName: 'RunningTaskCount',
      dimensionsMap: { ClusterName: cluster.clusterName, ServiceName: serviceName },
      ...options,
    }).attachTo(this.backend.scope);
  }
}
