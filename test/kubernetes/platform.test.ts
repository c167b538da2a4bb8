import { ApiObject, App, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { type Construct, RootConstruct } from 'constructs';
import { Backend } from '../../src/constructs/backend';
import { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import { TargetPlatform } from '../../src/constructs/target-platform';
import {
  ClaimVolume,
  Gateway,
  KubernetesBackend,
  KubernetesEndpoint,
  KubernetesPlatform,
  type KubernetesPlatformProps,
  KubernetesSecret,
} from '../../src/kubernetes';
import { ModelServer } from '../../src/servers/model-server';
import { Duration } from '../../src/units/duration';
import { HealthCheck } from '../../src/workload/health-check';
import { backendOptions, singleBackend } from '../support/definitions';
import { routerFiles } from '../support/observe-kubernetes';
import { findObject, manifestsOf, newChart, oneBackend } from './support';

const platform = (props: KubernetesPlatformProps) => () => new KubernetesPlatform(newChart(), 'Platform', props);

describe('platform', () => {
  test('is created for a chart by the first endpoint', () => {
    const chart = newChart();
    const one = new ServingEndpoint(chart, 'one', { path: '/one' });
    const two = new ServingEndpoint(chart, 'two', { path: '/two' });
    expect(one.platform).toBe(two.platform);
    expect(one.platform.node.path).toBe('serving/ServingPlatform');
    expect(one.platform.kind).toBe('kubernetes');
  });

  test('fails outside a chart', () => {
    const message =
      '[WrongScope] a KubernetesPlatform must be inside a cdk8s Chart; create it in a Chart, or use another platform';
    expect(() => new KubernetesPlatform(new App(), 'Platform')).toThrow(message);
    expect(() => new KubernetesPlatform(new RootConstruct() as unknown as Construct, 'Platform')).toThrow(message);
  });

  test('fails with a gateway and a router', () => {
    expect(platform({ gateway: Gateway.fromName('public'), router: {} })).toThrow(
      "[ConflictingProps] 'gateway' and 'router' are mutually exclusive; omit one of them (at serving/Platform)",
    );
  });

  test.each([0, 1.5, 101])('fails with %j replicas of the router', (replicas) => {
    expect(platform({ router: { replicas } })).toThrow(
      `[InvalidNumber] 'replicas' (${replicas}) must be a whole number between 1 and 100; this is the number of router Pods`,
    );
  });

  test.each([
    [{ router: { image: 'haproxy' } }, "[MutableImage] 'haproxy'"],
    [{ fetchImage: 'aws-cli:latest' }, "[MutableImage] 'aws-cli:latest'"],
    [{ router: { clusterDomain: 'a b' } }, "[InvalidName] 'clusterDomain' ('a b')"],
    [{ router: { maxConnectionsPerSource: 0 } }, "[InvalidNumber] 'maxConnectionsPerSource' (0)"],
    [{ router: { maxConnectionsPerSource: 10_001 } }, "[InvalidNumber] 'maxConnectionsPerSource' (10001)"],
    ...[
      '',
      '10.0.0.0/',
      '10.0.0.0/33',
      '10.0.0/8',
      '10.0.0.0/8/8',
      '10.0.0.0/08',
      'fd00::/129',
      'fe80::1%eth0',
      'a.b',
    ].map((network): [KubernetesPlatformProps, string] => [
      { router: { trustedProxies: [network] } },
      `[InvalidNetwork] 'trustedProxies[0]' ('${network}') must be an IP address or a network`,
    ]),
    [{ imagePullSecrets: ['A B'] }, "[InvalidName] 'imagePullSecrets' ('A B')"],
  ])('fails with %j', (props, message) => {
    expect(platform(props)).toThrow(message);
  });

  test('configures the trusted proxies of its router', () => {
    const router = { trustedProxies: ['10.0.0.0/8', 'fd00::/8', '192.0.2.7'], maxConnectionsPerSource: 50 };
    const { chart } = oneBackend({}, {}, { router: { ...router, underscoresInHeaders: true } });
    const config = routerFiles(manifestsOf(chart))['haproxy.cfg'];
    expect(config).toContain('  acl trusted src -- 10.0.0.0/8 fd00::/8 192.0.2.7\n');
    expect(config).toContain('  tcp-request connection reject if { sc1_conn_cur gt 50 } !trusted\n');
    expect(config).not.toContain("'_|^");
  });

  test('fails if DNS answers are cached for too long', () => {
    expect(platform({ router: { dnsTtl: Duration.hours(2) } })).toThrow(
      "[InvalidNumber] 'dnsTtl' (7200) must be a number between 0 and 3600; the value is in seconds",
    );
  });

  test('waits before the signal for as long as DNS answers are cached', () => {
    const { chart } = oneBackend({}, {}, { router: { dnsTtl: Duration.seconds(5) } });
    const { lifecycle } = findObject(manifestsOf(chart), 'Deployment', 'digits-svm').spec.template.spec.containers[0];
    expect(lifecycle.preStop.sleep.seconds).toBe(10);
  });

  test('pulls every image with the configured Secrets', () => {
    const { chart } = oneBackend({}, {}, { imagePullSecrets: ['registry'] });
    const deployments = manifestsOf(chart, ['Secret/registry']).filter(({ kind }) => kind === 'Deployment');
    expect(deployments).toHaveLength(2);
    for (const { spec } of deployments) expect(spec.template.spec.imagePullSecrets).toEqual([{ name: 'registry' }]);
  });

  test('has the address of its router in the URL', () => {
    expect(oneBackend({}, { path: '/digits' }).endpoint.url).toBe('http://serving-router/digits');
    const chart = newChart({ namespace: 'models' });
    expect(new ServingEndpoint(chart, 'digits', { path: '/digits' }).internalUrl).toBe(
      'http://serving-router.models.svc.cluster.local/digits',
    );
  });

  test('exposes its router', () => {
    const platform = new KubernetesPlatform(newChart(), 'Platform');
    expect([platform.routerDeployment, platform.routerService]).toEqual([undefined, undefined]);
    const endpoint = new ServingEndpoint(platform.node.scope as Construct, 'digits', { platform });
    expect(platform.routerDeployment?.node.path).toBe('serving/Platform/Router/Deployment');
    expect(platform.routerService?.name).toBe('serving-router');
    expect(KubernetesEndpoint.of(endpoint).httpRoutes).toEqual([]);
  });

  test('fails if its router cannot find a backend', () => {
    const app = new App();
    const shared = new KubernetesPlatform(new Chart(app, 'one', { namespace: 'one' }), 'Platform');
    const backend = new Backend(new Chart(app, 'two', { namespace: 'two' }), 'svm', {
      ...backendOptions(),
      platform: shared,
    });
    const endpoint = new ServingEndpoint(shared.node.scope as Construct, 'digits', { platform: shared });
    expect(() => endpoint.attachBackend(backend)).toThrow(
      "[WrongScope] backend 'svm' of endpoint 'digits' is in namespace 'two', but the router finds replicas only in namespace 'one'",
    );
  });

  test('of a nested chart has its own router', () => {
    const chart = newChart();
    for (const name of ['inner', 'outer']) {
      const group = new Chart(chart, name);
      new KubernetesPlatform(group, 'Platform');
      const endpoint = new ServingEndpoint(group, `${name} digits`);
      endpoint.addBackend('svm', backendOptions());
      expect(endpoint.url).toBe(`http://${name}-router/`);
    }
  });
});

describe('facade', () => {
  test('fails for a backend of another platform', () => {
    const { backend } = singleBackend();
    expect(() => KubernetesBackend.of(backend)).toThrow(
      "[WrongPlatform] backend 'backend' runs on platform 'test', not on Kubernetes; check 'platform.kind' before (at endpoint/backend)",
    );
  });

  test('runs Pods with another ServiceAccount', () => {
    const { chart, backend } = oneBackend();
    const facade = KubernetesBackend.of(backend);
    expect(facade.serviceAccountName).toBe('digits-svm');
    facade.serviceAccount?.metadata.addAnnotation('example.com/role', 'reader');
    facade.useServiceAccount(new kplus.ServiceAccount(chart, 'Account', { metadata: { name: 'reader' } }));
    expect([facade.serviceAccount, facade.serviceAccountName]).toEqual([undefined, 'reader']);
    const manifests = manifestsOf(chart);
    expect(findObject(manifests, 'Deployment', 'digits-svm').spec.template.spec.serviceAccountName).toBe('reader');
    expect(manifests.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.name)).toEqual([
      'serving-router',
      'reader',
    ]);
  });

  test('runs Pods with a ServiceAccount by name', () => {
    const { chart, backend } = oneBackend();
    KubernetesBackend.of(backend).useServiceAccountName('models');
    const manifests = manifestsOf(chart, ['ServiceAccount/models']);
    expect(findObject(manifests, 'Deployment', 'digits-svm').spec.template.spec.serviceAccountName).toBe('models');
    expect(manifests.filter(({ kind }) => kind === 'ServiceAccount')).toHaveLength(1);
  });

  test.each<[string, (chart: Chart) => void, string]>([
    [
      'an object of another kind',
      (chart) => ClaimVolume.fromClaim(new kplus.Secret(chart, 'Secret')),
      "[InvalidType] 'claim' (a Secret) must be a PersistentVolumeClaim of cdk8s or cdk8s-plus",
    ],
    [
      'a name',
      () => KubernetesSecret.fromSecret('tokens' as never, 'a'),
      "[InvalidType] 'secret' ('tokens') must be a Secret of cdk8s or cdk8s-plus; for an existing one pass its name instead",
    ],
    [
      'an object with an invalid name',
      () => KubernetesSecret.fromSecret({ kind: 'Secret', name: 'A_B' }, 'a'),
      "[InvalidName] 'secret.name' ('A_B') of a Secret must consist of lowercase letters, digits, '-' and '.'",
    ],
    [
      'an invalid name of a claim',
      () => ClaimVolume.fromName('-'),
      "[InvalidName] 'name' ('-') of a PersistentVolumeClaim must consist of",
    ],
  ])('refuses %s for a named object', (_, define, message) => {
    expect(() => define(newChart())).toThrow(message);
  });

  test('reads secrets of cdk8s and cdk8s-plus', () => {
    const chart = newChart();
    const secret = new kplus.Secret(chart, 'Secret', { metadata: { name: 'tokens' }, stringData: { a: '1', b: '2' } });
    const endpoint = new ServingEndpoint(chart, 'digits');
    endpoint.addBackend('svm', {
      ...backendOptions(),
      server: ModelServer.command({ command: ['serve'] }),
      healthCheck: HealthCheck.http('/'),
      secrets: {
        A: KubernetesSecret.fromSecret(secret, 'a'),
        B: KubernetesSecret.fromSecret(ApiObject.of(secret), 'b'),
      },
    });
    const { env } = findObject(manifestsOf(chart), 'Deployment', 'digits-svm').spec.template.spec.containers[0];
    expect(env.slice(-2)).toEqual(
      ['a', 'b'].map((key) => ({
        name: key.toUpperCase(),
        valueFrom: { secretKeyRef: { name: 'tokens', key } },
      })),
    );
  });

  test('fails if a Kubernetes secret is used on another platform', () => {
    expect(() => singleBackend({ secrets: { A: KubernetesSecret.fromName('tokens', 'a') } })).toThrow(
      "[ForeignResource] the secret 'A' of backend 'backend' belongs to platform 'kubernetes' and cannot be used on 'test'",
    );
  });
});

test('a hundred endpoints share one plan and a router', () => {
  const counts = [1, 100].map((count) => {
    const chart = newChart();
    for (let index = 0; index < count; index++) {
      new ServingEndpoint(chart, `e${index}`, { path: `/e${index}` }).addBackend('svm', backendOptions());
    }
    const [{ platform }] = chart.node
      .findAll()
      .filter((node): node is ServingEndpoint => node instanceof ServingEndpoint) as [ServingEndpoint];
    const before = TargetPlatform.planOf(platform);
    const { length } = manifestsOf(chart);
    expect(TargetPlatform.planOf(platform)).toBe(before);
    return length;
  });
  expect(counts).toEqual([4 + 5, 400 + 5]);
});
