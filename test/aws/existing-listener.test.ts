import { CfnParameter, type Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { Construct } from 'constructs';
import { aws, Duration } from '../../src';
import { newApp, newStack, oneBackend, templateOf, templatesOf } from '../support/aws';
import { matchListener } from '../support/cloudformation';

const defaultAction = elbv2.ListenerAction.fixedResponse(404);

/** A load balancer that is defined in the app, with one listener. */
function balanced(idle?: number, stack: Stack = newStack()) {
  const vpc = new ec2.Vpc(stack, 'Vpc', { maxAzs: 2 });
  const loadBalancer = new elbv2.ApplicationLoadBalancer(stack, 'Balancer', { vpc });
  if (idle !== undefined) loadBalancer.setAttribute('idle_timeout.timeout_seconds', String(idle));
  const listener = loadBalancer.addListener('Listener', { port: 80, open: false, defaultAction });
  return { stack, vpc, loadBalancer, listener };
}

const { fromListener, fromAttributes } = aws.ExistingListener;

describe('a listener that is defined in the app', () => {
  test('requires no other props: network, security group, URL and idle timeout are read from it', () => {
    const { stack, vpc, loadBalancer, listener } = balanced(30);
    const platform = new aws.EcsPlatform(stack, 'Platform', { listener: fromListener(listener) });
    oneBackend({}, { path: '/a', requestTimeout: Duration.seconds(20) }, stack);
    const template = templateOf(stack);
    expect(platform.vpc).toBe(vpc);
    expect(platform.target.idle).toMatchObject({ defaultSeconds: 30, settable: false });
    template.resourceCountIs('AWS::ElasticLoadBalancingV2::LoadBalancer', 1);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      SourceSecurityGroupId: stack.resolve(loadBalancer.connections.securityGroups[0]?.securityGroupId),
    });
    const listenerId = stack.getLogicalId(listener.node.defaultChild as elbv2.CfnListener);
    const match = matchListener([template.toJSON()], { path: '/a' }, { listener: listenerId });
    expect(match).toMatchObject({ kind: 'forward', destinations: [{ weight: 1 }] });
    expect(Object.values(template.findOutputs('*')).map(({ Value }) => Value)).toContainEqual({
      'Fn::Join': ['', ['http://', { 'Fn::GetAtt': [expect.stringContaining('Balancer'), 'DNSName'] }, '/a']],
    });
  });

  test('whose load balancer sets no idle timeout has the default of 60 s', () => {
    const { stack, listener } = balanced();
    const platform = new aws.EcsPlatform(stack, 'Platform', { listener: fromListener(listener) });
    expect(platform.target.idle.defaultSeconds).toBe(60);
  });

  test('can be in another stack', () => {
    const app = newApp();
    const { listener } = balanced(90, newStack('Shared', app));
    const stack = newStack('Serving', app);
    const platform = new aws.EcsPlatform(stack, 'Platform', { listener: fromListener(listener) });
    oneBackend({}, {}, stack);
    expect(platform.target.idle.defaultSeconds).toBe(90);
    expect(Object.keys(templatesOf(stack))).toEqual(['Shared', 'Serving']);
  });

  test('has its port in the URL', () => {
    const { stack, loadBalancer } = balanced();
    const other = loadBalancer.addListener('Other', {
      port: 8080,
      protocol: elbv2.ApplicationProtocol.HTTP,
      open: false,
      defaultAction,
    });
    new aws.EcsPlatform(stack, 'Platform', { listener: fromListener(other) });
    const { endpoint } = oneBackend({}, { path: '/a' }, stack);
    expect(JSON.stringify(stack.resolve(endpoint.url))).toContain(':8080/a');
  });

  test.each([
    [
      'a listener',
      (listener: elbv2.ApplicationListener) => fromListener(listener, { idleTimeout: Duration.seconds(70) }),
    ],
    [
      'attributes',
      ({ listenerArn, connections }: elbv2.ApplicationListener) =>
        fromAttributes({
          listenerArn,
          securityGroup: connections.securityGroups[0] as ec2.ISecurityGroup,
          idleTimeout: Duration.seconds(70),
          url: 'https://models.example.com',
        }),
    ],
  ])('fails if its idle timeout differs from that of the load balancer, as %s', (_how, existing) => {
    const { stack, vpc, listener } = balanced(30);
    expect(() => new aws.EcsPlatform(stack, 'Platform', { vpc, listener: existing(listener) })).toThrow(
      "[ConflictingProps] 'idleTimeout' (70 s) of 'listener' differs from the idle timeout of load balancer 'Serving/Balancer/Resource' (30 s); remove 'idleTimeout', and set that of the load balancer before the platform is created (at Serving/Platform)",
    );
  });

  test('fails at synthesis if the idle timeout of its load balancer is changed later', () => {
    const { stack, loadBalancer, listener } = balanced(30);
    new aws.EcsPlatform(stack, 'Platform', { listener: fromListener(listener) });
    loadBalancer.setAttribute('idle_timeout.timeout_seconds', '120');
    expect(() => templateOf(stack)).toThrow(
      "[ConflictingProps] 'idleTimeout' (30 s) of 'listener' differs from the idle timeout of load balancer 'Serving/Balancer/Resource' (120 s)",
    );
  });

  test('requires the idle timeout if its value is available only at deployment', () => {
    const { stack, loadBalancer, listener } = balanced();
    const { valueAsString } = new CfnParameter(stack, 'Idle');
    loadBalancer.setAttribute('idle_timeout.timeout_seconds', valueAsString);
    expect(() => new aws.EcsPlatform(stack, 'Unknown', { listener: fromListener(listener) })).toThrow(
      "[InvalidType] 'idleTimeout' (undefined) of 'listener' must be a Duration",
    );
    const stated = fromListener(listener, { idleTimeout: Duration.seconds(45) });
    expect(
      new aws.EcsPlatform(new Construct(stack, 'Other'), 'Stated', { listener: stated }).target.idle.defaultSeconds,
    ).toBe(45);
  });
});

