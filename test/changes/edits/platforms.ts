/** Edits of platforms, GPUs and protocols that require one. */
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as s3 from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import type { BackendOptions } from '../../../src';
import {
  aws,
  Duration,
  Gpu,
  HealthCheck,
  kubernetes,
  ModelServer,
  Rollout,
  ScalingTarget,
  SecretValue,
  ServerImage,
  ServerProtocol,
} from '../../../src';
import { BASE, type DefinitionData, type Edit, withBackend, withEndpoint } from '../definition';

const ARN = 'arn:aws:acm:eu-west-1:123456789012:certificate/a';
const VPC = {
  vpcId: 'vpc-1',
  vpcCidrBlock: '10.0.0.0/16',
  availabilityZones: ['a', 'b'],
  privateSubnetIds: ['subnet-1', 'subnet-2'],
};

const certificate = (scope: Construct) => acm.Certificate.fromCertificateArn(scope, 'Certificate', ARN);

type EcsProps = (scope: Construct) => aws.EcsPlatformProps;

const ecs = (props: EcsProps = () => ({}), id = 'Platform') => ({
  platform: (scope: Construct) => void new aws.EcsPlatform(scope, id, props(scope)),
});
const cluster = (props: kubernetes.KubernetesPlatformProps, id = 'Platform') => ({
  platform: (scope: Construct) => void new kubernetes.KubernetesPlatform(scope, id, props),
});
const onAws = (name: string, from: EcsProps, to: EcsProps, base: DefinitionData = BASE): Edit => ({
  name,
  target: 'aws',
  from: { ...base, ...ecs(from) },
  to: { ...base, ...ecs(to) },
});
const onKubernetes = (name: string, from: kubernetes.KubernetesPlatformProps, to: typeof from): Edit => ({
  name,
  target: 'kubernetes',
  from: { ...BASE, ...cluster(from) },
  to: { ...BASE, ...cluster(to) },
});
const AUTOSCALED = withEndpoint(
  {},
  { autoscale: { svm: { minReplicas: 2, maxReplicas: 8, targets: [ScalingTarget.cpuUtilization(60)] } } },
);
const none: EcsProps = () => ({});
const https: EcsProps = (scope) => ({ certificate: certificate(scope) });

const ECR: Partial<BackendOptions> = {
  image: ServerImage.fromRegistry('123456789012.dkr.ecr.eu-west-1.amazonaws.com/svm:1.4.2'),
};
const IN_ECR = withEndpoint({}, { backends: { svm: ECR, resnet: ECR } });

