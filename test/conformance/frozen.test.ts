/** Declarations cannot be mutated after the plan has read them, so every target renders the same. */
import type { Construct } from 'constructs';
import { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import { SecretValue } from '../../src/workload/secret-value';
import { backendOptions, endpointOn, testPlatform } from '../support/definitions';
import { TestSettings } from '../support/test-platform';
import { onEvery } from './subjects';

const environment = { MODE: 'a' };
const secrets = { TOKEN: SecretValue.fromName('token') };

/** Every plain list and object in a value, by its path. */
function dataIn(value: unknown, path: string, seen = new Set<unknown>()): [path: string, data: object][] {
  if (typeof value !== 'object' || value === null || seen.has(value)) return [];
  const prototype: unknown = Object.getPrototypeOf(value);
  if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return [];
  seen.add(value);
  return [[path, value], ...Object.entries(value).flatMap(([name, one]) => dataIn(one, `${path}.${name}`, seen))];
}

test('bindings and intents are deeply frozen', () => {
  const platform = testPlatform();
  const targetSettings = [new TestSettings({ labels: { a: 'b' }, hints: ['c'] })];
  endpointOn(platform).addBackend('v1', backendOptions({ environment, secrets, replicas: 2, targetSettings }));
  const { backends, endpoints } = platform.declared;
  const data = [...dataIn(backends[0], 'backend'), ...dataIn(endpoints[0], 'endpoint')];
  expect(data.map(([path]) => path)).toEqual(
    expect.arrayContaining([
      'backend.intent.environment',
      'backend.secrets',
      'backend.models',
      'backend.intent.server',
      'backend.intent.targetSettings',
      'backend.settings.labels',
      'backend.settings.hints',
    ]),
  );
  expect(data.filter(([, one]) => !Object.isFrozen(one)).map(([path]) => path)).toEqual([]);
});

test('options are copied', () => {
  const platform = testPlatform();
  const typed = { ...environment };
  const labels = { a: 'a' };
  const settings = new TestSettings({ labels });
  endpointOn(platform).addBackend('v1', backendOptions({ environment: typed, targetSettings: [settings] }));
  typed.MODE = 'b';
  labels.a = 'b';
  expect(platform.synthesize().services[0]).toMatchObject({
    environment: { MODE: 'a' },
    settings: { labels: { a: 'a' } },
  });
});

onEvery('a definition on %s', (_, subject) => {
  test('renders what was declared, even if the options are mutated later', () => {
    const observed = subject.observe((scope: Construct) => {
      const backend = new ServingEndpoint(scope, 'classifier').addBackend(
        'v1',
        backendOptions({ environment, secrets }),
      );
      const { intent, secrets: bound } = backend._binding;
      for (const data of [intent.environment, intent.server.environment, bound])
        expect(() => Object.assign(data, { 'not a name': 'late' })).toThrow(TypeError);
    });
    expect(observed.backends.v1?.environment).toMatchObject(environment);
    expect(JSON.stringify(observed)).not.toContain('late');
  });
});
