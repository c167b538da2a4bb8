import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { ServingPlatformProps } from '../constructs/serving-platform';
import type { ExistingListener } from './existing-listener';
import type { GpuCapacity } from './gpu-capacity';

/** Properties of the AWS platform. */
export interface EcsPlatformProps extends ServingPlatformProps {
  /**
   * The network. An imported VPC must have `vpcCidrBlock`, which is the source that an internal load balancer allows.
   *
   * It cannot be changed on a deployed platform, because a load balancer cannot leave its network. Add a second platform, move
   * DNS to it, and remove the first.
   *
   * @default - that of the cluster; otherwise a VPC with two Availability Zones, one NAT gateway and an S3 gateway endpoint
   */
  readonly vpc?: ec2.IVpc;

  /**
   * The cluster. An imported cluster must have `vpc`.
   *
   * @default - a new cluster in the network, and one for each type of GPU instances
   */
  readonly cluster?: ecs.ICluster;

  /**
   * An existing listener. It requires `vpc` or `cluster`, unless its load balancer is defined in the same app.
   *
   * @default - a new internal Application Load Balancer with one listener
   */
  readonly listener?: ExistingListener;

  /**
   * Whether the load balancer is internet-facing. It then requires a certificate or `allowPlainHttp`, and
   * backends cannot be addressed individually unless they set `ownAddress`.
   *
   * It cannot be changed on a deployed platform: the load balancer is replaced while its target groups are kept, which
   * fails with `TargetGroupAssociationLimit`. Add a second platform, move DNS to it, and remove the first.
   *
   * @default false
   */
  readonly publicAccess?: boolean;

  /**
   * The certificate of the listener, which then uses HTTPS with TLS 1.3, or TLS 1.2 with forward secrecy and authenticated
   * encryption (`ELBSecurityPolicy-TLS13-1-2-Res-2021-06`).
   *
   * @default - none, and the listener uses HTTP
   */
  readonly certificate?: acm.ICertificate;

  /**
   * Whether an internet-facing load balancer accepts unencrypted requests.
   *
   * @default false
   */
  readonly allowPlainHttp?: boolean;

  /**
   * The instances for backends with a GPU. Each backend uses the first entry that it fits on.
   *
   * With an existing `cluster`, an entry that backends use can be removed only after they have moved: add the new entry in
   * front of it, deploy, and then remove it. ECS does not remove a capacity provider from a cluster while tasks use it.
   *
   * @default - in a new cluster, an Auto Scaling group for each instance type that the backends need
   */
  readonly gpuCapacities?: GpuCapacity[];

  /**
   * The quota of rules per load balancer.
   *
   * @default 100
   */
  readonly ruleQuota?: number;

  /**
   * The image that fetches models from S3. It must contain `aws`, `sh` and GNU coreutils.
   *
   * @default - the AWS CLI image of the Amazon ECR Public Gallery, by tag and digest
   */
  readonly fetchImage?: string;

  /**
   * The image that fetches models from the Hugging Face Hub. Its arguments are those of KServe's storage initializer: a URI
   * such as `hf://owner/name:<commit>`, and a directory.
   *
   * @default - KServe's storage initializer, by a fixed tag
   */
  readonly hubImage?: string;

  /**
   * The image that unpacks archives, downloads models over HTTPS and writes texts. It must contain `python3`, version 3.11 or newer.
   *
   * @default - the Alpine image of Python, by tag and digest
   */
  readonly archiveImage?: string;

  /**
   * The only peers that backends and GPU instances may connect to, over HTTPS (port 443). Examples are
   * `Peer.prefixList('pl-...')` for S3 and `Peer.ipv4(vpc.vpcCidrBlock)` for interface endpoints in the VPC.
   *
   * Tasks cannot start without the services that they use: the registry of each image (ECR requires `ecr.api`, `ecr.dkr`
   * and S3 for the layers), S3 or the Hugging Face Hub for models, CloudWatch Logs, and Secrets Manager or Parameter Store
   * for secrets. Instances also require ECS (`ecs`, `ecs-agent`, `ecs-telemetry`). Rules for model volumes are added
   * automatically. For everything else, such as other endpoints or a database, use `connections` of `aws.EcsBackend`.
   *
   * @default - all addresses and ports
   */
  readonly outboundPeers?: ec2.IPeer[];

  /**
   * The accounts that may own the S3 buckets of models with an `s3://` URI, in addition to the account of the backend's
   * stack; `*` allows every account. A bucket name does not identify its owner: after a bucket is deleted, any account can
   * create one with the same name and other weights.
   *
   * `aws.S3Model.fromBucket` always allows the account of its bucket, and no other.
   *
   * @default - only the account of the backend's stack
   */
  readonly modelBucketAccounts?: string[];
}
