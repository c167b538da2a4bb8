import { App, Chart } from 'cdk8s';
import fc from 'fast-check';
import { digits } from '../../examples/digits/definition';
import { imageClassifier } from '../../examples/image-classifier/definition';
import { sentiment } from '../../examples/sentiment/definition';
import { CONFIG_FILE, renderHaproxy } from '../../src/kubernetes/private/router/haproxy';
import { routerProfile } from '../../src/kubernetes/private/router/profile';
import { withWorkloads } from '../../src/kubernetes/private/workload-capabilities';
import { ServingPlan } from '../../src/plan/plan';
import { HealthCheck } from '../../src/workload/health-check';
import { declare, definitions, intentsOf } from '../support/arbitraries';
import { backendOptions, endpointOn } from '../support/definitions';
import { checkConfig } from './support/router-process';
import { routerPlatform } from './support/router-tests';

const VALID = { code: 0, output: 'Configuration file is valid' };
const OPTIONS = { clusterDomain: 'cluster.local', replicas: 2, port: 8080, adminPort: 8404 };
const check = (plan: ServingPlan) => checkConfig(renderHaproxy(plan, OPTIONS));

describe('HAProxy reads without a warning', () => {
  test.each([
    ['sentiment', sentiment],
    ['digits', digits],
    ['image-classifier', imageClassifier],
  ])('the example %s', (_, define) => {
    const chart = new Chart(new App(), 'serving');
    define(chart);
    const { data } = chart.toJson().find((manifest) => manifest.kind === 'ConfigMap');
    expect(checkConfig(data)).toEqual(VALID);
  });

  test('any definition', () => {
    const target = withWorkloads(routerProfile(30));
    for (const definition of fc.sample(definitions, { seed: 7, numRuns: 100 })) {
      expect(check(declare(definition, target).plan())).toEqual(VALID);
    }
  });

  test('more hosts, values and endpoints than a line can have words', () => {
    const platform = routerPlatform();
    const many = (prefix: string, suffix: string) =>
      Array.from({ length: 150 }, (_, index) => `${prefix}${index}${suffix}`);
    for (let index = 0; index < 300; index++) {
      const more = {
        hosts: [...many('h', '.example.com'), '*.example.org'],
        headers: [{ name: 'x-tier', values: many('v', '') }],
      };
      endpointOn(platform, `e${index}`, { path: `/e${index}`, ...(index === 0 && more) }).addBackend(
        'v',
        backendOptions(),
      );
    }
    expect(check(platform.plan())).toEqual(VALID);
  });

  test('no endpoint at all, and one without a backend', () => {
    const platform = routerPlatform();
    expect(check(platform.plan())).toEqual(VALID);
    endpointOn(platform);
    expect(check(platform.plan())).toEqual(VALID);
  });

  test('user text with any character', () => {
    const platform = routerPlatform();
    const endpoint = endpointOn(platform, 'digits', {
      path: '/digits',
      headers: [{ name: 'x-tier', values: ['gold'] }],
    });
    const backend = endpoint.addBackend('svm', backendOptions({ healthCheck: HealthCheck.http('/ready') }));
    endpoint.splitTraffic({ headerRules: [{ header: 'x-rule', value: 'one', path: '/one', backend }] });
    const intents = intentsOf(platform);
    const nasty = fc.string({
      unit: fc.constantFrom(...'ab\'"\\$ #%{}()|,;:&!?=[]<>`~^-'),
      minLength: 1,
      maxLength: 20,
    });
    for (const text of fc.sample(nasty, { seed: 7, numRuns: 100 })) {
      const plan = new ServingPlan({
        ...intents,
        endpoints: intents.endpoints.map((intent) => ({
          ...intent,
          name: text,
          prefix: `/${text}`,
          hosts: [text],
          headers: [{ name: 'x-tier', values: [text, `-${text}`, `${text} `] }],
        })),
        backends: intents.backends.map((intent) => ({
          ...intent,
          name: text,
          healthCheck: { ...intent.healthCheck, path: `/${text}` },
        })),
        splits: intents.splits.map((split) => ({
          ...split,
          headerRules: split.headerRules.map((rule) => ({
            ...rule,
            header: { name: 'x-rule', values: [text] },
            rewritePath: `/${text}`,
          })),
        })),
      });
      expect({ text, ...check(plan) }).toEqual({ text, ...VALID });
    }
  });

  test('but not an invalid configuration', () => {
    const platform = routerPlatform();
    endpointOn(platform).addBackend('v', backendOptions());
    const files = renderHaproxy(platform.plan(), OPTIONS);
    const changed = (from: string, to: string) =>
      checkConfig({ ...files, [CONFIG_FILE]: (files[CONFIG_FILE] as string).replace(from, to) });
    expect(changed('balance roundrobin', 'balance nothing').code).not.toBe(0);
    expect(changed('timeout server', 'timeout serve').output).not.toBe(VALID.output);
    expect(changed('(paths.map)', '(other.map)').code).not.toBe(0);
  });
});
