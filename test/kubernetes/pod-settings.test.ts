import * as kplus from 'cdk8s-plus-33';
import { Gpu } from '../../src';
import {
  ImagePullPolicy,
  KubernetesBackend,
  LabelOperator,
  NodeOperator,
  PodServiceAccount,
  PodSettings,
  type PodSettingsOptions,
  TaintEffect,
  TolerationOperator,
  UnsatisfiableAction,
} from '../../src/kubernetes';
import { CpuArchitecture } from '../../src/workload/resources';
import { findObject, manifestsOf, oneBackend } from './support';

const NAME = 'digits-svm';

function manifestsWith(settings: PodSettingsOptions, options = {}, external: string[] = []) {
  const { chart } = oneBackend({ targetSettings: [PodSettings.of(settings)], ...options });
  return manifestsOf(chart, external);
}

const templateOf = (settings: PodSettingsOptions, options = {}, external: string[] = []) =>
  findObject(manifestsWith(settings, options, external), 'Deployment', NAME).spec.template;
const podOf = (settings: PodSettingsOptions, options = {}) => templateOf(settings, options).spec;

const ZONE = 'topology.kubernetes.io/zone';
const inZone = { matchExpressions: [{ key: ZONE, operator: NodeOperator.IN, values: ['a'] }] };
const required = (terms: object[]) => ({
  nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: terms } },
});

test('names of nodes, classes and schedulers are rendered', () => {
  const settings = {
    nodeSelector: { 'acme.com/pool': 'models' },
    priorityClassName: 'inference',
    runtimeClassName: 'nvidia',
    schedulerName: 'bin-packing',
    automountServiceAccountToken: true,
  };
  expect(podOf(settings)).toMatchObject(settings);
});

test('node selectors are merged with the architecture', () => {
  const resources = { architecture: CpuArchitecture.ARM64 };
  const nodeSelector = { pool: 'models' };
  expect(podOf({ nodeSelector }, { resources }).nodeSelector).toEqual({
    pool: 'models',
    'kubernetes.io/arch': 'arm64',
  });
  const same = { 'kubernetes.io/arch': 'arm64' };
  expect(podOf({ nodeSelector: same }, { resources }).nodeSelector).toEqual(same);
});

test.each([
  [undefined, 'not set'],
  [CpuArchitecture.AMD64, 'amd64'],
])('an architecture in the node selector fails if that of the backend is %s', (architecture, shown) => {
  const nodeSelector = { 'kubernetes.io/arch': 'arm64' };
  expect(() => podOf({ nodeSelector }, { resources: { architecture } })).toThrow(
    `[ConflictingProps] 'nodeSelector.kubernetes.io/arch' ('arm64') of backend 'svm' differs from 'architecture' (${shown}) of 'resources'; set 'architecture', which also checks the images (at serving/digits/svm)`,
  );
});

describe('with a GPU', () => {
  const options = { gpu: Gpu.nvidia({ product: 'L4' }) };
  const gpu = { key: 'nvidia.com/gpu.product', operator: 'In', values: ['NVIDIA-L4'] };

  test('its toleration and labels are kept', () => {
    const spot = { key: 'spot', operator: TolerationOperator.EXISTS, effect: TaintEffect.NO_SCHEDULE };
    const pod = podOf({ tolerations: [spot], affinity: {} }, options);
    expect(pod.tolerations).toEqual([{ key: 'nvidia.com/gpu', operator: 'Exists' }, spot]);
    expect(pod.affinity).toEqual(required([{ matchExpressions: [gpu] }]));
  });

  test('its labels are added to each term, because terms are alternatives', () => {
    const fields = { matchFields: [{ key: 'metadata.name', operator: NodeOperator.IN, values: ['node-1'] }] };
    expect(podOf({ affinity: required([inZone, fields]) }, options).affinity).toEqual(
      required([{ matchExpressions: [...inZone.matchExpressions, gpu] }, { matchExpressions: [gpu], ...fields }]),
    );
  });

  test('preferences and affinity to Pods are kept', () => {
    const affinity = {
      nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 5, preference: inZone }] },
      podAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { topologyKey: ZONE, labelSelector: { matchLabels: { app: 'cache' } } },
        ],
      },
    };
    expect(podOf({ affinity }, options).affinity).toEqual({
      nodeAffinity: { ...affinity.nodeAffinity, ...required([{ matchExpressions: [gpu] }]).nodeAffinity },
      podAffinity: affinity.podAffinity,
    });
  });
});

