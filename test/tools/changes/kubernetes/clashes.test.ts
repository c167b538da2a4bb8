import { type ChangeKind, isDangerous } from '../../../../src/tools/changes/change';
import { checkObjects } from '../../../../src/tools/changes/kubernetes/check-objects';
import { objectsOf } from '../../../../src/tools/changes/kubernetes/objects';
import { changed } from '../../../support/change';

const deployment = (name: string, spec: object = {}, container: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    replicas: 2,
    selector: { matchLabels: { backend: name } },
    template: {
      metadata: { labels: { backend: name } },
      spec: {
        containers: [
          { name: 'server', image: `${name}:1`, ports: [{ name: 'http', containerPort: 8000 }], ...container },
        ],
      },
    },
    ...spec,
  },
});
const service = (name: string, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { backend: name }, ports: [{ name: 'http', port: 80, targetPort: 'http' }], ...spec },
});
const route = (...backends: readonly (readonly [name: string, weight: number])[]) => ({
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'route' },
  spec: { rules: [{ backendRefs: backends.map(([name, weight]) => ({ name, port: 80, weight })) }] },
});
const scaledObject = (name: string, advanced: object = {}) => ({
  apiVersion: 'keda.sh/v1alpha1',
  kind: 'ScaledObject',
  metadata: { name },
  spec: { scaleTargetRef: { name: 'a' }, maxReplicaCount: 8, advanced },
});
const autoscaler = (name: string, bounds: object = { minReplicas: 3, maxReplicas: 8 }) => ({
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name },
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name }, ...bounds },
});
const router = (...pools: readonly Pool[]) => configMap('router', { 'haproxy.cfg': poolsIn(pools) });
const morePools = (...pools: readonly Pool[]) => configMap('router-2', { 'pools-2.cfg': poolsIn(pools) });

type Pool = readonly [name: string, check: string];

function configMap(name: string, data: object) {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data };
}

function poolsIn(pools: readonly Pool[]): string {
  return pools
    .map(([name, check]) => `backend ${name} from pool\n  option httpchk\n${check}  server-template pod 2 a\n\n`)
    .join('');
}

const check = (path: string) => `  http-check send meth GET uri ${path} ver HTTP/1.1\n`;
const a = deployment('a');
const without = (path: string) => changed(a, { [path]: undefined });

