import { type ApiObject, type Chart, JsonPatch } from 'cdk8s';
import { HttpMethod } from '../../src/constructs/endpoint-options';
import { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import { KubernetesPlatform } from '../../src/kubernetes';
import type { Router } from '../../src/kubernetes/private/router/router';
import { Duration } from '../../src/units/duration';
import { HealthCheck } from '../../src/workload/health-check';
import { backendOptions } from '../support/definitions';
import { configurationOf, Haproxy } from '../support/haproxy';
import { routerFiles } from '../support/observe-kubernetes';
import { findObject, type Manifest, manifestsOf, newChart, oneBackend } from './support';

const NAME = 'serving-router';
const KINDS = ['ServiceAccount', 'ConfigMap', 'Deployment', 'PodDisruptionBudget', 'Service'];

const router = (manifests: Manifest[], kind: string) => findObject(manifests, kind, NAME);
const deployment = (chart: Chart) => router(manifestsOf(chart), 'Deployment');
const podOf = (chart: Chart) => deployment(chart).spec.template.spec;
const configOf = (manifests: Manifest[]): string => configurationOf(routerFiles(manifests));
const configMaps = (manifests: Manifest[]) => manifests.filter(({ kind }) => kind === 'ConfigMap');
const volumeOf = (chart: Chart) => podOf(chart).volumes[0];

describe('the objects of the router', () => {
  test('allow updates and evictions without downtime', () => {
    const manifests = manifestsOf(oneBackend().chart);
    const own = manifests.filter(({ metadata }) => metadata.name.replace(/-[0-9a-f]{16}$/, '') === NAME);
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

  test('select only the Pods of the router', () => {
    const manifests = manifestsOf(oneBackend().chart);
    const { labels } = deployment(oneBackend().chart).spec.template.metadata;
    const { selector } = router(manifests, 'Service').spec;
    expect(labels).toMatchObject(selector);
    expect(router(manifests, 'PodDisruptionBudget').spec.selector.matchLabels).toEqual(selector);
    expect(findObject(manifests, 'Deployment', 'digits-svm').spec.template.metadata.labels).not.toMatchObject(selector);
  });

  test('exist once in a chart, regardless of the number of endpoints', () => {
    const { chart } = oneBackend();
    new ServingEndpoint(chart, 'more', { path: '/more' }).addBackend('v1', backendOptions());
    expect(configOf(manifestsOf(chart))).toContain('backend more-v1 from pool');
  });

  test('have a ServiceAccount, but no token and no service links', () => {
    const pod = podOf(oneBackend().chart);
    expect(pod).toMatchObject({
      serviceAccountName: NAME,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
    });
  });

  test('can be patched', () => {
    const { chart } = oneBackend();
    const object = chart.node
      .findAll()
      .find((node) => node.node.path.endsWith('Router/Deployment')) as Router['deployment'];
    object.addJsonPatch(JsonPatch.replace('/spec/replicas', 5));
    expect(deployment(chart).spec.replicas).toBe(5);
  });
});

describe('the Pod of the router', () => {
  test('runs the pinned image of HAProxy without privileges', () => {
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

  test('runs another image, with other replicas and pull secrets', () => {
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

  test('gets its namespace and its address', () => {
    const [{ env }] = podOf(oneBackend().chart).containers;
    expect(env).toEqual([
      { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    ]);
  });

  test('is probed on a port that has no paths of endpoints', () => {
    const [container] = podOf(oneBackend().chart).containers;
    expect(container.readinessProbe.httpGet).toEqual({ path: '/healthz', port: 'admin' });
    // Long enough to resolve the servers, so that it gets no requests that it cannot forward.
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
  ])('has enough time for requests of %d s when it is stopped', (seconds, hardStop) => {
    const { chart } = oneBackend({}, { requestTimeout: Duration.seconds(seconds) });
    const pod = podOf(chart);
    const { preStop } = pod.containers[0].lifecycle;
    expect(configOf(manifestsOf(chart))).toContain(`hard-stop-after ${hardStop}s\n`);
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(preStop.sleep.seconds + hardStop);
  });

  test('has enough time for a request that is queued first', () => {
    const { chart } = oneBackend({ maxConcurrency: 2 }, { requestTimeout: Duration.seconds(60) });
    expect(configOf(manifestsOf(chart))).toContain('hard-stop-after 130s\n');
    expect(podOf(chart).terminationGracePeriodSeconds).toBe(140);
  });

  test('gets memory for its server slots, and a limit for all of its buffers', () => {
    const memory = (replicas: number) => {
      const { requests, limits } = podOf(oneBackend({ replicas }).chart).containers[0].resources;
      return [requests.memory, limits.memory];
    };
    expect(memory(1)).toEqual(['257Mi', '1019Mi']);
    expect(memory(1000)).toEqual(['319Mi', '1081Mi']);
  });

  test('is spread over zones and nodes if possible', () => {
    const { topologySpreadConstraints } = podOf(oneBackend().chart);
    expect(topologySpreadConstraints.map((spread: { topologyKey: string }) => spread.topologyKey)).toEqual([
      'topology.kubernetes.io/zone',
      'kubernetes.io/hostname',
    ]);
    for (const spread of topologySpreadConstraints) expect(spread.whenUnsatisfiable).toBe('ScheduleAnyway');
  });
});

describe('the files of the router', () => {
  const nameOf = (chart: Chart): string => volumeOf(chart).configMap.name;

  test('are in an immutable ConfigMap whose name contains a digest of them, which the Pods name', () => {
    const { chart } = oneBackend();
    const [configMap, ...others] = configMaps(manifestsOf(chart));
    expect(others).toEqual([]);
    expect(configMap?.immutable).toBe(true);
    expect(configMap?.metadata.name).toMatch(/^serving-router-[0-9a-f]{16}$/);
    expect(nameOf(chart)).toBe(configMap?.metadata.name);
    expect(chart.node.findAll().filter((node) => (node as ApiObject).name === nameOf(chart))).toHaveLength(1);
  });

  test('replace the Pods if they change, and not otherwise', () => {
    const name = nameOf(oneBackend().chart);
    expect(nameOf(oneBackend().chart)).toBe(name);
    expect(nameOf(oneBackend({}, { methods: [HttpMethod.POST] }).chart)).not.toBe(name);
    // Only a map differs.
    expect(nameOf(oneBackend({}, { path: '/other' }).chart)).not.toBe(name);
  });

  test('are rendered even if they change late, after something was read', () => {
    const { chart, endpoint } = oneBackend();
    const before = nameOf(chart);
    endpoint.addBackend('late', backendOptions());
    expect(configOf(manifestsOf(chart))).toContain('backend digits-late from pool');
    expect(nameOf(chart)).not.toBe(before);
    expect(configMaps(manifestsOf(chart))).toHaveLength(1);
  });

  test('are in several ConfigMaps if they are large, each small enough for `kubectl apply`', () => {
    const chart = newChart();
    const healthCheck = HealthCheck.http(`/${'x'.repeat(900)}`);
    for (let index = 0; index < 120; index++) {
      const endpoint = new ServingEndpoint(chart, `endpoint ${index}`, {
        path: `/e${index}`,
        methods: [HttpMethod.POST],
      });
      for (const version of ['v1', 'v2']) endpoint.addBackend(version, backendOptions({ healthCheck }));
    }
    const manifests = manifestsOf(chart);
    const maps = configMaps(manifests);
    const names = maps.map(({ metadata }) => metadata.name);
    expect(maps.length).toBeGreaterThan(1);
    for (const map of maps) expect(JSON.stringify(map).length).toBeLessThan(256 * 1024);
    expect(names.slice(1)).toEqual(names.slice(1).map((_, index) => `${names[0]}-${index + 2}`));
    expect(volumeOf(chart).projected.sources.map((source: Manifest) => source.configMap.name)).toEqual(names);
    const { command } = podOf(chart).containers[0];
    expect(command.slice(2)).toEqual([
      ...['-f', '/usr/local/etc/haproxy/haproxy.cfg'],
      ...['-f', '/usr/local/etc/haproxy/pools-2.cfg'],
    ]);
    const haproxy = new Haproxy(routerFiles(manifests));
    expect(haproxy.sections.filter(({ from }) => from === 'pool')).toHaveLength(240);
    expect(haproxy.route('_router', { path: '/e119/x', method: 'POST' })).toMatchObject({ path: '/e119/x' });
  });

  test('stay small if the order of many header rules differs between endpoints', () => {
    const { chart } = oneBackend();
    const names = Array.from({ length: 24 }, (_, index) => `x-${index}`);
    for (const [id, headers] of Object.entries({ up: names, down: [...names].reverse() })) {
      const endpoint = new ServingEndpoint(chart, id, { path: `/${id}` });
      const backend = endpoint.addBackend('v', backendOptions());
      endpoint.addBackend('w', backendOptions());
      endpoint.splitTraffic({
        headerRules: headers.map((header) => ({ header, value: 'y', path: `/${header}`, backend })),
      });
    }
    // Of the rules that match, only the first counts.
    const lines = routerFiles(manifestsOf(chart))['headers.map']?.split('\n') ?? [];
    expect(lines.length).toBeLessThan(names.length ** 2);
  });

  test('fail if a map becomes too large for a ConfigMap', () => {
    const { chart } = oneBackend(
      {},
      { hosts: Array.from({ length: 10_000 }, (_, index) => `${'h'.repeat(50)}${index}.com`) },
    );
    expect(chart.node.findAll().flatMap((node) => node.node.validate())).toEqual([
      expect.stringMatching(
        /^\[TooManyRules\] 'hosts\.map' of the router \(\d+ bytes\) must be at most 1000000 bytes to fit into a ConfigMap/,
      ),
    ]);
  });
});

describe('the URL of an endpoint', () => {
  test('is the Service of the router, by its full name if the namespace is known', () => {
    expect(oneBackend({}, { path: '/digits' }).endpoint.url).toBe(`http://${NAME}/digits`);
    const chart = newChart({ namespace: 'models' });
    const endpoint = new ServingEndpoint(chart, 'digits');
    expect(endpoint.url).toBe(`http://${NAME}.models.svc.cluster.local/`);
  });

  test('contains the domain of the cluster', () => {
    const chart = newChart({ namespace: 'models' });
    new KubernetesPlatform(chart, 'Platform', { router: { clusterDomain: 'k8s.example' } });
    const endpoint = new ServingEndpoint(chart, 'digits', { path: '/x' });
    endpoint.addBackend('svm', backendOptions());
    expect(endpoint.url).toBe(`http://${NAME}.models.svc.k8s.example/x`);
    expect(configOf(manifestsOf(chart))).toContain('.svc.k8s.example"');
  });
});
