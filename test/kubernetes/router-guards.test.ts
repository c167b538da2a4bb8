import { HttpMethod } from '../../src/constructs/endpoint-options';
import { CONFIG_FILE } from '../../src/kubernetes/private/router/haproxy';
import { StreamProtocol } from '../../src/plan/choices';
import { ModelServer } from '../../src/servers/model-server';
import { Duration } from '../../src/units/duration';
import { backendOptions, endpointOn } from '../support/definitions';
import { Haproxy } from '../support/haproxy';
import type { Request } from '../support/request';
import { render, routerPlatform } from './router-support';

const HANDSHAKE = { connection: 'keep-alive, Upgrade', upgrade: 'WebSocket' };

function router(change: Parameters<typeof render>[1] = {}): Haproxy {
  const platform = routerPlatform();
  const streaming = {
    maxDuration: Duration.minutes(5),
    heartbeat: Duration.seconds(20),
    protocol: StreamProtocol.WEB_SOCKET,
  };
  endpointOn(platform, 'root', { path: '/' }).addBackend('v', backendOptions());
  endpointOn(platform, 'reads', { path: '/reads', methods: [HttpMethod.GET], stripPrefix: true }).addBackend(
    'v',
    backendOptions(),
  );
  endpointOn(platform, 'colon', { path: '/c:', stripPrefix: true }).addBackend('v', backendOptions());
  endpointOn(platform, 'address', { path: '/x:/reads', methods: [HttpMethod.GET] }).addBackend('v', backendOptions());
  endpointOn(platform, 'host', { path: '/host', hosts: ['a.example.com'] }).addBackend('v', backendOptions());
  endpointOn(platform, 'real', { path: '/real', headers: [{ name: 'x-real-ip', values: ['10.0.0.1'] }] }).addBackend(
    'v',
    backendOptions(),
  );
  endpointOn(platform, 'é', { path: '/caf%C3%A9' }).addBackend('v', backendOptions());
  endpointOn(platform, 'chat', { path: '/chat', streaming }).addBackend(
    'v',
    backendOptions({ server: ModelServer.asgi({ app: 'app' }) }),
  );
  return new Haproxy(render(platform.plan(), change));
}

