import type * as acm from 'aws-cdk-lib/aws-certificatemanager';
import type * as ec2 from 'aws-cdk-lib/aws-ec2';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type { ServingPlatformProps } from '../constructs/serving-platform';
import type { AlarmOptions } from './alarm-options';
import type { ExistingListener } from './existing-listener';
import type { GpuCapacity } from './gpu-capacity';
import type { LoadBalancerLogOptions } from './load-balancer-logs';
import type { PriorityRange } from './priority-range';

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
   * The number of NAT gateways of the VPC that the platform creates, at most one for each of its two Availability Zones.
   *
   * With 0, tasks have no route to the internet. The VPC has endpoints for what they use instead: pulls from Amazon ECR, models
   * in S3, CloudWatch Logs, and as needed Secrets Manager, Parameter Store, commands in containers, and the agent of GPU
   * instances. Images of public registries and models of the Hugging Face Hub are errors (`NoRoute`), those of other hosts
   * warnings. The default images that fetch models are in public registries: copy them to ECR and set `fetchImage`.
   *
   * It can be changed on a deployed platform.
   *
   * @default 1
   */
  readonly natGateways?: number;

  /**
   * The subnets of tasks and GPU instances. If all of them are public, tasks get a public address.
   *
   * Isolated subnets of a VPC in the same app require the VPC endpoints that `natGateways` lists, unless a route leads to another
   * network. Those of an imported VPC are not checked.
   *
   * @default - private subnets, otherwise isolated ones, otherwise public ones
   */
  readonly taskSubnets?: ec2.SubnetSelection;

  /**
   * The subnets of the load balancer that the platform creates, one in each of at least two Availability Zones.
   *
   * @default - public subnets with `publicAccess`, otherwise those of the default of `taskSubnets`
   */
  readonly loadBalancerSubnets?: ec2.SubnetSelection;

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
   * The quota of targets per load balancer and per target group. Each replica is a target.
   *
   * @default 1000
   */
  readonly targetQuota?: number;

  /**
   * The quota of tasks per service, which limits the replicas of a backend.
   *
   * @default 5000
   */
  readonly taskQuota?: number;

  /**
   * The quota of inbound or outbound rules per security group.
   *
   * @default 60
   */
  readonly securityGroupRuleQuota?: number;

  /**
   * The priorities of the rules on the listener, for platforms of several apps that share one: with ranges that do not
   * overlap, their rules never have the same priority. Rules with lower priorities are evaluated first, regardless of how
   * specific those of other platforms are, so give each platform paths or hosts of its own.
   *
   * A range of 2,500 has room for 8 endpoints whose paths have the same depth, and for more with the warning
   * `crowdedPriorities`; the smallest has 1,000. `priority` of an endpoint must be in the range.
   *
   * Set it when the platform is created. A change moves all rules in place, which fails with `PriorityInUse` if one moves to
   * a number that another one still has; `serving diff` shows it.
   *
   * @default - 1 to 50,000, which other platforms of the app use too
   */
  readonly priorityRange?: PriorityRange;

  /**
   * The image that fetches models from S3. It must contain `aws`, `sh` and GNU coreutils.
   *
   * @default - the AWS CLI image of the Amazon ECR Public Gallery, by tag and digest
   */
  readonly fetchImage?: string;

  /**
   * The image that fetches models from the Hugging Face Hub. Its arguments are those of KServe's storage initializer: a URI
   * such as `hf://owner/name:<commit>`, and a directory; `STORAGE_ALLOW_PATTERNS` has the files to fetch, if they are set.
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

  /**
   * CloudWatch alarms of the load balancer and of every backend. `alarms` of `aws.TaskSettings` changes them for one backend,
   * by key.
   *
   * The load balancer has `BadGateway502`, `Unavailable503`, `Timeout504` and `RejectedConnections`, which count all backends
   * together, because CloudWatch does. Each backend, and so each arm of a split, has `ServerErrors`, `SlowResponses`,
   * `FailedConnections`, `UnhealthyTasks`, `NoHealthyTasks` and `MissingTasks`.
   *
   * @default - none, because CloudWatch bills each alarm
   */
  readonly alarms?: AlarmOptions;

  /**
   * Whether each endpoint has a CloudWatch dashboard, with a graph for each metric and a line for each of its backends, so that
   * a backend that is worse than the others is visible.
   *
   * Backends in another stack than the endpoint have no lines for CPU and memory.
   *
   * @default false, because CloudWatch bills each dashboard
   */
  readonly dashboards?: boolean;

  /**
   * The access logs of the load balancer in S3: `{}` creates a bucket for them.
   *
   * @default - none
   */
  readonly loadBalancerLogs?: LoadBalancerLogOptions;

  /**
   * Whether the load balancer is protected from deletion. The protection must be turned off before `cdk destroy`, and before a
   * change that replaces the load balancer.
   *
   * @default false
   */
  readonly deletionProtection?: boolean;

  /**
   * The flow log of the VPC that the platform creates: `{}` writes to a log group, and
   * `{ destination: ec2.FlowLogDestination.toS3() }` to a bucket.
   *
   * @default - none
   * @see https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html
   */
  readonly flowLogs?: ec2.FlowLogOptions;
}
