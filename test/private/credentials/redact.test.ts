import { oneLine, printable, printableJson, redact, secretsOf } from '../../../src/private/credentials/redact';
import { REPEATED } from './repeated';

describe('credentials in a text', () => {
  test.each([
    ['http://user:hunter2@host:80/x', 'http://***@host:80/x'],
    ['http://user:hun@ter2@host/x', 'http://***@host/x'],
    ['Invalid URL: http://user:hun/ter2@host/y', 'Invalid URL: http://***@host/y'],
    ['HTTPS_PROXY=user:hunter2@proxy:80', 'HTTPS_PROXY=***@proxy:80'],
    ['oci://token@host/net', 'oci://***@host/net'],
    ['Authorization: Basic aHVudGVyMg==', 'Authorization: Basic ***'],
    ['"authorization":"Bearer hunter2.hunter2"', '"authorization":"Bearer ***"'],
    ['proxy-authorization=hunter2', 'proxy-authorization=***'],
    ['got Basic dXNlcjpwYXNz back', 'got Basic *** back'],
    ['?X-Amz-Signature=f00d&X-Amz-Credential=me&x=1', '?X-Amz-Signature=***&X-Amz-Credential=***&x=1'],
    ['Credential=me/2/us, SignedHeaders=host, Signature=f00d', 'Credential=***, SignedHeaders=host, Signature=***'],
    ['https://blob/x?sv=1&sig=f00d%3D', 'https://blob/x?sv=1&sig=***'],
    ['token=hunter2 access_token=hunter2', 'token=*** access_token=***'],
    ['{"access_token": "hunter2","Secret":"hunter2"}', '{"access_token": "***","Secret":"***"}'],
    ["{'password': 'hunter2'}", "{'password': '***'}"],
    ['aws_secret_access_key=hunter2', 'aws_secret_access_key=***'],
    ['AKIAIOSFODNN7EXAMPLE and ASIAIOSFODNN7EXAMPLE', 'AKIA*** and ASIA***'],
    ['eyJhbGciOi.eyJzdWIi.c2ln-_', '***'],
    ['ghp_0123456789abcdefghij hf_0123456789abcdefghij', 'ghp_*** hf_***'],
    [
      '-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----\nx',
      '-----BEGIN RSA PRIVATE KEY----- ***\nx',
    ],
    ['-----BEGIN PRIVATE KEY-----\nMII', '-----BEGIN PRIVATE KEY----- ***'],
    [
      '-----BEGIN PGP PRIVATE KEY BLOCK-----\na\n-----END PGP PRIVATE KEY BLOCK-----\nx',
      '-----BEGIN PGP PRIVATE KEY BLOCK----- ***\nx',
    ],
    ['HF_TOKEN=abcd1234efgh', 'HF_TOKEN=***'],
    ['DB_PASSWORD=hunter2xyz, OPENAI_API_KEY=a', 'DB_PASSWORD=***, OPENAI_API_KEY=***'],
    ['{"HF_TOKEN":"abc123","db_password": "a\\"b c"}', '{"HF_TOKEN":"***","db_password": "***"}'],
    ['{\\"HF_TOKEN\\": \\"abc123\\"}', '{\\"HF_TOKEN\\": \\"***\\"}'],
    ['{"password": 12345}', '{"password": ***}'],
    ['aws_secret_access_key = hunter2', 'aws_secret_access_key = ***'],
    ["export TOKEN='a b c'; password: hunter2xyz", "export TOKEN='***'; password: ***"],
    ['error: password: hunter2', 'error: password: ***'],
    ['serve --password hunter2 --api-key=a --port 1', 'serve --password *** --api-key=*** --port 1'],
    ['X-Api-Key: 0a1b, X-Authorization: Bearer hunter2', 'X-Api-Key: ***, X-Authorization: Bearer ***'],
    ['AccountName=a;AccountKey=aGk=;EndpointSuffix=x', 'AccountName=a;AccountKey=***;EndpointSuffix=x'],
    ['{"auths":{"r.io":{"auth":"dXNlcjpwYXNz"}}}', '{"auths":{"r.io":{"auth":"***"}}}'],
  ])('are replaced in %j: %j', (text, expected) => expect(redact(text)).toBe(expected));

  test.each([
    `registry.example.com/net:${'a'.repeat(64)}@sha256:${'a'.repeat(64)}`,
    'acme/svm:1.4.2@sha256:ab, localhost:5000/x@sha256:ab, https://r.io/v2/x@sha256:ab',
    'basic authentication, Bearer tokens, the token is missing, 5 tokens',
    'Bearer realm="https://auth.example.com/token",service="r"',
    's3://acme-models/nets/',
    'someone@example.com, git@github.com:acme/net, https://r.io/@acme/net',
    'set a user and password for it, as in HTTPS_PROXY=http://user:password@host',
    '-----BEGIN PUBLIC KEY-----\nMII\n-----END PUBLIC KEY-----',
    'token: missing, the password is wrong, secret: not found, Unexpected token: }',
    'not found with this token:\nr.example/net2, --api-key (key1) is not there',
    '--token is required, or --api-key; --password --port 1',
    'registry.example.com/acme/api-token:1.4.2, token=$TOKEN, password=/run/secrets/password',
    '/builds/acme/sk-learn-image-classifier-ci/.cache, models/sk-learn-image-classifier-v2, sk-proj-image-classifier-v2-large',
    'eyJevil0.evil.io/models, eyJevil0.a.b.c.io/models',
    'max_token=4096&eos_token=</s>, tokens: 5',
  ])('are not found in %j', (text) => expect(redact(text)).toBe(text));

  test.each(
    [
      'http://',
      '://a@',
      '://a:b/',
      '://a:b@c/',
      'a:b@',
      'eyJa.',
      'Bearer ',
      '-----BEGIN PRIVATE KEY-----',
      'token=',
      '"token":"',
      '{{resolve:secretsmanager:',
      'file:token=',
      '--token ',
      'token: a',
      'a@',
      '://a@b:',
      'sk-',
      'sk-a1A-',
      'eyJhbGci.',
      'token=\'a"',
      'x-authorization',
    ].concat(['client_secret_', 'authorization ', 'AKIA', 'a.', '\u001b]', '\u001b[', '\u009d', ' ']),
  )('are searched for in linear time in repeated %j', (piece) => {
    const text = piece.repeat(1_000_000 / piece.length);
    const at = performance.now();
    redact(printable(text));
    // Quadratic time would take hours.
    expect(performance.now() - at).toBeLessThan(60_000);
  });
});

