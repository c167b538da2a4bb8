import { Duration } from '../../src';
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

test('empty lists of lock files and rules are reported', () => {
  const { plan } = { plan: testPlatform({ target: NUMBERED }).plan() };
  const explanation = { platform: 'Platform', target: 'a test', plan, lockFiles: [], refusals: [] };
  const sections = explain([explanation], { names: ['locks', 'rules'] });
  expect(sections.map(({ title, text }) => [title, text])).toEqual([
    ['lock files', 'none'],
    ['rules', 'none'],
  ]);
});
