import type * as autoscaling from 'aws-cdk-lib/aws-autoscaling';
import type * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import type { Backend } from '../constructs/backend';
import { describe } from '../private/describe';
import { ServingError } from '../private/errors';
import { isObject } from '../private/kinds';
import { checkValue } from '../private/options';
import { Rendered } from '../private/rendered';
import type { BackendService } from './private/backend-service';

const SERVICES = new Rendered<BackendService>('ecsBackend');

/**
 * What a backend became on AWS.
 *
 * It can be granted rights, which its task role receives, and connections, which its security group receives.
 *
 * @example
 *
 * declare const bucket: s3.Bucket;
 * declare const backend: Backend;
 * bucket.grantRead(aws.EcsBackend.of(backend));
 */
export class EcsBackend implements iam.IGrantable, ec2.IConnectable {
  /** The AWS side of a backend. */
  public static of(backend: Backend): EcsBackend {
    checkValue('Backend', backend, 'backend');
    const service = SERVICES.of(backend);
    if (service === undefined) {
      throw new ServingError(
        'WrongPlatform',
        `backend '${backend.backendName}' runs on platform '${backend.platform.kind}', not on AWS`,
        backend,
      );
    }
    return new EcsBackend(service);
  }

  /** @internal */
  public static _register(scope: IConstruct, service: BackendService): void {
    SERVICES.set(scope, service);
  }

  /** The service. */
  public readonly service: ecs.BaseService;
  /** The task definition. */
  public readonly taskDefinition: ecs.TaskDefinition;
  /** The container that serves. */
  public readonly container: ecs.ContainerDefinition;
  /** The role of the application. */
  public readonly taskRole: iam.IRole;
  /** The task role, which receives the rights that are granted to this backend. */
  public readonly grantPrincipal: iam.IPrincipal;
  /** The network connections of the tasks. */
  public readonly connections: ec2.Connections;
  /** The target group. CDK does not know its load balancer: for its metrics use the `metric...` methods of this class. */
  public readonly targetGroup: elbv2.ApplicationTargetGroup;
  /** The log group. */
  public readonly logGroup: logs.LogGroup;

  /**
   * The Auto Scaling group whose instances the tasks run on. Backends that use one instance type share it.
   *
   * @default - none on Fargate and for a capacity provider that exists already
   */
  public readonly autoScalingGroup?: autoscaling.AutoScalingGroup;
  /**
   * The launch template of these instances.
   *
   * @default - none on Fargate and for a capacity provider that exists already
   */
  public readonly launchTemplate?: ec2.LaunchTemplate;
  /**
   * The capacity provider of these instances.
   *
   * @default - none on Fargate and for a capacity provider that exists already
   */
  public readonly capacityProvider?: ecs.AsgCapacityProvider;

  private constructor(private readonly made: BackendService) {
    this.service = made.service;
    this.taskDefinition = made.task.definition;
    this.container = made.task.server;
    this.taskRole = made.task.definition.taskRole;
    this.grantPrincipal = made.task.definition.taskRole.grantPrincipal;
    this.connections = made.service.connections;
    this.targetGroup = made.targetGroup;
    this.logGroup = made.task.logGroup;
    this.autoScalingGroup = made.instances?.autoScalingGroup;
    this.launchTemplate = made.instances?.launchTemplate;
    this.capacityProvider = made.instances?.capacityProvider;
  }

  /** The scalable target, to which schedules can be added; undefined before the backend has an autoscaling policy. */
  public get scalableTaskCount(): ecs.ScalableTaskCount | undefined {
    return this.made.scalableTaskCount;
  }

  /** All metrics of the target group, of which the `metric...` methods return the most used. */
  public get metrics(): elbv2.IApplicationTargetGroupMetrics {
    return this.made.metrics.targetGroup;
  }

  /**
   * The requests that the targets answered.
   *
   * @default - sum over 5 minutes
   */
  public metricRequestCount(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metrics.requestCount(options);
  }

  /**
   * The seconds from a request leaving the load balancer until the response starts. Percentiles, such as
   * `statistic: 'p99'`, show what an average hides.
   *
   * @default - average over 5 minutes
   */
  public metricTargetResponseTime(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metrics.targetResponseTime(options);
  }

