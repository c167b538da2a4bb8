import { Duration } from 'aws-cdk-lib';
import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import type { Network } from './network';

/** The default period of metrics, as in CDK. */
const PERIOD = Duration.minutes(5);

/**
 * Little's law: requests per second times seconds per request, divided by replicas. FILL is required because the load
 * balancer reports no data without requests, and without data nothing is scaled in.
 */
export function ongoingRequestsExpression(period: number | string): string {
  return `(FILL(requests, 0) * FILL(seconds, 0) / ${period}) / replicas`;
}

/** The resources that the metrics describe. */
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

  /** The metrics of the target group with the load balancer as a dimension, which CDK has only for imported target groups. */
  public get targetGroup(): elbv2.IApplicationTargetGroupMetrics {
    this.memo ??= elbv2.ApplicationTargetGroup.fromTargetGroupAttributes(this.backend.scope, 'Metrics', {
      targetGroupArn: this.backend.targetGroup.targetGroupArn,
      loadBalancerArns: this.network.loadBalancerArn,
    });
    return this.memo.metrics;
  }

  /** Responses that the load balancer generated. CloudWatch counts them per load balancer, not per target group. */
  public httpCodeElb(code: elbv2.HttpCodeElb, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return new cloudwatch.Metric({
      namespace: 'AWS/ApplicationELB',
      metricName: code,
      dimensionsMap: { LoadBalancer: this.network.loadBalancerFullName },
      statistic: cloudwatch.Stats.SUM,
      ...options,
    }).attachTo(this.backend.scope);
  }

  /** Requests in progress per healthy replica. */
  public ongoingRequests(options: cloudwatch.MetricOptions = {}): cloudwatch.MathExpression {
    const { period = PERIOD, label = 'ongoing requests of a replica', color } = options;
    const { targetGroup } = this;
    return new cloudwatch.MathExpression({
      expression: ongoingRequestsExpression('PERIOD(requests)'),
      usingMetrics: {
        requests: targetGroup.requestCount(),
        seconds: targetGroup.targetResponseTime(),
        replicas: targetGroup.healthyHostCount(),
      },
      period,
      label,
      color,
    });
  }

  /** Running tasks, as counted by Container Insights of the cluster. */
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
