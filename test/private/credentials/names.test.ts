import { credentialArguments, hideArguments, unexpandedArguments } from '../../../src/private/credentials/arguments';
import { credentialReason, isUnexpanded } from '../../../src/private/credentials/reason';
import { redact } from '../../../src/private/credentials/redact';

// Joined at run time, so that secret scanners do not report this file.
const join = (...parts: string[]): string => parts.join('');
const FORMS: Record<string, string> = {
  'an AWS access key': join('AKIA', 'IOSFODNN7EXAMPLE'),
  'a private key': join('-----BEGIN RSA ', 'PRIVATE KEY-----\nMIIE\n-----END RSA ', 'PRIVATE KEY-----'),
  'a signed token (JWT)': join('eyJhbGciOiJI.', 'eyJzdWIiOiIx.', 'c2lnbmF0dXJl'),
  'a URL with a password': join('postgres://app:', 'hunter2@db.example.com/models'),
  'a secret key': join('sk-', 'proj-0123456789abcdefghij'),
  'a GitHub token': join('ghp_', 'a'.repeat(36)),
  'a GitLab token': join('glpat-', 'a'.repeat(20)),
  'a Hugging Face token': join('hf_', 'a'.repeat(34)),
  'an NVIDIA API key': join('nvapi-', 'a'.repeat(40)),
  'a Slack token': join('xoxb-', '0123456789-abc'),
  'a Google API key': join('AIza', 'a'.repeat(35)),
  'a secret that CloudFormation resolves to plain text': '{{resolve:secretsmanager:acme/key:SecretString:value}}',
};

