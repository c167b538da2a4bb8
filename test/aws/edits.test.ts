/** Edits of a deployed definition, in both directions: what CloudFormation creates, changes and deletes, and in which order. */
import { App, Stack, Stage } from 'aws-cdk-lib';
import * as acm from 'aws-cdk-lib/aws-certificatemanager';
import { Vpc } from 'aws-cdk-lib/aws-ec2';
import { Cluster } from 'aws-cdk-lib/aws-ecs';
import { FileSystem } from 'aws-cdk-lib/aws-efs';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import {
  aws,
  type Backend,
  type BackendOptions,
  Duration,
  Gpu,
  HealthCheck,
  HttpMethod,
  Model,
  ModelServer,
  ScalingTarget,
  SecretValue,
  ServerImage,
  ServerProtocol,
  ServingEndpoint,
  type ServingEndpointProps,
  ServingPlatform,
  StreamProtocol,
} from '../../src';
import { newApp, newStack, templatesOf } from '../support/aws';
import { dependenciesOf, replacedBy, updateFaults } from '../support/cloudformation/update';
import { type Data, object } from '../support/data';
import { backendOptions } from '../support/definitions';

type Definition = (stack: Stack) => unknown;

function render(definition: Definition): Data {
  const stack = newStack();
  definition(stack);
  return templatesOf(stack)[stack.stackName] as Data;
}

/** An endpoint with backends, by name. */
function endpoint(
  scope: Construct,
  id: string,
  props: ServingEndpointProps = {},
  backends: { readonly [name: string]: Partial<BackendOptions> } = { v1: {} },
): ServingEndpoint {
  const made = new ServingEndpoint(scope, id, props);
  for (const [name, options] of Object.entries(backends)) made.addBackend(name, backendOptions(options));
  return made;
}

const one =
  (props: ServingEndpointProps, backends?: { readonly [name: string]: Partial<BackendOptions> }): Definition =>
  (stack) =>
    endpoint(stack, 'endpoint', props, backends);

const backend = (options: Partial<BackendOptions>): Definition => one({}, { v1: options });

const secure =
  (definition: Definition): Definition =>
  (stack) => {
    const arn = 'arn:aws:acm:eu-west-1:111122223333:certificate/a';
    const certificate = acm.Certificate.fromCertificateArn(stack, 'Certificate', arn);
    new aws.EcsPlatform(stack, ServingPlatform.DEFAULT_ID, { certificate });
    definition(stack);
  };

const groups = (types: readonly string[]) =>
  types.map((instanceType) => aws.GpuCapacity.autoScalingGroup({ instanceType }));

/** A backend for each of these GPUs, on capacities of these types. */
const onGpus =
  (types: readonly string[], ...gpus: readonly Gpu[]): Definition =>
  (stack) => {
    new aws.EcsPlatform(stack, 'Platform', types.length === 0 ? {} : { gpuCapacities: groups(types) });
    for (const [index, gpu] of gpus.entries()) endpoint(stack, `e${index}`, { path: `/${index}` }, { v1: { gpu } });
  };

const inCluster =
  (...types: readonly string[]): Definition =>
  (stack) => {
    const cluster = new Cluster(stack, 'Cluster', { vpc: new Vpc(stack, 'Vpc') });
    new aws.EcsPlatform(stack, 'Platform', { cluster, gpuCapacities: groups(types) });
    endpoint(stack, 'endpoint', {}, { v1: { gpu: Gpu.nvidia() } });
  };

const METHODS = [HttpMethod.GET, HttpMethod.POST, HttpMethod.PUT, HttpMethod.DELETE];
const GPU = Gpu.nvidia();
const GPUS = Gpu.nvidia({ count: 4 });

