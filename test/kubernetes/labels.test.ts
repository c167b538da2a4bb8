import { App, Chart } from 'cdk8s';
import { ScalingTarget } from '../../src/constructs/scaling-target';
import { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import { Gateway, KubernetesPlatform, type KubernetesPlatformProps } from '../../src/kubernetes';
import { type Data, object, objects } from '../support/data';
import { backendOptions } from '../support/definitions';
import { GATEWAY_PROFILES } from '../support/gateway-profiles';
import { selects } from '../support/kubernetes/metadata';
import { manifestsOf } from './support';

/** The selectors of all objects, by kind and name. */
function selectorsIn(manifests: readonly Data[]): Record<string, unknown> {
  return Object.fromEntries(
    manifests.flatMap((one) => {
      const { selector } = object(one.spec);
      return selector === undefined ? [] : [[`${one.kind} ${object(one.metadata).name}`, selector]];
    }),
  );
}

/** The labels of Pods, by the name of their Deployment. */
function podsIn(manifests: readonly Data[]): Record<string, Data> {
  const deployments = manifests.filter(({ kind }) => kind === 'Deployment');
  return Object.fromEntries(
    deployments.map(({ metadata, spec }) => [
      object(metadata).name,
      object(object(object(object(spec).template).metadata).labels),
    ]),
  );
}

function chartOf(
  id: string,
  props: KubernetesPlatformProps = {},
  labels: Record<string, string> = {},
  app = new App(),
) {
  const chart = new Chart(app, id, { namespace: 'models', labels });
  new KubernetesPlatform(chart, 'Platform', props);
  const endpoint = new ServingEndpoint(chart, `${id} digits`, { path: `/${id}` });
  const svm = endpoint.addBackend('SVM:v1', backendOptions());
  svm.autoscale({ maxReplicas: 3, targets: [ScalingTarget.cpuUtilization(60)] });
  endpoint.addBackend('net', backendOptions({ replicas: 2 }));
  return chart;
}

/** Selectors are immutable in a cluster: a change here would break the update of every Deployment of every user. */
test('the selectors do not change', () => {
  const [svm, net] = ['shop-digits-svm-v1', 'shop-digits-net'];
  const of = (component: string, name: string) => ({ [`serving-constructs/${component}`]: name });
  const router = of('router', 'shop-router');
  expect(selectorsIn(manifestsOf(chartOf('shop')))).toEqual({
    [`Deployment ${svm}`]: { matchLabels: of('backend', svm as string) },
    [`Service ${svm}`]: of('backend', svm as string),
    [`Service ${svm}-pods`]: of('backend', svm as string),
    [`PodDisruptionBudget ${svm}`]: { matchLabels: of('backend', svm as string) },
    [`Deployment ${net}`]: { matchLabels: of('backend', net as string) },
    [`Service ${net}`]: of('backend', net as string),
    [`Service ${net}-pods`]: of('backend', net as string),
    [`PodDisruptionBudget ${net}`]: { matchLabels: of('backend', net as string) },
    'Deployment shop-router': { matchLabels: router },
    'Service shop-router': router,
    'PodDisruptionBudget shop-router': { matchLabels: router },
  });
});

test('Pods are spread by the same selectors', () => {
  for (const { kind, spec } of manifestsOf(chartOf('shop'))) {
    if (kind !== 'Deployment') continue;
    const constraints = objects(object(object(object(spec).template).spec).topologySpreadConstraints);
    expect(constraints.map(({ labelSelector }) => labelSelector)).toEqual([spec.selector, spec.selector]);
  }
});

test.each<[string, KubernetesPlatformProps]>([
  ['the router', {}],
  ...GATEWAY_PROFILES.map((profile): [string, KubernetesPlatformProps] => [
    profile.name,
    { gateway: Gateway.fromName('inference', { profile }) },
  ]),
])('every object behind %s has the recommended labels', (_, props) => {
  for (const { kind, metadata } of manifestsOf(chartOf('shop', props))) {
    const { labels = {} } = metadata;
    const component = labels['app.kubernetes.io/component'];
    expect([kind, labels]).toEqual([
      kind,
      {
        'app.kubernetes.io/name': 'serving-constructs',
        'app.kubernetes.io/instance': labels[`serving-constructs/${component}`],
        'app.kubernetes.io/component': expect.stringMatching(/^(backend|endpoint|router)$/),
        'app.kubernetes.io/part-of': 'shop',
        'app.kubernetes.io/managed-by': 'cdk8s',
        [`serving-constructs/${component}`]: expect.stringMatching(/^shop-/),
      },
    ]);
  }
});

test('no selector selects the Pods of a Helm release with the same name, or of another chart in the namespace', () => {
  const app = new App();
  const charts = ['shop', 'mail'].map((id) => chartOf(id, {}, {}, app));
  const manifests = charts.flatMap((chart) => manifestsOf(chart));
  const pods = podsIn(manifests);
  const helm = Object.fromEntries(
    Object.keys(pods).map((name) => [
      `release ${name}`,
      { 'app.kubernetes.io/name': 'serving-constructs', 'app.kubernetes.io/instance': name },
    ]),
  );
  for (const [owner, selector] of Object.entries(selectorsIn(manifests))) {
    const matchLabels = object((selector as Data).matchLabels ?? selector);
    const selected = Object.entries({ ...pods, ...helm }).filter(([, labels]) => selects({ matchLabels }, labels));
    expect(selected.map(([name]) => name)).toEqual([owner.split(' ')[1]?.replace(/-pods$/, '')]);
  }
});

test('labels of the chart override recommended labels, and do not change selectors', () => {
  const labels = { 'app.kubernetes.io/part-of': 'webshop', 'app.kubernetes.io/instance': 'mine', team: 'a' };
  const manifests = manifestsOf(chartOf('shop', {}, labels));
  expect(selectorsIn(manifests)).toEqual(selectorsIn(manifestsOf(chartOf('shop'))));
  for (const { metadata } of manifests) expect(metadata.labels).toMatchObject(labels);
});
