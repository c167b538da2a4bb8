import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { Construct } from 'constructs';
import type { AutoscalingPolicy } from '../constructs/autoscaling-policy';
import type { Backend } from '../constructs/backend';
import { enclosingStack } from '../constructs/private/platform-lookup';
import type { ServingEndpoint } from '../constructs/serving-endpoint';
import { type ComputeLimits, ServingPlatform, type ServingPlatformProps } from '../constructs/serving-platform';
import type { TrafficSplit } from '../constructs/traffic-split';
import type { AttachmentIntent, BackendIntent } from '../plan/intents';
import { BalancerAccess, type TargetProfile } from '../plan/target-profile';
import { requireNumber } from '../private/checks';
import { ServingError } from '../private/errors';
import { urlHost } from '../private/http';
import { imagesOf } from '../private/images/bundled-images';
import { checkOptions } from '../private/options';
import { isUnresolved } from '../private/tokens';
import type { Duration } from '../units/duration';
import { CpuArchitecture } from '../workload/resources';
import { ServerImage } from '../workload/server-image';
import { FARGATE_DISK_GIB, FARGATE_MAX_DISK_GIB, fargateDiskGib } from './fargate-sizes';
import { checkFrameworkObjects } from './framework-objects';
import type { GpuCapacity } from './gpu-capacity';
import { checkModelBucketAccounts } from './model-bucket-accounts';
import type { EcsRenderer } from './private/renderer';
import { ecsProfile, RULE_QUOTA } from './profile';

/** A listener that exists already, by its attributes: nothing is looked up. */
export interface ImportedListener {
  /** The ARN of the listener. */
  readonly listenerArn: string;

  /**
   * The security group of the load balancer, which gets a rule to reach each backend. One that was imported with
   * `mutable: false` is left as it is, and must reach the backends already.
   */
  readonly securityGroup: ec2.ISecurityGroup;

  /** The idle timeout of the load balancer, against which every backend is checked. */
  readonly idleTimeout: Duration;

  /** The URL of the listener without a path, such as `https://models.example.com`. */
  readonly url: string;
}

/** Properties of the AWS platform. */
export interface EcsPlatformProps extends ServingPlatformProps {
  /**
   * The network. An imported one must state its `vpcCidrBlock`, because callers of an internal load balancer are let in
   * by it.
   *
   * @default - that of the cluster; without one a VPC with two Availability Zones, one NAT gateway and an endpoint of S3
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The cluster. An imported one must state its `vpc`.
   *
   * @default - a cluster in the network
   */
  readonly cluster?: ecs.ICluster;

  /**
   * A listener that exists already. Its network must be named with `vpc` or `cluster`.
   *
   * @default - an internal Application Load Balancer with one listener
   */
  readonly listener?: ImportedListener;

  /**
   * Whether the load balancer can be reached from the internet. It then needs a certificate or `allowPlainHttp`, and
   * backends have no address of their own unless they set `addressable` or `ownUrl`.
   *
   * It cannot be changed on a deployed platform: the load balancer is replaced while its target groups stay, which fails
   * with `TargetGroupAssociationLimit`. Add a second platform, move DNS to it, and remove the first.
   *
   * @default false
   */
  readonly publicAccess?: boolean;

  /**
   * The certificate of the listener, which then speaks HTTPS: TLS 1.3, or 1.2 with forward secrecy and authenticated
   * encryption (`ELBSecurityPolicy-TLS13-1-2-Res-2021-06`).
   *
   * @default - HTTP
   */
  readonly certificate?: acm.ICertificate;

  /**
   * Whether requests from the internet may come without encryption.
   *
   * @default false
   */
  readonly allowPlainHttp?: boolean;

  /**
   * The capacity that backends with a GPU run on; the first that fits is used.
   *
   * @default - in a cluster of the platform's own one Auto Scaling group for each instance type that the backends need
   */
  readonly gpuCapacities?: GpuCapacity[];

  /**
   * How many rules the load balancer can have.
   *
   * @default 100
   */
  readonly ruleQuota?: number;

  /**
   * The image that fetches models from S3. Its entry point must be the `aws` command.
   *
   * @default - the AWS CLI of the public registry, by tag and digest
   */
  readonly fetchImage?: string;