const withHeaders =
  (headers: readonly string[], props: ServingEndpointProps = {}): Definition =>
  (stack) => {
    const made = endpoint(stack, 'endpoint', { path: '/a', ...props }, { v1: {}, v2: {} });
    const [first, second] = made.backends as [Backend, Backend];
    const headerRules = headers.map((header) => ({ header, value: 'a', backend: second }));
    made.splitTraffic({ shares: [{ backend: first, weight: 1 }], headerRules });
  };

const encrypted =
  (id: string): Definition =>
  (stack) => {
    const bucket = new Bucket(stack, id, { encryptionKey: new Key(stack, `${id}Key`) });
    endpoint(stack, 'endpoint', {}, { v1: { model: aws.S3Model.fromBucket(bucket, 'v1/') } });
  };

const mounted =
  (id: string): Definition =>
  (stack) => {
    const { vpc } = new aws.EcsPlatform(stack, 'Platform');
    const volume = aws.EfsVolume.fromFileSystem(new FileSystem(stack, id, { vpc }));
    endpoint(stack, 'endpoint', {}, { v1: { model: Model.fromVolume(volume, { directory: 'v1' }) } });
  };

const granting =
  (isGranted: boolean): Definition =>
  (stack) => {
    const [made] = endpoint(stack, 'endpoint').backends as [Backend];
    const bucket = new Bucket(stack, 'Documents');
    if (isGranted) bucket.grantRead(aws.EcsBackend.of(made));
  };

const permitting = (action: string): Definition =>
  backend({
    targetSettings: [
      aws.TaskSettings.of({ taskRoleStatements: [new PolicyStatement({ actions: [action], resources: ['*'] })] }),
    ],
  });

const scaled: Definition = (stack) => {
  const [made] = endpoint(stack, 'endpoint').backends as [Backend];
  made.autoscale({ minReplicas: 3, maxReplicas: 8, targets: [ScalingTarget.cpuUtilization(60)] });
};

const paths =
  (...ends: readonly (readonly [id: string, props: ServingEndpointProps])[]): Definition =>
  (stack) =>
    ends.map(([id, props]) => endpoint(stack, id, props));

const nested: Definition = (stack) =>
  endpoint(new Construct(stack, 'Models'), 'classify', { path: '/a', methods: METHODS });

const explicit: Definition = (stack) => {
  new aws.EcsPlatform(stack, ServingPlatform.DEFAULT_ID);
  endpoint(stack, 'endpoint');
};

const LONG = { maxDuration: Duration.hours(1), heartbeat: Duration.seconds(20) };
const streaming = (props: ServingEndpointProps): Definition =>
  one(props, { v1: { server: ModelServer.asgi({ app: 'app' }) } });
const ofRepository = (name: string): Definition =>
  backend({ image: ServerImage.fromRegistry(`111122223333.dkr.ecr.eu-west-1.amazonaws.com/${name}:1`) });
const ofSecret = (name: string): Definition => backend({ secrets: { TOKEN: SecretValue.fromName(name) } });
const ofModel = (prefix: string): Definition => backend({ model: Model.fromS3(`s3://models/${prefix}/`) });
const ofProtocol = (protocol?: ServerProtocol): Definition =>
  secure(backend({ server: ModelServer.hypercorn({ app: 'app:app' }), protocol }));

const DEEP = { path: '/b/c', hosts: ['a.example.com'] };
const FLAT = { path: '/a', methods: METHODS };

