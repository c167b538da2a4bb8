import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseDestination } from '../../../src/tools/destinations/destination';
import { openStore } from '../../../src/tools/destinations/open-store';
import { EcrApi } from '../../../src/tools/ecr/ecr-api';
import type { StoreOptions } from '../../../src/tools/stores/store';
import { digestOf } from '../../support/stores/artifacts';

const before = { ...process.env };
const ECR = '123456789012.dkr.ecr.eu-west-1.amazonaws.com';
const digest = digestOf(Buffer.from('{}'));

/** An AWS service on this machine. */
let server: Server;
let received: IncomingMessage[] = [];
let respond: (request: IncomingMessage) => { status?: number; body: string };

beforeAll(async () => {
  server = createServer((request, response) => {
    received.push(request);
    const { status = 200, body } = respond(request);
    request.resume().on('end', () => response.writeHead(status).end(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(() => {
  process.env = before;
  server.closeAllConnections();
  server.close();
});

beforeEach(() => {
  received = [];
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env = {
    ...before,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_SESSION_TOKEN: 'session',
    AWS_REGION: 'eu-west-1',
    AWS_ENDPOINT_URL: url,
  };
});

async function verify(to: string, options: StoreOptions = {}): Promise<string[]> {
  const store = await openStore(parseDestination(to), options);
  return store
    .verify(digest, undefined)
    .then(({ problems }) => problems)
    .finally(() => store.close());
}

const NO_KEY = { status: 404, body: '<Error><Code>NoSuchKey</Code><Message>no</Message></Error>' };

describe('a bucket', () => {
  test('gets the required owner in every request', async () => {
    respond = () => NO_KEY;
    expect(await verify('s3://models/nets', { bucketOwner: '123456789012' })).toEqual([
      expect.stringContaining('is missing'),
    ]);
    expect(received.map(({ headers }) => headers['x-amz-expected-bucket-owner'])).toEqual(['123456789012']);
  });

  test('of another account is rejected', async () => {
    respond = () => ({ status: 403, body: '<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>' });
    await expect(verify('s3://models/nets', { bucketOwner: '123456789012' })).rejects.toThrow('[AccessDenied]');
  });

  test('may have any owner by default', async () => {
    respond = () => NO_KEY;
    await verify('s3://models/nets');
    expect(received.map(({ headers }) => headers['x-amz-expected-bucket-owner'])).toEqual([undefined]);
  });

  test('is the only destination with an owner', async () => {
    await expect(verify('localhost:1/models', { bucketOwner: '123456789012' })).rejects.toThrow(
      "--bucket-owner is supported for buckets only; remove it for 'localhost:1'",
    );
  });
});

describe('an endpoint without TLS', () => {
  test.each([
    ['s3://models/nets', {}],
    [`${ECR}/models`, { transport: 'ecr-api' }],
    [`${ECR}/models`, {}],
  ] as const)('gets no signed request for %s %j', async (to, options) => {
    process.env.AWS_ENDPOINT_URL = 'http://192.0.2.1:9000';
    await expect(verify(to, options)).rejects.toThrow(
      /^\[AwsSettings\] the AWS endpoint \(http:\/\/[\w.]*192\.0\.2\.1\) must use https: .* or use --plain-http$/,
    );
  });
});

describe('the ECR API', () => {
  const open = (): Promise<EcrApi> => EcrApi.open(ECR, 'models');
  const tokenFor = (proxyEndpoint: string): void => {
    const authorizationToken = Buffer.from('AWS:secret').toString('base64');
    respond = () => ({ body: JSON.stringify({ authorizationData: [{ authorizationToken, proxyEndpoint }] }) });
  };

  test.each([
    `https://${ECR}`,
    'https://123456789012.dkr-ecr.eu-west-1.on.aws',
    'http://127.0.0.1:5000',
  ])('may send its password to %s', async (endpoint) => {
    tokenFor(endpoint);
    const api = await open();
    expect((await api.access()).url.origin).toBe(endpoint);
    api.close();
  });

  test.each([
    'https://stranger.example',
    `https://${ECR}.stranger.example`,
    `http://${ECR}`,
    'https://210987654321.dkr.ecr.eu-west-1.amazonaws.com',
    'https://123456789012.dkr.ecr.us-east-1.amazonaws.com',
  ])('must not send it to %s', async (endpoint) => {
    tokenFor(endpoint);
    const api = await open();
    await expect(api.access().finally(() => api.close())).rejects.toThrow(
      `[UntrustedAddress] ECR returned ${endpoint} as the address of ${ECR}, which is another registry`,
    );
  });

  test.each([
    ['', /^\[UnexpectedAnswer\] ECR returned no download URL for sha256:/],
    ['http://stranger.example/x', /^\[UntrustedAddress\] .* another host without TLS/],
    ['http://169.254.12.34/x', /^\[UntrustedAddress\]/],
    ['file:///etc/passwd', /^\[UnexpectedAnswer\] .*which is not HTTP or HTTPS$/],
    ['https://user:secret@stranger.example/x', /^\[UntrustedAddress\] .* user name or password/],
  ])('must not fetch a blob from %p', async (downloadUrl, message) => {
    respond = () => ({ body: JSON.stringify({ downloadUrl }) });
    const api = await open();
    await expect(api.blob(digest).finally(() => api.close())).rejects.toThrow(message);
  });

  test('has its blobs and manifests verified by digest', async () => {
    respond = ({ url }) =>
      url === '/blob'
        ? { body: 'other bytes' }
        : {
            body: JSON.stringify({
              downloadUrl: `${process.env.AWS_ENDPOINT_URL}/blob`,
              images: [{ imageManifest: '{"other":1}', imageManifestMediaType: 'x', imageId: {} }],
            }),
          };
    const api = await open();
    await expect(api.blob(digest)).rejects.toThrow(
      '[DigestMismatch] the storage of ECR returned content that does not match',
    );
    await expect(api.image(digest)).rejects.toThrow('[DigestMismatch] ECR returned content with the digest sha256:');
    api.close();
  });
});

test.each([
  ['http://user:secret@host:port', 'the proxy for registry.invalid is not a URL; set HTTPS_PROXY'],
  [
    'http://user:secret%off@127.0.0.1:9',
    "the user or password of the proxy for registry.invalid has an invalid '%' escape; write a literal '%' as %25",
  ],
])('the proxy %s is rejected without showing its password', async (proxy, reason) => {
  process.env.HTTPS_PROXY = proxy;
  delete process.env.AWS_ENDPOINT_URL;
  const failure = await verify('registry.invalid/models').catch((error: Error) => error.message);
  expect(failure).toContain(`[ProxyFailed] ${reason}`);
  expect(failure).not.toContain('secret');
});
