import { changed } from './change';
import { account, type Case, configMap, deployment, hpa, pdb, pod, server, service } from './kubernetes-fixture';
import { checkTogether } from './kubernetes-models';
import { checkManifests } from './manifests';

const route = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'route' },
  spec: { rules: [{ backendRefs: [{ name: 'app', port: 80 }] }] },
};
const traffic = {
  apiVersion: 'gateway.envoyproxy.io/v1alpha1',
  kind: 'BackendTrafficPolicy',
  metadata: { name: 'traffic' },
  spec: { targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'route' }] },
};
const set = [deployment, service, hpa, pdb, configMap, account, route, traffic];
const external = ['Secret/token'];

/** The set with one changed object. */
function setWith(kind: string, changes: { readonly [path: string]: unknown }): object[] {
  return set.map((o) => (o.kind === kind ? changed(o, changes) : o));
}

const brokenSets: readonly (readonly [string, ...Case])[] = [
  ['Service', 'that selects nothing', { 'spec.selector.app': 'other' }, /selects the pods of no workload/],
  ['Service', 'with an unknown port', { 'spec.ports[0].targetPort': 'grpc' }, /no port "grpc"/],
  [
    'HorizontalPodAutoscaler',
    'with an unknown target',
    { 'spec.scaleTargetRef.name': 'x' },
    /there is no Deployment "x"/,
  ],
  [
    'Deployment',
    'with a fixed count and an autoscaler',
    { 'spec.replicas': 2 },
    /conflicts with HorizontalPodAutoscaler/,
  ],
  [
    'PodDisruptionBudget',
    'with an unknown target',
    { 'spec.selector.matchLabels.app': 'x' },
    /selects the pods of no workload/,
  ],
  ['ServiceAccount', 'of another name', { 'metadata.name': 'x' }, /there is no ServiceAccount "app"/],
  ['ConfigMap', 'of another name', { 'metadata.name': 'x' }, /there is no ConfigMap "config"/],
  ['ConfigMap', 'without the key', { data: { b: 'x' } }, /has no key "a"/],
  ['ConfigMap', 'in another namespace', { 'metadata.namespace': 'x' }, /there is no ConfigMap "config"/],
  [
    'Deployment',
    'with an unknown secret',
    { [`${server}.env[1].valueFrom.secretKeyRef.name`]: 'x' },
    /there is no Secret "x"/,
  ],
  ['HTTPRoute', 'to nothing', { 'spec.rules[0].backendRefs[0].name': 'x' }, /there is no Service "x"/],
  ['HTTPRoute', 'to an unknown port', { 'spec.rules[0].backendRefs[0].port': 81 }, /no port 81/],
  [
    'Deployment',
    'with an unknown pull secret',
    { [`${pod}.imagePullSecrets`]: [{ name: 'x' }] },
    /imagePullSecrets: there is no Secret "x"/,
  ],
  [
    'Deployment',
    'with an unknown volume claim',
    { [`${pod}.volumes[0]`]: { name: 'model', persistentVolumeClaim: { claimName: 'x' } } },
    /there is no PersistentVolumeClaim "x"/,
  ],
  [
    'Deployment',
    'with an unknown secret in a volume',
    { [`${pod}.volumes[0]`]: { name: 'model', secret: { secretName: 'x' } } },
    /there is no Secret "x"/,
  ],
  [
    'Deployment',
    'with an unknown ConfigMap in a projection',
    { [`${pod}.volumes[0]`]: { name: 'model', projected: { sources: [{ configMap: { name: 'x' } }] } } },
    /there is no ConfigMap "x"/,
  ],
  [
    'Deployment',
    'with an unknown key of a ConfigMap',
    { [`${server}.env[1].valueFrom`]: { configMapKeyRef: { name: 'config', key: 'x' } } },
    /has no key "x"/,
  ],
  [
    'Deployment',
    'with an unknown ConfigMap in envFrom',
    { [`${server}.envFrom`]: [{ configMapRef: { name: 'x' } }, { secretRef: { name: 'y' } }] },
    /"x"[\s\S]*"y"/,
  ],
  [
    'HTTPRoute',
    'that mirrors to an unknown Service',
    { 'spec.rules[0].filters': [{ type: 'RequestMirror', requestMirror: { backendRef: { name: 'x', port: 80 } } }] },
    /there is no Service "x"/,
  ],
  ['BackendTrafficPolicy', 'with an unknown target', { 'spec.targetRefs[0].name': 'x' }, /there is no HTTPRoute "x"/],
];

describe('checkTogether', () => {
  test('accepts a consistent set', () => {
    expect(checkTogether(set, { external })).toEqual([]);
  });

  test('finds references to undeclared objects outside the set', () => {
    expect(checkTogether(set)).toEqual([expect.stringContaining('there is no Secret "token"')]);
  });

  test.each(brokenSets)('finds a %s %s', (kind, _what, changes, finding) => {
    expect(checkTogether(setWith(kind, changes), { external }).join('\n')).toMatch(finding);
  });

  test.each([
    ['two objects with the same name', service, {}, /Service\/\/app: two objects/],
    ['two autoscalers for the same target', hpa, { 'metadata.name': 'b' }, /two autoscalers/],
    ['two budgets for the same Pod', pdb, { 'metadata.name': 'b' }, /two disruption budgets/],
    [
      'two workloads with the same selector',
      deployment,
      { 'metadata.name': 'b' },
      /selects the pods of Deployment\/\/app too/,
    ],
    ['a Service with the Pods of two workloads', deployment, { 'metadata.name': 'b' }, /mixes the pods/],
  ] as const)('finds %s', (_what, o, changes, finding) => {
    expect(checkTogether([...set, changed(o, changes)], { external }).join('\n')).toMatch(finding);
  });

  test('requires a ReferenceGrant for a route to another namespace', () => {
    const far = setWith('HTTPRoute', {
      'metadata.namespace': 'edge',
      'spec.rules[0].backendRefs[0].namespace': 'serving',
    });
    const moved = far.map((o) =>
      Reflect.get(o, 'kind') === 'Service' ? changed(o, { 'metadata.namespace': 'serving' }) : o,
    );
    expect(checkTogether(moved, { external }).join('\n')).toMatch(/no ReferenceGrant in namespace "serving"/);
  });

  test('ignores optional references', () => {
    const optional = setWith('Deployment', { [`${pod}.volumes[3].configMap`]: { name: 'x', optional: true } });
    expect(checkTogether(optional, { external })).toEqual([]);
  });

  test.each([
    ['NotIn', ['other'], 1],
    ['NotIn', ['app'], 0],
    ['Exists', undefined, 1],
    ['DoesNotExist', undefined, 0],
  ])('supports the operator %s %p', (operator, values, matches) => {
    const selector = { matchExpressions: [{ key: 'app', operator, values }] };
    const findings = checkTogether(setWith('PodDisruptionBudget', { 'spec.selector': selector }), { external });
    expect(findings).toHaveLength(1 - matches);
  });
});

describe('checkManifests', () => {
  test('combines all checks', () => {
    const findings = checkManifests([
      changed(service, { 'spec.ports': [] }),
      deployment,
      changed(route, { 'spec.retry': 1 }),
    ]).join('\n');
    expect(findings).toMatch(/Service app spec\.ports: required/);
    expect(findings).toMatch(/allowPrivilegeEscalation/);
    expect(findings).toMatch(/"retry"/);
    expect(findings).toMatch(/there is no Secret "token"/);
  });
});