/** Pairs of definitions, and what the edit replaces. */
const EDITS: readonly (readonly [what: string, before: Definition, after: Definition, replaced?: readonly string[]])[] =
  [
    ['an endpoint gets another id', paths(['classify', FLAT]), paths(['classifier', FLAT])],
    ['an endpoint gets the next version as its id', paths(['v1', FLAT]), paths(['v2', FLAT])],
    ['an endpoint moves into a construct', paths(['classify', FLAT]), nested],
    [
      'an endpoint takes the path of a removed one',
      paths(['a', { path: '/a' }], ['b', { path: '/b' }]),
      paths(['b', { path: '/a' }]),
    ],
    [
      'two endpoints swap their paths',
      paths(['a', { path: '/a' }], ['b', { path: '/b' }]),
      paths(['a', { path: '/b' }], ['b', { path: '/a' }]),
    ],
    ['two different endpoints swap their routes', paths(['a', FLAT], ['b', DEEP]), paths(['a', DEEP], ['b', FLAT])],
    ['a backend is added', one({ path: '/a' }), one({ path: '/a' }, { v1: {}, v2: {} })],
    ['a backend is replaced', one({ path: '/a' }, { v1: {} }), one({ path: '/a' }, { v2: {} })],
    ['a backend is added with a priority', one({ priority: 100 }), one({ priority: 100 }, { v0: {}, v1: {}, v2: {} })],
    ['a backend is replaced with a priority', one({ priority: 100 }), one({ priority: 100 }, { v2: {} })],
    ['a method is added', one({ path: '/a', methods: METHODS.slice(1) }), one(FLAT)],
    [
      'a method is added with a priority',
      one({ path: '/a', priority: 100, methods: METHODS.slice(1) }),
      one({ ...FLAT, priority: 100 }),
    ],
    ['a header rule is added in front', withHeaders(['x-b']), withHeaders(['x-a', 'x-b'])],
    ['many header rules are added', withHeaders(['x-a']), withHeaders(['x-a', 'x-b', 'x-c', 'x-d', 'x-e'])],
    [
      'methods are added to header rules with a priority',
      withHeaders(['x-a', 'x-b'], { priority: 100, methods: METHODS.slice(0, 2) }),
      withHeaders(['x-a', 'x-b'], { priority: 100, methods: METHODS }),
    ],
    ['a priority is set', one({ path: '/a' }), one({ path: '/a', priority: 100 })],
    ['the port changes', backend({ port: 8000 }), backend({ port: 9000 })],
    ['the server has another port', backend({}), backend({ server: ModelServer.triton() })],
    ['the protocol changes', ofProtocol(), ofProtocol(ServerProtocol.HTTP2)],
    ['a certificate is added', one({ path: '/a' }), secure(one({ path: '/a' })), ['ListenerRule.ListenerArn']],
    ['the model changes', ofModel('v1'), ofModel('v2')],
    ['the bucket and its key change', encrypted('One'), encrypted('Two')],
    ['the secrets change', ofSecret('one'), ofSecret('two')],
    ['the image comes from another repository', ofRepository('one'), ofRepository('two')],
    ['the volume changes', mounted('One'), mounted('Two')],
    ['a permission of the application is removed', granting(true), granting(false)],
    ['a permission of the settings changes', permitting('sqs:SendMessage'), permitting('sns:Publish')],
    [
      'names change',
      one({ endpointName: 'a' }, { v1: { backendName: 'a' } }),
      one({ endpointName: 'b' }, { v1: { backendName: 'b' } }),
    ],
    ['descriptions change', one({ description: 'a' }, { v1: { description: 'a' } }), one({ description: 'b' })],
    ['autoscaling replaces a number of replicas', backend({ replicas: 3 }), scaled],
    ['streaming is added', streaming({}), streaming({ streaming: LONG })],
    ['WebSocket is added', streaming({}), streaming({ streaming: { ...LONG, protocol: StreamProtocol.WEB_SOCKET } })],
    ['a smoke test is added', backend({}), backend({ smokeTest: { path: '/a', answer: { status: 204 } } })],
    ['the health check changes', backend({}), backend({ healthCheck: HealthCheck.http('/healthz') })],
    ['the GPU type changes', onGpus(['g6.xlarge'], GPU), onGpus(['g5.xlarge'], GPU), ['Service.Cluster']],
    ['the number of GPUs changes', onGpus([], GPU), onGpus([], GPUS), ['Service.Cluster']],
    [
      'one of two GPU types is removed',
      onGpus(['g6.xlarge', 'g6.12xlarge'], GPU, GPUS),
      onGpus(['g6.12xlarge'], GPU, GPUS),
      ['Service.Cluster'],
    ],
    ['a GPU is added', backend({}), backend({ gpu: GPU }), ['Service.Cluster', 'Service.LaunchType']],
    ['a backend with a GPU is removed', onGpus([], GPU, GPUS), onGpus([], GPU)],
    ['an existing cluster gets other GPUs', inCluster('g6.xlarge'), inCluster('g6.xlarge', 'g5.xlarge')],
    ['a backend moves to other GPUs', inCluster('g6.xlarge', 'g5.xlarge'), inCluster('g5.xlarge', 'g6.xlarge')],
    ['the default platform becomes explicit', one({}), explicit],
  ];

