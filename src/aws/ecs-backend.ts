import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as logs from 'aws-cdk-lib/aws-logs';
import type { IConstruct } from 'constructs';
import type { Backend } from '../constructs/backend';
import { ServingError } from '../private/errors';
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
  /** The target group. CDK does not know its load balancer: for its metrics take `metrics` of this class. */
  public readonly targetGroup: elbv2.ApplicationTargetGroup;
  /** The log group. */
  public readonly logGroup: logs.LogGroup;

  private constructor(private readonly made: BackendService) {
    this.service = made.service;
    this.taskDefinition = made.task.definition;
    this.container = made.task.server;
    this.taskRole = made.task.definition.taskRole;
    this.grantPrincipal = made.task.definition.taskRole.grantPrincipal;
    this.connections = made.service.connections;
    this.targetGroup = made.targetGroup;
    this.logGroup = made.task.logGroup;
  }

  /** The metrics of the target group: requests, response times, healthy hosts. */
  public get metrics(): elbv2.IApplicationTargetGroupMetrics {
    return this.made.metrics;
  }
}
