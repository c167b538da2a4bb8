import { App, Chart, Lazy } from 'cdk8s';
import { Duration, kubernetes, ServingEndpoint } from '../../src';
import { TargetPlatform } from '../../src/constructs/target-platform';
import { OwnAddress } from '../../src/plan/choices';
import { ImageUse } from '../../src/plan/target-profile';
import { explain } from '../../src/report/explain';
import { backendOptions, endpointOn, testPlatform } from '../support/definitions';
import { NUMBERED } from '../support/profiles';

test('routes are listed in matching order', () => {
  const platform = testPlatform({ target: NUMBERED });
  const hosts = ['*.example.com', 'api.example.com'];
  const endpoint = endpointOn(platform, 'endpoint', { path: '/a', hosts });
  for (const name of ['a', 'b', 'c', 'd', 'e'])
    endpoint.addBackend(name, { ...backendOptions(), ownAddress: OwnAddress.PATH });
  const sections = explain([
    { platform: 'Platform', target: 'a test', plan: platform.plan(), lockFiles: [], refusals: [] },
  ]);
  const { table } = sections.find(({ title }) => title.startsWith('routes of')) ?? {};
  const first = (table?.rows ?? []).map(([priorities]) => Number.parseInt(priorities as string, 10));
  expect(first.length).toBeGreaterThan(2);
  expect(first).toEqual([...first].sort((a, b) => a - b));
});

test('shares of new clients only are listed as such, and select no backend', () => {
  const platform = testPlatform({ target: NUMBERED });
  const endpoint = endpointOn(platform, 'endpoint', { path: '/a' });
  const shares = [1, 2, 0].map((weight) => ({ backend: endpoint.addBackend(`v${weight}`, backendOptions()), weight }));
  const headerRules = [{ header: 'x-a', value: 'b', path: '/c' }];
  endpoint.splitTraffic({ shares, headerRules, stickySession: {} });
  const explanation = { platform: 'Platform', target: 'a test', plan: platform.plan(), lockFiles: [], refusals: [] };
  const routes = explain([explanation]).find(({ title }) => title.startsWith('routes of'))?.table?.rows ?? [];
  expect(routes.map((row) => row.at(-1))).toEqual([
    ...['v0 1/1', 'v1 1/1', 'v2 1/1'],
    'v1 1/3, v2 2/3 of new clients as /c',
    'v1 1/3, v2 2/3 of new clients',
  ]);
});

test('capabilities of the platform are listed under its name', () => {
  const images = [{ use: ImageUse.ROUTER, reference: 'haproxy:1.2.3', released: '2026-01-02' }];
  const platform = testPlatform({ target: { ...NUMBERED, images } });
  endpointOn(platform, 'endpoint').addBackend('a', backendOptions());
  const sections = explain([
    { platform: 'Platform', target: 'a test', plan: platform.plan(), lockFiles: [], refusals: [] },
  ]);
  const rows = sections.find(({ title }) => title === 'capabilities of Platform')?.table?.rows;
  expect(rows?.at(-1)).toEqual(['images', 'native', 'router: haproxy:1.2.3, released 2026-01-02']);
});

test('backends with the same times share a section', () => {
  const platform = testPlatform({ target: NUMBERED });
  const endpoint = endpointOn(platform, 'endpoint');
  for (const name of ['a', 'b']) endpoint.addBackend(name, backendOptions());
  endpoint.addBackend('c', { ...backendOptions(), loadTimeout: Duration.seconds(7) });
  const explanation = { platform: 'Platform', target: 'a test', plan: platform.plan(), lockFiles: [], refusals: [] };
  const titles = explain([explanation], { names: ['timeouts', 'hops'] }).map(({ title }) => title);
  expect(titles).toEqual([
    'Platform on a test',
    'timeouts of endpoint (endpoint)',
    'timeouts of a (endpoint/a), b (endpoint/b)',
    'timeouts of c (endpoint/c)',
    'hops to a (endpoint/a), b (endpoint/b), c (endpoint/c)',
  ]);
});

test('patches are listed with their object, their value and what they replace, and noted below the times', () => {
  const chart = new Chart(new App(), 'Serving');
  const settings = kubernetes.PodSettings.of({
    podPatch: { terminationGracePeriodSeconds: 5, hostname: 'a' },
    containerPatch: {
      lifecycle: { preStop: null },
      env: [{ name: 'A', value: 'b' }],
      image: Lazy.any({ produce: () => 'c' }),
    },
  });
  const endpoint = new ServingEndpoint(chart, 'endpoint');
  endpoint.addBackend('a', backendOptions({ targetSettings: [settings] }));
  const plan = TargetPlatform.planOf(endpoint.platform);
  const explanation = { platform: 'Platform', target: 'a test', plan, lockFiles: [], refusals: [] };
  const [, section] = explain([explanation], { names: ['patches'] });
  expect(section?.title).toBe('patches of a (Serving/endpoint/a)');
  const [pod, container] = ["Pod of the Deployment 'endpoint-a'", "container 'server' of the Deployment 'endpoint-a'"];
  expect(section?.table?.rows).toEqual([
    [pod, 'podPatch.terminationGracePeriodSeconds', '5', 'the time from the removal of a replica to SIGKILL', 'G'],
    [pod, 'podPatch.hostname', '"a"', '-', '-'],
    [container, 'containerPatch.lifecycle.preStop', 'removed', 'the wait before SIGTERM', 'P, PT, G, S5'],
    [container, 'containerPatch.env', '1 item', 'the variables of the server, which can contain timeouts', 'R1, R8, F'],
    [container, 'containerPatch.image', 'a token', 'the image of the definition', '-'],
  ]);
  const notes = explain([explanation], { names: ['timeouts'] }).flatMap((one) => one.notes ?? []);
  expect(notes).toContain(
    "Patched: 'podPatch.terminationGracePeriodSeconds' replaces the value in the output, so that these rules are not enforced: G.",
  );
  const [{ intent }] = JSON.parse(JSON.stringify(plan)).backends;
  expect(intent.patches[0]).toMatchObject({
    object: pod,
    field: 'terminationGracePeriodSeconds',
    value: '5',
    rules: ['G'],
  });
});

test('empty lists of lock files, patches and rules are reported', () => {
  const { plan } = { plan: testPlatform({ target: NUMBERED }).plan() };
  const explanation = { platform: 'Platform', target: 'a test', plan, lockFiles: [], refusals: [] };
  const sections = explain([explanation], { names: ['patches', 'locks', 'rules'] });
  expect(sections.map(({ title, text }) => [title, text])).toEqual([
    ['Platform on a test', undefined],
    ['patches', 'none'],
    ['lock files', 'none'],
    ['rules', 'none'],
  ]);
});
