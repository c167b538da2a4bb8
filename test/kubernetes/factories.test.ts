import { kubernetes } from '../../src';
import { oneBackend } from './support';

type Call = (...args: unknown[]) => unknown;

/** Valid arguments for each factory of the namespace, optional ones last. */
const ARGUMENTS: {
  readonly [factory: string]: { readonly args: () => readonly unknown[]; readonly required: number };
} = {
  'ClaimVolume.fromName': { args: () => ['models'], required: 1 },
  'ClaimVolume.fromClaim': { args: () => [{ kind: 'PersistentVolumeClaim', name: 'models' }], required: 1 },
  'Gateway.fromName': { args: () => ['inference', { namespace: 'infra' }], required: 1 },
  'GatewayProfile.custom': { args: () => [{ name: 'the edge' }], required: 1 },
  'GpuNodes.featureDiscovery': { args: () => [{ renamesShared: true }], required: 0 },
  'GpuNodes.gke': { args: () => [{ taintKeys: ['dedicated'] }], required: 0 },
  'GpuNodes.karpenter': { args: () => [{ taintKeys: ['dedicated'] }], required: 0 },
  'GpuNodes.eksAutoMode': { args: () => [{ taintKeys: ['dedicated'] }], required: 0 },
  'GpuNodes.custom': { args: () => [{ labelKey: 'acme.com/gpu', values: { L4: ['l4'] } }], required: 1 },
  'KubernetesBackend.of': { args: () => [oneBackend().backend], required: 1 },
  'KubernetesEndpoint.of': { args: () => [oneBackend().endpoint], required: 1 },
  'KubernetesEnvironment.fromConfigMap': {
    args: () => [{ kind: 'ConfigMap', name: 'a' }, { prefix: 'A_' }],
    required: 1,
  },
  'KubernetesEnvironment.fromConfigMapName': { args: () => ['acme', { prefix: 'A_' }], required: 1 },
  'KubernetesEnvironment.fromSecret': {
    args: () => [{ kind: 'Secret', name: 'acme' }, { optional: true }],
    required: 1,
  },
  'KubernetesEnvironment.fromSecretName': { args: () => ['acme', { optional: true }], required: 1 },
  'KubernetesSecret.fromName': { args: () => ['acme', 'token', { optional: true }], required: 2 },
  'KubernetesSecret.fromSecret': {
    args: () => [{ kind: 'Secret', name: 'acme' }, 'token', { optional: true }],
    required: 2,
  },
  'MetricTarget.ofAverage': { args: () => ['waiting', 2], required: 2 },
  'MetricTarget.ofTotal': { args: () => ['waiting', 10], required: 2 },
  'PodServiceAccount.fromName': { args: () => ['models'], required: 1 },
  'PodServiceAccount.fromServiceAccount': { args: () => [{ kind: 'ServiceAccount', name: 'models' }], required: 1 },
  'PodServiceAccount.annotated': { args: () => [{ 'acme.com/identity': 'models' }], required: 1 },
  'PodServiceAccount.eksRole': { args: () => ['arn:aws:iam::123456789012:role/models'], required: 1 },
  'PodServiceAccount.gkeServiceAccount': { args: () => ['models@acme.iam.gserviceaccount.com'], required: 1 },
  'PodServiceAccount.azureIdentity': { args: () => ['01234567-89ab-cdef-0123-456789abcdef'], required: 1 },
  'PodSettings.of': { args: () => [{ priorityClassName: 'inference' }], required: 1 },
};

/** What untyped callers can pass. */
const HOSTILE: readonly (readonly [string, unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['NaN', Number.NaN],
  ['5', 5],
  ['false', false],
  ["''", ''],
  ["'undefined'", 'undefined'],
  ['[]', []],
  ["['a']", ['a']],
  ['{}', {}],
  ['{ name: null }', { name: null }],
  ['{ name: [] }', { name: [] }],
  ['an object of another kind', { kind: 'ConfigMap', name: 'acme' }],
  ['an object without a prototype', Object.create(null)],
  ['a function', () => 'a'],
  ['a symbol', Symbol('a')],
  ['a bigint', 5n],
  ['a date', new Date(0)],
  ['a promise', Promise.resolve('a')],
];

/** Options with no option set. */
const NO_OPTIONS = ['{}', 'an object without a prototype', 'a date', 'a promise'];

/** Hostile-looking arguments that are valid. */
const ACCEPTED: { readonly [argument: string]: readonly string[] } = {
  'Gateway.fromName 1': NO_OPTIONS,
  'GpuNodes.featureDiscovery 0': NO_OPTIONS,
  'GpuNodes.gke 0': NO_OPTIONS,
  'GpuNodes.karpenter 0': NO_OPTIONS,
  'GpuNodes.eksAutoMode 0': NO_OPTIONS,
  'PodServiceAccount.annotated 0': ['an object of another kind'],
  'PodSettings.of 0': NO_OPTIONS,
  'KubernetesEnvironment.fromConfigMap 0': ['an object of another kind'],
  'KubernetesEnvironment.fromConfigMap 1': NO_OPTIONS,
  'KubernetesEnvironment.fromConfigMapName 1': NO_OPTIONS,
  'KubernetesEnvironment.fromSecret 1': NO_OPTIONS,
  'KubernetesEnvironment.fromSecretName 1': NO_OPTIONS,
  'KubernetesSecret.fromName 2': NO_OPTIONS,
  'KubernetesSecret.fromSecret 2': NO_OPTIONS,
  'MetricTarget.ofAverage 1': ['5'],
  'MetricTarget.ofTotal 1': ['5'],
};

const factories = Object.entries(kubernetes).flatMap(([name, value]) =>
  typeof value === 'function'
    ? Object.getOwnPropertyNames(value)
        .filter((member) => typeof value[member as never] === 'function' && !member.startsWith('_'))
        .filter((member) => member !== 'prototype' && !member.startsWith('is'))
        .filter((member) => Object.hasOwn(value, member) && name !== 'KubernetesPlatform')
        .map(
          (member) => [`${name}.${member}`, (...args: unknown[]) => (value[member as never] as Call)(...args)] as const,
        )
    : [],
);

test('covers every factory of the namespace', () => {
  expect(factories.map(([name]) => name).sort()).toEqual(Object.keys(ARGUMENTS).sort());
});

describe.each(factories)('%s', (name, call) => {
  const { args, required } = ARGUMENTS[name] ?? { args: () => [], required: 0 };

  test('accepts valid arguments', () => {
    expect(call(...args())).toBeDefined();
    expect(call(...args().slice(0, required))).toBeDefined();
  });

  const cases = args().flatMap((_, index) => HOSTILE.map(([shown, value]) => [index, shown, value] as const));
  test.each(cases)('refuses argument %i if it is %s', (index, shown, value) => {
    const accepted = [...(ACCEPTED[`${name} ${index}`] ?? []), ...(index >= required ? ['undefined'] : [])];
    const passed = args().map((one, place) => (place === index ? value : one));
    if (accepted.includes(shown)) expect(call(...passed)).toBeDefined();
    else expect(() => call(...passed)).toThrow(/^\[[A-Z]\w+\] /);
  });
});
