import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { Backend } from '../constructs/backend';
import { describe } from '../private/describe';
import { ServingError } from '../private/errors';
import { isObject } from '../private/kinds';
import type { BackendService } from './private/backend-service';
import { SERVICES } from './rendered';

/**
 * The AWS resources of a backend.
 *
 * Grants apply to its task role, connections to its security group.
 *
 * @example
 * declare const backend: Backend;
 * declare const bucket: s3.IBucket;
 * const resources = aws.EcsBackend.of(backend);
 * bucket.grantRead(resources);
 * resources.metric5xxFromTarget().createAlarm(this, 'Errors', { threshold: 10, evaluationPeriods: 3 });
 */
export class EcsBackend implements iam.IGrantable, ec2.IConnectable {
  /** Returns the AWS resources of a backend. */
  public static of(backend: Backend): EcsBackend {
    return new EcsBackend(SERVICES.of(backend));
  }

  /** The ECS service. */
  public readonly service: ecs.BaseService;
  /** The task definition. */
  public readonly taskDefinition: ecs.TaskDefinition;
  /** The container of the model server. */
  public readonly container: ecs.ContainerDefinition;
  /** The task role, whose credentials the application uses. */
  public readonly taskRole: iam.IRole;
  /** The task role, which receives the permissions that are granted to this backend. */
  public readonly grantPrincipal: iam.IPrincipal;
  /** The network connections of the tasks. */
  public readonly connections: ec2.Connections;
  /** The target group. For its metrics, use the `metric...` methods of this class: the CDK ones lack the load balancer dimension. */
  public readonly targetGroup: elbv2.ApplicationTargetGroup;
  /** The log group: that of the backend, or `logGroup` of its settings. */
  public readonly logGroup: logs.ILogGroup;

  /**
   * The Auto Scaling group whose instances the tasks run on. Backends on the same instance type share it.
   *
   * @default - none on Fargate and for an existing capacity provider
   */
  public readonly autoScalingGroup?: autoscaling.AutoScalingGroup;
  /**
   * The launch template of these instances.
   *
   * @default - none on Fargate and for an existing capacity provider
   */
  public readonly launchTemplate?: ec2.LaunchTemplate;
  /**
   * The capacity provider of these instances.
   *
   * @default - none on Fargate and for an existing capacity provider
   */
  public readonly capacityProvider?: ecs.AsgCapacityProvider;

  private constructor(private readonly rendered: BackendService) {
    this.service = rendered.service;
    this.taskDefinition = rendered.task.definition;
    this.container = rendered.task.server;
    this.taskRole = rendered.task.definition.taskRole;
    this.grantPrincipal = rendered.task.definition.taskRole.grantPrincipal;
    this.connections = rendered.service.connections;
    this.targetGroup = rendered.targetGroup;
    this.logGroup = rendered.task.logGroup;
    this.autoScalingGroup = rendered.instances?.autoScalingGroup;
    this.launchTemplate = rendered.instances?.launchTemplate;
    this.capacityProvider = rendered.instances?.capacityProvider;
  }

  /** The scalable target, for scheduled scaling; undefined until the backend has an autoscaling policy. */
  public get scalableTaskCount(): ecs.ScalableTaskCount | undefined {
    return this.rendered.scalableTaskCount;
  }

  /** All metrics of the target group. The `metric...` methods return the most common ones. */
  public get metrics(): elbv2.IApplicationTargetGroupMetrics {
    return this.rendered.metrics.targetGroup;
  }

  /**
   * The number of requests that the targets answered.
   *
   * @default - sum over 5 minutes
   */
  public metricRequestCount(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metrics.requestCount(options);
  }

  /**
   * The time from when a request leaves the load balancer until the target starts its response, in seconds. Percentiles,
   * such as `statistic: 'p99'`, show what an average hides.
   *
   * @default - average over 5 minutes
   */
  public metricTargetResponseTime(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metrics.targetResponseTime(options);
  }

  /**
   * The number of responses of the server itself, by class of status code.
   *
   * @default - sum over 5 minutes
   */
  public metricHttpCodeTarget(code: elbv2.HttpCodeTarget, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    requireCode(code, TARGET_CODE);
    return this.metrics.httpCodeTarget(code, requireMetricOptions(options));
  }

