import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { ServingPlatformProps } from '../constructs/serving-platform';
import type { ExistingListener } from './existing-listener';
import type { GpuCapacity } from './gpu-capacity';

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
   * A listener that exists already. Its network must be named with `vpc` or `cluster`, unless its load balancer is part of
   * the app.
   *
   * @default - an internal Application Load Balancer with one listener
   */
  readonly listener?: ExistingListener;

  /**
   * Whether the load balancer can be reached from the internet. It then needs a certificate or `allowPlainHttp`, and
   * backends have no address of their own unless they set `ownAddress`.
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
