import { OwnAddress } from '../../src/plan/choices';
import { ImageUse } from '../../src/plan/target-profile';
import { explain } from '../../src/report/explain';
import { backendOptions, endpointOn, testPlatform } from '../support/definitions';
import { NUMBERED } from '../support/profiles';

test('routes stand in the order in which they are tried', () => {
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

test('a capability of the platform stands under its name', () => {
  const images = [{ use: ImageUse.ROUTER, reference: 'haproxy:1.2.3', released: '2026-01-02' }];
  const platform = testPlatform({ target: { ...NUMBERED, images } });
  endpointOn(platform, 'endpoint').addBackend('a', backendOptions());
  const sections = explain([
    { platform: 'Platform', target: 'a test', plan: platform.plan(), lockFiles: [], refusals: [] },
  ]);
  const rows = sections.find(({ title }) => title === 'capabilities')?.table?.rows;
  expect(rows?.at(-1)).toEqual(['Platform', 'images', 'native', 'router: haproxy:1.2.3 of 2026-01-02']);
});
