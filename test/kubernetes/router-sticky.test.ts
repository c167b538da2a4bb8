import type { BackendOptions } from '../../src/constructs/backend-options';
import type { GuardOptions } from '../../src/kubernetes/private/router/guards';
import { CONFIG_FILE, type RouterFiles } from '../../src/kubernetes/private/router/haproxy';
import { Duration } from '../../src/units/duration';
import { backendOptions, endpointOn } from '../support/definitions';
import { Haproxy } from '../support/haproxy';
import { render, routerPlatform } from './router-support';

interface Declared {
  readonly weights?: readonly number[];
  readonly sticky?: boolean;
  readonly backend?: Partial<BackendOptions>;
  readonly guards?: GuardOptions;
}

/** The files for two endpoints with a split, of which only the first is sticky. */
function files({ weights = [1, 2, 0], sticky = true, backend, guards }: Declared = {}): RouterFiles {
  const platform = routerPlatform();
  for (const id of ['a', 'b']) {
    const endpoint = endpointOn(platform, id, { path: `/${id}` });
    const shares = weights.map((weight, index) => ({
      backend: endpoint.addBackend(`v${index + 1}`, backendOptions(backend)),
      weight,
    }));
    const stickySession = sticky && id === 'a' ? { maxAge: Duration.hours(1) } : undefined;
    endpoint.splitTraffic({ shares, stickySession });
  }
  return render(platform.plan(), guards);
}

function configuration(declared: Declared): string {
  return files(declared)[CONFIG_FILE] as string;
}

/** The backends of as many requests as the shares repeat after. */
function backends(haproxy: Haproxy, cookie: string, path = '/a'): string[] {
  return Array.from({ length: 3 }, () => {
    const result = haproxy.route('_router', { path, headers: { cookie } });
    if ('status' in result) throw new Error(`answered with ${result.status}`);
    return result.backend;
  });
}

describe('a sticky split', () => {
  test('changes nothing in the configuration of other splits', () => {
    expect(configuration({ sticky: false })).not.toMatch(/cookie|keeps|kept|~/i);
  });

  test('sends a client to its backend without a step of the counter', () => {
    const haproxy = new Haproxy(files());
    expect(backends(haproxy, 'x=y; serving-backend-a=a-v1; z=1')).toEqual(['a-v1', 'a-v1', 'a-v1']);
    expect(backends(haproxy, 'serving-backend-a=a-v2')).toEqual(['a-v2', 'a-v2', 'a-v2']);
    expect(backends(haproxy, 'other=a-v1').sort()).toEqual(['a-v1', 'a-v2', 'a-v2']);
  });

  test.each([
    ['a backend with weight 0', 'serving-backend-a=a-v3'],
    ['a backend of another endpoint', 'serving-backend-a=b-v1'],
    ['a section that is no backend', 'serving-backend-a=_counters'],
    ['nothing', 'serving-backend-a='],
    ['a column', 'serving-backend-a=3600'],
    ['another case', 'serving-backend-a=A-v1'],
    ['more than a name', 'serving-backend-a=a-v1|'],
    ['a name in another cookie', 'serving-backend-ab=a-v1; serving-backend-b=a-v1; a=a-v1; xserving-backend-a=a-v1'],
  ])('ignores a cookie with %s', (_, cookie) => {
    expect(backends(new Haproxy(files()), cookie).sort()).toEqual(['a-v1', 'a-v2', 'a-v2']);
  });

  test('does not read the cookie of an endpoint that is not sticky', () => {
    const haproxy = new Haproxy(files());
    expect(backends(haproxy, 'serving-backend-b=b-v1', '/b').sort()).toEqual(['b-v1', 'b-v2', 'b-v2']);
    expect(haproxy.route('_router', { path: '/b' })).toMatchObject({ cookies: [] });
  });

  test('gives the client a cookie with its backend, which scripts cannot read', () => {
    expect(new Haproxy(files()).route('_router', { path: '/a' })).toMatchObject({
      cookies: [expect.stringMatching(/^serving-backend-a=a-v[12]; Path=\/; Max-Age=3600; HttpOnly$/)],
    });
  });

  test('gives none where only one backend has a share', () => {
    const haproxy = new Haproxy(files({ weights: [1, 0] }));
    expect(haproxy.route('_router', { path: '/a' })).toMatchObject({ backend: 'a-v1', cookies: [] });
  });
});

describe('the cookie of a replica', () => {
  const backend = { stickySession: { maxAge: Duration.minutes(90) } };
  const pool = (text: string) => {
    const haproxy = new Haproxy(text);
    return haproxy.section('backend', 'a-v1').lines.map((line) => line.join(' '));
  };

  test('is a hash of the address, with a key that does not change', () => {
    expect(pool(configuration({ backend, sticky: false })).slice(0, 2)).toEqual([
      'cookie serving-replica-a-v1 insert indirect nocache httponly maxidle 5400s attr Max-Age=5400 dynamic',
      'dynamic-cookie-key a-v1',
    ]);
  });

  test('does not exist by default', () => {
    expect(pool(configuration({})).join()).not.toContain('cookie');
  });

  test.each([
    [{}, 0],
    [{ trustedProxies: ['10.0.0.0/8'] }, 1],
  ])('is limited to TLS only behind a proxy that can terminate it: %j', (guards, expected) => {
    for (const change of [{ backend, sticky: false }, {}])
      expect(
        configuration({ ...change, guards }).match(/; Secure' if [{] var\(txn.scheme\) -m str https [}]/g) ?? [],
      ).toHaveLength(expected);
    expect(configuration({ sticky: false, guards })).not.toContain('Secure');
  });
});