test('affinity is written as typed, and terms without a selector are for the Pods of the backend', () => {
  const own = { matchLabels: { 'serving-constructs/backend': NAME } };
  const preferred = { weight: 100, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname' } };
  const podAntiAffinity = {
    requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname' }],
    preferredDuringSchedulingIgnoredDuringExecution: [preferred],
  };
  expect(podOf({ affinity: { ...required([inZone]), podAntiAffinity } }).affinity).toEqual({
    ...required([inZone]),
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector: own }],
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 100, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector: own } },
      ],
    },
  });
});

test('topology spread replaces the default, for the Pods of the backend', () => {
  const whenUnsatisfiable = UnsatisfiableAction.DO_NOT_SCHEDULE;
  const topologySpread = [{ topologyKey: ZONE, maxSkew: 2, minDomains: 3, whenUnsatisfiable }, { topologyKey: 'rack' }];
  const own = {
    labelSelector: { matchLabels: { 'serving-constructs/backend': NAME } },
    matchLabelKeys: ['pod-template-hash'],
  };
  expect(podOf({ topologySpread }).topologySpreadConstraints).toEqual([
    { ...topologySpread[0], ...own },
    { topologyKey: 'rack', maxSkew: 1, whenUnsatisfiable: 'ScheduleAnyway', ...own },
  ]);
  expect(podOf({ topologySpread: [] })).not.toHaveProperty('topologySpreadConstraints');
});

test('pull secrets are added to those of the platform, and the pull policy is that of the server', () => {
  const settings = { imagePullSecrets: ['models', 'shared'], imagePullPolicy: ImagePullPolicy.ALWAYS };
  const targetSettings = [PodSettings.of(settings)];
  const { chart } = oneBackend({ targetSettings }, {}, { imagePullSecrets: ['shared'] });
  const { spec } = findObject(manifestsOf(chart, ['Secret/shared', 'Secret/models']), 'Deployment', NAME).spec.template;
  expect(spec.imagePullSecrets).toEqual([{ name: 'shared' }, { name: 'models' }]);
  expect(spec.containers[0].imagePullPolicy).toBe('Always');
});

test('labels are those of the Pods and of all objects, and never of a selector', () => {
  const manifests = manifestsWith({ labels: { 'acme.com/team': 'ml' } }, { replicas: 2 });
  const objects = manifests.filter(({ metadata }) => metadata.labels?.['serving-constructs/backend'] === NAME);
  expect(objects.map(({ kind }) => kind).sort()).toEqual([
    'Deployment',
    'PodDisruptionBudget',
    'Service',
    'Service',
    'ServiceAccount',
  ]);
  for (const { metadata, spec } of objects) {
    expect(metadata.labels).toMatchObject({ 'acme.com/team': 'ml' });
    expect(JSON.stringify(spec?.selector ?? {})).not.toContain('acme.com/team');
  }
  const { template } = findObject(manifests, 'Deployment', NAME).spec;
  expect(template.metadata.labels).toMatchObject({ 'acme.com/team': 'ml', 'serving-constructs/backend': NAME });
});

test('annotations are those of the Pods only', () => {
  const annotations = { 'sidecar.istio.io/inject': 'false' };
  const { metadata, spec } = findObject(manifestsWith({ annotations }), 'Deployment', NAME);
  expect(spec.template.metadata.annotations).toEqual(annotations);
  expect(metadata.annotations).not.toHaveProperty(['sidecar.istio.io/inject']);
});

