import { Match, Template } from 'aws-cdk-lib/assertions';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import { aws, Duration, ServingEndpoint } from '../../src';
import { TargetPlatform } from '../../src/constructs/target-platform';
import { attributes, messagesOf, newStack, oneBackend, only, templateOf, templatesOf } from '../support/aws';
import { matchListener } from '../support/cloudformation';
import { backendOptions } from '../support/definitions';

const BALANCER = 'AWS::ElasticLoadBalancingV2::LoadBalancer';
const LISTENER = 'AWS::ElasticLoadBalancingV2::Listener';
const SECURITY_GROUP = 'AWS::EC2::SecurityGroup';

/** A stack with a backend on a platform with these props. */
function withPlatform(props: (stack: ReturnType<typeof newStack>) => aws.EcsPlatformProps) {
  const stack = newStack();
  new aws.EcsPlatform(stack, 'Platform', props(stack));
  return oneBackend({}, { path: '/a' }, stack);
}

const certificate = (stack: ReturnType<typeof newStack>) =>
  acm.Certificate.fromCertificateArn(
    stack,
    'Certificate',
    'arn:aws:acm:eu-west-1:123456789012:certificate/12345678-1234-1234-1234-123456789012',
  );

describe('without any configuration', () => {
  const { stack } = oneBackend({}, { path: '/a' });
  const template = Template.fromJSON(templatesOf(stack).Serving as object);

  test('there is a VPC with two Availability Zones, one NAT gateway and an S3 gateway endpoint', () => {
    template.resourceCountIs('AWS::EC2::VPC', 1);
    template.resourceCountIs('AWS::EC2::Subnet', 4);
    template.resourceCountIs('AWS::EC2::NatGateway', 1);
    expect(only(template, 'AWS::EC2::VPCEndpoint')).toMatchObject({ VpcEndpointType: 'Gateway' });
    template.resourceCountIs('AWS::Lambda::Function', 0);
  });

  test('there is a cluster with Container Insights', () => {
    expect(only(template, 'AWS::ECS::Cluster')).toEqual({
      ClusterSettings: [{ Name: 'containerInsights', Value: 'enabled' }],
    });
  });

  test('the load balancer is internal, drops invalid headers and closes ambiguous requests', () => {
    const balancer = only(template, BALANCER);
    expect(balancer).toMatchObject({ Scheme: 'internal', Type: 'application' });
    expect(attributes(balancer)).toMatchObject({
      'routing.http.drop_invalid_header_fields.enabled': 'true',
      'routing.http.desync_mitigation_mode': 'defensive',
      'routing.http.xff_header_processing.mode': 'append',
    });
  });

  test('the listener uses HTTP and responds with 404 by default', () => {
    expect(only(template, LISTENER)).toMatchObject({ Port: 80, Protocol: 'HTTP' });
    expect(matchListener([template.toJSON()], { path: '/b' })).toMatchObject({
      kind: 'fixed',
      status: 404,
      contentType: 'text/plain',
      body: 'not found',
    });
  });

  test('only the VPC can connect to the load balancer, and only the load balancer to the backend', () => {
    const groups = template.findResources(SECURITY_GROUP);
    const idOf = (part: string) => Object.keys(groups).find((id) => id.includes(part)) as string;
    const [balancer, backend] = [idOf('LoadBalancer'), idOf('backend')];
    const { CidrBlock } = { CidrBlock: { 'Fn::GetAtt': [expect.stringContaining('Vpc'), 'CidrBlock'] } };
    expect(groups[balancer]?.Properties.SecurityGroupIngress).toEqual([
      expect.objectContaining({ CidrIp: CidrBlock, IpProtocol: 'tcp', FromPort: 80, ToPort: 80 }),
    ]);
    expect(groups[balancer]?.Properties.SecurityGroupEgress).toEqual([
      expect.objectContaining({ Description: 'Disallow all traffic' }),
    ]);
    expect(groups[backend]?.Properties.SecurityGroupIngress).toBeUndefined();
    const port = { IpProtocol: 'tcp', FromPort: 8000, ToPort: 8000 };
    expect(only(template, 'AWS::EC2::SecurityGroupIngress')).toMatchObject({
      ...port,
      GroupId: { 'Fn::GetAtt': [backend, 'GroupId'] },
      SourceSecurityGroupId: { 'Fn::GetAtt': [balancer, 'GroupId'] },
    });
    // All backends are in one group, because a rule for each would exceed the quota.
    const shared = idOf('BackendSecurityGroup');
    expect(groups[shared]?.Properties.SecurityGroupIngress).toBeUndefined();
    expect(only(template, 'AWS::EC2::SecurityGroupEgress')).toMatchObject({
      IpProtocol: 'tcp',
      GroupId: { 'Fn::GetAtt': [balancer, 'GroupId'] },
      DestinationSecurityGroupId: { 'Fn::GetAtt': [shared, 'GroupId'] },
    });
    expect(only(template, 'AWS::ECS::Service').NetworkConfiguration).toMatchObject({
      AwsvpcConfiguration: {
        SecurityGroups: [{ 'Fn::GetAtt': [backend, 'GroupId'] }, { 'Fn::GetAtt': [shared, 'GroupId'] }],
      },
    });
  });

  test('CDK reports no messages', () => {
    expect(messagesOf(stack)).toEqual([]);
  });
});

