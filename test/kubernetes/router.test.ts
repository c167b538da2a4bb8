import { type Chart, JsonPatch } from 'cdk8s';
import { HttpMethod } from '../../src/constructs/endpoint-options';
import { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import { KubernetesPlatform } from '../../src/kubernetes';
import type { Router } from '../../src/kubernetes/private/router/router';
import { Duration } from '../../src/units/duration';
import { backendOptions } from '../support/definitions';
import { findObject, type Manifest, manifestsOf, newChart, oneBackend } from './support';

const NAME = 'serving-router';
const KINDS = ['ServiceAccount', 'ConfigMap', 'Deployment', 'PodDisruptionBudget', 'Service'];

const router = (manifests: Manifest[], kind: string) => findObject(manifests, kind, NAME);
const deployment = (chart: Chart) => router(manifestsOf(chart), 'Deployment');
const podOf = (chart: Chart) => deployment(chart).spec.template.spec;
const configOf = (manifests: Manifest[]): string => router(manifests, 'ConfigMap').data['haproxy.cfg'];
const digestOf = (chart: Chart): string =>
  deployment(chart).spec.template.metadata.annotations['serving-constructs/config'];

describe('the objects of the router', () => {
  test('are those of a service that can be updated and moved', () => {
    const manifests = manifestsOf(oneBackend().chart);
    const own = manifests.filter((manifest) => manifest.metadata.name === NAME);
    expect(own.map((manifest) => manifest.kind).sort()).toEqual([...KINDS].sort());
    expect(router(manifests, 'PodDisruptionBudget').spec).toMatchObject({ maxUnavailable: 1 });
    expect(router(manifests, 'Service').spec).toMatchObject({
      type: 'ClusterIP',
      ports: [{ name: 'http', port: 80, targetPort: 'http' }],
    });
    expect(deployment(oneBackend().chart).spec).toMatchObject({
      replicas: 2,
      strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
    });
  });

  test('select the pods of the router and no others', () => {
    const manifests = manifestsOf(oneBackend().chart);
    const { labels } = deployment(oneBackend().chart).spec.template.metadata;
    const { selector } = router(manifests, 'Service').spec;
    expect(labels).toMatchObject(selector);
    expect(router(manifests, 'PodDisruptionBudget').spec.selector.matchLabels).toEqual(selector);
    expect(findObject(manifests, 'Deployment', 'digits-svm').spec.template.metadata.labels).not.toMatchObject(selector);
  });

  test('stand once in a chart, however many endpoints there are', () => {
    const { chart } = oneBackend();
    new ServingEndpoint(chart, 'more', { path: '/more' }).addBackend('v1', backendOptions());
    expect(configOf(manifestsOf(chart))).toContain('backend more-v1 from pool');
  });

  test('come with nothing that the API server would fill in for an account', () => {
    const pod = podOf(oneBackend().chart);
    expect(pod).toMatchObject({
      serviceAccountName: NAME,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
    });
  });

  test('take patches of the user', () => {
    const { chart } = oneBackend();
    const object = chart.node
      .findAll()
      .find((node) => node.node.path.endsWith('Router/Deployment')) as Router['deployment'];
    object.addJsonPatch(JsonPatch.replace('/spec/replicas', 5));
    expect(deployment(chart).spec.replicas).toBe(5);
  });
});

describe('the pod of the router', () => {
  test('runs the pinned image of HAProxy without rights', () => {
    const pod = podOf(oneBackend().chart);
    const [container] = pod.containers;
    expect(pod.containers).toHaveLength(1);
    expect(container.image).toMatch(/^haproxy:3\.\d+\.\d+-alpine@sha256:[0-9a-f]{64}$/);
    expect(container.command).toEqual(['haproxy', '-db', '-f', '/usr/local/etc/haproxy/haproxy.cfg']);
    expect(pod.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 99,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: 99,
    });
  });

  test('runs on another image, in other numbers, with secrets to pull it', () => {
    const { chart } = oneBackend(
      {},
      {},
      {
        router: { image: 'registry.example.com/haproxy:2.8', replicas: 3 },
        imagePullSecrets: ['registry'],
      },
    );
    const manifests = chart.toJson() as Manifest[];
    const { spec } = router(manifests, 'Deployment');
    expect(spec.replicas).toBe(3);
    expect(spec.template.spec.containers[0].image).toBe('registry.example.com/haproxy:2.8');
    expect(spec.template.spec.imagePullSecrets).toEqual([{ name: 'registry' }]);
  });

  test('knows its namespace and its address', () => {
    const [{ env }] = podOf(oneBackend().chart).containers;
    expect(env).toEqual([
      { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    ]);
  });

  test('is asked for its health where no path of a user is', () => {
    const [container] = podOf(oneBackend().chart).containers;
    expect(container.readinessProbe.httpGet).toEqual({ path: '/healthz', port: 'admin' });
    // The time in which it finds the servers, so that it is not sent requests that it cannot pass on.
    expect(container.readinessProbe.initialDelaySeconds).toBe(5);
    expect(container.livenessProbe.httpGet).toEqual({ path: '/healthz', port: 'admin' });
    const admin = container.ports.find((port: { name: string }) => port.name === 'admin').containerPort;
    expect(configOf(manifestsOf(oneBackend().chart))).toMatch(
      new RegExp(`frontend _admin from base\\n  bind .*:${admin}"\\n  monitor-uri /healthz\\n`),
    );
  });

  test.each([
    [60, 70],
    [600, 610],
  ])('has time for requests of %d s when it is stopped', (seconds, hardStop) => {
    const { chart } = oneBackend({}, { requestTimeout: Duration.seconds(seconds) });
    const pod = podOf(chart);
    const { preStop } = pod.containers[0].lifecycle;
    expect(configOf(manifestsOf(chart))).toContain(`hard-stop-after ${hardStop}s\n`);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(preStop.sleep.seconds + hardStop);
  });

  test('has time for a request that waits for a server first', () => {
    const { chart } = oneBackend({ maxConcurrency: 2 }, { requestTimeout: Duration.seconds(60) });
    expect(configOf(manifestsOf(chart))).toContain('hard-stop-after 130s\n');
    expect(podOf(chart).terminationGracePeriodSeconds).toBe(140);
  });

  test('gets memory for the places of servers', () => {
    const memory = (replicas: number) => podOf(oneBackend({ replicas }).chart).containers[0].resources.limits.memory;
    expect(memory(1)).toBe('257Mi');
    expect(memory(1000)).toBe('319Mi');
  });

  test('is spread over zones and nodes where that is possible', () => {
    const { topologySpreadConstraints } = podOf(oneBackend().chart);
    expect(topologySpreadConstraints.map((spread: { topologyKey: string }) => spread.topologyKey)).toEqual([
      'topology.kubernetes.io/zone',
      'kubernetes.io/hostname',
    ]);
    for (const spread of topologySpreadConstraints) expect(spread.whenUnsatisfiable).toBe('ScheduleAnyway');
  });
});

describe('a changed definition', () => {
  test('makes new pods, and the same one does not', () => {
    const digest = digestOf(oneBackend().chart);
    expect(digest).toMatch(/^[0-9a-f]{16}$/);
    expect(digestOf(oneBackend().chart)).toBe(digest);
    expect(digestOf(oneBackend({}, { methods: [HttpMethod.POST] }).chart)).not.toBe(digest);
  });

  test('is written when it comes late, even after something was read', () => {
    const { chart, endpoint } = oneBackend();
    const before = digestOf(chart);
    endpoint.addBackend('late', backendOptions());
    expect(configOf(manifestsOf(chart))).toContain('backend digits-late from pool');
    expect(digestOf(chart)).not.toBe(before);
  });

  test('fails when it makes the configuration larger than a ConfigMap can be', () => {
    const chart = newChart();
    for (let index = 0; index < 1000; index++) {
      const endpoint = new ServingEndpoint(chart, `endpoint ${index}`, { path: `/e${index}` });
      for (const version of ['v1', 'v2', 'v3']) endpoint.addBackend(version, backendOptions());
    }
    expect(chart.node.findAll().flatMap((node) => node.node.validate())).toEqual([
      expect.stringMatching(
        /^\[TooManyRules\] the configuration of the router \(\d+ bytes\) must be at most 1000000 bytes/,
      ),
    ]);
  });
});

describe('the URL of an endpoint', () => {
  test('is the Service of the router, by its full name where the namespace is known', () => {
    expect(oneBackend({}, { path: '/digits' }).endpoint.url).toBe(`http://${NAME}/digits`);
    const chart = newChart({ namespace: 'models' });
    const endpoint = new ServingEndpoint(chart, 'digits');
    expect(endpoint.url).toBe(`http://${NAME}.models.svc.cluster.local/`);
  });

  test('has the domain of the cluster', () => {
    const chart = newChart({ namespace: 'models' });
    new KubernetesPlatform(chart, 'Platform', { router: { clusterDomain: 'k8s.example' } });
    const endpoint = new ServingEndpoint(chart, 'digits', { path: '/x' });
    endpoint.addBackend('svm', backendOptions());
    expect(endpoint.url).toBe(`http://${NAME}.models.svc.k8s.example/x`);
    expect(configOf(manifestsOf(chart))).toContain('.svc.k8s.example"');
  });
});