/** A VPC with two groups of subnets in each zone, with the groups of the load balancer and of tasks. */
const twoGroups =
  (balancer: string, tasks: string): EcsProps =>
  (scope) => ({
    vpc: new ec2.Vpc(scope, 'Vpc', {
      maxAzs: 2,
      natGateways: 1,
      subnetConfiguration: [
        { name: 'Public', subnetType: ec2.SubnetType.PUBLIC },
        { name: 'App', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
        { name: 'Data', subnetType: ec2.SubnetType.PRIVATE_WITH_EGRESS },
      ],
    }),
    loadBalancerSubnets: { subnetGroupName: balancer },
    taskSubnets: { subnetGroupName: tasks },
  });

/** The edit of a backend with a GPU; the platform is implicit unless capacities are given. */
const gpu = (
  name: string,
  from: Partial<BackendOptions>,
  to: Partial<BackendOptions>,
  capacities?: readonly [string[], string[]],
): Edit => {
  const surroundings = (types: string[] | undefined) =>
    types === undefined
      ? {}
      : ecs(() => ({ gpuCapacities: types.map((instanceType) => aws.GpuCapacity.autoScalingGroup({ instanceType })) }));
  return {
    name,
    ...(capacities !== undefined && { target: 'aws' as const }),
    from: { ...withBackend(from), ...surroundings(capacities?.[0]) },
    to: { ...withBackend(to), ...surroundings(capacities?.[1]) },
  };
};
const large = (eniTrunking: boolean) => aws.GpuCapacity.autoScalingGroup({ instanceType: 'g5.48xlarge', eniTrunking });
const nvidia = (options: Parameters<typeof Gpu.nvidia>[0] = {}): Partial<BackendOptions> => ({
  gpu: Gpu.nvidia(options),
  rollout: Rollout.surge(),
});

/** A backend that serves gRPC or HTTP/1.1 behind TLS. */
const speaking = (protocol: ServerProtocol): DefinitionData => ({
  ...withEndpoint(
    { path: '/' },
    {
      backends: {
        svm: {
          server: ModelServer.command({ command: ['serve'], behavior: { drains: true } }),
          protocol,
          healthCheck: protocol === ServerProtocol.GRPC ? HealthCheck.grpc() : HealthCheck.http('/healthz'),
        },
      },
    },
  ),
});

export const PLATFORM_EDITS: readonly Edit[] = [
  // AWS
  { name: 'a platform instead of the implicit one', target: 'aws', from: BASE, to: { ...BASE, ...ecs() } },
  {
    name: 'a platform with the id of the implicit one',
    target: 'aws',
    from: BASE,
    to: { ...BASE, ...ecs(none, 'ServingPlatform') },
  },
  {
    name: 'the id of a platform',
    target: 'aws',
    from: { ...BASE, ...ecs(none, 'A') },
    to: { ...BASE, ...ecs(none, 'B') },
  },
  onAws('HTTPS', none, https),
  onAws('another certificate', https, (scope) => ({
    certificate: acm.Certificate.fromCertificateArn(scope, 'Certificate', ARN.replace(/a$/, 'b')),
  })),
  onAws('public access', https, (scope) => ({ ...https(scope), publicAccess: true })),
  onAws('public access without TLS', none, () => ({ publicAccess: true, allowPlainHttp: true })),
  onAws('outbound peers', none, () => ({ outboundPeers: [ec2.Peer.ipv4('10.0.0.0/8')] })),
  onAws(
    'a second outbound peer',
    () => ({ outboundPeers: [ec2.Peer.ipv4('10.0.0.0/8')] }),
    () => ({
      outboundPeers: [ec2.Peer.ipv4('10.0.0.0/8'), ec2.Peer.ipv4('10.128.0.0/9')],
    }),
  ),
  onAws('a quota of rules', none, () => ({ ruleQuota: 200 })),
  onAws('a larger quota of targets', none, () => ({ targetQuota: 2000 })),
  onAws('a larger quota of tasks', none, () => ({ taskQuota: 6000 })),
  onAws('a larger quota of rules per security group', none, () => ({ securityGroupRuleQuota: 100 })),
  onAws('a second NAT gateway', none, () => ({ natGateways: 2 })),
  onAws('no NAT gateway', none, () => ({ natGateways: 0 }), IN_ECR),
  {
    ...onAws('a secret without a NAT gateway', none, none),
    from: { ...IN_ECR, ...ecs(() => ({ natGateways: 0 })) },
    to: {
      ...withEndpoint(
        {},
        { backends: { svm: { ...ECR, secrets: { TOKEN: SecretValue.fromName('a') } }, resnet: ECR } },
      ),
      ...ecs(() => ({ natGateways: 0 })),
    },
  },
  onAws('other subnets of the load balancer', twoGroups('App', 'App'), twoGroups('Data', 'App')),
  onAws('other subnets of tasks', twoGroups('App', 'App'), twoGroups('App', 'Data')),
  onAws('a range of priorities', none, () => ({ priorityRange: { first: 5001, last: 10_000 } })),
  onAws(
    'another range of priorities',
    () => ({ priorityRange: { first: 5001, last: 10_000 } }),
    () => ({ priorityRange: { first: 10_001, last: 15_000 } }),
  ),
  onAws('alarms', none, () => ({ alarms: {} })),
  onAws(
    'another limit of alarms',
    () => ({ alarms: {} }),
    () => ({ alarms: { errorPercent: 1 } }),
  ),
  onAws(
    'alarms that roll deployments back',
    () => ({ alarms: { rollBackDeployments: false } }),
    () => ({ alarms: { rollBackDeployments: true } }),
  ),
  onAws('alarms that roll deployments back at once', none, () => ({ alarms: { rollBackDeployments: true } })),
  onAws('dashboards', none, () => ({ dashboards: true })),
  onAws('logs of the load balancer', none, () => ({ loadBalancerLogs: {} })),
  onAws('logs of the load balancer in an own bucket', none, (scope) => ({
    loadBalancerLogs: { bucket: new s3.Bucket(scope, 'Logs'), prefix: 'models', connectionLogs: true },
  })),
  onAws(
    'another bucket for the logs of the load balancer',
    () => ({ loadBalancerLogs: {} }),
    (scope) => ({ loadBalancerLogs: { bucket: new s3.Bucket(scope, 'Logs') } }),
  ),
  onAws('deletion protection', none, () => ({ deletionProtection: true })),
  onAws('flow logs', none, () => ({ flowLogs: {} })),
  onAws('an existing VPC', none, (scope) => ({ vpc: ec2.Vpc.fromVpcAttributes(scope, 'Vpc', VPC) })),
  {
    ...onAws('a protocol for gRPC', https, https),
    from: { ...speaking(ServerProtocol.HTTP1), ...ecs(https) },
    to: { ...speaking(ServerProtocol.GRPC), ...ecs(https) },
  },
  {
    ...onAws('HTTP/2 instead of HTTP/1.1', https, https),
    from: { ...speaking(ServerProtocol.HTTP1), ...ecs(https) },
    to: { ...speaking(ServerProtocol.HTTP2), ...ecs(https) },
  },
  // GPUs
  gpu('a GPU', {}, nvidia()),
  gpu('another GPU product', nvidia({ product: 'L4' }), nvidia({ product: 'A10G' })),
  gpu('more GPUs', nvidia({ count: 1 }), nvidia({ count: 4 })),
  gpu('another instance type', nvidia(), nvidia(), [['g5.xlarge'], ['g6.xlarge']]),
  {
    ...onAws('trunks of network interfaces', none, none),
    from: { ...withBackend(nvidia()), ...ecs(() => ({ gpuCapacities: [large(false)] })) },
    to: { ...withBackend(nvidia()), ...ecs(() => ({ gpuCapacities: [large(true)] })) },
  },
  gpu('a second instance type', nvidia(), nvidia(), [['g5.xlarge'], ['g5.xlarge', 'g5.12xlarge']]),
  gpu('an instance type listed first', nvidia(), nvidia(), [['g5.xlarge'], ['g6.xlarge', 'g5.xlarge']]),
  {
    name: 'the maximum of instances',
    target: 'aws',
    from: {
      ...withBackend(nvidia()),
      ...ecs(() => ({
        gpuCapacities: [aws.GpuCapacity.autoScalingGroup({ instanceType: 'g5.xlarge', maxInstances: 8 })],
      })),
    },
    to: {
      ...withBackend(nvidia()),
      ...ecs(() => ({
        gpuCapacities: [aws.GpuCapacity.autoScalingGroup({ instanceType: 'g5.xlarge', maxInstances: 10 })],
      })),
    },
  },
  {
    name: 'a second backend with a GPU of another product',
    from: withEndpoint({}, { backends: { svm: nvidia({ product: 'L4' }), resnet: {} } }),
    to: withEndpoint({}, { backends: { svm: nvidia({ product: 'L4' }), resnet: nvidia({ product: 'A10G' }) } }),
  },
  // Kubernetes
  {
    name: 'a platform for the router instead of the implicit one',
    target: 'kubernetes',
    from: BASE,
    to: { ...BASE, ...cluster({}) },
  },
  {
    name: 'the id of a Kubernetes platform',
    target: 'kubernetes',
    from: { ...BASE, ...cluster({}, 'A') },
    to: { ...BASE, ...cluster({}, 'B') },
  },
  {
    name: 'KEDA',
    target: 'kubernetes',
    from: { ...AUTOSCALED, ...cluster({}) },
    to: { ...AUTOSCALED, ...cluster({ keda: { prometheusAddress: 'http://prometheus.monitoring:9090' } }) },
  },
  onKubernetes('the replicas of the router', {}, { router: { replicas: 3 } }),
  onKubernetes('the cluster domain', {}, { router: { clusterDomain: 'example.internal' } }),
  onKubernetes('the lifetime of DNS answers', {}, { router: { dnsTtl: Duration.seconds(5) } }),
  onKubernetes('trusted proxies', {}, { router: { trustedProxies: ['10.0.0.0/8'] } }),
  onKubernetes('a gateway', {}, { gateway: kubernetes.Gateway.fromName('public') }),
  onKubernetes(
    'another gateway',
    { gateway: kubernetes.Gateway.fromName('public') },
    { gateway: kubernetes.Gateway.fromName('edge') },
  ),
  {
    name: 'a third backend behind a gateway',
    target: 'kubernetes',
    from: { ...BASE, ...cluster({ gateway: kubernetes.Gateway.fromName('public') }) },
    to: {
      ...withEndpoint({}, { backends: { svm: {}, resnet: {}, vit: {} } }),
      ...cluster({ gateway: kubernetes.Gateway.fromName('public') }),
    },
  },
  {
    name: 'a third backend with the weight 0 behind a gateway',
    target: 'kubernetes',
    from: {
      ...withEndpoint({}, { weights: { svm: 1, resnet: 1 } }),
      ...cluster({ gateway: kubernetes.Gateway.fromName('public') }),
    },
    to: {
      ...withEndpoint({}, { backends: { svm: {}, resnet: {}, vit: {} }, weights: { svm: 1, resnet: 1, vit: 0 } }),
      ...cluster({ gateway: kubernetes.Gateway.fromName('public') }),
    },
  },
  {
    name: 'gRPC behind the router',
    target: 'kubernetes',
    from: speaking(ServerProtocol.HTTP1),
    to: speaking(ServerProtocol.GRPC),
  },
  {
    name: 'HTTP/2 behind the router',
    target: 'kubernetes',
    from: speaking(ServerProtocol.HTTP1),
    to: speaking(ServerProtocol.HTTP2),
  },
];
