/** Several platforms on one listener: clashes of priorities, and ranges that prevent them. */
import { Stack, Stage } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { aws, Duration, ServingEndpoint } from '../../src';
import { newApp, type newStack, oneBackend, templatesOf } from '../support/aws';
import { type Data, objects } from '../support/data';
import { backendOptions } from '../support/definitions';

const ARN = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/models/0123456789abcdef/fedcba9876543210';
const VPC = {
  vpcId: 'vpc-12345678',
  availabilityZones: ['eu-west-1a', 'eu-west-1b'],
  privateSubnetIds: ['subnet-11111111', 'subnet-22222222'],
};

type Scope = ReturnType<typeof newStack>;

/** A stack of one team with a model on the listener of the organization. */
function team(name: string, props: aws.EcsPlatformProps = {}, app: Stage = newApp(), path = `/${name}`): Scope {
  const stack = new Stack(app, name, { stackName: name });
  new aws.EcsPlatform(stack, 'Platform', {
    vpc: ec2.Vpc.fromVpcAttributes(stack, 'Vpc', VPC),
    listener: aws.ExistingListener.fromAttributes({
      listenerArn: ARN,
      securityGroup: ec2.SecurityGroup.fromSecurityGroupId(stack, 'Balancer', 'sg-12345678', { mutable: false }),
      idleTimeout: Duration.seconds(300),
      url: 'https://models.example.com',
    }),
    ...props,
  });
  new ServingEndpoint(stack, 'model', { path }).addBackend('v1', backendOptions());
  return stack;
}

/** The priorities of the rules of an app. */
function prioritiesOf(stack: Scope): number[] {
  return Object.values(templatesOf(stack))
    .flatMap(({ Resources }) => objects(Object.values(Resources as Data)))
    .filter(({ Type }) => Type === 'AWS::ElasticLoadBalancingV2::ListenerRule')
    .map(({ Properties }) => (Properties as Data).Priority as number);
}

const range = (index: number, size = 2500): aws.EcsPlatformProps => ({
  priorityRange: { first: index * size + 1, last: (index + 1) * size },
});

describe('a range of priorities', () => {
  test('contains the rules and the anchors of a platform', () => {
    const priorities = prioritiesOf(team('a', range(3)));
    expect(priorities.length).toBeGreaterThanOrEqual(3);
    for (const priority of priorities) expect(priority > 7500 && priority <= 10_000).toBe(true);
  });

  test('of all priorities numbers rules like no range', () => {
    expect(prioritiesOf(team('a', { priorityRange: { first: 1, last: 50_000 } }))).toEqual(prioritiesOf(team('a')));
  });

  test.each([
    [2500, 20],
    [1000, 50],
  ])('of %i keeps %i separate apps apart', (size, teams) => {
    const all = Array.from({ length: teams }, (_, index) => prioritiesOf(team(`team${index}`, range(index, size))));
    expect(new Set(all.flat()).size).toBe(all.flat().length);
  });

  test.each<[aws.PriorityRange, string]>([
    [
      { first: 0, last: 2000 },
      "[InvalidNumber] 'priorityRange.first' (0) must be a whole number between 1 and 49001 (at a/Platform)",
    ],
    [
      { first: 1, last: 50_001 },
      "[InvalidNumber] 'priorityRange.last' (50001) must be a whole number between 1000 and 50000; a range has at least 1000 priorities (at a/Platform)",
    ],
    [
      { first: 101, last: 1099 },
      "[InvalidNumber] 'priorityRange.last' (1099) must be a whole number between 1100 and 50000; a range has at least 1000 priorities (at a/Platform)",
    ],
  ])('%j is refused', (priorityRange, message) => {
    expect(() => team('a', { priorityRange })).toThrow(message);
  });

  test('contains the priorities that endpoints reserve', () => {
    const reserved = (priority: number) => {
      const stack = team('a', range(1));
      new ServingEndpoint(stack, 'own', { path: '/own', priority }).addBackend('v1', backendOptions());
      return stack;
    };
    expect(prioritiesOf(reserved(2600)).every((priority) => priority > 2500)).toBe(true);
    expect(() => templatesOf(reserved(100))).toThrow(
      "[PriorityTaken] 'priority' (100) of endpoint 'own' reserves 100 priorities, which must not be those of another endpoint and between 2501 and 4656; choose another (at a/own)",
    );
  });
});