/** An edit of manifests, and the dangerous findings that it must have. */
const ROWS: readonly [edit: string, before: object[], after: object[], expected: ChangeKind[]][] = [
  ['nothing changes', [a, service('a')], [a, service('a')], []],
  [
    'the selector of a Deployment changes',
    [a],
    [changed(a, { 'spec.selector.matchLabels.x': 'y' })],
    ['ImmutableField'],
  ],
  ['a Service becomes headless', [service('a')], [service('a', { clusterIP: 'None' })], ['ImmutableField']],
  [
    'an immutable ConfigMap changes',
    [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, immutable: true, data: { a: '1' } }],
    [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, immutable: true, data: { a: '2' } }],
    ['ImmutableField'],
  ],
  [
    'a ConfigMap changes',
    [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { a: '1' } }],
    [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { a: '2' } }],
    [],
  ],
  ...Object.entries({
    Job: { 'spec.completionMode': 'NonIndexed' },
    PersistentVolumeClaim: { 'spec.volumeMode': 'Filesystem' },
    Secret: { type: 'Opaque' },
    StatefulSet: { 'spec.podManagementPolicy': 'OrderedReady' },
    StorageClass: { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' },
  }).flatMap(([kind, defaults]): [string, object[], object[], ChangeKind[]][] => {
    const bare = { apiVersion: 'v1', kind, metadata: { name: 'x' }, spec: {} };
    const [path = ''] = Object.keys(defaults);
    return [
      [`the immutable fields of a ${kind} get their defaults`, [bare], [changed(bare, defaults)], []],
      [`an immutable field of a ${kind} changes`, [bare], [changed(bare, { [path]: 'Other' })], ['ImmutableField']],
    ];
  }),
  ['an image changes', [a], [deployment('a', {}, { image: 'a:2' })], []],
  [
    'an image changes with the strategy Recreate',
    [deployment('a', { strategy: { type: 'Recreate' } })],
    [deployment('a', { strategy: { type: 'Recreate' } }, { image: 'a:2' })],
    ['StopsAllReplicas'],
  ],
  [
    'an image changes where every Pod may be unavailable',
    [a],
    [deployment('a', { strategy: { rollingUpdate: { maxUnavailable: '100%' } } }, { image: 'a:2' })],
    ['StopsAllReplicas'],
  ],
  ['fixed replicas become autoscaling', [a], [without('spec.replicas'), autoscaler('a')], ['ReplicasReset']],
  [
    'a single replica becomes autoscaling',
    [deployment('a', { replicas: 1 })],
    [without('spec.replicas'), autoscaler('a')],
    [],
  ],
  [
    'KEDA hands its autoscaler over',
    [without('spec.replicas'), scaledObject('a', { horizontalPodAutoscalerConfig: { name: 'a' } })],
    [without('spec.replicas'), autoscaler('a')],
    ['AutoscalerDeleted'],
  ],
  [
    'KEDA hands its autoscaler with the default name over',
    [without('spec.replicas'), scaledObject('b')],
    [without('spec.replicas'), autoscaler('keda-hpa-b')],
    ['AutoscalerDeleted'],
  ],
  [
    'an autoscaler of another name replaces KEDA',
    [without('spec.replicas'), scaledObject('a')],
    [without('spec.replicas'), autoscaler('a')],
    [],
  ],
  ['a Deployment has replicas and an autoscaler', [a], [a, autoscaler('a')], ['ReplicasReset']],
  [
    'autoscaling becomes fixed replicas below its maximum',
    [without('spec.replicas'), autoscaler('a')],
    [a],
    ['ReplicasReset'],
  ],
  [
    'autoscaling becomes fixed replicas at its maximum',
    [without('spec.replicas'), autoscaler('a', { minReplicas: 1, maxReplicas: 2 })],
    [a],
    [],
  ],
  [
    'a router checks another program on another path',
    [a, router(['a', check('/health')], ['b', check('/ready')])],
    [deployment('a', {}, { image: 'a:2' }), router(['a', check('/ready')], ['b', check('/ready')])],
    ['OtherHealthCheck'],
  ],
  [
    'a router checks another program on the usual path',
    [a, router(['a', check('/health')])],
    [deployment('a', {}, { image: 'a:2' }), router(['a', ''])],
    ['OtherHealthCheck'],
  ],
  [
    'a router with a large configuration checks another program on another path',
    [a, router(['b', check('/ready')]), morePools(['a', check('/health')])],
    [deployment('a', {}, { image: 'a:2' }), router(['b', check('/ready')]), morePools(['a', check('/ready')])],
    ['OtherHealthCheck'],
  ],
  [
    'a router checks the same program on another path',
    [a, router(['a', check('/health')])],
    [deployment('a', {}, { readinessProbe: { httpGet: { path: '/ready' } } }), router(['a', check('/ready')])],
    [],
  ],
  [
    'a router checks another program on the same path',
    [a, router(['a', check('/health')], ['b', check('/health')])],
    [deployment('a', {}, { image: 'a:2' }), router(['a', check('/health')], ['b', check('/ready')])],
    [],
  ],
  ['replicas are lowered', [a], [deployment('a', { replicas: 1 })], []],
  [
    'a Deployment is renamed',
    [a, service('a')],
    [changed(a, { 'metadata.name': 'b' }), service('b')],
    ['ForwardedTooEarly'],
  ],
  [
    'a Deployment is renamed and starts with one replica',
    [without('spec.replicas'), autoscaler('a')],
    [changed(without('spec.replicas'), { 'metadata.name': 'b' }), autoscaler('b')],
    ['ForwardedTooEarly', 'FewReplicas'],
  ],
  ['a Deployment is removed, and another one added', [a], [deployment('b')], []],
  [
    'a Service selects other Pods',
    [a, service('a')],
    [a, service('a', { selector: { backend: 'b' } })],
    ['SelectorMismatch'],
  ],
  [
    'a Service sends its port to one that the running Pods do not have',
    [a, service('a')],
    [
      deployment('a', {}, { ports: [{ name: 'grpc', containerPort: 9000 }] }),
      service('a', { ports: [{ name: 'http', port: 80, targetPort: 'grpc' }] }),
    ],
    ['SelectorMismatch'],
  ],
  [
    'the number behind a named port changes',
    [a, service('a')],
    [deployment('a', {}, { ports: [{ name: 'http', containerPort: 9000 }] }), service('a')],
    [],
  ],
  [
    'the protocol of a Service changes',
    [a, service('a')],
    [a, service('a', { ports: [{ name: 'http', port: 80, targetPort: 'http', appProtocol: 'kubernetes.io/h2c' }] })],
    ['SelectorMismatch'],
  ],
  [
    'a route gives a share to a new Service',
    [route(['a', 1]), service('a')],
    [service('a'), service('b'), route(['a', 1], ['b', 1])],
    ['ForwardedTooEarly'],
  ],
  [
    'a route gives the weight 0 to a new Service',
    [route(['a', 1]), service('a')],
    [service('a'), service('b'), route(['a', 1], ['b', 0])],
    [],
  ],
  [
    'a new rule of a route has a new Service',
    [route(['a', 1]), service('a')],
    [
      service('a'),
      service('b'),
      changed(route(['a', 1]), { 'spec.rules[1]': { matches: [{}], backendRefs: [{ name: 'b' }] } }),
    ],
    [],
  ],
  ['a new route has a new Service', [], [service('a'), route(['a', 1])], []],
  ['a route keeps a Service that is removed', [service('a'), route(['a', 1])], [route(['a', 1])], ['NoTargets']],
  ['a Service of the type LoadBalancer is removed', [service('a', { type: 'LoadBalancer' })], [], ['AddressReplaced']],
  ['a Service inside the cluster is removed', [service('a')], [], []],
];

test.each(ROWS)('%s', (_, before, after, expected) => {
  const found = checkObjects(objectsOf(before), objectsOf(after)).filter(isDangerous);
  expect(found.map(({ kind }) => kind)).toEqual(expected);
});

test('the messages name objects and numbers', () => {
  const found = checkObjects(objectsOf([a]), objectsOf([without('spec.replicas'), autoscaler('a')]));
  expect(found.map(({ subject, message }) => `${subject} ${message}`)).toEqual([
    "Deployment a no longer has 'spec.replicas' (2): the API server sets it to 1 until HorizontalPodAutoscaler a raises it",
  ]);
});

test('a route that is applied before its new Service has a note', () => {
  const before = objectsOf([route(['a', 1]), service('a')]);
  const [first] = checkObjects(before, objectsOf([route(['b', 1]), service('a'), service('b')]));
  expect(first?.message).toContain('. The route is also applied before that Service exists');
});

test('lists are expanded, and objects of different namespaces are different', () => {
  const other = changed(service('a'), { 'metadata.namespace': 'other' });
  const [one, two, ...rest] = objectsOf([{ kind: 'List', items: [service('a'), other] }, null, 'text', {}]);
  expect([one?.namespace, two?.namespace, rest.length]).toEqual(['', 'other', 0]);
  expect(checkObjects(objectsOf([service('a')]), objectsOf([other])).map(({ kind }) => kind)).toEqual(['Removed']);
});
