import dns from 'node:dns';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { HttpClient, type HttpOptions } from '../../../src/tools/net/http';

let server: Server;
const sockets = new Set<Socket>();

async function serve(listener: RequestListener): Promise<URL> {
  server = createServer(listener);
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

afterEach(() => {
  jest.restoreAllMocks();
  for (const socket of sockets) socket.destroy();
  sockets.clear();
  server?.close();
});

async function get(url: URL, options: HttpOptions): Promise<number> {
  const http = new HttpClient(options);
  return http
    .send({ method: 'GET', url })
    .then(({ body }) => body.length)
    .finally(() => http.close());
}

/** Writes a byte from time to time. */
function drip(write: (byte: string) => boolean, every = 20): void {
  const timer = setInterval(() => {
    if (!write('x')) clearInterval(timer);
  }, every);
}

test('a response that arrives a byte at a time is aborted, although it never stops', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200);
    drip((byte) => !response.destroyed && response.write(byte));
  });
  await expect(get(url, { idleTimeout: 200 })).rejects.toThrow(
    /^\[ConnectionLost\] the connection to .* was lost \(ETIMEDOUT: less than 1024 bytes per second were received\)/,
  );
});

test('headers that arrive a byte at a time are aborted', async () => {
  const url = await serve((request) => {
    request.socket.write('HTTP/1.1 200 OK\r\nX-Slow: ');
    drip((byte) => !request.socket.destroyed && request.socket.write(byte));
  });
  await expect(get(url, { idleTimeout: 200 })).rejects.toThrow('[ConnectionLost]');
});

test('endless informational responses are aborted', async () => {
  const url = await serve((request) => {
    drip(() => !request.socket.destroyed && request.socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'));
  });
  await expect(get(url, { idleTimeout: 200 })).rejects.toThrow('[ConnectionLost]');
});

test('a response that is read to its end has a time limit', async () => {
  const url = await serve((_, response) => {
    response.writeHead(200);
    drip(() => !response.destroyed && response.write('x'.repeat(1000)), 5);
  });
  await expect(get(url, { answerTimeout: 100 })).rejects.toThrow(/^\[ConnectionLost\] .* takes more than 0.1 s/);
});

test('an upload that is read a byte at a time is aborted', async () => {
  const url = await serve((request) => {
    request.pause();
    request.on('data', () => {
      request.pause();
      setTimeout(() => request.resume(), 400);
    });
  });
  const http = new HttpClient({ idleTimeout: 300 });
  async function* chunks(): AsyncIterable<Buffer> {
    for (let sent = 0; sent < 64; sent++) yield Buffer.alloc(2 ** 20);
  }
  const sent = http.send({ method: 'PUT', url, body: { length: 64 * 2 ** 20, chunks: chunks() } });
  await expect(sent.finally(() => http.close())).rejects.toThrow('[ConnectionLost]');
});

test('a response is not decompressed', async () => {
  const url = await serve((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('abc'));
  expect(await get(url, {})).toBe(3);
});

test('a response is not read beyond the size limit', async () => {
  let written = 0;
  const url = await serve((_, response) => {
    const more = (): void => {
      while (!response.destroyed && written < 2 ** 28) {
        written += 65_536;
        if (!response.write(Buffer.alloc(65_536))) {
          response.once('drain', more);
          return;
        }
      }
    };
    more();
  });
  await expect(get(url, { maxResponseBytes: 2 ** 20 })).rejects.toThrow(/^\[LimitExceeded\] .* exceeds 1048576 bytes/);
  expect(written).toBeLessThan(2 ** 25);
});

describe('a host name from a registry', () => {
  const resolveTo = (address: string): void => {
    jest
      .spyOn(dns, 'lookup')
      .mockImplementation(((_: string, options: dns.LookupOptions, done: (...all: unknown[]) => void) =>
        options.all ? done(null, [{ address, family: 4 }]) : done(null, address, 4)) as never);
  };

  test.each([
    ['127.0.0.1', 'an address on this machine'],
    ['169.254.169.254', 'a link-local address'],
    ['10.0.0.1', 'an address in a private network'],
  ])('must not resolve to %s if the registry is public', async (address, what) => {
    resolveTo(address);
    const http = new HttpClient();
    const from = new URL('https://registry.example.com');
    await expect(
      http.send({ method: 'GET', url: new URL('http://innocent.example.com/'), from }).finally(() => http.close()),
    ).rejects.toThrow(
      `[UntrustedAddress] https://registry.example.com refers to innocent.example.com, which resolves to ${address}: ${what}`,
    );
  });

  /** The error of a request whose host resolves to a private address without a server. */
  const failureOf = async (request: { url: string; from: string; via?: string[] }): Promise<string> => {
    const http = new HttpClient({ idleTimeout: 50 });
    const { url, from, via = [] } = request;
    return http
      .send({ method: 'GET', url: new URL(url), from: new URL(from), via: via.map((one) => new URL(one)) })
      .then(
        () => 'a response',
        ({ message }: Error) => message,
      )
      .finally(() => http.close());
  };
  const STORAGE = 'https://layers.s3.eu-west-1.amazonaws.com/x';
  const ECR = 'https://123456789012.dkr.ecr.eu-west-1.amazonaws.com';
  const UNTRUSTED = /^\[UntrustedAddress\]/;

  describe('that resolves to an endpoint in a private network', () => {
    beforeEach(() => resolveTo('10.255.255.1'));
    afterEach(() => {
      delete process.env.SERVING_TRUSTED_HOSTS;
    });

    test('may be the storage of ECR, for ECR only', async () => {
      expect(await failureOf({ url: STORAGE, from: ECR })).not.toMatch(UNTRUSTED);
      expect(await failureOf({ url: STORAGE, from: 'https://quay.io' })).toMatch(UNTRUSTED);
      resolveTo('169.254.169.254');
      expect(await failureOf({ url: STORAGE, from: ECR })).toMatch(UNTRUSTED);
    });

    test('may be a host that the user trusts, and the error names the setting', async () => {
      const request = { url: 'https://cdn.example.com/x', from: 'https://quay.io' };
      expect(await failureOf(request)).toBe(
        '[UntrustedAddress] https://quay.io refers to cdn.example.com, which resolves to 10.255.255.1: an address in a private network must not be reached from a public address; if it belongs to the registry, set SERVING_TRUSTED_HOSTS=cdn.example.com',
      );
      process.env.SERVING_TRUSTED_HOSTS = 'cdn.example.com';
      expect(await failureOf(request)).not.toMatch(UNTRUSTED);
    });

    test('must not come from a public address that a private one redirected to', async () => {
      const request = { url: 'https://internal.example.com/x', from: 'https://10.0.0.5' };
      expect(await failureOf(request)).not.toMatch(UNTRUSTED);
      expect(await failureOf({ ...request, via: ['https://cdn.example.com'] })).toMatch(
        /^\[UntrustedAddress\] https:\/\/cdn\.example\.com refers to internal\.example\.com/,
      );
    });
  });

  test('may resolve to this machine if the registry is on it', async () => {
    const url = await serve((_, response) => response.end('abc'));
    resolveTo('127.0.0.1');
    const http = new HttpClient();
    url.hostname = 'innocent.example.com';
    const from = new URL('http://127.0.0.1:1');
    expect((await http.send({ method: 'GET', url, from })).status).toBe(200);
    http.close();
  });
});
