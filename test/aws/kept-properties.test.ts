import { App, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import {
  aws,
  type BackendOptions,
  Duration,
  Gpu,
  HealthCheck,
  HttpMethod,
  ScalingTarget,
  ServingEndpoint,
} from '../../src';
import { LoadBalancing } from '../../src/plan/choices';
import { templatesOf } from '../support/aws';
import { backendOptions } from '../support/definitions';

/**
 * CloudFormation and the APIs behind it keep the value of a property that a template no longer has. A resource that stays
 * must therefore have the same properties with every definition, except those below.
 */
const KEPT: { readonly [type: string]: { readonly [property: string]: string } } = {
  'AWS::ElasticLoadBalancingV2::TargetGroup': {},
  'AWS::ElasticLoadBalancingV2::LoadBalancer': {},
  'AWS::ElasticLoadBalancingV2::Listener': {},
  'AWS::ElasticLoadBalancingV2::ListenerRule': {
    Transforms: 'an empty list is not known to be accepted',
  },
  'AWS::ECS::Service': {
    DesiredCount: 'the autoscaler sets it',
    LaunchType: 'the service is replaced',
    CapacityProviderStrategy: 'the service is replaced',
    SchedulingStrategy: 'of services on instances',
    PlacementConstraints: 'of services on instances',
    PlacementStrategies: 'of services on instances',
  },
};

const http = (options: Parameters<typeof HealthCheck.http>[1]) => ({ healthCheck: HealthCheck.http('/a', options) });
const settings = (options: Parameters<typeof aws.TaskSettings.of>[0]) => ({
  targetSettings: [aws.TaskSettings.of(options)],
});

/** Options of a backend that become properties of these resources. */
const BACKENDS: { readonly [what: string]: Partial<BackendOptions> } = {
  nothing: {},
  'a smoke test': { smokeTest: { path: '/predict', text: 'a' } },
  'a health check': http({ interval: Duration.seconds(20), timeout: Duration.seconds(4), healthyThreshold: 3 }),
  statuses: http({ statuses: '200' }),
  'a threshold': http({ unhealthyThreshold: 5 }),
  balancing: { loadBalancing: LoadBalancing.LEAST_OUTSTANDING_REQUESTS },
  commands: { ...settings({ enableExecuteCommand: true }), readOnlyRootFilesystem: false },
};

const ON_INSTANCES: { readonly [what: string]: Partial<BackendOptions> } = {
  nothing: {},
  constraints: settings({ placementConstraints: [ecs.PlacementConstraint.distinctInstances()] }),
  'no strategy': settings({ placementStrategies: [] }),
};

/** The properties of each resource type, and the keys of its attributes. */
function propertiesOf(define: (scope: Construct) => void): Map<string, Set<string>> {
  const app = new App();
  define(new Stack(app, 'Serving'));
  const found = new Map<string, Set<string>>();
  for (const template of Object.values(templatesOf(app)))
    for (const { Type, Properties = {} } of Object.values(
      template.Resources as { [id: string]: { Type: string; Properties?: object } },
    )) {
      const known = found.get(Type) ?? new Set();
      found.set(Type, known);
      for (const [name, value] of Object.entries(Properties)) {
        known.add(name);
        if (name.endsWith('Attributes')) for (const { Key } of value as { Key: string }[]) known.add(`${name}.${Key}`);
      }
    }
  return found;
}

const backends = (all: typeof BACKENDS, common: Partial<BackendOptions> = {}) =>
  Object.entries(all).map(([what, options]): [string, (scope: Construct) => void] => [
    what,
    (scope) => {
      new ServingEndpoint(scope, 'endpoint').addBackend('v1', backendOptions({ ...common, ...options }));
    },
  ]);

/** Definitions that are edits of each other. */
const GROUPS: { readonly [what: string]: [string, (scope: Construct) => void][] } = {
  'on Fargate': backends(BACKENDS),
  'on instances': backends(ON_INSTANCES, { gpu: Gpu.nvidia() }),
  'by endpoints': [
    ...backends({ nothing: {} }),
    [
      'an endpoint with everything',
      (scope) => {
        const endpoint = new ServingEndpoint(scope, 'endpoint', {
          path: '/a',
          hosts: ['a.example.com'],
          methods: [HttpMethod.POST],
          requestTimeout: Duration.minutes(5),
        });
        endpoint
          .addBackend('v1', backendOptions())
          .autoscale({ minReplicas: 1, maxReplicas: 3, targets: [ScalingTarget.cpuUtilization(60)] });
      },
    ],
  ],
};

describe.each(Object.entries(GROUPS))('a property that AWS keeps when it is absent, %s', (_group, definitions) => {
  test('is rendered with every definition', () => {
    const rendered = definitions.map(([what, define]) => ({ what, types: propertiesOf(define) }));
    for (const [type, reasons] of Object.entries(KEPT)) {
      const all = new Set(rendered.flatMap(({ types }) => [...(types.get(type) ?? [])]));
      expect(all.size).toBeGreaterThan(1);
      for (const { what, types } of rendered) {
        const absent = [...all].filter((property) => types.get(type)?.has(property) !== true);
        expect({ what, type, absent: absent.filter((property) => reasons[property] === undefined) }).toEqual({
          what,
          type,
          absent: [],
        });
      }
    }
  });
});

test('services on instances have empty lists where a definition has none', () => {
  const service = (options: Partial<BackendOptions>) => {
    const app = new App();
    new ServingEndpoint(new Stack(app, 'Serving'), 'endpoint').addBackend(
      'v1',
      backendOptions({ gpu: Gpu.nvidia(), ...options }),
    );
    const resources = Object.values(templatesOf(app).Serving?.Resources as { [id: string]: { Type: string } });
    return resources.find(({ Type }) => Type === 'AWS::ECS::Service');
  };
  expect(service({})).toMatchObject({
    Properties: { PlacementConstraints: [], PlacementStrategies: [{ Field: 'MEMORY', Type: 'binpack' }] },
  });
  expect(service(ON_INSTANCES['no strategy'] as object)).toMatchObject({ Properties: { PlacementStrategies: [] } });
  expect(service(ON_INSTANCES.constraints as object)).toMatchObject({
    Properties: { PlacementConstraints: [{ Type: 'distinctInstance' }] },
  });
});