  /**
   * The responses of the server itself, by the class of their status.
   *
   * @default - sum over 5 minutes
   */
  public metricHttpCodeTarget(code: elbv2.HttpCodeTarget, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    requireCode(code, TARGET_CODE);
    return this.metrics.httpCodeTarget(code, requireMetricOptions(options));
  }

  /**
   * The responses that the load balancer made in place of a server: `ELB_502_COUNT` where a connection was closed,
   * `ELB_503_COUNT` where no target was healthy, `ELB_504_COUNT` where a target was silent for too long.
   *
   * CloudWatch counts them for the load balancer as a whole: they include those of other backends.
   *
   * @default - sum over 5 minutes
   */
  public metricHttpCodeElb(code: elbv2.HttpCodeElb, options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    requireCode(code, BALANCER_CODE);
    return this.made.metrics.httpCodeElb(code, requireMetricOptions(options));
  }

  /**
   * The 5xx responses of the server itself: an exception in the application, for example.
   *
   * @default - sum over 5 minutes
   */
  public metric5xxFromTarget(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metrics.custom('HTTPCode_Target_5XX_Count', { statistic: 'Sum', ...options });
  }

  /**
   * The 5xx responses that the load balancer made in place of a server, of every cause; `metricHttpCodeElb` has each one.
   * They include those of other backends of the load balancer.
   *
   * @default - sum over 5 minutes
   */
  public metric5xxFromLoadBalancer(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.made.metrics.httpCodeElb('HTTPCode_ELB_5XX_Count' as elbv2.HttpCodeElb, options);
  }

  /**
   * The connections between load balancer and targets that failed, which clients see as 502 or 504.
   *
   * @default - sum over 5 minutes
   */
  public metricTargetConnectionErrorCount(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metrics.targetConnectionErrorCount(options);
  }

  /**
   * The requests in progress for each healthy replica, which `ScalingTarget.ongoingRequests` follows: requests per second
   * times seconds per request, over replicas. Of the options, `period`, `label` and `color` apply.
   *
   * @default - over 5 minutes
   */
  public metricOngoingRequests(options?: cloudwatch.MetricOptions): cloudwatch.MathExpression {
    return this.made.metrics.ongoingRequests(options);
  }

  /**
   * The targets that are healthy.
   *
   * @default - average over 5 minutes
   */
  public metricHealthyHostCount(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metrics.healthyHostCount(options);
  }

  /**
   * The targets that are not healthy.
   *
   * @default - average over 5 minutes
   */
  public metricUnhealthyHostCount(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.metrics.unhealthyHostCount(options);
  }

  /**
   * The share of the reserved CPU that the tasks use, in percent.
   *
   * @default - average over 5 minutes
   */
  public metricCpuUtilization(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.service.metricCpuUtilization(options);
  }

  /**
   * The share of the reserved memory that the tasks use, in percent.
   *
   * @default - average over 5 minutes
   */
  public metricMemoryUtilization(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.service.metricMemoryUtilization(options);
  }

  /**
   * The tasks that run. Container Insights reports them, which the platform's own cluster has and an existing cluster must
   * have enabled.
   *
   * @default - average over 5 minutes
   */
  public metricRunningTaskCount(options?: cloudwatch.MetricOptions): cloudwatch.Metric {
    return this.made.metrics.runningTaskCount(options);
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

/** A name that CloudWatch does not know is a metric without values, and an alarm on it stays silent. */
function requireCode(code: unknown, { prefix, kind, example }: CodeKind): void {
  if (typeof code === 'string' && code.startsWith(prefix)) return;
  throw new ServingError('InvalidType', `'code' (${describe(code)}) must be ${kind}, for example ${example}`);
}

function requireMetricOptions(options?: cloudwatch.MetricOptions): cloudwatch.MetricOptions | undefined {
  if (options === undefined || isObject(options)) return options;
  const example = "{ statistic: 'Sum' }";
  throw new ServingError('InvalidType', `'options' (${describe(options)}) must be an object, for example ${example}`);
}