describe('a request through the guards of the router', () => {
  test.each<[string, Request, object]>([
    ['is refused with TRACE', { method: 'TRACE' }, { status: 501 }],
    ['is refused with CONNECT', { method: 'CONNECT' }, { status: 501 }],
    ['is refused with an invalid host', { host: 'a.example.com@b' }, { status: 400 }],
    ["is refused with a '..' segment", { path: '/reads/../x' }, { status: 400 }],
    ["is refused with an encoded '..' segment", { path: '/reads/%2E%2e/x' }, { status: 400 }],
    ["is refused with a '..' segment that is encoded twice", { path: '/x/%252e%252e/y' }, { status: 400 }],
    ['is refused with a backslash', { path: '/\\evil.example' }, { status: 400 }],
    ['is refused with an encoded control character', { path: '/x%0d%0ay' }, { status: 400 }],
    ['is refused with an invalid escape', { path: '/x%2' }, { status: 400 }],
    ['is refused if a removed segment contains an encoded slash', { path: '/reads%2fx' }, { status: 400 }],
    ['keeps other encoded slashes', { path: '/models/org%2Fname' }, { backend: 'root-v', path: '/models/org%2Fname' }],
    ['loses empty segments', { path: '/reads//evil.example' }, { backend: 'reads-v', path: '/evil.example' }],
    ['keeps the empty segments of a URL', { path: '/reads/https://x/y' }, { backend: 'reads-v', path: '/https://x/y' }],
    [
      'keeps an encoded URL',
      { path: '/x/https%3A%2F%2Fy%2Fz.jpg' },
      { backend: 'root-v', path: '/x/https%3A%2F%2Fy%2Fz.jpg' },
    ],
    [
      'is refused if the path without its prefix would begin with a host',
      { path: '/c://evil.example' },
      { status: 400 },
    ],
    [
      'is refused if the path without its prefix would begin with an encoded host',
      { path: '/c:/%2fevil.example' },
      { status: 400 },
    ],
    ['is routed without empty segments', { path: '/x://reads', method: 'DELETE' }, { status: 405 }],
    ['is routed by its decoded path', { path: '/%72eads/x', method: 'DELETE' }, { status: 405 }],
    ['matches an encoded path in lowercase', { path: '/caf%c3%a9/x' }, { path: '/caf%c3%a9/x' }],
    [
      'matches its host with a trailing dot and a port',
      { path: '/host', host: 'A.example.com.:80' },
      { backend: 'host-v' },
    ],
    [
      'cannot set the address of its client',
      { path: '/real', headers: { 'X-Real-IP': '10.0.0.1' } },
      { backend: 'root-v' },
    ],
    ['becomes a WebSocket if the endpoint streams by it', { path: '/chat', headers: HANDSHAKE }, { backend: 'chat-v' }],
    ['is refused as a WebSocket on another endpoint', { path: '/x', headers: HANDSHAKE }, { status: 400 }],
    [
      'is not upgraded to another protocol',
      { path: '/x', headers: { ...HANDSHAKE, upgrade: 'h2c' } },
      { backend: 'root-v' },
    ],
  ])('%s', (_, request, expected) => {
    expect(router().route('_router', request)).toMatchObject(expected);
  });

  test('may set the address of its client through a trusted proxy', () => {
    const request = { path: '/real', headers: { 'X-Real-IP': '10.0.0.1' } };
    const backendOf = (sourceIp: string) =>
      router({ trustedProxies: ['192.0.2.0/24', 'fd00::/8'] }).route('_router', { ...request, sourceIp });
    expect(backendOf('192.0.2.7')).toMatchObject({ backend: 'real-v' });
    expect(backendOf('fd00::7')).toMatchObject({ backend: 'real-v' });
    expect(backendOf('192.0.3.7')).toMatchObject({ backend: 'root-v' });
  });

  const NAMES = [
    'X-Original-Forwarded-For',
    'X-Forwarded-Prefix',
    'X-Real-IP',
    'Proxy-Client-IP',
    'WL-Proxy-Client-IP',
    'Client-Cert',
    'Client-Cert-Chain',
    'X-HTTP-Method',
    'X-HTTP-Method-Override',
    'X-Method-Override',
    'Script-Name',
    'X-Script-Name',
    'X-Original-Path',
  ];

  /** Whether a header is still present when a route is chosen. */
  function arrives(name: string, change: Parameters<typeof render>[1], sourceIp?: string): boolean {
    const platform = routerPlatform();
    endpointOn(platform, 'root', { path: '/' }).addBackend('v', backendOptions());
    const seen = `  http-request return status 204 if { req.fhdr(${name}) -m found }\n  acl routed`;
    const files = render(platform.plan(), change);
    const text = (files[CONFIG_FILE] as string).replace('  acl routed', seen);
    const haproxy = new Haproxy({ ...files, [CONFIG_FILE]: text });
    return (
      'status' in haproxy.route('_router', { headers: { [name]: '1' }, ...(sourceIp !== undefined && { sourceIp }) })
    );
  }

  test.each(NAMES)('does not arrive with %s', (name) => {
    expect(arrives(name, {})).toBe(false);
  });

  test.each([
    ...NAMES,
    'X-Serving-Backend',
  ])('does not arrive with %s with underscores, even if these are forwarded', (name) => {
    expect(arrives(name.replaceAll('-', '_'), { underscoresInHeaders: true })).toBe(false);
  });

  test.each([
    'Content_Length',
    'Transfer_Encoding',
    'X_Request_ID',
    'X_Request-ID',
  ])('does not arrive with %s, which servers confuse with a header of the router', (name) => {
    expect(arrives(name, { underscoresInHeaders: true })).toBe(false);
  });

  test.each([
    'X_Forwarded_For',
    'X-Forwarded_Proto',
    'X_Real_IP',
  ])('does not arrive with %s through a trusted proxy, whose own header has no underscores', (name) => {
    const trusting = { underscoresInHeaders: true, trustedProxies: ['192.0.2.0/24'] };
    expect(arrives(name, trusting, '192.0.2.7')).toBe(false);
    expect(arrives(name.replaceAll('_', '-'), trusting, '192.0.2.7')).toBe(true);
  });

  test('arrives with other names with underscores if these are forwarded', () => {
    expect(arrives('X_Model', { underscoresInHeaders: true })).toBe(true);
    expect(arrives('X_Model', {})).toBe(false);
  });

  test('can trust more networks than fit in a line', () => {
    const networks = Array.from({ length: 100 }, (_, index) => `10.${index}.0.0/16`);
    const haproxy = router({ trustedProxies: networks });
    const lines = haproxy
      .section('frontend', '_router')
      .lines.filter(([word, name]) => word === 'acl' && name === 'trusted');
    expect(lines.flatMap((line) => line.slice(4))).toEqual(networks);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThan(64);
  });

  test('passes the same lines, regardless of the number of endpoints', () => {
    const lines = (endpoints: number) => {
      const platform = routerPlatform();
      for (let index = 0; index < endpoints; index++) {
        const endpoint = endpointOn(platform, `e${index}`, {
          path: `/e${index}`,
          hosts: [`e${index}.example.com`, `*.e${index}.example.com`],
          methods: [HttpMethod.POST],
          stripPrefix: true,
        });
        for (const version of ['v1', 'v2']) endpoint.addBackend(version, backendOptions());
      }
      return new Haproxy(render(platform.plan())).section('frontend', '_router').lines;
    };
    expect(lines(50)).toEqual(lines(2));
  });
});
