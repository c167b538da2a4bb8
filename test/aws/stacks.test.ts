import { CfnParameter, NestedStack, Stack, Stage } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { aws, Backend, Duration, HttpMethod, ScalingTarget, ServingEndpoint } from '../../src';
import { TargetPlatform } from '../../src/constructs/target-platform';
import { attributes, newApp, newStack, oneBackend, only, templateOf, templatesOf } from '../support/aws';
import { matchListener, Stacks } from '../support/cloudformation';
import { stackGraph } from '../support/cloudformation/graph';
import { backendOptions } from '../support/definitions';

const TARGETS = 'AWS::ElasticLoadBalancingV2::TargetGroup';

/** A platform, a backend and an endpoint, each in a separate stack. */
function threeStacks(app = newApp()) {
  const [platformStack, backendStack, endpointStack] = ['Platform', 'Models', 'Routes'].map((id) => new Stack(app, id));
  const platform = new aws.EcsPlatform(platformStack!, 'Platform');
  const backend = new Backend(backendStack!, 'svm', { ...backendOptions(), platform });
  return { app, platform, backend, endpointStack: endpointStack! };
}

/** The dependencies between stacks. */
function dependencies(templates: ReturnType<typeof templatesOf>): { [stack: string]: string[] } {
  return Object.fromEntries([...stackGraph(new Stacks(templates))].map(([name, others]) => [name, [...others].sort()]));
}

test('two endpoints in one stack share its network, cluster and load balancer', () => {
  const { stack } = oneBackend({}, { path: '/a' });
  new ServingEndpoint(stack, 'other', { path: '/b' }).addBackend('backend', backendOptions());
  const template = templateOf(stack);
  for (const type of ['EC2::VPC', 'ECS::Cluster', 'ElasticLoadBalancingV2::LoadBalancer'])
    template.resourceCountIs(`AWS::${type}`, 1);
  template.resourceCountIs('AWS::ECS::Service', 2);
});

describe('a backend that two endpoints share', () => {
  const stack = newStack();
  const backend = new Backend(stack, 'svm', backendOptions());
  for (const [id, seconds] of [
    ['fast', 10],
    ['slow', 300],
  ] as const) {
    const requestTimeout = Duration.seconds(seconds);
    new ServingEndpoint(stack, id, { path: `/${id}`, requestTimeout }).attachBackend(backend);
  }
  const template = Template.fromJSON(templatesOf(stack).Serving as object);

  test('is one service that is reachable through both, also by its own address', () => {
    template.resourceCountIs('AWS::ECS::Service', 1);
    for (const path of ['/fast', '/slow']) {
      for (const headers of [{}, { 'x-serving-backend': 'svm' }] as Record<string, string>[]) {
        const outcome = matchListener([template.toJSON()], { path, headers });
        expect(outcome).toMatchObject({ kind: 'forward', destinations: [{ path }] });
      }
    }
  });

  test('drains for the longest request', () => {
    expect(attributes(only(template, TARGETS))['deregistration_delay.timeout_seconds']).toBe('310');
  });
});

test('a backend that is added after the template was read gets its share', () => {
  const { stack, endpoint } = oneBackend({}, { path: '/a' });
  const before = matchListener(templatesOf(stack), { path: '/a' });
  expect(before).toMatchObject({ destinations: [{ weight: 1 }] });
  TargetPlatform.planOf(endpoint.platform);
  const late = endpoint.addBackend('late', backendOptions());
  late.autoscale({ maxReplicas: 3, targets: [ScalingTarget.requestsPerSecond(10)] });
  endpoint.splitTraffic({
    shares: [
      { backend: endpoint.backends[0]!, weight: 3 },
      { backend: late, weight: 1 },
    ],
  });
  expect(matchListener(templatesOf(stack), { path: '/a' })).toMatchObject({
    destinations: [{ weight: 3 }, { weight: 1 }],
  });
});

