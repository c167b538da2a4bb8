/** A load-balanced service of aws-cdk-lib, in one stack or in several, must pass the checks. */
import { App, Stack } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as elb from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import { checkListenerRules, matchListener } from './cloudformation';

function templates(separate: boolean, dependent = true): { [stack: string]: unknown } {
  const app = new App();
  const platform = new Stack(app, 'platform');
  const backend = separate ? new Stack(app, 'backend') : platform;
  const vpc = new ec2.Vpc(platform, 'Vpc', { maxAzs: 2, natGateways: 1 });
  const cluster = new ecs.Cluster(platform, 'Cluster', { vpc });
  const balancer = new elb.ApplicationLoadBalancer(platform, 'Balancer', { vpc });
  const listener = balancer.addListener('Listener', {
    port: 80,
    open: false,
    defaultAction: elb.ListenerAction.fixedResponse(404),
  });

  const taskDefinition = new ecs.FargateTaskDefinition(backend, 'Task', { cpu: 512, memoryLimitMiB: 1024 });
  taskDefinition.addContainer('server', {
    image: ecs.ContainerImage.fromRegistry('server'),
    portMappings: [{ containerPort: 8000 }],
  });
  const service = new ecs.FargateService(backend, 'Service', {
    cluster,
    taskDefinition,
    minHealthyPercent: 100,
    circuitBreaker: { rollback: true },
  });
  const targets = new elb.ApplicationTargetGroup(backend, 'Targets', {
    vpc,
    port: 8000,
    protocol: elb.ApplicationProtocol.HTTP,
    targets: [service],
  });
  const rule = new elb.CfnListenerRule(backend, 'Rule', {
    listenerArn: listener.listenerArn,
    priority: 10,
    conditions: [{ field: 'path-pattern', pathPatternConfig: { values: ['/a', '/a/*'] } }],
    actions: [{ type: 'forward', targetGroupArn: targets.targetGroupArn }],
  });
  if (dependent) service.node.addDependency(rule);
  service
    .autoScaleTaskCount({ minCapacity: 1, maxCapacity: 4 })
    .scaleOnCpuUtilization('Cpu', { targetUtilizationPercent: 60 });
  const assembly = app.synth();
  return Object.fromEntries(assembly.stacks.map((stack) => [stack.stackName, stack.template]));
}

describe.each([
  ['in one stack', false],
  ['in two stacks', true],
])('a service %s', (_where, separate) => {
  test('is accepted', () => {
    expect(checkListenerRules(templates(separate))).toEqual([]);
  });

  test('causes a finding if it does not wait for its rule', () => {
    expect(checkListenerRules(templates(separate, false))).toEqual([
      expect.stringMatching(/created before the service/),
    ]);
  });

  test('gets its requests', () => {
    const all = templates(separate);
    expect(matchListener(all, { path: '/a/b' })).toMatchObject({
      kind: 'forward',
      destinations: [{ target: expect.stringMatching(/Targets/) }],
    });
    expect(matchListener(all, { path: '/' })).toMatchObject({ kind: 'fixed', status: 404 });
  });
});