test.each(REPEATED)('%j with a megabyte of %j is redacted in time and without an error', (start, piece) => {
  const text = start + piece.repeat(1_000_000 / piece.length);
  const at = performance.now();
  redact(printable(text));
  expect(performance.now() - at).toBeLessThan(60_000);
});

describe('secrets of an environment', () => {
  test('are the values of credential variables, and the passwords of proxies', () => {
    const environment = {
      AWS_SECRET_ACCESS_KEY: 'abcd1234efgh',
      HF_TOKEN: 'hf-123456789',
      https_proxy: 'http://user:p@ssw0rd1@proxy:80',
      PATH: '/usr/bin:/bin1234',
      AWS_WEB_IDENTITY_TOKEN_FILE: '/run/token1234',
      MODE_SECRET: 'production',
      SHORT_TOKEN: 'a1',
      PWD: '/home/user1234',
    };
    expect(secretsOf(environment)).toEqual(['user:p@ssw0rd1', 'abcd1234efgh', 'hf-123456789', 'p@ssw0rd1']);
    expect(redact('key abcd1234efgh, p@ssw0rd1', secretsOf(environment))).toBe('key ***, ***');
  });
});

describe('text for a terminal', () => {
  test.each([
    ['\u001b]0;title\u0007a\u001b]8;;http://x\u001b\\b\u001b[2Jc\u001b[1;31md\u001bce', 'abcde'],
    ['\u009d0;title\u009ca\u009b2Jb\u0090x\u009cc', 'abc'],
    ['a\u202eb\u2066c\u200bd\u00ade\ufefff\u2028g\u{e0041}h', 'abcdefgh'],
    ['a\rb\u0008c\u0000d\u007fe', 'abcde'],
    ['one\n\ttwo\n', 'one\n\ttwo\n'],
    ['größe, 模型, 🤖', 'größe, 模型, 🤖'],
  ])('is printed from %j as %j', (text, expected) => expect(printable(text)).toBe(expected));

  test('can be reduced to one line', () => expect(oneLine(' a\nwarning: b\r\n\tc ')).toBe('a warning: b c'));

  test('can be JSON, whose value is preserved', () => {
    const value = { 'a\u202e': ['\u009b2J', '\u001b[2J', '\u{e0041}', 'größe\n'] };
    const json = printableJson(JSON.stringify(value, null, 2));
    expect(JSON.parse(json)).toEqual(value);
    expect(printable(json)).toBe(json);
  });
});