describe('a credential', () => {
  test.each([
    ...['PASSWORD', 'DB_PASSWORD', 'PGPASSWORD', 'password', 'MYSQL_PWD', 'REDIS_PASSWD', 'SSH_PASSPHRASE'],
    ...['SECRET', 'CLIENT_SECRET', 'clientSecret', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN', 'HF_TOKEN', 'TOKEN_2'],
    ...['API_KEY', 'OPENAI_API_KEY', 'apikey', 'x-api-key', 'PRIVATE_KEY', 'SIGNING_KEY_B64', 'GOOGLE_CREDENTIALS'],
    ...['DB_PASS', 'PRIVATEKEY', 'REFRESH_TOKEN', 'DOCKER_AUTH_CONFIG'],
    ...['AZURE_STORAGE_CONNECTION_STRING', 'AZURE_STORAGE_ACCOUNT_KEY', 'Authorization', 'DJANGO_SECRET_KEY'],
  ])('is recognized by its name: %s', (name) => {
    expect(credentialReason(name, 'hunter2')).toBe('its name is typical of a credential');
  });

  test.each(Object.entries(FORMS))('is recognized by its form: %s', (what, value) => {
    expect(credentialReason('VALUE_OF_X', `see ${value} here`)).toBe(`its value looks like ${what}`);
    expect(redact(`see ${value} here`)).not.toContain(value);
    expect(redact(`see ${value} here`)).toMatch(/^see .*\*\*\*.* here$/s);
  });

  test.each([
    join('DefaultEndpointsProtocol=https;AccountName=a;Account', 'Key=aGk=;EndpointSuffix=x'),
    join('https://acme.blob.example.com/models?sv=1&si', 'g=f00d%3D'),
    join('Authorization: Be', 'arer 0a1b2c3d4e'),
    join('{"user":"app","pass', 'word":"hunter2"}'),
    join('api-k', 'ey=0a1b2c'),
    join('app:hunt', 'er2@db.example.com'),
  ])('is recognized by a label in its value: %s', (value) => {
    expect(credentialReason('VALUE_OF_X', value)).toBe('part of its value is labeled as a credential');
  });

  test.each([
    ['TOKENIZERS_PARALLELISM', 'false'],
    ['TOKENIZER', 'bert'],
    ['MAX_TOKENS', '4096'],
    ['MAX_TOKEN', '4096'],
    ['EOS_TOKEN', '</s>'],
    ['PAD_TOKEN', '<pad>'],
    ['COST_PER_TOKEN', '0.01'],
    ['SECRET_NAME', 'acme/token'],
    ['DB_SECRET_ARN', 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:a'],
    ['DB_SECRET', 'arn:aws:secretsmanager:eu-west-1:123456789012:secret:a'],
    ['PASSWORD_FILE', '/run/secrets/password'],
    ['PASSWORD', '/run/secrets/password'],
    ['GOOGLE_APPLICATION_CREDENTIALS', '/var/run/key.json'],
    ['TOKEN_TTL_SECONDS', '60'],
    ['HF_HUB_DISABLE_IMPLICIT_TOKEN', '1'],
    ['REQUIRE_PASSWORD', 'true'],
    ['API_KEY', ''],
    ['API_KEY', 'EMPTY'],
    ['API_KEY', 'dummy'],
    ['API_KEY', 'not-needed'],
    ['API_TOKEN', '32000'],
    ['API_TOKEN', '<unk>'],
    ['PRIVATE_KEY', './tls.key'],
    ['PRIVATE_KEY', 'certs/key.json'],
    ['DB_PASSWORD', 'ssm:/acme/password'],
    ['MAX_NEW_TOKEN', 'many-of-them'],
    ['DEFAULT_TOKEN', 'hello'],
    ['UNKNOWN_TOKEN', 'what'],
    ['SEPARATOR_TOKEN', 'and'],
    ['BOI_TOKEN', 'begin-image'],
    ['CHAT_TOKEN', 'user:'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'api-key=$(OTLP_KEY)'],
    ['MODEL_PATH', 'models/sk-learn-image-classifier-v2'],
    ['API_KEY', join('$', '{OTHER_KEY}')],
    ['API_KEY_HEADER', 'x-api-key'],
    ['PRIMARY_KEY', 'id'],
    ['PARTITION_KEY', 'tenant'],
    ['KEYBOARD', 'de'],
    ['PWD', '/app'],
    ['TOKEN_URL', 'https://auth.example.com/token'],
    ['DATABASE_URL', 'postgres://db.example.com/models'],
    ['UPSTREAM', 'http://user@models:8000/v1'],
    ['SECRET_TOKEN', join('$', '{Token[TOKEN.12]}')],
    ['DATABASE_URL', 'postgres://app:$(PASSWORD)@db/models'],
    ['MODEL', 'sk-learn'],
    ['HASH', 'a'.repeat(64)],
    ['IMAGE', `acme/svm@sha256:${'0a'.repeat(32)}`],
  ])('is not %s=%s', (name, value) => {
    expect(credentialReason(name, value)).toBeUndefined();
    // Reports hide every login in a URL, including references and logins without a password.
    expect(redact(value)).toBe(value.replace(/(?<=:\/\/).*@/, '***@'));
  });
});

test('a variable in place of a credential is not one, and is not expanded outside a shell command line', () => {
  const inHeader = join('Authorization: Bearer $', '{OTLP_KEY}');
  expect(credentialReason('OTEL_EXPORTER_OTLP_HEADERS', inHeader)).toBeUndefined();
  for (const value of ['$(OTHER_KEY)', join('$', '{OTHER_KEY}'), '$OTHER_KEY'])
    expect(isUnexpanded('API_KEY', value)).toBe(true);
  expect(isUnexpanded('MODE', '$(OTHER)')).toBe(false);
  const words = ['serve', '--api-key', '$(KEY)', '--token=$(KEY)', '--mode', '$(MODE)'];
  expect(unexpandedArguments(words).map(({ name, isCredential }) => [name, isCredential])).toEqual([
    ['--api-key', true],
    ['--token', true],
    ['--mode', false],
  ]);
  expect(unexpandedArguments(['/bin/sh', '-c', 'serve --api-key $(KEY)'])).toEqual([]);
});

describe('the arguments of a command', () => {
  test.each<[words: string[], hidden: string[], names: string[]]>([
    [['vllm', '--api-key=hunter2'], ['vllm', '--api-key=***'], ['--api-key']],
    [['vllm', '--api-key', 'hunter2', '--port', '1'], ['vllm', '--api-key', '***', '--port', '1'], ['--api-key']],
    [['serve', '--api-key', 'a b c'], ['serve', '--api-key', '***'], ['--api-key']],
    [['serve', '--api-key', '-abc123'], ['serve', '--api-key', '***'], ['--api-key']],
    [['env', 'DB_PASSWORD=hunter2', 'serve'], ['env', 'DB_PASSWORD=***', 'serve'], ['DB_PASSWORD']],
    [
      ['/bin/sh', '-c', 'exec serve --token "a b"  --port 1'],
      ['/bin/sh', '-c', 'exec serve --token ***  --port 1'],
      ['--token'],
    ],
    [['/bin/sh', '-c', "TOKEN='a' exec serve"], ['/bin/sh', '-c', 'TOKEN=*** exec serve'], ['TOKEN']],
    [['serve', FORMS['a secret key'] as string], ['serve', 'sk-***'], ['argument']],
    [
      ['serve', '--url', FORMS['a URL with a password'] as string],
      ['serve', '--url', 'postgres://***@db.example.com/models'],
      ['--url'],
    ],
  ])('%j are shown as %j', (words, hidden, names) => {
    expect(hideArguments(words)).toEqual(hidden);
    expect(hideArguments(hidden)).toEqual(hidden);
    expect(credentialArguments(words).map(({ name }) => name)).toEqual(names);
  });

  test.each([
    [['vllm', '--max-num-batched-tokens', '8192', '--tokenizer', 'bert', '--skip-tokenizer-init']],
    [['serve', '--api-key', '--port', '1']],
    [['serve', '--api-key=$API_KEY', '--token', '$TOKEN', '--password-file', '/run/p']],
    [['/bin/sh', '-c', 'exec serve --api-key "$API_KEY" && echo "it\'s"']],
    [['uvicorn', 'app:app', '--host', '0.0.0.0', '--timeout-keep-alive', '4010']],
  ])('%j are shown unchanged', (words) => {
    expect(hideArguments(words)).toEqual(words);
    expect(credentialArguments(words)).toEqual([]);
  });
});
