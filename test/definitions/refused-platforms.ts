import { aws_ec2 as ec2, aws_ecs as ecs, Stack } from 'aws-cdk-lib';
import { Chart } from 'cdk8s';
import { Construct, RootConstruct } from 'constructs';
import { aws, Duration, Gpu, HttpMethod, kubernetes, Rollout, ServingEndpoint } from '../../src';
import { TestPlatform } from '../support/test-platform';
import { one, options, type RefusedDefinition } from './refused-definition';

const importedCluster = (scope: Construct): ecs.ICluster => {
  const vpc = ec2.Vpc.fromVpcAttributes(scope, 'Vpc', {
    vpcId: 'vpc-1',
    vpcCidrBlock: '10.0.0.0/16',
    availabilityZones: ['a'],
    privateSubnetIds: ['s-1'],
  });
  return ecs.Cluster.fromClusterAttributes(scope, 'Cluster', { clusterName: 'cluster', vpc });
};

const listener = (scope: Construct, change: Partial<aws.ExistingListenerAttributes> = {}): aws.ExistingListener =>
  aws.ExistingListener.fromAttributes({
    listenerArn: 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/a/b/c',
    securityGroup: ec2.SecurityGroup.fromSecurityGroupId(scope, 'Group', 'sg-1'),
    idleTimeout: Duration.seconds(60),
    url: 'http://models.example.com',
    ...change,
  });

