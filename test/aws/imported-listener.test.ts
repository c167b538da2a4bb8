import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { aws, Duration, HealthCheck, ModelServer, ScalingTarget } from '../../src';
import { messagesOf, newStack, oneBackend, only, templateOf } from '../support/aws';
import { matchListener } from '../support/cloudformation';

const LISTENER_ARN =
  'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/models/0123456789abcdef/fedcba9876543210';

/** A platform whose network, cluster and listener are imported by attributes. */
function imported(change: Partial<aws.ExistingListenerAttributes> = {}, props: Partial<aws.EcsPlatformProps> = {}) {
  const stack = newStack();
  const vpc = ec2.Vpc.fromVpcAttributes(stack, 'Vpc', {
    vpcId: 'vpc-12345678',
    availabilityZones: ['eu-west-1a', 'eu-west-1b'],
    privateSubnetIds: ['subnet-11111111', 'subnet-22222222'],
    privateSubnetRouteTableIds: ['rtb-11111111', 'rtb-22222222'],
  });
  const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', { clusterName: 'models', vpc });
  const listener = aws.ExistingListener.fromAttributes({
    listenerArn: LISTENER_ARN,
    securityGroup: ec2.SecurityGroup.fromSecurityGroupId(stack, 'Balancer', 'sg-12345678'),
    idleTimeout: Duration.seconds(300),
    url: 'https://models.example.com/',
    ...change,
  });
  return { stack, platform: new aws.EcsPlatform(stack, 'Platform', { cluster, listener, ...props }) };
}

describe('an existing network, cluster and listener', () => {
  const { stack, platform } = imported();
  const { endpoint, backend } = oneBackend({}, { path: '/a' }, stack);
  backend.autoscale({
    maxReplicas: 2,
    targets: [ScalingTarget.requestsPerSecond(10), ScalingTarget.ongoingRequests(4)],
  });
  const template = templateOf(stack);

  test('are used by their attributes and not created', () => {
    for (const type of ['EC2::VPC', 'ECS::Cluster', 'ElasticLoadBalancingV2::LoadBalancer', 'EC2::Subnet'])
      template.resourceCountIs(`AWS::${type}`, 0);
    expect(stack.node.root.node.tryGetContext('missing')).toBeUndefined();
    expect([platform.loadBalancer, platform.listener]).toEqual([undefined, undefined]);
    expect([platform.vpc.vpcId, platform.cluster.clusterName]).toEqual(['vpc-12345678', 'models']);
    expect(messagesOf(stack)).toEqual([]);
  });

  test('receive the requests', () => {
    expect(matchListener([template.toJSON()], { path: '/a' }, { listener: LISTENER_ARN })).toMatchObject({
      kind: 'forward',
      destinations: [{ weight: 1 }],
    });
  });

  test('allow the load balancer to connect to the backend', () => {
    expect(only(template, 'AWS::EC2::SecurityGroupIngress')).toMatchObject({
      SourceSecurityGroupId: 'sg-12345678',
      Description: 'Requests from the load balancer',
    });
    expect(only(template, 'AWS::EC2::SecurityGroupEgress')).toMatchObject({
      GroupId: 'sg-12345678',
      Description: 'Requests to the backends',
    });
  });

  test('determine the URL', () => {
    expect(endpoint.url).toBe('https://models.example.com/a');
    expect(Object.values(template.findOutputs('*'))[0]?.Value).toBe('https://models.example.com/a');
  });

  test('are the dimensions of autoscaling metrics', () => {
    const policies = JSON.stringify(template.findResources('AWS::ApplicationAutoScaling::ScalingPolicy'));
    const label = 'app/models/0123456789abcdef';
    expect(policies).toContain(JSON.stringify({ Name: 'LoadBalancer', Value: label }));
    expect(aws.EcsBackend.of(backend).metrics.requestCount().dimensions).toMatchObject({ LoadBalancer: label });
  });
});

describe('the declared idle timeout', () => {
  test('must be shorter than the keep-alive of a server', () => {
    const { stack } = imported();
    const behavior = { drains: true, keepAlive: Duration.seconds(305) };
    const server = ModelServer.command({ command: ['serve'], behavior });
    oneBackend({ server, healthCheck: HealthCheck.http('/') }, {}, stack);
    expect(() => templateOf(stack)).toThrow(
      '[KeepAliveTooShort] the keep-alive of serve (305 s) must be at least 310 s',
    );
  });

  test('must be longer than a request', () => {
    const { stack } = imported();
    oneBackend({}, { requestTimeout: Duration.seconds(291) }, stack);
    expect(() => templateOf(stack)).toThrow(
      "[RequestTimeoutTooLong] 'requestTimeout' (291 s) must be at most 290 s (rule R2) behind an Application Load Balancer, whose idle timeout is 300 s",
    );
  });
});

describe('an imported listener', () => {
  test('fails without its idle timeout', () => {
    expect(() => imported({ idleTimeout: undefined as unknown as Duration })).toThrow(
      "[InvalidType] 'idleTimeout' (undefined) must be a Duration, for example Duration.seconds(60)",
    );
  });

  test('fails with an idle timeout outside the limits of a load balancer', () => {
    expect(() => imported({ idleTimeout: Duration.seconds(4001) })).toThrow(
      "[InvalidNumber] 'idleTimeout' (4001) must be a whole number between 1 and 4000 (at Serving/Platform)",
    );
  });

  test.each([
    ['publicAccess', true],
    ['certificate', {}],
    ['allowPlainHttp', true],
  ])('conflicts with %s, which configures a new load balancer', (prop, value) => {
    expect(() => imported({}, { [prop]: value })).toThrow(
      `[ConflictingProps] '${prop}' configures a new load balancer, but 'listener' belongs to an existing one; remove one of them (at Serving/Platform)`,
    );
  });

  test('fails without a network', () => {
    expect(() => imported({}, { cluster: undefined })).toThrow(
      "[NetworkRequired] 'listener' requires 'vpc' or 'cluster', because backends must run in the network of its load balancer; set one of them (at Serving/Platform)",
    );
  });

  test.each(['models.example.com', 'https://models.example.com/v1'])('fails with the URL %s', (url) => {
    expect(() => imported({ url })).toThrow(
      `[InvalidUrl] 'url' ('${url}') of 'listener' must be a scheme and a host without a path, such as 'https://models.example.com' (at Serving/Platform)`,
    );
  });
});