  /**
   * The number of responses that the load balancer generated itself: `ELB_502_COUNT` when a target closed the connection,
   * `ELB_503_COUNT` when no target was healthy, `ELB_504_COUNT` when a target sent no data for too long.
   *
   * CloudWatch counts them per load balancer: they include those of other backends.
   *
   * @default - sum over 5 minutes
   */
  public metricHttpCodeElb(code: elbv2.HttpCodeElb, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    requireCode(code, BALANCER_CODE);
    return this.rendered.metrics.httpCodeElb(code, requireMetricOptions(options));
  }

  /**
   * The number of 5xx responses of the server itself, for example after an exception in the application.
   *
   * @default - sum over 5 minutes
   */
  public metric5xxFromTarget(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metrics.custom('HTTPCode_Target_5XX_Count', { statistic: 'Sum', ...options });
  }

  /**
   * The number of 5xx responses that the load balancer generated itself, including those for other backends.
   * `metricHttpCodeElb` counts a single status code.
   *
   * @default - sum over 5 minutes
   */
  public metric5xxFromLoadBalancer(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.rendered.metrics.httpCodeElb('HTTPCode_ELB_5XX_Count' as elbv2.HttpCodeElb, options);
  }

  /**
   * The number of failed connections between the load balancer and targets, which clients see as 502 or 504.
   *
   * @default - sum over 5 minutes
   */
  public metricTargetConnectionErrorCount(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metrics.targetConnectionErrorCount(options);
  }

  /**
   * The requests in progress per healthy replica, which `ScalingTarget.ongoingRequests` tracks: requests per second times
   * seconds per request, divided by replicas. Only the options `period`, `label` and `color` apply.
   *
   * @default - over 5 minutes
   */
  public metricOngoingRequests(options?: cloudwatch.MetricOptions): cloudwatch.MathExpression {
    return this.rendered.metrics.ongoingRequests(options);
  }

  /**
   * The number of healthy targets.
   *
   * @default - average over 5 minutes
   */
  public metricHealthyHostCount(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metrics.healthyHostCount(options);
  }

  /**
   * The number of unhealthy targets.
   *
   * @default - average over 5 minutes
   */
  public metricUnhealthyHostCount(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metrics.unhealthyHostCount(options);
  }

  /**
   * The percentage of the reserved CPU that the tasks use.
   *
   * @default - average over 5 minutes
   */
  public metricCpuUtilization(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.service.metricCpuUtilization(options);
  }

  /**
   * The percentage of the reserved memory that the tasks use.
   *
   * @default - average over 5 minutes
   */
  public metricMemoryUtilization(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.service.metricMemoryUtilization(options);
  }

  /**
   * The number of running tasks. It requires Container Insights, which the platform enables on the cluster that it creates.
   * An existing cluster must have it enabled.
   *
   * @default - average over 5 minutes
   */
  public metricRunningTaskCount(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.rendered.metrics.runningTaskCount(options);
  }
}

interface CodeKind {
  readonly prefix: string;
  readonly kind: string;
  readonly example: string;
}

const TARGET_CODE: CodeKind = {
  prefix: 'HTTPCode_Target_',
  kind: 'an elbv2.HttpCodeTarget',
  example: 'elbv2.HttpCodeTarget.TARGET_5XX_COUNT',
};

const BALANCER_CODE: CodeKind = {
  prefix: 'HTTPCode_ELB_',
  kind: 'an elbv2.HttpCodeElb',
  example: 'elbv2.HttpCodeElb.ELB_504_COUNT',
};

/** A metric with an unknown name has no data, so an alarm on it never fires. */
function requireCode(code: unknown, { prefix, kind, example }: CodeKind): void {
  if (typeof code === 'string' && code.startsWith(prefix)) return;
  throw new ServingError('InvalidType', `'code' (${describe(code)}) must be ${kind}, for example ${example}`);
}

function requireMetricOptions(options?: cloudwatch.MetricOptions): cloudwatch.MetricOptions | undefined {
  if (options === undefined || isObject(options)) return options;
  const example = "{ statistic: 'Sum' }";
  throw new ServingError('InvalidType', `'options' (${describe(options)}) must be an object, for example ${example}`);
}