describe('platform, backends and endpoints in three stacks', () => {
  const DIRECTION = { Platform: [], Models: ['Platform'], Routes: ['Models', 'Platform'] };

  test('depend on each other in one direction only', () => {
    const { app, backend, endpointStack } = threeStacks();
    const endpoint = new ServingEndpoint(endpointStack, 'endpoint', {
      platform: backend.platform,
      path: '/a',
      methods: [HttpMethod.POST],
    });
    endpoint.attachBackend(backend);
    const templates = templatesOf(app);
    expect(dependencies(templates)).toEqual(DIRECTION);
    expect(matchListener(templates, { method: 'POST', path: '/a' })).toMatchObject({
      kind: 'forward',
      destinations: [{ target: expect.stringMatching(/^Models\//) }],
    });
  });

  test('depend in one direction if requests scale the backend and the host is a token', () => {
    const { app, backend, endpointStack } = threeStacks();
    backend.autoscale({
      maxReplicas: 4,
      targets: [ScalingTarget.requestsPerSecond(10), ScalingTarget.ongoingRequests(4)],
    });
    const host = new CfnParameter(endpointStack, 'Host', { default: 'models.example.com' });
    const endpoint = new ServingEndpoint(endpointStack, 'endpoint', {
      platform: backend.platform,
      hosts: [host.valueAsString],
    });
    endpoint.attachBackend(backend);
    const templates = templatesOf(app);
    expect(dependencies(templates)).toEqual(DIRECTION);
    expect(matchListener(templates, { host: 'models.example.com' })).toMatchObject({ kind: 'forward' });
    expect(JSON.stringify(endpointStack.resolve(endpoint.url))).toContain('{"Ref":"Host"}');
  });

  test('depend in one direction if a backend calls another endpoint', () => {
    const { app, platform, backend, endpointStack } = threeStacks();
    const first = new ServingEndpoint(endpointStack, 'first', { platform, path: '/first' });
    first.attachBackend(backend);
    const second = new ServingEndpoint(endpointStack, 'second', { platform, path: '/second' });
    second.addBackend('caller', backendOptions({ environment: { FIRST_URL: first.internalUrl } }));
    expect(dependencies(templatesOf(app))).toEqual(DIRECTION);
  });

  test('create the backend before it receives requests', () => {
    const { app, backend, endpointStack } = threeStacks();
    new ServingEndpoint(endpointStack, 'endpoint', { platform: backend.platform }).attachBackend(backend);
    expect(
      app
        .synth()
        .getStackByName('Routes')
        .dependencies.map(({ id }) => id),
    ).toContain('Models');
  });
});

describe('a nested stack', () => {
  test('uses the platform of its parent stack', () => {
    const stack = newStack();
    oneBackend({}, { path: '/a' }, stack);
    const nested = new NestedStack(stack, 'Nested');
    const endpoint = new ServingEndpoint(nested, 'nested', { path: '/b' });
    const inside = endpoint.addBackend('inside', backendOptions());
    inside.autoscale({ maxReplicas: 2, targets: [ScalingTarget.requestsPerSecond(10)] });
    const templates = templatesOf(stack);
    const [file] = Object.keys(templates).filter((name) => name !== 'Serving');
    const template = Template.fromJSON(templates[file!] as object);
    template.resourceCountIs('AWS::EC2::VPC', 0);
    template.resourceCountIs('AWS::ECS::Service', 1);
    expect(matchListener(templates, { path: '/b' })).toMatchObject({ kind: 'forward' });
  });

  test('can contain the backend of an endpoint in its parent stack, whose rules then depend on it', () => {
    const stack = newStack();
    const endpoint = new ServingEndpoint(stack, 'endpoint', { path: '/a' });
    endpoint.attachBackend(new Backend(new NestedStack(stack, 'Nested'), 'svm', backendOptions()));
    const templates = templatesOf(stack);
    expect(matchListener(templates, { path: '/a' })).toMatchObject({
      destinations: [{ target: expect.stringContaining('svmTargetGroup') }],
    });
    const rules = Template.fromJSON(templates.Serving as object).findResources(
      'AWS::ElasticLoadBalancingV2::ListenerRule',
    );
    for (const rule of Object.values(rules)) expect(JSON.stringify(rule.DependsOn)).toContain('NestedStackResource');
  });
});

test('an endpoint outside a stack fails', () => {
  const app = newApp();
  const platform = new aws.EcsPlatform(new Stack(app, 'Stack'), 'Platform');
  expect(() => new ServingEndpoint(app, 'endpoint', { platform })).toThrow(
    "[WrongScope] endpoint 'endpoint' uses an EcsPlatform but is not inside a CDK Stack; create it in a Stack, or use another platform (at endpoint)",
  );
});

test('a platform outside a stack fails', () => {
  expect(() => new aws.EcsPlatform(newApp(), 'Platform')).toThrow(
    '[WrongScope] an EcsPlatform must be inside a CDK Stack; create it in a Stack, or use another platform (at Platform)',
  );
});

describe('a platform that cannot be reached is refused', () => {
  const env = (region: string) => ({ env: { account: '111111111111', region } });

  test.each<[string, (app: ReturnType<typeof newApp>) => [Stack, Stack], string]>([
    [
      'in another Region',
      (app) => [new Stack(app, 'A', env('eu-west-1')), new Stack(app, 'B', env('us-east-1'))],
      "is in 'aws://111111111111/us-east-1', but its platform 'A/Platform' is in 'aws://111111111111/eu-west-1'; create a platform for each Stage, account and Region",
    ],
    [
      'in another Stage',
      (app) => [new Stack(new Stage(app, 'Test'), 'A'), new Stack(new Stage(app, 'Production'), 'A')],
      "is in 'aws://unknown-account/unknown-region' of Stage 'Production', but its platform 'Test/A/Platform' is in 'aws://unknown-account/unknown-region' of Stage 'Test'; ",
    ],
    [
      'in another app',
      (app) => [new Stack(newApp(), 'A'), new Stack(app, 'B')],
      "'platform' ('A/Platform') belongs to another app; create a platform in this app, or omit 'platform'",
    ],
  ])('%s', (_place, make, message) => {
    const [there, here] = make(newApp());
    const platform = new aws.EcsPlatform(there, 'Platform');
    expect(() => new ServingEndpoint(here, 'svm', { platform })).toThrow(message);
    expect(() => new Backend(here, 'backend', { ...backendOptions(), platform })).toThrow(message);
  });

  test('unless it is in the same Stage, also from a nested stack', () => {
    const stage = new Stage(newApp(), 'Test', env('eu-west-1'));
    const platform = new aws.EcsPlatform(new Stack(stage, 'A'), 'Platform');
    for (const scope of [new Stack(stage, 'B'), new NestedStack(new Stack(stage, 'C'), 'Nested')])
      expect(
        () => new ServingEndpoint(scope, 'svm', { path: `/${scope.node.id}`, endpointName: scope.node.id, platform }),
      ).not.toThrow();
  });
});