describe('an imported CDK listener', () => {
  const arn = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/a/b/c';
  const declared = { idleTimeout: Duration.seconds(300), url: 'https://models.example.com' };
  const make = (options: aws.ExistingListenerOptions) => {
    const stack = newStack();
    const listener = elbv2.ApplicationListener.fromApplicationListenerAttributes(stack, 'Listener', {
      listenerArn: arn,
      securityGroup: ec2.SecurityGroup.fromSecurityGroupId(stack, 'Group', 'sg-1'),
    });
    const vpc = new ec2.Vpc(stack, 'Vpc');
    return () => new aws.EcsPlatform(stack, 'Platform', { vpc, listener: fromListener(listener, options) });
  };

  test('has its security group, and the declared idle timeout and URL', () => {
    const platform = make(declared)();
    const { stack, endpoint } = oneBackend({}, {}, platform.node.scope as Stack);
    expect(endpoint.url).toBe('https://models.example.com/');
    templateOf(stack).hasResourceProperties('AWS::EC2::SecurityGroupIngress', { SourceSecurityGroupId: 'sg-1' });
  });

  test.each([
    ['idleTimeout', "[InvalidType] 'idleTimeout' (undefined) of 'listener' must be a Duration"],
    ['url', "[InvalidType] 'listener.url' (undefined) must be a string (at Serving/Platform)"],
  ])('fails without %s', (prop, message) => {
    expect(make({ ...declared, [prop]: undefined })).toThrow(message);
  });
});

test('a CDK listener is not an ExistingListener', () => {
  const { stack, listener } = balanced();
  expect(aws.ExistingListener.isExistingListener(listener)).toBe(false);
  expect(aws.ExistingListener.isExistingListener(fromListener(listener))).toBe(true);
  expect(() => new aws.EcsPlatform(stack, 'Platform', { listener: listener as never })).toThrow(
    'for example aws.ExistingListener.fromListener(listener)',
  );
});