describe('the service account', () => {
  test.each([
    [
      PodServiceAccount.eksRole('arn:aws-cn:iam::123456789012:role/path/models'),
      { 'eks.amazonaws.com/role-arn': 'arn:aws-cn:iam::123456789012:role/path/models' },
      {},
    ],
    [
      PodServiceAccount.gkeServiceAccount('models@acme.iam.gserviceaccount.com'),
      { 'iam.gke.io/gcp-service-account': 'models@acme.iam.gserviceaccount.com' },
      {},
    ],
    [
      PodServiceAccount.azureIdentity('01234567-89ab-cdef-0123-456789abcdef'),
      { 'azure.workload.identity/client-id': '01234567-89ab-cdef-0123-456789abcdef' },
      { 'azure.workload.identity/use': 'true' },
    ],
    [PodServiceAccount.annotated({ 'acme.com/identity': 'models' }), { 'acme.com/identity': 'models' }, {}],
  ])('is generated with the annotations of its identity, whose change restarts the Pods (%#)', (serviceAccount, annotations, labels) => {
    const manifests = manifestsWith({ serviceAccount });
    expect(findObject(manifests, 'ServiceAccount', NAME)).toMatchObject({
      metadata: { annotations },
      automountServiceAccountToken: false,
    });
    const { metadata, spec } = findObject(manifests, 'Deployment', NAME).spec.template;
    expect(metadata.annotations).toEqual({ 'serving-constructs/service-account': JSON.stringify(annotations) });
    expect(metadata.labels).toMatchObject(labels);
    expect(spec).toMatchObject({ serviceAccountName: NAME, automountServiceAccountToken: false });
  });

  test('can be an existing one, by name or as an object of cdk8s-plus', () => {
    const { chart } = oneBackend();
    const account = kplus.ServiceAccount.fromServiceAccountName(chart, 'Account', 'models');
    for (const serviceAccount of [
      PodServiceAccount.fromName('models'),
      PodServiceAccount.fromServiceAccount(account),
    ]) {
      const manifests = manifestsWith({ serviceAccount }, {}, ['ServiceAccount/models']);
      expect(manifests.filter(({ kind, metadata }) => kind === 'ServiceAccount' && metadata.name === NAME)).toEqual([]);
      expect(findObject(manifests, 'Deployment', NAME).spec.template.spec.serviceAccountName).toBe('models');
    }
  });

  test('of an existing name has no generated object', () => {
    const targetSettings = [PodSettings.of({ serviceAccount: PodServiceAccount.fromName('models') })];
    const facade = KubernetesBackend.of(oneBackend({ targetSettings }).backend);
    expect([facade.serviceAccountName, facade.serviceAccount]).toEqual(['models', undefined]);
  });
});

test('defaults of the platform apply, and its settings are merged by key', () => {
  const backendDefaults = PodSettings.of({ nodeSelector: { pool: 'models', tier: 'a' }, priorityClassName: 'low' });
  const targetSettings = [PodSettings.of({ nodeSelector: { tier: 'b' } })];
  const { chart } = oneBackend({ targetSettings }, {}, { backendDefaults });
  const manifests = manifestsOf(chart);
  expect(findObject(manifests, 'Deployment', NAME).spec.template.spec).toMatchObject({
    nodeSelector: { pool: 'models', tier: 'b' },
    priorityClassName: 'low',
  });
  expect(findObject(manifests, 'Deployment', 'serving-router').spec.template.spec).not.toHaveProperty('nodeSelector');
});

const LABEL = "at most 63 letters, digits, '-', '_' and '.', starting and ending with a letter or digit";
const nodes = (requirement: object) => ({ affinity: required([{ matchExpressions: [requirement] }]) });
const TERM = 'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms';

