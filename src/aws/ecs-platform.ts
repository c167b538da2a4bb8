import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import { TargetPlatform } from '../constructs/target-platform';
import type { TargetRenderer } from '../constructs/target-renderer';
import { BalancerAccess, type TargetProfile } from '../plan/target-profile';
import { placeOf, requireId, requireScope } from '../private/construct-arguments';
import { ServingError } from '../private/errors';
import { checkOptions } from '../private/options';
import { hasTag, tagClass } from '../private/package-copy';
import { imagesOf } from '../workload/private/bundled-images';
import { ServerImage } from '../workload/server-image';
import type { EcsPlatformProps } from './ecs-platform-props';
import { checkFrameworkObjects } from './framework-objects';
import { listenerFacts } from './listener-facts';
import { checkModelBucketAccounts } from './model-bucket-accounts';
import { checkNetworkProps } from './network-props';
import { checkAlarms, checkLoadBalancerLogs } from './operate-checks';
import { checkPriorityRange } from './priorities';
import type { Network } from './private/network';
import { ecsProfile } from './profile';
import { quotasOf } from './quotas';
import { enclosingStack } from './stack';

/**
 * Amazon ECS behind an Application Load Balancer: the platform of definitions in a CDK `Stack`.
 *
 * A Stack without a platform gets one with all defaults. The ids of child constructs are stable. The platform has `Vpc`,
 * `Cluster`, `LoadBalancerSecurityGroup`, `BackendSecurityGroup`, `LoadBalancer`, `Listener` on port 80, `HttpsListener` on port
 * 443, `Alarms`, `LogBucket`, and `Gpu-<instance type>` for each GPU capacity, with `Cluster`, `AutoScalingGroup`, `LaunchTemplate`,
 * `CapacityProvider`, `Role` and `SecurityGroup`. Endpoints have `Shares`, `Own-<name>`, `Header<n>`, `MethodNotAllowed`,
 * `Preflight`, `Preflight-<name>`, `Url`, `Dashboard` and `Objectives`. Backends have `LogGroup`, `TaskDefinition`, `SecurityGroup`,
 * `Alarms`, `TargetGroup`, `Anchor` and `Service`; the last three end with `Http2` or `Grpc` for these protocols. If a route needs
 * several rules, the ids of the additional ones end with `.1`, `.2` and so on.
 *
 * Containers have no Linux capabilities, except NET_BIND_SERVICE for a port below 1024. To add capabilities, override the
 * task definition, for example `ContainerDefinitions.0.LinuxParameters.Capabilities.Drop` with `addPropertyOverride`.
 * Fargate supports only Docker's default capabilities.
 *
 * @example
 * declare const vpc: ec2.IVpc;
 * declare const certificate: acm.ICertificate;
 * new aws.EcsPlatform(this, 'Platform', { vpc, certificate, publicAccess: true });
 *
 * // Uses the platform, because both are in the same Stack.
 * new ServingEndpoint(this, 'sentiment', { hosts: ['models.example.com'], path: '/sentiment' });
 */
export class EcsPlatform extends TargetPlatform {
  /** Whether `x` is an EcsPlatform, including one created by another copy of this package. */
  public static isEcsPlatform(x: unknown): x is EcsPlatform {
    return hasTag('EcsPlatform', x);
  }

  /** The kind of this platform: images and secrets for AWS can only be used on it. */
  public readonly kind = 'aws';
  /** The limits and capabilities of ECS and the Application Load Balancer. */
  public readonly target: TargetProfile;

  protected readonly renderer: TargetRenderer;

  private readonly network: Network;

  constructor(scope: Construct, id: string, props: EcsPlatformProps = {}) {
    super(requireScope(scope), id, checkOptions('aws.EcsPlatformProps', props, 'props', placeOf(scope, requireId(id))));
    if (enclosingStack(this) === undefined) {
      throw new ServingError(
        'WrongScope',
        'an EcsPlatform must be inside a CDK Stack; create it in a Stack, or use another platform',
        this,
      );
    }
    if (
      props.publicAccess &&
      props.certificate === undefined &&
      !props.allowPlainHttp &&
      props.listener === undefined
    ) {
      throw new ServingError(
        'PlainHttp',
        "'publicAccess' (true) requires 'certificate'; set it, or set 'allowPlainHttp' to accept unencrypted requests",
        this,
      );
    }
    const quotas = quotasOf(props, this);
    if (props.priorityRange !== undefined) checkPriorityRange(props.priorityRange, this);
    for (const image of [props.fetchImage, props.hubImage, props.archiveImage])
      if (image !== undefined) ServerImage.fromRegistry(image);
    if (props.alarms !== undefined) checkAlarms(props.alarms, this);
    if (props.loadBalancerLogs !== undefined) checkLoadBalancerLogs(props.loadBalancerLogs, this);
    checkModelBucketAccounts(props.modelBucketAccounts, this);
    const images = imagesOf({
      fetch: props.fetchImage === undefined,
      hub: props.hubImage === undefined,
      archives: props.archiveImage === undefined,
    });
    const existing = listenerFacts(props, this);
    checkFrameworkObjects(props, this);
    const isEncrypted = props.certificate !== undefined || existing?.url.startsWith('https://');
    checkNetworkProps(props, existing?.vpc, this);
    const listener = { priorities: props.priorityRange, access: accessOf(props), isEncrypted };
    this.target = {
      ...ecsProfile(quotas.ruleQuota, existing?.idleSeconds, listener),
      maxReplicas: quotas.taskQuota,
      images,
    };
    const { EcsRenderer } = require('./private/renderer') as typeof import('./private/renderer');
    const renderer = new EcsRenderer(this, props, existing);
    this.network = renderer.network;
    this.renderer = renderer;
  }

  /** The network. */
  public get vpc(): ec2.IVpc {
    return this.network.vpc;
  }

  /** The cluster. */
  public get cluster(): ecs.ICluster {
    return this.network.cluster;
  }

  /** The load balancer; undefined with an existing listener. */
  public get loadBalancer(): elbv2.ApplicationLoadBalancer | undefined {
    return this.network.loadBalancer;
  }

  /** The listener; undefined with an existing listener. */
  public get listener(): elbv2.ApplicationListener | undefined {
    return this.network.listener;
  }
}

tagClass('EcsPlatform', EcsPlatform);

function accessOf({ listener, publicAccess }: EcsPlatformProps): BalancerAccess {
  if (listener !== undefined) return BalancerAccess.UNKNOWN;
  return publicAccess ? BalancerAccess.PUBLIC : BalancerAccess.INTERNAL;
}
