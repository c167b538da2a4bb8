import { Stack } from 'aws-cdk-lib';
import { App, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import {
  AutoscalingPolicy,
  aws,
  Backend,
  kubernetes,
  OwnAddress,
  ScalingTarget,
  ServingEndpoint,
  ServingPlatform,
  TrafficSplit,
  Warnings,
} from '../../src';
import { refusalOf, TARGET_NAMES, TARGETS } from '../definitions/targets';
import { backendOptions } from '../support/definitions';

type Make = (scope: Construct, id: string) => unknown;

/** Everything that is created with a scope and an id, and each method that takes an id. */
const MAKES: [name: string, make: Make][] = [
  ['ServingEndpoint', (scope, id) => new ServingEndpoint(scope, id)],
  ['addBackend', (scope, id) => new ServingEndpoint(scope, 'endpoint').addBackend(id, backendOptions())],
  ['Backend', (scope, id) => new Backend(scope, id, backendOptions())],
  ['TrafficSplit', (scope, id) => new TrafficSplit(scope, id, {} as never)],
  ['AutoscalingPolicy', (scope, id) => new AutoscalingPolicy(scope, id, {} as never)],
];

const ON_AWS: typeof MAKES = [...MAKES, ['EcsPlatform', (scope, id) => new aws.EcsPlatform(scope, id)]];
const ON_KUBERNETES: typeof MAKES = [
  ...MAKES,
  ['KubernetesPlatform', (scope, id) => new kubernetes.KubernetesPlatform(scope, id)],
];

const BAD: [id: unknown, shown: string][] = [
  ['', "''"],
  [undefined, 'undefined'],
  [null, 'null'],
  [5, '5'],
];

describe.each(BAD)('the id %j is rejected', (id, shown) => {
  const message = `[InvalidType] 'id' (${shown}) must be a non-empty string, for example 'v1'`;

  test.each(ON_AWS)('by %s on AWS', (_, make) => {
    expect(() => make(new Stack(), id as string)).toThrow(message);
  });

  test.each(ON_KUBERNETES)('by %s on Kubernetes', (_, make) => {
    expect(() => make(new Chart(new App(), 'serving'), id as string)).toThrow(message);
  });
});

describe.each([undefined, null, 5, 'x', {}])('the scope %j is rejected', (scope) => {
  test.each<[string, (scope: Construct) => unknown]>([
    ['ServingEndpoint', (place) => new ServingEndpoint(place, 'endpoint')],
    ['Backend', (place) => new Backend(place, 'v1', backendOptions())],
    ['EcsPlatform', (place) => new aws.EcsPlatform(place, 'platform')],
    ['KubernetesPlatform', (place) => new kubernetes.KubernetesPlatform(place, 'platform')],
    ['Warnings.of', (place) => Warnings.of(place)],
    ['ServingPlatform.of', (place) => ServingPlatform.of(place)],
  ])('by %s', (_, make) => {
    expect(() => make(scope as never)).toThrow(/^\[InvalidType\] 'scope' \(.*\) must be a construct, for example this/);
  });
});

const TARGETS_OF_IDS = [ScalingTarget.cpuUtilization(60)];

/** A definition that uses every verb, so that each target creates every kind of child. */
function everything(scope: Construct) {
  const endpoint = new ServingEndpoint(scope, 'endpoint', { path: '/classify' });
  const backend = endpoint.addBackend('v1', backendOptions({ ownAddress: OwnAddress.HEADER }));
  const split = endpoint.splitTraffic({
    shares: [{ backend, weight: 1 }],
    headerRules: [{ header: 'x-method', value: 'explain', backend }],
  });
  const policy = backend.autoscale({ maxReplicas: 4, targets: TARGETS_OF_IDS });
  return { endpoint, backend, split, policy };
}

type Declared = ReturnType<typeof everything>;

describe.each(TARGET_NAMES)('an id that is in use on %s', (target) => {
  test.each<[string, message: string, again: (scope: Construct, declared: Declared) => unknown]>([
    [
      'by a second endpoint',
      "[DuplicateId] 'id' ('endpoint') is already used by a ServingEndpoint in the same scope; use another id (at Serving/endpoint)",
      (scope) => new ServingEndpoint(scope, 'endpoint', { path: '/other' }),
    ],
    [
      'by addBackend',
      "[DuplicateId] 'id' ('v1') is already used by a Backend in the same scope; use another id (at Serving/endpoint/v1)",
      (_, { endpoint }) => endpoint.addBackend('v1', backendOptions()),
    ],
    [
      'by a backend of its own',
      "[DuplicateId] 'id' ('endpoint') is already used by a ServingEndpoint in the same scope; use another id (at Serving/endpoint)",
      (scope) => new Backend(scope, 'endpoint', backendOptions()),
    ],
    [
      'by a second split',
      "[DuplicateSplit] endpoint 'endpoint' already has a traffic split; put all shares and header rules into one (at Serving/endpoint)",
      (_, { endpoint }) => endpoint.splitTraffic({}),
    ],
    [
      'by a split of its own',
      "[DuplicateId] 'id' ('Split') is already used by a TrafficSplit in the same scope; use another id (at Serving/endpoint/Split)",
      (_, { endpoint }) => new TrafficSplit(endpoint, 'Split', { endpoint }),
    ],
    [
      'by a second policy',
      "[DuplicateAutoscaling] backend 'v1' already has an autoscaling policy; use one policy with several targets (at Serving/endpoint/v1)",
      (_, { backend }) => backend.autoscale({ maxReplicas: 2, targets: TARGETS_OF_IDS }),
    ],
    [
      'by a policy of its own',
      "[DuplicateId] 'id' ('Autoscaling') is already used by an AutoscalingPolicy in the same scope; use another id (at Serving/endpoint/v1/Autoscaling)",
      (_, { backend }) =>
        new AutoscalingPolicy(backend, 'Autoscaling', { backend, maxReplicas: 2, targets: TARGETS_OF_IDS }),
    ],
    [
      'with a slash, which paths replace',
      "[DuplicateId] 'id' ('a/b') is already used by a Construct in the same scope; use another id (at Serving/a--b)",
      (scope) => {
        new Construct(scope, 'a/b');
        new ServingEndpoint(scope, 'a/b', { path: '/b' });
      },
    ],
  ])('is rejected %s', (_, message, again) => {
    expect(refusalOf(target, (scope) => again(scope, everything(scope)))).toBe(message);
  });

  test.each<[string, string, (scope: Construct, endpoint: ServingEndpoint) => unknown]>([
    ['Split', "'splitTraffic'", (_, endpoint) => endpoint.splitTraffic({})],
    [
      'Autoscaling',
      "'autoscale'",
      (_, endpoint) => endpoint.backends[0]?.autoscale({ maxReplicas: 2, targets: TARGETS_OF_IDS }),
    ],
  ])('is rejected if it is %s and %s needs it', (id, verb, use) => {
    const refusal = refusalOf(target, (scope) => {
      const endpoint = new ServingEndpoint(scope, 'endpoint');
      const backend = endpoint.addBackend('v1', backendOptions());
      new Construct(id === 'Split' ? endpoint : backend, id);
      use(scope, endpoint);
    });
    expect(refusal).toMatch(
      `[DuplicateId] the id '${id}' of a Construct is reserved for a construct that ${verb} creates; use another id (at Serving/endpoint/`,
    );
  });

  test('is rejected if a later declaration creates a construct with it', () => {
    /** The ids of constructs that are created after the endpoint, other than those of the definition. */
    const later: string[] = [];
    TARGETS[target]((scope) => {
      const probe = new Construct(scope, 'Probe');
      const before = new ServingEndpoint(probe, 'before', { path: '/before' });
      before.addBackend('v0', backendOptions());
      const initial = new Set(before.node.children.map(({ node }) => node.id));
      const { endpoint } = everything(scope);
      later.push(
        ...endpoint.node.children
          .map(({ node }) => node.id)
          .filter((id) => !initial.has(id) && !['v1', 'Split'].includes(id)),
      );
    });
    expect(later).toEqual(target === 'aws' ? ['Own-v1', 'Header0'] : []);
    for (const id of later) {
      const refusal = refusalOf(target, (scope) => {
        const endpoint = new ServingEndpoint(scope, 'endpoint', { path: '/classify' });
        new Construct(endpoint, id);
        const backend = endpoint.addBackend('v1', backendOptions({ ownAddress: OwnAddress.HEADER }));
        endpoint.splitTraffic({
          shares: [{ backend, weight: 1 }],
          headerRules: [{ header: 'x-method', value: 'explain', backend }],
        });
      });
      expect(refusal).toBe(
        `[DuplicateId] the id '${id}' of a Construct is reserved for a construct that the platform creates; use another id (at Serving/endpoint/${id})`,
      );
    }
  });
});

describe('an id of a platform that is in use', () => {
  const reserved = (id: string, creator: string, path: string) =>
    `[DuplicateId] the id '${id}' of a Construct is reserved for a construct that ${creator} creates; use another id (at ${path})`;

  test.each(['aws', 'kubernetes'] as const)('is rejected on %s', (target) => {
    const Platform = target === 'aws' ? aws.EcsPlatform : kubernetes.KubernetesPlatform;
    expect(
      refusalOf(target, (scope) => {
        new Construct(scope, 'Platform');
        new Platform(scope, 'Platform');
      }),
    ).toBe(
      "[DuplicateId] 'id' ('Platform') is already used by a Construct in the same scope; use another id (at Serving/Platform)",
    );
    expect(
      refusalOf(target, (scope) => {
        for (let count = 0; count < 2; count++) new Platform(scope, 'Platform');
      }),
    ).toContain("[DuplicatePlatform] 'Serving' already has a platform ('Serving/Platform'); construct the second");
    expect(
      refusalOf(target, (scope) => {
        new ServingEndpoint(scope, 'endpoint');
        new Platform(scope, ServingPlatform.DEFAULT_ID);
      }),
    ).toContain('construct the platform before the first endpoint (at Serving/ServingPlatform)');
    expect(
      refusalOf(target, (scope) => {
        new Construct(scope, ServingPlatform.DEFAULT_ID);
        new ServingEndpoint(scope, 'endpoint');
      }),
    ).toBe(reserved('ServingPlatform', 'the first endpoint or backend', 'Serving/ServingPlatform'));
  });

  test('is rejected if the first endpoint creates a construct with it', () => {
    expect(
      refusalOf('kubernetes', (scope) => {
        new Construct(new kubernetes.KubernetesPlatform(scope, 'Platform'), 'Router');
        new ServingEndpoint(scope, 'endpoint');
      }),
    ).toBe(reserved('Router', 'the platform', 'Serving/Platform/Router'));
  });
});
