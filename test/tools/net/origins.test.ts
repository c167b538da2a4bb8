import { isSameOrigin, type Lead, permitOf, type Step } from '../../../src/tools/net/origins';
import { isWithin, type Scope, scopeOf } from '../../../src/tools/net/scope';

const HUB = 'https://registry-1.docker.io';
const REGISTRY = 'https://registry.example.com';
const LOCAL = 'http://127.0.0.1:5000';
const PRIVATE = 'https://10.0.0.5';

function permit(step: Step, from: string, to: string, fromAddress?: string): string {
  const lead: Lead = { step, from: new URL(from), to: new URL(to), fromAddress };
  try {
    return permitOf(lead);
  } catch (error) {
    return (error as Error).message.replace(/^\[UntrustedAddress\] /, 'refused: ');
  }
}

const DOWNGRADE = 'refused: https must not lead to http';
const USER = 'refused: the address must not contain a user name or password';
const OTHER = 'refused: this is another origin';
const PLAIN = 'refused: this is another host without TLS';

/** What may be sent to an address, depending on how it was named and by which registry. */
const CASES: readonly (readonly [Step, string, string, string])[] = [
  // The same scheme, host and port.
  ['upload', REGISTRY, 'https://registry.example.com/v2/x', 'credentials'],
  ['upload', REGISTRY, 'https://REGISTRY.example.com:443/v2/x', 'credentials'],
  ['upload', LOCAL, 'http://127.0.0.1:5000/v2/x', 'credentials'],
  ['redirect', REGISTRY, 'https://registry.example.com/moved', 'credentials'],
  // From https to http.
  ['upload', REGISTRY, 'http://registry.example.com/v2/x', DOWNGRADE],
  ['upload', 'https://registry.example.com:5000', 'http://registry.example.com:5000/v2/x', DOWNGRADE],
  ['redirect', REGISTRY, 'http://registry.example.com/', DOWNGRADE],
  ['redirect', REGISTRY, 'http://cdn.example.com/', DOWNGRADE],
  ['token', REGISTRY, 'http://registry.example.com/token', DOWNGRADE],
  ['token', REGISTRY, 'http://127.0.0.1:5001/token', DOWNGRADE],
  ['token', REGISTRY, 'http://localhost/token', DOWNGRADE],
  ['download', 'https://api.ecr.eu-west-1.amazonaws.com', 'http://storage.example.com/x', DOWNGRADE],
  // Another origin with TLS.
  ['upload', REGISTRY, 'https://uploads.example.com/x', OTHER],
  ['upload', REGISTRY, 'https://registry.example.com:8443/x', OTHER],
  ['upload', REGISTRY, 'https://registry.example.com.stranger.com/x', OTHER],
  ['redirect', REGISTRY, 'https://cdn.example.com/x', 'bytes'],
  ['redirect', REGISTRY, 'https://registry.example.com:8443/x', 'bytes'],
  ['redirect', HUB, 'https://production.cloudflare.docker.com/registry-v2/x', 'bytes'],
  [
    'redirect',
    'https://123456789012.dkr.ecr.eu-west-1.amazonaws.com',
    'https://prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com/x',
    'bytes',
  ],
  [
    'download',
    'https://api.ecr.eu-west-1.amazonaws.com',
    'https://prod-eu-west-1-starport-layer-bucket.s3.eu-west-1.amazonaws.com/x',
    'bytes',
  ],
  // Token services.
  ['token', HUB, 'https://auth.docker.io/token', 'credentials'],
  ['token', HUB, 'https://auth.docker.io.stranger.com/token', 'bytes'],
  ['token', HUB, 'https://auth.docker.io:8443/token', 'bytes'],
  ['token', 'https://registry.gitlab.com', 'https://gitlab.com/jwt/auth', 'credentials'],
  ['token', 'https://gitlab.example.com:5050', 'https://gitlab.example.com/jwt/auth', 'credentials'],
  ['token', 'https://harbor.example.com', 'https://harbor.example.com/service/token', 'credentials'],
  ['token', 'https://quay.io', 'https://quay.io/v2/auth', 'credentials'],
  ['token', 'https://ghcr.io', 'https://ghcr.io/token', 'credentials'],
  ['token', 'https://acme.azurecr.io', 'https://acme.azurecr.io/oauth2/token', 'credentials'],
  ['token', 'https://acme.azurecr.io', 'https://stranger.azurecr.io/oauth2/token', 'bytes'],
  ['token', 'https://registry.digitalocean.com', 'https://api.digitalocean.com/v2/registry/auth', 'credentials'],
  [
    'token',
    'https://rg.fr-par.scw.cloud',
    'https://api.scaleway.com/registry-internal/v1/regions/fr-par/tokens',
    'credentials',
  ],
  [
    'token',
    'https://registry.cn-hangzhou.aliyuncs.com',
    'https://dockerauth.cn-hangzhou.aliyuncs.com/auth',
    'credentials',
  ],
  ['token', 'https://registry.cn-hangzhou.aliyuncs.com', 'https://dockerauth.cn-beijing.aliyuncs.com/auth', 'bytes'],
  ['token', REGISTRY, 'https://gitlab.example.com/jwt/auth', 'bytes'],
  ['token', REGISTRY, 'https://stranger.com/token', 'bytes'],
  ['token', REGISTRY, 'https://com/token', 'bytes'],
  ['token', 'https://10.0.0.5', 'https://0.0.5/token', 'refused: an address on this machine'],
  // A user and password in an address would be sent as credentials.
  ['upload', REGISTRY, 'https://user:password@registry.example.com/x', USER],
  ['redirect', REGISTRY, 'https://registry.example.com@stranger.com/x', USER],
  ['token', REGISTRY, 'https://user@registry.example.com/token', USER],
  // Without TLS: only on this machine.
  ['upload', LOCAL, 'http://127.0.0.1:5001/x', OTHER],
  ['token', LOCAL, 'http://127.0.0.1:5001/token', 'credentials'],
  ['token', LOCAL, 'http://localhost:5001/token', 'credentials'],
  ['token', LOCAL, 'http://auth.example.com/token', PLAIN],
  ['token', 'http://registry.lan:5000', 'http://registry.lan:5001/token', PLAIN],
  ['token', 'http://registry.lan:5000', 'https://registry.lan/token', 'credentials'],
  ['redirect', 'http://registry.lan:5000', 'http://storage.lan/x', 'bytes'],
  // Networks closer to this machine than the registry.
  ['redirect', REGISTRY, 'https://169.254.169.254/latest/meta-data', 'refused: a link-local address'],
  ['redirect', LOCAL, 'http://169.254.169.254/latest/meta-data', 'refused: a link-local address'],
  ['redirect', PRIVATE, 'https://[fd00:ec2::254]/latest/meta-data', 'refused: a link-local address'],
  ['redirect', REGISTRY, 'https://metadata.google.internal/', 'refused: a link-local address'],
  ['redirect', REGISTRY, 'https://2130706433/', 'refused: an address on this machine'],
  ['redirect', REGISTRY, 'https://[::ffff:127.0.0.1]/', 'refused: an address on this machine'],
  ['redirect', REGISTRY, 'https://10.0.0.9/', 'refused: an address in a private network'],
  ['token', REGISTRY, 'https://192.168.1.1/token', 'refused: an address in a private network'],
  ['redirect', PRIVATE, 'https://10.0.0.9/', 'bytes'],
  ['redirect', PRIVATE, 'https://127.0.0.1/', 'refused: an address on this machine'],
  ['redirect', LOCAL, 'http://10.0.0.9/', 'bytes'],
];

