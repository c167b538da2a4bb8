import { Construct, RootConstruct } from 'constructs';
import { Backend } from '../../src/constructs/backend';
import { ScalingTarget } from '../../src/constructs/scaling-target';
import { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import { ServingPlatform } from '../../src/constructs/serving-platform';
import { Feature, SupportLevel } from '../../src/plan/target-profile';
import { backendOptions, endpointOn, singleBackend, testPlatform } from '../support/definitions';
import { EVERYTHING, TestPlatform } from '../support/test-platform';

describe('platform events', () => {
  test('occur at each declaration, in that order', () => {
    const platform = testPlatform();
    const endpoint = endpointOn(platform, 'Image Classifier');
    const backend = endpoint.addBackend('SVM:v1', backendOptions());
    backend.autoscale({ maxReplicas: 2, targets: [ScalingTarget.cpuUtilization(50)] });
    expect(platform.events).toEqual([
      'endpoint image-classifier',
      'backend image-classifier-svm-v1',
      'image-classifier-svm-v1 serves image-classifier',
      'scales image-classifier-svm-v1',
    ]);
  });

  test('do not occur for rejected declarations', () => {
    const platform = testPlatform();
    expect(() => endpointOn(platform, 'endpoint', { path: 'x' })).toThrow();
    expect(platform.events).toEqual([]);
    expect(platform.declared.endpoints).toEqual([]);
  });
});

describe('plan of a platform', () => {
  test('is computed once until the next declaration', () => {
    const { platform, endpoint } = singleBackend();
    const plan = platform.plan();
    expect(platform.plan()).toBe(plan);
    endpoint.addBackend('late', backendOptions());
    expect(platform.plan()).not.toBe(plan);
  });

  test('contains declarations after an earlier plan', () => {
    const { platform, endpoint, backend } = singleBackend();
    expect(platform.plan().backends).toHaveLength(1);
    const late = endpoint.addBackend('late', backendOptions());
    expect(platform.plan().endpoint('endpoint').shares).toHaveLength(2);
    endpoint.splitTraffic({
      shares: [
        { backend, weight: 3 },
        { backend: late, weight: 1 },
      ],
    });
    expect(
      platform
        .plan()
        .endpoint('endpoint')
        .shares.map((share) => share.weight),
    ).toEqual([3, 1]);
    late.autoscale({ minReplicas: 2, maxReplicas: 5, targets: [ScalingTarget.cpuUtilization(50)] });
    expect(platform.plan().backend('endpoint/late')).toMatchObject({ minReplicas: 2, maxReplicas: 5 });
    endpointOn(platform, 'second', { path: '/second' });
    expect(platform.plan().endpoints).toHaveLength(2);
  });

  test('fails if the target does not support a feature', () => {
    const target = { capabilities: EVERYTHING.filter(({ feature }) => feature !== Feature.STRIP_PREFIX) };
    const platform = testPlatform({ target });
    endpointOn(platform, 'endpoint', { path: '/a', stripPrefix: true }).addBackend('backend', backendOptions());
    expect(() => platform.synthesize()).toThrow(
      "[Unsupported] 'strip prefix' is not supported by the test platform: the test platform does not support it (at endpoint)",
    );
  });

  const leftToGateway = EVERYTHING.map((capability) =>
    capability.feature === Feature.ROUND_ROBIN
      ? { ...capability, level: SupportLevel.GATEWAY, detail: 'its own algorithm' }
      : capability,
  );

  test('leaves features to the gateway', () => {
    const platform = testPlatform({ target: { capabilities: leftToGateway } });
    endpointOn(platform).addBackend('backend', backendOptions());
    expect(platform.plan().refusals).toEqual([]);
    expect(platform.plan().ledger).toContainEqual({
      path: 'endpoint/backend',
      feature: 'round robin',
      level: 'left to the gateway',
      detail: 'its own algorithm',
    });
  });

  test('fails if a strict platform would leave a feature to the gateway', () => {
    const platform = testPlatform({ target: { capabilities: leftToGateway }, strict: true });
    endpointOn(platform).addBackend('backend', backendOptions());
    expect(() => platform.synthesize()).toThrow(
      "[LeftToGateway] 'round robin' is left to the gateway, which 'strict' forbids: its own algorithm (at endpoint/backend)",
    );
  });

  test('reports all errors at once', () => {
    const platform = testPlatform();
    endpointOn(platform, 'a');
    endpointOn(platform, 'b');
    expect(() => platform.synthesize()).toThrow(
      /DuplicateRoute.*\(at b\)\n.*NoBackend.*\(at a\)\n.*NoBackend.*\(at b\)/,
    );
  });

  test('fails if two endpoints match the same requests', () => {
    const platform = testPlatform();
    for (const id of ['a', 'b']) endpointOn(platform, id, { path: '/x' }).addBackend(`${id}1`, backendOptions());
    expect(() => platform.synthesize()).toThrow(
      "[DuplicateRoute] endpoints 'b' and 'a' (a) match the same requests: both have path '/x'; use another path, host, method or header for one of them (at b)",
    );
  });
});

describe('names', () => {
  test('fail if two endpoints would have the same', () => {
    const platform = testPlatform();
    endpointOn(platform, 'image classifier', { path: '/a' });
    expect(() => endpointOn(platform, 'image-classifier', { path: '/b' })).toThrow(
      "[NameClash] endpoint 'image-classifier' (image-classifier) and 'image classifier' would both be named 'image-classifier'; change the id of one, or set 'endpointName' (at image-classifier)",
    );
  });

  test('fail if two backends would have the same', () => {
    const platform = testPlatform();
    endpointOn(platform, 'a', { path: '/a' }).addBackend('b c', backendOptions());
    expect(() => endpointOn(platform, 'a-b', { path: '/b' }).addBackend('c', backendOptions())).toThrow(
      "[NameClash] backend 'c' (a-b/c) and 'a/b c' would both be named 'a-b-c'; change the id of one, or set 'backendName' (at a-b/c)",
    );
  });

  test('of an endpoint and a backend can be the same', () => {
    const platform = testPlatform();
    endpointOn(platform, 'same').attachBackend(
      new Backend(platform.node.root as RootConstruct, 'Same', backendOptions()),
    );
    expect(platform.synthesize().services[0]?.name).toBe('same');
  });
});

describe('removed constructs', () => {
  test('fail if one still serves endpoints', () => {
    const { platform, endpoint } = singleBackend();
    endpoint.node.tryRemoveChild('backend');
    expect(() => platform.synthesize()).toThrow(
      "[ConstructRemoved] 'backend' was removed from the construct tree after it was declared, but is still rendered; do not create it in the first place (at endpoint/backend)",
    );
  });

  test('fail if one was only declared', () => {
    const platform = testPlatform();
    const root = platform.node.root;
    new Backend(root as RootConstruct, 'alone', backendOptions());
    root.node.tryRemoveChild('alone');
    expect(() => platform.synthesize()).toThrow(
      "[ConstructRemoved] 'alone' was removed from the construct tree after it was declared, but is still rendered; do not create it in the first place (at alone)",
    );
  });
});

describe('platform without a framework', () => {
  test('is found from a scope below its own', () => {
    const root = new RootConstruct();
    const platform = new TestPlatform(root, 'Platform');
    const scope = new Construct(new Construct(root, 'Team'), 'Service');
    expect(ServingPlatform.of(scope)).toBe(platform);
    expect(new ServingEndpoint(scope, 'endpoint').platform).toBe(platform);
  });

  test('is the nearest of several', () => {
    const root = new RootConstruct();
    new TestPlatform(root, 'Platform');
    const scope = new Construct(root, 'Team');
    const near = new TestPlatform(scope, 'Platform');
    expect(ServingPlatform.of(new Construct(scope, 'Service'))).toBe(near);
  });

  test('can be passed to an endpoint elsewhere in the tree', () => {
    const root = new RootConstruct();
    const platform = new TestPlatform(new Construct(root, 'Shared'), 'Platform');
    const endpoint = new ServingEndpoint(new Construct(root, 'Team'), 'endpoint', { platform });
    expect(endpoint.addBackend('backend', backendOptions()).platform).toBe(platform);
    expect(platform.synthesize().services.map((service) => service.name)).toEqual(['endpoint-backend']);
  });

  test('takes precedence over the nearest one if it is passed', () => {
    const root = new RootConstruct();
    new TestPlatform(root, 'Near');
    const platform = new TestPlatform(new Construct(root, 'Scope'), 'Far');
    expect(new ServingEndpoint(root, 'endpoint', { platform }).platform).toBe(platform);
    expect(new Backend(root, 'backend', { ...backendOptions(), platform }).platform).toBe(platform);
  });

  test('fails if its scope already has one', () => {
    const root = new RootConstruct();
    new TestPlatform(root, 'First');
    expect(() => new TestPlatform(root, 'Second')).toThrow(
      "[DuplicatePlatform] 'the root' already has a platform ('First'); construct the second platform in another scope, or pass it as 'platform' (at Second)",
    );
  });

  test('fails if there is neither one nor a Stack nor a Chart', () => {
    expect(() => new ServingEndpoint(new RootConstruct(), 'endpoint')).toThrow(
      '[NoPlatform] no Stack, Chart or platform encloses this construct; create it in a CDK Stack or a cdk8s Chart, or create a platform in an enclosing scope (at endpoint)',
    );
  });

  test('is distinguished from other constructs by its tag', () => {
    const platform = testPlatform();
    expect(ServingPlatform.isServingPlatform(platform)).toBe(true);
    for (const other of [platform.node.root, undefined, null, 'platform']) {
      expect(ServingPlatform.isServingPlatform(other)).toBe(false);
    }
  });

  test('renders the whole definition as one document', () => {
    const { platform, endpoint } = singleBackend({ replicas: 2 }, { path: '/classify' });
    endpoint.addBackend('ResNet50:v2', backendOptions({ description: 'v2' }));
    expect(platform.synthesize()).toMatchSnapshot();
  });
});