const ROWS = EDITS.map(([what, before, after, replaced = []]) => [what, before, after, replaced] as const);

describe.each(ROWS)('%s', (_what, before, after, replaced) => {
  const [old, now] = [render(before), render(after)];

  test.each([
    ['forward', old, now],
    ['back', now, old],
  ])('%s, without a clash, and running tasks keep what they use', (_direction, from, to) => {
    expect(updateFaults(from, to)).toEqual([]);
  });

  test('replaces only what must be replaced', () => {
    expect([...new Set(replacedBy(old, now))]).toEqual(replaced);
  });
});

test('the protocol selects a service and a target group of its own, and the rules wait for the service', () => {
  const template = render(secure(backend({ server: ModelServer.triton(), protocol: ServerProtocol.GRPC })));
  const ids = Object.keys(object(template.Resources));
  for (const id of [/v1ServiceGrpc/, /v1TargetGroupGrpc/, /v1AnchorGrpc/])
    expect(ids).toContainEqual(expect.stringMatching(id));
  expect(dependenciesOf(template, 'AWS::ElasticLoadBalancingV2::ListenerRule')).toContainEqual(
    expect.stringMatching(/v1ServiceGrpc/),
  );
});

test('a stack that keeps its name can move in the tree, and no rule changes its priority', () => {
  const priorities = [newApp(), new Stage(newApp(), 'Production')].map((scope) => {
    const stack = new Stack(scope, 'Stack', { stackName: 'models' });
    endpoint(stack, 'endpoint', { path: '/a' });
    const template = App.isApp(scope) ? templatesOf(stack).models : scope.synth().stacks[0]?.template;
    return Object.values(object((template as Data).Resources))
      .map((resource) => object(object(resource).Properties).Priority)
      .filter((priority) => priority !== undefined);
  });
  expect(priorities[0]).toHaveLength(3);
  expect(priorities[1]).toEqual(priorities[0]);
});

test('several backends need one rule of the security group of the load balancer', () => {
  const template = render(one({}, { v1: {}, v2: { port: 9000 }, v3: {}, v4: {}, v5: {} }));
  const types = Object.values(object(template.Resources)).map((resource) => object(resource).Type);
  expect(types.filter((type) => type === 'AWS::EC2::SecurityGroupEgress')).toHaveLength(1);
});

test('a certificate keeps the export of the listener that rules of another stack still refer to', () => {
  const exportsOf = (platformOf: Definition): string[] => {
    const app = newApp();
    const [shared, models] = ['Shared', 'Models'].map((id) => new Stack(app, id)) as [Stack, Stack];
    platformOf(shared);
    const platform = ServingPlatform.of(shared);
    new ServingEndpoint(models, 'endpoint', { platform }).addBackend('v1', backendOptions());
    const { Outputs } = templatesOf(app).Shared as Data;
    return Object.values(object(Outputs)).map((output) => String(object(object(output).Export).Name));
  };
  const nothing = () => undefined;
  expect(exportsOf(secure(nothing))).toEqual(expect.arrayContaining(exportsOf(nothing)));
});