test.each(CASES)('%s from %s to %s: %s', (step, from, to, expected) => {
  const found = permit(step, from, to);
  if (expected.startsWith('refused: ')) expect(found).toContain(expected.slice('refused: '.length));
  expect(found.startsWith('refused: ')).toBe(expected.startsWith('refused: '));
  if (!expected.startsWith('refused: ')) expect(found).toBe(expected);
});

test('a host name has the scope of its IP address', () => {
  expect(permit('redirect', REGISTRY, 'https://10.0.0.9/', '10.0.0.5')).toBe('bytes');
  expect(permit('redirect', REGISTRY, 'https://10.0.0.9/', '93.184.216.34')).toContain('refused: ');
});

test('an error contains origins, but no paths or passwords', () => {
  expect(permit('upload', REGISTRY, 'https://user:secret@stranger.com/path?signature=secret')).toBe(
    'refused: https://registry.example.com returned the upload address https://stranger.com: the address must not contain a user name or password',
  );
});

describe('SERVING_TRUSTED_HOSTS', () => {
  afterEach(() => {
    delete process.env.SERVING_TRUSTED_HOSTS;
  });

  test('adds token services, and upload hosts without credentials', () => {
    process.env.SERVING_TRUSTED_HOSTS = 'gitlab.example.com, uploads.example.com:8443';
    expect(permit('token', REGISTRY, 'https://gitlab.example.com/jwt/auth')).toBe('credentials');
    expect(permit('upload', REGISTRY, 'https://uploads.example.com:8443/x')).toBe('bytes');
    expect(permit('upload', REGISTRY, 'https://uploads.example.com/x')).toContain(OTHER.slice(9));
    expect(permit('token', REGISTRY, 'http://gitlab.example.com/jwt/auth')).toContain(DOWNGRADE.slice(9));
  });

  test('allows hosts in a private network, but none closer to this machine', () => {
    process.env.SERVING_TRUSTED_HOSTS = '10.0.0.9,127.0.0.1,169.254.169.254,10.0.0.8:8443';
    expect(permit('redirect', REGISTRY, 'https://10.0.0.9/')).toBe('bytes');
    expect(permit('redirect', REGISTRY, 'https://10.0.0.8:8443/')).toBe('bytes');
    expect(permit('redirect', REGISTRY, 'https://10.0.0.8/')).toContain('refused: ');
    expect(permit('redirect', REGISTRY, 'https://127.0.0.1/')).toContain('refused: ');
    expect(permit('redirect', REGISTRY, 'https://169.254.169.254/')).toContain('refused: ');
    expect(permit('redirect', 'http://registry.example.com', 'http://10.0.0.9/')).toContain('refused: ');
  });

  test('is suggested for a host in a private network', () => {
    expect(permit('redirect', REGISTRY, 'https://10.0.0.9:8443/x')).toBe(
      'refused: https://registry.example.com redirects to https://10.0.0.9:8443: an address in a private network must not be reached from a public address; if it belongs to the registry, set SERVING_TRUSTED_HOSTS=10.0.0.9:8443',
    );
  });

  test('trusts no host if it is empty', () => {
    process.env.SERVING_TRUSTED_HOSTS = '';
    expect(permit('token', REGISTRY, 'https://gitlab.example.com/jwt/auth')).toBe('bytes');
  });
});

