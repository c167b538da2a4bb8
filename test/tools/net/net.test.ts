import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { HttpClient } from '../../../src/tools/net/http';
import { explainNetworkError } from '../../../src/tools/net/network-error';
import { retryAfter, waitBefore } from '../../../src/tools/net/retry';
import { noise, testArtifact } from '../../support/stores/artifacts';
import { httpStore, publishTo } from '../../support/stores/publishing';
import { RegistryDouble } from '../../support/stores/registry-double';

const before = { ...process.env };

afterEach(() => {
  process.env = { ...before };
});

describe('a proxy from the environment', () => {
  const requested: string[] = [];
  const tunnels: Socket[] = [];
  let proxy: Server;
  let double: RegistryDouble;
  let status = 200;

  beforeAll(async () => {
    double = await new RegistryDouble().start();
    const [host, port] = double.host.split(':') as [string, string];
    proxy = createServer((request, response) => response.writeHead(500).end(request.url));
    proxy.on('connect', (request, socket) => {
      requested.push(request.url ?? '');
      if (status !== 200) return socket.end(`HTTP/1.1 ${status} Refused\r\n\r\n`);
      tunnels.push(socket as Socket);
      const upstream = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        upstream.pipe(socket).pipe(upstream);
      });
      return upstream;
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  });

  afterAll(async () => {
    for (const tunnel of tunnels) tunnel.destroy();
    proxy.close();
    await double.stop();
  });

  beforeEach(() => {
    process.env.HTTPS_PROXY = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    requested.length = 0;
    status = 200;
  });

  test('gets a CONNECT for a remote registry', async () => {
    // The server behind the tunnel has no TLS: a test without certificates cannot go further.
    await expect(
      new HttpClient().send({ method: 'GET', url: new URL('https://registry.invalid/v2/') }),
    ).rejects.toThrow(
      /^\[TlsFailed\] no secure connection to registry\.invalid through the proxy 127\.0\.0\.1:\d+ \(.+\); the server does not use TLS; use --plain-http if this is intended$/,
    );
    expect(requested).toEqual(['registry.invalid:443']);
  });

  test.each([
    [
      407,
      '[ProxyFailed] the proxy returned 407 Refused; set a user and password for it, as in HTTPS_PROXY=http://user:password@host',
    ],
    [403, '[ProxyFailed] the proxy returned 403 Refused; correct HTTPS_PROXY, or exclude the store with NO_PROXY'],
  ])('that returns %d is reported', async (refusal, message) => {
    status = refusal;
    await expect(
      new HttpClient().send({ method: 'GET', url: new URL('https://registry.invalid/v2/') }),
    ).rejects.toThrow(message);
  });

  test('is not used for hosts in NO_PROXY and for this machine', async () => {
    process.env.NO_PROXY = '.invalid';
    process.env.HTTP_PROXY = process.env.HTTPS_PROXY;
    await expect(
      new HttpClient().send({ method: 'GET', url: new URL('https://registry.invalid/v2/') }),
    ).rejects.toThrow(/^\[Unreachable\] registry\.invalid cannot be reached/);
    await publishTo(httpStore(double.host), testArtifact({ files: { a: noise(10, 1) } }));
    expect(requested).toEqual([]);
  });
});

test('a redirect to another host gets no credentials, and must not leave TLS', async () => {
  const seen: (string | undefined)[] = [];
  const target = createServer((request, response) => {
    seen.push(request.headers.authorization);
    response.end();
  });
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  const { port } = target.address() as AddressInfo;
  const source = createServer((_, response) =>
    response.writeHead(307, { location: `http://localhost:${port}/` }).end(),
  );
  await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve));
  const http = new HttpClient();
  const url = new URL(`http://127.0.0.1:${(source.address() as AddressInfo).port}/`);
  expect(await http.send({ method: 'GET', url, headers: { authorization: 'Basic eA==' } })).toMatchObject({
    status: 200,
  });
  expect(seen).toEqual([undefined]);
  http.close();
  source.close();
  target.close();
});

test.each([
  [
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    '[TlsFailed] no secure connection to r.example (DEPTH_ZERO_SELF_SIGNED_CERT); trust its certificate with NODE_EXTRA_CA_CERTS=<file>, or replace it',
  ],
  [
    'ECONNREFUSED',
    '[Unreachable] r.example cannot be reached (ECONNREFUSED): the connection was refused; check the address and that the store is running',
  ],
  [
    'HPE_INVALID_CONSTANT',
    '[UnexpectedAnswer] the response of r.example is not HTTP (HPE_INVALID_CONSTANT); check the address and the proxy',
  ],
])('%s is reported', (code, message) => {
  const error = Object.assign(new Error('x'), { code });
  expect(explainNetworkError(error, new URL('https://r.example/'), undefined).message).toBe(message);
});

test.each([
  [{ 'retry-after': '7' }, 7000],
  [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:10 GMT', date: 'Thu, 01 Jan 2026 00:00:00 GMT' }, 10_000],
  [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:10 GMT' }, undefined],
  [{ 'retry-after': '-1' }, undefined],
  [{}, undefined],
])('%j requests a wait of %p ms', (headers, milliseconds) => {
  expect(retryAfter(headers)).toBe(milliseconds);
});

test('waits grow, have jitter, and never exceed the maximum', () => {
  const policy = { attempts: 6, firstWait: 100, maxWait: 1000 };
  expect(waitBefore(0, policy, undefined, () => 0)).toBe(50);
  expect(waitBefore(2, policy, undefined, () => 1)).toBe(400);
  expect(waitBefore(20, policy, undefined, () => 1)).toBe(1000);
  expect(waitBefore(0, policy, 3_600_000)).toBe(1000);
});