describe('the idle timeout', () => {
  test('is computed from the longest request of all endpoints, including those added later', () => {
    const { stack, endpoint } = oneBackend({}, { path: '/a' });
    expect(attributes(only(templateOf(stack), BALANCER))['idle_timeout.timeout_seconds']).toBe('70');
    TargetPlatform.planOf(endpoint.platform);
    const slow = new ServingEndpoint(stack, 'slow', { path: '/slow', requestTimeout: Duration.minutes(10) });
    slow.addBackend('backend', backendOptions());
    expect(attributes(only(templateOf(stack), BALANCER))['idle_timeout.timeout_seconds']).toBe('610');
  });

  test('fails above the maximum of a load balancer', () => {
    const { stack } = oneBackend({}, { requestTimeout: Duration.seconds(3991) });
    expect(() => templateOf(stack)).toThrow(
      "[RequestTimeoutTooLong] 'requestTimeout' (3991 s) must be at most 3600 s (rule R2) behind an Application Load Balancer, whose idle timeout is at most 4000 s and whose deregistration delay is at most 3600 s (rule D1)",
    );
  });
});

describe('a certificate', () => {
  const { stack, endpoint } = withPlatform((scope) => ({ certificate: certificate(scope) }));
  const template = Template.fromJSON(templatesOf(stack).Serving as object);

  test('makes the listener use HTTPS with a current security policy', () => {
    template.hasResourceProperties(LISTENER, {
      Port: 443,
      Protocol: 'HTTPS',
      SslPolicy: 'ELBSecurityPolicy-TLS13-1-2-Res-2021-06',
      Certificates: [{ CertificateArn: Match.stringLikeRegexp('^arn:aws:acm') }],
    });
    expect(JSON.stringify(stack.resolve(endpoint.url))).toContain('https://');
  });

  test('redirects unencrypted requests to HTTPS, and changes nothing else in the URL', () => {
    const [redirect] = Object.keys(template.findResources(LISTENER, { Properties: { Port: 80 } }));
    const request = { path: '/a?b=c', host: 'models.example.com' };
    expect(matchListener([template.toJSON()], request, { listener: redirect })).toMatchObject({
      kind: 'redirect',
      status: 301,
      location: 'https://models.example.com:443/a?b=c',
    });
  });

  test('opens both ports to the VPC', () => {
    template.hasResourceProperties(SECURITY_GROUP, {
      SecurityGroupIngress: [
        Match.objectLike({ FromPort: 443, ToPort: 443 }),
        Match.objectLike({ FromPort: 80, ToPort: 80 }),
      ],
    });
  });
});

describe('public access', () => {
  test('opens a load balancer in the public subnets to the internet', () => {
    const { stack } = withPlatform((scope) => ({ publicAccess: true, certificate: certificate(scope) }));
    const template = templateOf(stack);
    expect(only(template, BALANCER)).toMatchObject({
      Scheme: 'internet-facing',
      Subnets: [{ Ref: expect.stringContaining('PublicSubnet1') }, { Ref: expect.stringContaining('PublicSubnet2') }],
    });
    template.hasResourceProperties(SECURITY_GROUP, {
      SecurityGroupIngress: [
        Match.objectLike({ CidrIp: '0.0.0.0/0', FromPort: 443 }),
        Match.objectLike({ CidrIp: '0.0.0.0/0', FromPort: 80 }),
      ],
    });
  });

  test('without encryption must be enabled explicitly', () => {
    const { stack } = withPlatform(() => ({ publicAccess: true, allowPlainHttp: true }));
    expect(only(templateOf(stack), LISTENER)).toMatchObject({ Protocol: 'HTTP' });
  });

  test('fails without a certificate', () => {
    expect(() => withPlatform(() => ({ publicAccess: true }))).toThrow(
      "[PlainHttp] 'publicAccess' (true) requires 'certificate'; set it, or set 'allowPlainHttp' to accept unencrypted requests (at Serving/Platform)",
    );
  });
});

test('fails in an imported VPC without a CIDR block', () => {
  const vpc = (stack: ReturnType<typeof newStack>) =>
    ec2.Vpc.fromVpcAttributes(stack, 'Vpc', { vpcId: 'vpc-12345678', availabilityZones: ['eu-west-1a'] });
  expect(() => withPlatform((stack) => ({ vpc: vpc(stack) }))).toThrow('vpcCidrBlock');
});