test.each<[string, object, string]>([
  ['a label value', { labels: { team: 'a b' } }, `[InvalidName] 'labels.team' ('a b') must be ${LABEL}`],
  [
    'a label of the package',
    { labels: { 'serving-constructs/backend': 'x' } },
    "[InvalidName] 'serving-constructs/backend' in 'labels' is reserved for this package and Kubernetes; use another key",
  ],
  [
    'an annotation of the package',
    { annotations: { 'serving-constructs/name': 'x' } },
    "[InvalidName] 'serving-constructs/name' in 'annotations' is reserved",
  ],
  ['a node label', { nodeSelector: { 'a/b/c': 'x' } }, "[InvalidName] 'nodeSelector' ('a/b/c') must be a key such as"],
  [
    'a toleration of everything',
    { tolerations: [{ effect: TaintEffect.NO_SCHEDULE }] },
    "[InvalidPlacement] 'tolerations[0]' without 'key' must have TolerationOperator.EXISTS, which tolerates every taint",
  ],
  [
    'a toleration of any value with a value',
    { tolerations: [{ key: 'a', operator: TolerationOperator.EXISTS, value: 'b' }] },
    "[InvalidPlacement] 'tolerations[0].value' ('b') has no effect with TolerationOperator.EXISTS; remove one of them",
  ],
  [
    'a toleration with a time',
    { tolerations: [{ key: 'a', tolerationSeconds: 5 }] },
    "[InvalidPlacement] 'tolerations[0].tolerationSeconds' (5) requires 'effect' TaintEffect.NO_EXECUTE",
  ],
  [
    'an unknown operator',
    { tolerations: [{ key: 'a', operator: 'Exist' }] },
    "[InvalidType] 'tolerations[0].operator' ('Exist') must be one of kubernetes.TolerationOperator.EQUAL",
  ],
  [
    'an unknown member of the affinity',
    { affinity: { nodeAfinity: {} } },
    "[UnknownOption] unknown option 'affinity.nodeAfinity'; did you mean 'nodeAffinity'?",
  ],
  ['no terms', { affinity: required([]) }, `[EmptyList] '${TERM}' must not be empty; list the nodes, or remove it`],
  [
    'an operator without values',
    nodes({ key: 'a', operator: NodeOperator.IN }),
    `[InvalidPlacement] '${TERM}[0].matchExpressions[0].values' (none) must be at least one value with the operator 'In'`,
  ],
  [
    'an operator with values',
    nodes({ key: 'a', operator: NodeOperator.EXISTS, values: ['b'] }),
    `[InvalidPlacement] '${TERM}[0].matchExpressions[0].values' (b) must be no values with the operator 'Exists'`,
  ],
  [
    'a comparison with a text',
    nodes({ key: 'a', operator: NodeOperator.GT, values: ['b'] }),
    `[InvalidPlacement] '${TERM}[0].matchExpressions[0].values' (b) must be one integer with the operator 'Gt'`,
  ],
  [
    'a weight',
    {
      affinity: {
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 0, podAffinityTerm: { topologyKey: 'a' } }],
        },
      },
    },
    "[InvalidNumber] 'affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].weight' (0) must be a whole number between 1 and 100",
  ],
  [
    'a selector of Pods',
    {
      affinity: {
        podAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [
            {
              topologyKey: 'a',
              labelSelector: { matchExpressions: [{ key: 'a', operator: LabelOperator.NOT_IN, values: [] }] },
            },
          ],
        },
      },
    },
    "labelSelector.matchExpressions[0].values' (none) must be at least one value with the operator 'NotIn'",
  ],
  [
    'a minimum of domains',
    { topologySpread: [{ topologyKey: 'a', minDomains: 2 }] },
    "[InvalidPlacement] 'topologySpread[0].minDomains' (2) requires UnsatisfiableAction.DO_NOT_SCHEDULE",
  ],
  ['a skew', { topologySpread: [{ topologyKey: 'a', maxSkew: 0 }] }, "[InvalidNumber] 'topologySpread[0].maxSkew' (0)"],
  [
    'a class',
    { priorityClassName: 'High Priority' },
    "[InvalidName] 'priorityClassName' ('High Priority') of a PriorityClass",
  ],
  ['a scheduler', { schedulerName: '-' }, "[InvalidName] 'schedulerName' ('-') of a scheduler must"],
  ['a pull secret', { imagePullSecrets: ['A'] }, "[InvalidName] 'imagePullSecrets[0]' ('A') of a Secret must"],
  [
    'an account',
    { serviceAccount: 'models' },
    "[InvalidType] 'serviceAccount' ('models') must be a kubernetes.PodServiceAccount",
  ],
])('fails for %s that is invalid', (_, options, message) => {
  expect(() => PodSettings.of(options as never)).toThrow(message);
});

test.each<[() => unknown, string]>([
  [
    () => PodServiceAccount.eksRole('models'),
    "[InvalidName] 'roleArn' ('models') must be the ARN of an IAM role, such as 'arn:aws:iam::123456789012:role/models'",
  ],
  [
    () => PodServiceAccount.gkeServiceAccount('models'),
    "[InvalidName] 'email' ('models') must be the address of a service account, such as 'models@project.iam.gserviceaccount.com'",
  ],
  [
    () => PodServiceAccount.azureIdentity('models'),
    "[InvalidName] 'clientId' ('models') must be a client ID, such as '00000000-1111-2222-3333-444444444444'",
  ],
  [() => PodServiceAccount.fromName('A'), "[InvalidName] 'name' ('A') of a ServiceAccount must"],
  [
    () => PodServiceAccount.annotated({ a: 'x'.repeat(257 * 1024) }),
    "[InvalidName] 'annotations' (258 KiB) must have at most 256 KiB",
  ],
])('fails for an identity that is invalid (%#)', (make, message) => expect(make).toThrow(message));