test('origins are compared by scheme, host and port', () => {
  const is = (a: string, b: string): boolean => isSameOrigin(new URL(a), new URL(b));
  expect(is('https://a.example', 'https://a.example:443/x')).toBe(true);
  expect(is('https://a.example:443', 'http://a.example:443')).toBe(false);
  expect(is('https://a.example', 'https://a.example.')).toBe(false);
});

test.each<[string, Scope]>([
  ['8.8.8.8', 'public'],
  ['registry.example.com', 'public'],
  ['10.1.2.3', 'private'],
  ['172.31.255.255', 'private'],
  ['172.32.0.1', 'public'],
  ['100.64.0.1', 'private'],
  ['[fd12::1]', 'private'],
  ['127.8.9.1', 'loopback'],
  ['0.0.0.0', 'loopback'],
  ['[::]', 'loopback'],
  ['[::1]', 'loopback'],
  ['localhost', 'loopback'],
  ['registry.localhost.', 'loopback'],
  ['localhost.example.com', 'public'],
  ['169.254.169.254', 'link-local'],
  ['[::ffff:a9fe:a9fe]', 'link-local'],
  ['[fe80::1]', 'link-local'],
  ['[fd00:ec2::254]', 'link-local'],
  ['100.100.100.200', 'link-local'],
  ['metadata.google.internal', 'link-local'],
  // IPv6 addresses with an embedded IPv4 address.
  ['[::ffff:10.0.0.1]', 'private'],
  ['[::ffff:8.8.8.8]', 'public'],
  ['[::ffff:0:a9fe:a9fe]', 'link-local'],
  ['[::7f00:1]', 'loopback'],
  ['64:ff9b::169.254.169.254', 'link-local'],
  ['[64:ff9b::7f00:1]', 'loopback'],
  ['[64:ff9b::808:808]', 'public'],
  ['[64:ff9b:1::808:808]', 'private'],
  ['[64:ff9b:1::a9fe:a9fe]', 'link-local'],
  ['[2002:a00:1::]', 'private'],
  ['[2002:a9fe:a9fe::1]', 'link-local'],
  ['[2002:808:808::1]', 'public'],
  ['[2001:0:1::1]', 'private'],
  ['[2001:4860:4860::8888]', 'public'],
  ['192.0.0.8', 'private'],
  ['192.0.0.192', 'link-local'],
  ['192.0.2.1', 'public'],
  ['fe80::1%eth0', 'link-local'],
])('%s is %s', (host, scope) => {
  expect(scopeOf(host)).toBe(scope);
});

test('an address may lead to its own scope and to wider ones', () => {
  expect(isWithin('public', 'private')).toBe(true);
  expect(isWithin('private', 'private')).toBe(true);
  expect(isWithin('private', 'public')).toBe(false);
  expect(isWithin('link-local', 'link-local')).toBe(false);
});
