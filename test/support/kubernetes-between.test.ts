import { changed } from './change';
import type { Data } from './data';
import { findingsBetween, orderFindings } from './kubernetes/between';
import {
  account,
  configMap,
  deployment,
  hpa,
  pdb,
  pod,
  secret,
  server,
  service,
  statefulSet,
} from './kubernetes-fixture';

const headless = changed(service, { 'metadata.name': 'app-pods', 'spec.clusterIP': 'None' });
const fixed = changed(deployment, { 'spec.replicas': 4 });
const claim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'models' },
  spec: { accessModes: ['ReadWriteMany'], storageClassName: 'efs', resources: { requests: { storage: '10Gi' } } },
};
const job = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'load' },
  spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'load', image: 'load:1' }] } } },
};
const route = {
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  metadata: { name: 'route' },
  spec: { rules: [{ backendRefs: [{ name: 'app', port: 80 }] }] },
};
const routerConfig = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'router' },
  data: { 'haproxy.cfg': 'server-template pod 2 "_http._tcp.app-pods.serving.svc.cluster.local"' },
};
const router = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'router' },
  spec: {
    selector: { matchLabels: { router: 'router' } },
    template: {
      metadata: { labels: { router: 'router' } },
      spec: { volumes: [{ name: 'config', configMap: { name: 'router' } }] },
    },
  },
};
const newImage = { [`${server}.image`]: 'server:2' };

const changes: readonly (readonly [string, Data, { readonly [path: string]: unknown }, RegExp])[] = [
  ['the selector of a Deployment', deployment, { 'spec.selector.matchLabels.app': 'b' }, /^immutable Deployment\/app/],
  ['the claims of a StatefulSet', statefulSet, { 'spec.volumeClaimTemplates': [{}] }, /^immutable StatefulSet\/store/],
  ['a Service that becomes headless', service, { 'spec.clusterIP': 'None' }, /^immutable Service\/app: spec.clusterIP/],
  ['the class of a volume claim', claim, { 'spec.storageClassName': 'gp3' }, /^immutable PersistentVolumeClaim/],
  ['the template of a Job', job, { 'spec.template.spec.containers[0].image': 'load:2' }, /^immutable Job\/load/],
  ['a type of a Secret', changed(secret, { type: 'Opaque' }), { type: 'tls' }, /^immutable Secret\/token/],
  [
    'a sealed ConfigMap',
    changed(configMap, { immutable: true }),
    { 'data.a': 'y' },
    /^immutable ConfigMap\/config: data/,
  ],
];

describe('findingsBetween', () => {
  const set = [account, configMap, claim, service, headless, deployment, hpa, pdb, route];

  test('finds nothing without a change', () => {
    expect(findingsBetween(set, set)).toEqual([]);
  });

  test.each(changes)('finds a change of %s', (_what, before, change, finding) => {
    expect(findingsBetween([before], [changed(before, change)])).toContainEqual(expect.stringMatching(finding));
  });

  test.each([
    ['a larger volume claim', claim, { 'spec.resources.requests.storage': '20Gi' }],
    ['a ConfigMap that is not sealed', configMap, { 'data.a': 'y' }],
    ['a type of a Service', service, { 'spec.type': 'LoadBalancer' }],
  ] as const)('accepts %s', (_what, before, change) => {
    expect(findingsBetween([before], [changed(before, change)])).toEqual([]);
  });

  test('finds a number of replicas that leaves the manifest, which the API server sets to 1', () => {
    expect(findingsBetween([fixed], [deployment, hpa])).toEqual([
      'replicas Deployment/app: 4 leave the manifest, so the API server sets 1',
    ]);
    expect(findingsBetween([deployment, hpa], [fixed])).toEqual(['gone HorizontalPodAutoscaler/app']);
  });

  test('finds fewer replicas than the minimum of both', () => {
    const beside = changed(deployment, { 'spec.replicas': 1 });
    expect(findingsBetween([fixed], [beside, hpa])).toEqual(['replicas Deployment/app: 1 is less than 2']);
    const scaler = { kind: 'ScaledObject', metadata: { name: 's' }, spec: { scaleTargetRef: { name: 'app' } } };
    const least = (minReplicaCount: number) => changed(scaler, { 'spec.minReplicaCount': minReplicaCount });
    expect(findingsBetween([fixed], [beside, least(1)])).toEqual([]);
    expect(findingsBetween([fixed], [beside, least(3)])).toEqual(['replicas Deployment/app: 1 is less than 3']);
  });

  test('finds what takes effect before the Pods are replaced', () => {
    const http2 = changed(service, { 'spec.ports[0].appProtocol': 'kubernetes.io/h2c' });
    const replaced = changed(deployment, newImage);
    expect(findingsBetween([service, deployment], [http2, replaced])).toEqual([
      "window Service/app: port 'http' has another protocol than the old Pods",
      'pods Deployment/app: they are replaced',
    ]);
    expect(findingsBetween([service, deployment], [http2, deployment])).toEqual([]);
    const [was, is] = [8000, 9000].map((port) => changed(service, { 'spec.ports[0].targetPort': port }));
    expect(findingsBetween([was as Data, deployment], [is as Data, replaced])).toContain(
      "window Service/app: port 'http' is a number that the old Pods do not serve",
    );
    const prefix = { [`${server}.env[2]`]: { name: 'SERVING_PATH_PREFIX', value: '/app' } };
    expect(findingsBetween([deployment], [changed(deployment, prefix)])).toContainEqual(
      expect.stringMatching(/^window Deployment\/app: routes change/),
    );
  });

  test('finds what leaves the manifests, and what still uses it', () => {
    expect(findingsBetween([account, deployment], [deployment])).toEqual([
      'gone ServiceAccount/app: used by Deployment/app until the rollout ends',
    ]);
    expect(findingsBetween([service, route], [route])).toEqual([
      'gone Service/app: used by HTTPRoute/route until the rollout ends',
    ]);
    expect(findingsBetween([routerConfig, headless, router], [routerConfig, router])).toEqual([
      'gone Service/app-pods: used by Deployment/router until the rollout ends',
    ]);
  });

  test('separates objects by namespace', () => {
    const far = changed(service, { 'metadata.namespace': 'far', 'spec.clusterIP': 'None' });
    expect(findingsBetween([service], [far])).toEqual(['gone Service/app']);
  });
});

describe('orderFindings', () => {
  test.each([
    ['a Deployment and its ServiceAccount', account, deployment],
    ['a Deployment and its Secret', secret, deployment],
    ['a Deployment and its ConfigMap', configMap, deployment],
    ['a Deployment and its volume claim', claim, withClaim()],
    ['an autoscaler and its Deployment', deployment, hpa],
    ['a route and its Service', service, route],
    ['a router and its configuration', routerConfig, router],
  ])('finds the wrong order of %s', (_what, first, second) => {
    expect(orderFindings([first, second])).toEqual([]);
    expect(orderFindings([second, first])).toEqual([
      expect.stringMatching(`^order ${second.kind}/.* before ${first.kind}/`),
    ]);
  });

  test('finds routes and routers that are applied before the Pods behind their Services', () => {
    expect(orderFindings([service, route, deployment])).toEqual([
      'order HTTPRoute/route: it is applied before Deployment/app, which it refers to',
    ]);
    expect(orderFindings([routerConfig, headless, router, deployment])).toEqual([
      'order Deployment/router: it is applied before Deployment/app, which it refers to',
    ]);
  });
});

function withClaim() {
  return changed(deployment, {
    [`${pod}.volumes[0]`]: { name: 'model', persistentVolumeClaim: { claimName: 'models' } },
  });
}