/** Trees and platforms. */
export const REFUSED_PLATFORMS: readonly RefusedDefinition[] = [
  {
    name: 'a tree without a target',
    code: 'NoPlatform',
    message:
      'no Stack, Chart or platform encloses this construct; create it in a CDK Stack or a cdk8s Chart, or create a platform in an enclosing scope (at endpoint)',
    define: () => new ServingEndpoint(new RootConstruct(), 'endpoint'),
  },
  {
    name: 'a Chart in a Stack',
    code: 'ChartInStack',
    message:
      'neither framework synthesizes a Chart inside a Stack; give the Chart its own App, and create the endpoint in one of the two (at Serving/chart/endpoint)',
    on: ['aws'],
    define: (scope) => one(new Chart(scope, 'chart')),
  },
  {
    name: 'a router image that is too old for its configuration',
    code: 'RouterTooOld',
    message:
      "'router.image' ('haproxy:2.4.36-alpine') is HAProxy 2.4.36, but the router requires 2.6 or newer (at Serving/Platform)",
    on: ['kubernetes'],
    define: (scope) =>
      new kubernetes.KubernetesPlatform(scope, 'Platform', { router: { image: 'haproxy:2.4.36-alpine' } }),
  },
  {
    name: 'a Stack in a Chart',
    code: 'ChartInStack',
    message:
      'neither framework synthesizes a Stack inside a Chart; give the Stack its own App, and create the endpoint in one of the two (at Serving/stack/endpoint)',
    on: ['kubernetes'],
    define: (scope) => one(new Stack(scope, 'stack')),
  },
  {
    name: 'two platforms in one scope',
    code: 'DuplicatePlatform',
    message:
      "'Serving' already has a platform ('Serving/First'); construct the second platform in another scope, or pass it as 'platform' (at Serving/Second)",
    define: (scope) => {
      for (const id of ['First', 'Second']) new TestPlatform(scope, id);
    },
  },
  {
    name: 'an invalid network of trusted proxies',
    code: 'InvalidNetwork',
    message:
      "'trustedProxies[1]' ('10.0.0.0/33') must be an IP address or a network, such as '10.0.0.0/8' or 'fd00::/8' (at Serving/Platform)",
    on: ['kubernetes'],
    define: (scope) =>
      new kubernetes.KubernetesPlatform(scope, 'Platform', {
        router: { trustedProxies: ['fd00::/8', '10.0.0.0/33'] },
      }),
  },
  {
    name: 'a method that the router refuses',
    code: 'Unsupported',
    message:
      "method 'TRACE' is not supported by the built-in router, which answers it with 501; remove it from 'methods' (at Serving/endpoint)",
    on: ['kubernetes'],
    acceptedOn: ['aws', 'test'],
    define: (scope) => one(scope, {}, { methods: [HttpMethod.GET, HttpMethod.TRACE] }),
  },
  {
    name: 'a backend of another platform',
    code: 'ForeignBackend',
    message:
      "backend 'v1' runs on platform 'Serving/One/Platform', endpoint 'two' on 'Serving/Two/Platform'; use one platform for both (at Serving/Two/two)",
    define: (scope) => {
      const [left, right] = ['One', 'Two'].map((id) => new Construct(scope, id)) as [Construct, Construct];
      for (const side of [left, right]) new TestPlatform(side, 'Platform');
      new ServingEndpoint(right, 'two').attachBackend(one(left).backend);
    },
  },
  {
    name: 'a secret of another platform',
    code: 'ForeignResource',
    message:
      "the secret 'KEY' of backend 'v1' belongs to platform 'kubernetes' and cannot be used on 'aws'; use one that both platforms support, or choose by platform (at Serving/endpoint/v1)",
    on: ['aws'],
    define: (scope) => one(scope, { secrets: { KEY: kubernetes.KubernetesSecret.fromName('acme', 'token') } }),
  },
  {
    name: 'an AWS platform in a Chart',
    code: 'WrongScope',
    message:
      'an EcsPlatform must be inside a CDK Stack; create it in a Stack, or use another platform (at Serving/Platform)',
    on: ['kubernetes', 'test'],
    define: (scope) => new aws.EcsPlatform(scope, 'Platform'),
  },
  {
    name: 'the AWS resources of a backend on another platform',
    code: 'WrongPlatform',
    message:
      "backend 'v1' runs on platform 'kubernetes', not on AWS; check 'platform.kind' before (at Serving/endpoint/v1)",
    on: ['kubernetes'],
    define: (scope) => aws.EcsBackend.of(one(scope).backend),
  },
  {
    name: 'an invalid account of buckets',
    code: 'InvalidAccount',
    message:
      "'modelBucketAccounts' ('acme') must be 12-digit account IDs, such as '123456789012', or '*' for every account (at Serving/Platform)",
    on: ['aws'],
    define: (scope) => new aws.EcsPlatform(scope, 'Platform', { modelBucketAccounts: ['acme'] }),
  },
  {
    name: 'a public load balancer without HTTPS',
    code: 'PlainHttp',
    message:
      "'publicAccess' (true) requires 'certificate'; set it, or set 'allowPlainHttp' to accept unencrypted requests (at Serving/Platform)",
    on: ['aws'],
    define: (scope) => new aws.EcsPlatform(scope, 'Platform', { publicAccess: true }),
  },
  {
    name: 'a public image without a route to the internet',
    code: 'NoRoute',
    message:
      "image 'acme/svm:1.4.2' of backend 'v1' is pulled from 'docker.io', which tasks do not reach from isolated subnets; copy it to Amazon ECR, or set 'natGateways' to 1 (at Serving/endpoint/v1)",
    on: ['aws'],
    define: (scope) => {
      new aws.EcsPlatform(scope, 'Platform', { natGateways: 0 });
      one(scope);
    },
  },
  {
    name: 'NAT gateways of an existing VPC',
    code: 'ConflictingProps',
    message:
      "'natGateways' configures a new VPC, but that of 'vpc' exists already; remove one of them (at Serving/Platform)",
    on: ['aws'],
    define: (scope) =>
      new aws.EcsPlatform(scope, 'Platform', { natGateways: 2, vpc: new ec2.Vpc(scope, 'Vpc', { maxAzs: 2 }) }),
  },
  {
    name: 'two subnets of a load balancer in one Availability Zone',
    code: 'InvalidSubnets',
    message:
      "the load balancer would have 2 subnets in one Availability Zone ('eu-west-1a'), but it supports one in each; select them with 'loadBalancerSubnets', for example { subnetGroupName: '<name>' } or { onePerAz: true } (at Serving/Platform)",
    on: ['aws'],
    define: (scope) => {
      const vpc = ec2.Vpc.fromVpcAttributes(scope, 'Vpc', {
        vpcId: 'vpc-1',
        vpcCidrBlock: '10.0.0.0/16',
        availabilityZones: ['eu-west-1a', 'eu-west-1b'],
        privateSubnetNames: ['App', 'Data'],
        privateSubnetIds: ['subnet-1', 'subnet-2', 'subnet-3', 'subnet-4'],
      });
      new aws.EcsPlatform(scope, 'Platform', { vpc });
    },
  },
  {
    name: 'more replicas than a load balancer supports targets',
    code: 'QuotaExceeded',
    message:
      "the backends need 1200 targets, including those of rollouts, but a load balancer supports at most 1000; raise the quota and set 'targetQuota', or use a second platform (at Serving/Platform)",
    on: ['aws'],
    define: (scope) => {
      new aws.EcsPlatform(scope, 'Platform');
      one(scope, { replicas: 600, rollout: Rollout.surge({ percent: 100 }) });
    },
  },
  {
    name: 'more outbound peers than rules of a security group',
    code: 'QuotaExceeded',
    message:
      "'outboundPeers' has 61 peers, but a security group supports at most 60 outbound rules; combine some of them, or raise the quota and set 'securityGroupRuleQuota' (at Serving/Platform)",
    on: ['aws'],
    define: (scope) => {
      const outboundPeers = Array.from({ length: 61 }, (_, index) => ec2.Peer.ipv4(`10.0.${index}.0/24`));
      new aws.EcsPlatform(scope, 'Platform', { outboundPeers });
    },
  },
  {
    name: 'a range of priorities that is too small',
    code: 'InvalidNumber',
    message:
      "'priorityRange.last' (600) must be a whole number between 1500 and 50000; a range has at least 1000 priorities (at Serving/Platform)",
    on: ['aws'],
    define: (scope) => new aws.EcsPlatform(scope, 'Platform', { priorityRange: { first: 501, last: 600 } }),
  },
  {
    name: 'an imported listener with an unknown idle timeout',
    code: 'InvalidType',
    message: "'idleTimeout' (undefined) must be a Duration, for example Duration.seconds(60)",
    on: ['aws'],
    define: (scope) => {
      const { vpc } = importedCluster(scope);
      const idleTimeout = undefined as unknown as Duration;
      new aws.EcsPlatform(scope, 'Platform', { vpc, listener: listener(scope, { idleTimeout }) });
    },
  },
  {
    name: 'an imported listener without a network',
    code: 'NetworkRequired',
    message:
      "'listener' requires 'vpc' or 'cluster', because backends must run in the network of its load balancer; set one of them (at Serving/Platform)",
    on: ['aws'],
    define: (scope) => new aws.EcsPlatform(scope, 'Platform', { listener: listener(scope) }),
  },
  {
    name: 'an imported listener whose URL has a path',
    code: 'InvalidUrl',
    message:
      "'url' ('models.example.com/v1') of 'listener' must be a scheme and a host without a path, such as 'https://models.example.com' (at Serving/Platform)",
    on: ['aws'],
    define: (scope) => {
      const { vpc } = importedCluster(scope);
      const url = 'models.example.com/v1';
      new aws.EcsPlatform(scope, 'Platform', { vpc, listener: listener(scope, { url }) });
    },
  },
  {
    name: 'an imported listener with an idle timeout that is too short',
    code: 'RequestTimeoutTooLong',
    message:
      "'requestTimeout' (60 s) must be at most 50 s (rule R2) behind an Application Load Balancer, whose idle timeout is 60 s: a request that gets no data for longer is cut off; respond sooner, send a heartbeat with 'streaming', or move the work to a queue (at Serving/endpoint)",
    on: ['aws'],
    define: (scope) => {
      new aws.EcsPlatform(scope, 'Platform', { vpc: importedCluster(scope).vpc, listener: listener(scope) });
      one(scope);
    },
  },
  {
    name: 'an instance type without a GPU',
    code: 'UnknownInstanceType',
    message:
      "'instanceType' ('m7i.large') is not a supported type with NVIDIA GPUs; use one such as g6.xlarge, g5.12xlarge or p5.48xlarge, or set 'shape' for a newer one",
    on: ['aws'],
    define: () => aws.GpuCapacity.autoScalingGroup({ instanceType: 'm7i.large' }),
  },
  {
    name: 'a GPU that a cloud does not offer',
    code: 'Unsupported',
    message:
      "'gpu' (1 x A10G) of backend 'v1' is not a GPU of GKE, which has P4, P100, V100, T4, A100, L4, H100, H200, B200, GB200, RTX PRO 6000; request one of them, or set 'customProduct' (at Serving/endpoint/v1)",
    on: ['kubernetes'],
    define: (scope) => {
      new kubernetes.KubernetesPlatform(scope, 'Platform', { gpuNodes: kubernetes.GpuNodes.gke() });
      one(scope, { gpu: Gpu.nvidia({ product: 'A10G' }) });
    },
  },
  {
    name: 'a GPU on Fargate',
    code: 'GpuOnFargate',
    message:
      "backend 'v1' (1 x any GPU, 2 vCPUs, 8192 MiB) requires a GPU, which Fargate does not support; add the GPU instances of the cluster to 'gpuCapacities' (at Serving/endpoint/v1)",
    on: ['aws'],
    define: (scope) => {
      const cluster = importedCluster(scope);
      new aws.EcsPlatform(scope, 'Platform', { cluster, vpc: cluster.vpc });
      one(scope, { gpu: Gpu.nvidia() });
    },
  },
  {
    name: 'more backends than a load balancer supports target groups',
    code: 'TooManyTargetGroups',
    message:
      '101 backends need 101 target groups, but an Application Load Balancer supports at most 100; use a second platform (at Serving/Platform)',
    on: ['aws'],
    define: (scope) => {
      new aws.EcsPlatform(scope, 'Platform', { ruleQuota: 1000 });
      for (let index = 0; index <= 100; index++) {
        new ServingEndpoint(scope, `e${index}`, { path: `/m${index}` }).addBackend('v1', options());
      }
    },
  },
  {
    name: 'flow logs of an existing VPC',
    code: 'ConflictingProps',
    message:
      "'flowLogs' configures a new VPC, but that of 'vpc' exists already; remove one of them, and call 'addFlowLog' of your VPC (at Serving/Platform)",
    on: ['aws'],
    define: (scope) => new aws.EcsPlatform(scope, 'Platform', { vpc: new ec2.Vpc(scope, 'Vpc'), flowLogs: {} }),
  },
  {
    name: 'a prefix of logs of the load balancer that Elastic Load Balancing adds itself',
    code: 'InvalidPath',
    message:
      "'loadBalancerLogs.prefix' ('models/AWSLogs') must not begin or end with '/', or contain 'AWSLogs', which Elastic Load Balancing adds itself (at Serving/Platform)",
    on: ['aws'],
    define: (scope) => new aws.EcsPlatform(scope, 'Platform', { loadBalancerLogs: { prefix: 'models/AWSLogs' } }),
  },
  {
    name: 'a gateway and a router',
    code: 'ConflictingProps',
    message: "'gateway' and 'router' are mutually exclusive; omit one of them (at Serving/Platform)",
    on: ['kubernetes'],
    define: (scope) =>
      new kubernetes.KubernetesPlatform(scope, 'Platform', {
        gateway: kubernetes.Gateway.fromName('inference'),
        router: {},
      }),
  },
  {
    name: 'the URL of an endpoint behind a gateway without an address',
    code: 'UrlUnknown',
    message:
      "the URL of endpoint 'endpoint' is unknown, because gateway 'inference' has no 'address'; set it, for example Gateway.fromName('inference', { address: 'https://models.example.com' }) (at Serving/endpoint)",
    on: ['kubernetes'],
    define: (scope) => {
      new kubernetes.KubernetesPlatform(scope, 'Platform', { gateway: kubernetes.Gateway.fromName('inference') });
      return one(scope).endpoint.url;
    },
  },
  {
    name: 'a strict platform with features that are left to the gateway',
    code: 'LeftToGateway',
    message:
      "'405' is left to the gateway, which 'strict' forbids: a request with another method matches no rule; most gateways answer it with 404 (at Serving/endpoint)",
    on: ['kubernetes'],
    define: (scope) => {
      const gateway = kubernetes.Gateway.fromName('inference');
      new kubernetes.KubernetesPlatform(scope, 'Platform', { gateway, strict: true });
      one(scope, {}, { methods: [HttpMethod.POST] });
    },
  },
];
