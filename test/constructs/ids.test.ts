import { Stack } from 'aws-cdk-lib';
import { App, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  AutoscalingPolicy,
  aws,
  Backend,
  kubernetes,
  ServingEndpoint,
  ServingPlatform,
  TrafficSplit,
  Warnings,
} from '../../src';
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