  /**
   * The image that fetches models from the Hugging Face Hub. It is started with an address, such as
   * `hf://owner/name:<commit>`, and a directory, as KServe's storage initializer is.
   *
   * @default - KServe's storage initializer, by a fixed tag
   */
  readonly hubImage?: string;

  /**
   * What backends and GPU instances may open connections to, over HTTPS (port 443) and nothing else, such as
   * `Peer.prefixList('pl-...')` for S3 and `Peer.ipv4(vpc.vpcCidrBlock)` for interface endpoints in the network.
   *
   * Tasks cannot start without what they need of these: the registry of each image (ECR: `ecr.api`, `ecr.dkr` and S3, where
   * the layers are), S3 or the Hugging Face Hub for models, CloudWatch Logs, and Secrets Manager or Parameter Store for
   * secrets; instances also ECS (`ecs`, `ecs-agent`, `ecs-telemetry`). Volumes of models are added by themselves. For
   * everything else, such as other endpoints or a database, use `connections` of `aws.EcsBackend`.
   *
   * @default - every address and port
   */
  readonly outboundPeers?: ec2.IPeer[];

  /**
   * The accounts whose S3 buckets models are read from by their URI, in addition to the account of the backend's stack,
   * or `*` for every account. The name of a bucket does not include its owner: a name that becomes free can be taken by
   * anyone, with other weights in it.
   *
   * A bucket of `aws.S3Model.fromBucket` is always read in its own account.
   *
   * @default - the account of the backend's stack alone
   */
  readonly modelBucketAccounts?: string[];
}

/**
 * Amazon ECS behind an Application Load Balancer: the target of definitions in a CDK `Stack`.
 *
 * Without one a Stack gets the platform with every default. Child ids, which are part of the contract: `Vpc`, `Cluster`,
 * `LoadBalancerSecurityGroup`, `LoadBalancer`, `Listener`, `Redirect`, and `Gpu-<instance type>` for each capacity.
 * Endpoints get `Shares`, `Own-<name>`, `Header<n>`, `MethodNotAllowed` and `Url`; backends get `LogGroup`,
 * `TaskDefinition`, `SecurityGroup`, `TargetGroup`, `Anchor` and `Service`. Where a route needs several rules, the others
 * have the same id with `.1`, `.2` and so on.
 *
 * Containers have no Linux capabilities, except for a port below 1024 the one to listen on it. An image that needs others
 * gets them by an override of the task definition, such as `addPropertyOverride` of
 * `ContainerDefinitions.0.LinuxParameters.Capabilities.Drop`; Fargate has no more than Docker's default ones.
 */
export class EcsPlatform extends ServingPlatform {
  /** The kind of platform that images and secrets of AWS carry. */
  public readonly kind = 'aws';
  /** The limits of an Application Load Balancer and of ECS, and what they can do. */
  public readonly target: TargetProfile;

  private readonly renderer: EcsRenderer;

  constructor(scope: Construct, id: string, props: EcsPlatformProps = {}) {
    super(scope, id, checkOptions('aws.EcsPlatformProps', props, 'props', scope));
    if (enclosingStack(this) === undefined) {
      throw new ServingError(
        'WrongScope',
        'an EcsPlatform must be in a CDK Stack; put it into one, or use another platform',
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
        "'publicAccess' (true) needs a 'certificate'; without one set 'allowPlainHttp' to accept requests without encryption",
        this,
      );
    }
    const ruleQuota = requireNumber('ruleQuota', props.ruleQuota ?? RULE_QUOTA, { min: 1, integer: true, at: this });
    for (const image of [props.fetchImage, props.hubImage]) if (image !== undefined) ServerImage.fromRegistry(image);
    checkModelBucketAccounts(props.modelBucketAccounts, this);
    const images = imagesOf({ fetch: props.fetchImage === undefined, hub: props.hubImage === undefined });
    this.target = { ...ecsProfile(ruleQuota, this.checkListener(props), accessOf(props)), images };
    checkFrameworkObjects(props, this);
    const { EcsRenderer } = require('./private/renderer') as typeof import('./private/renderer');
    this.renderer = new EcsRenderer(this, props);
  }

  /** The network. */
  public get vpc(): ec2.IVpc {
    return this.renderer.network.vpc;
  }

  /** The cluster. */
  public get cluster(): ecs.ICluster {
    return this.renderer.network.cluster;
  }