describe('rules of one listener with the same priority', () => {
  /** A rule of the app with the priority of a rule of the platform. */
  const withRule = (add: (stack: Scope, priority: number) => void) => {
    const [priority] = prioritiesOf(team('a'));
    const stack = team('a');
    add(stack, priority as number);
    return stack;
  };

  test('of two platforms of the app are refused, unless they have ranges', () => {
    const both = (props: (index: number) => aws.EcsPlatformProps) => {
      const app = newApp();
      // Two stages with stacks of one name have the same priorities.
      for (const index of [0, 1]) team('models', props(index), new Stage(app, `Stage${index}`), `/m${index}`);
      return app;
    };
    expect(() => both(() => ({})).synth()).toThrow(
      /\[PriorityTaken\] rules 'Stage0\/models\/model\/\S+' and 'Stage1\/models\/model\/\S+' of one listener have the priority \d+; set 'priorityRange'/,
    );
    both((index) => range(index)).synth();
  });

  test('can only come from ranges that overlap, which are refused', () => {
    const app = newApp();
    team('a', { priorityRange: { first: 1, last: 2500 } }, app);
    team('b', { priorityRange: { first: 2000, last: 4500 } }, app);
    expect(() => app.synth()).toThrow(
      "[PriorityTaken] 'priorityRange' (2000 to 4500) overlaps that of platform 'a/Platform' (1 to 2500) on the same listener; give each platform a range of its own (at b/Platform)",
    );
  });

  test('are counted for all platforms', () => {
    const app = newApp();
    const props = (index: number) => ({ ...range(index), ruleQuota: 5 });
    team('a', props(0), app);
    team('b', props(1), app);
    expect(() => app.synth()).toThrow(
      "[TooManyRules] the listener has 6 rules of this app, of which 3 are not of this platform, but a load balancer supports at most 5; raise the quota and set 'ruleQuota', or use a second load balancer (at a/Platform)",
    );
  });

  test('of a rule of CDK are refused', () => {
    const stack = withRule((scope, priority) => {
      const listener = elbv2.ApplicationListener.fromApplicationListenerAttributes(scope, 'Listener', {
        listenerArn: ARN,
        securityGroup: ec2.SecurityGroup.fromSecurityGroupId(scope, 'Group', 'sg-1'),
      });
      listener.addAction('Maintenance', {
        priority,
        conditions: [elbv2.ListenerCondition.pathPatterns(['/x'])],
        action: elbv2.ListenerAction.fixedResponse(503),
      });
    });
    expect(() => templatesOf(stack)).toThrow(
      /\[PriorityTaken\] rules 'a\/model.*' and 'a\/Listener\/.*' of one listener have the priority \d+; set 'priorityRange' of the platform to priorities that no other rule of the listener has \(at a\/Platform\)/,
    );
  });

  test('on another listener are accepted', () => {
    const stack = withRule((scope, priority) => {
      new elbv2.CfnListenerRule(scope, 'Other', {
        listenerArn: `${ARN}0`,
        priority,
        conditions: [{ field: 'path-pattern', pathPatternConfig: { values: ['/x'] } }],
        actions: [{ type: 'fixed-response', fixedResponseConfig: { statusCode: '503' } }],
      });
    });
    templatesOf(stack);
  });

  test('of CDK on the listener of the platform are refused', () => {
    const { stack, endpoint } = oneBackend({}, { path: '/a' });
    const [priority] = prioritiesOf(stack);
    (endpoint.platform as aws.EcsPlatform).listener?.addAction('Maintenance', {
      priority,
      conditions: [elbv2.ListenerCondition.pathPatterns(['/x'])],
      action: elbv2.ListenerAction.fixedResponse(503),
    });
    expect(() => templatesOf(stack)).toThrow('[PriorityTaken] rules ');
  });
});