  /** The load balancer; none with an imported listener. */
  public get loadBalancer(): elbv2.ApplicationLoadBalancer | undefined {
    return this.renderer.network.loadBalancer;
  }

  /** The listener; none with an imported one. */
  public get listener(): elbv2.ApplicationListener | undefined {
    return this.renderer.network.listener;
  }

  /** Creates the listener rules of an endpoint and the output of its URL. */
  public bindEndpoint(endpoint: ServingEndpoint): void {
    this.renderer.bindEndpoint(endpoint);
  }

  /** Creates the service of a backend, with its task definition, target group and roles. */
  public bindBackend(backend: Backend): void {
    this.renderer.bindBackend(backend);
  }

  /** Creates the listener rule of the backend's own address at the endpoint. */
  public attachBackend(servingEndpoint: ServingEndpoint, attachedBackend: Backend, attachment: AttachmentIntent): void {
    this.renderer.attachBackend(servingEndpoint, attachedBackend, attachment);
  }

  /** Creates the scalable target of a backend's service and its policies. */
  public bindAutoscaling(policy: AutoscalingPolicy): void {
    this.renderer.bindAutoscaling(policy);
  }

  /** Creates a listener rule for each header rule of a split. */
  public override bindSplit(split: TrafficSplit): void {
    this.renderer.bindSplit(split);
  }

  /** The URL of the endpoint: its first host without a wildcard, or else the load balancer's own name. */
  public urlOf(endpoint: ServingEndpoint): string {
    const { prefix } = endpoint.intent;
    const host = urlHost(endpoint.intent, endpoint);
    const base = this.renderer.network.url;
    return `${host === undefined ? base : `${base.split('://')[0]}://${host}`}${prefix}`;
  }

  /** What Fargate allows for a backend without a GPU, and what the instances of the others are. */
  public override limitsOf(backend: BackendIntent): ComputeLimits {
    if (backend.gpu !== undefined) {
      const compute = this.renderer.instanceTypeOf(backend.path);
      return { compute, computeArchitecture: CpuArchitecture.AMD64 };
    }
    return {
      compute: 'Fargate',
      computeArchitecture: CpuArchitecture.AMD64,
      // https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
      maxStopSeconds: 120,
      maxFetchSeconds: 120,
      diskMib: (fargateDiskGib(backend.ephemeralStorageMib) ?? FARGATE_DISK_GIB) * 1024,
      maxDiskMib: FARGATE_MAX_DISK_GIB * 1024,
    };
  }

  /** Adds the warning to the construct, where CDK shows and acknowledges it. */
  public override warn(scope: Construct, id: string, message: string): void {
    this.renderer.warn(scope, id, message);
  }

  /** @internal */
  public get _renderer(): EcsRenderer {
    return this.renderer;
  }

  private checkListener(props: EcsPlatformProps): number | undefined {
    const { listener } = props;
    if (listener === undefined) return undefined;
    const useless = (['publicAccess', 'certificate', 'allowPlainHttp', 'idleTimeout'] as const).find(
      (prop) => props[prop] !== undefined,
    );
    if (useless !== undefined) {
      throw new ServingError(
        'ConflictingProps',
        `'${useless}' describes a new load balancer, but 'listener' names one that exists; leave one of them out`,
        this,
      );
    }
    if (props.vpc === undefined && props.cluster === undefined) {
      throw new ServingError(
        'NetworkRequired',
        "'listener' belongs to a load balancer in a network that exists, where its backends must be too; name that with 'vpc' or 'cluster'",
        this,
      );
    }
    if (!isUnresolved(listener.url) && !/^https?:\/\/[^/]+\/?$/.test(listener.url)) {
      throw new ServingError(
        'InvalidUrl',
        `'url' ('${listener.url}') of 'listener' must have a scheme and a host and no path, such as 'https://models.example.com'`,
        this,
      );
    }
    return requireNumber('idleTimeout', listener.idleTimeout.toSeconds(), {
      min: 1,
      max: 4000,
      integer: true,
      at: this,
    });
  }
}

function accessOf({ listener, publicAccess }: EcsPlatformProps): BalancerAccess {
  if (listener !== undefined) return BalancerAccess.UNKNOWN;
  return publicAccess ? BalancerAccess.PUBLIC : BalancerAccess.INTERNAL;
}
