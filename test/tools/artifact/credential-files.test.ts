import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { walk } from '../../../src/models/lock/walk';
import { credentialFiles, requireNoCredentials } from '../../../src/tools/artifact/credential-files';
import { withScratch, writeFiles } from '../../support/scratch';

const KEY = (kind: string) =>
  `-----BEGIN ${kind}-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC'.repeat(4)}\n-----END ${kind}-----\n`;

const found = (files: { readonly [path: string]: string }, link?: readonly [to: string, from: string]) =>
  withScratch((folder) => {
    writeFiles(folder, files);
    if (link !== undefined) symlinkSync(link[0], join(folder, link[1]));
    return credentialFiles(walk(folder, []));
  });

describe('looks like credentials:', () => {
  test.each([
    ...[
      '.env',
      '.env.production',
      'sub/.ENV.local',
      '.envrc',
      '.netrc',
      '_netrc',
      '.npmrc',
      '.pypirc',
      '.git-credentials',
    ],
    ...[
      '.aws/credentials',
      '.aws/config',
      'home/.ssh/known_hosts',
      '.ssh/id_rsa',
      'id_ed25519',
      '.gnupg/x/y',
      '.kube/config',
    ],
    ...[
      'kubeconfig',
      '.docker/config.json',
      '.config/gcloud/x.db',
      '.azure/x',
      'terraform.tfstate',
      'x.tfstate.backup',
    ],
    ...['store.p12', 'a.PFX', 'a.jks', 'a.kdbx', 'a.ppk', 'server.key', 'server.pem', '.vault-token', '.pgpass'],
    ...['prod.env', 'config/Local.ENV', '.dockerconfigjson', 'client_secret_1234.apps.json', '.ngc/config'],
    ...['.oci/config', '.config/rclone/rclone.conf', '.git/config', 'sub/.GIT/config'],
    ...['credentials.json', 'keys/service-account.json', 'service_account.json', 'serviceAccount.json'],
    ...['application_default_credentials.json', '.streamlit/secrets.toml', '.huggingface/token', '.bash_history'],
  ])('%s', (path) => {
    expect(found({ [path]: 'x' })).toEqual([path]);
  });

  test.each([
    'PRIVATE KEY',
    'RSA PRIVATE KEY',
    'EC PRIVATE KEY',
    'OPENSSH PRIVATE KEY',
    'ENCRYPTED PRIVATE KEY',
    'PGP PRIVATE KEY BLOCK',
  ])('a file with a %s, regardless of its name', (kind) => {
    expect(found({ 'app.py': 'x', 'notes.txt': `a\n${KEY(kind)}` })).toEqual(['notes.txt']);
  });

  test('a service account, as JSON', () => {
    expect(
      found({ 'account.json': JSON.stringify({ type: 'service_account', private_key: KEY('PRIVATE KEY') }) }),
    ).toEqual(['account.json']);
  });

  test.each([
    ['{"private_key": "MIIEvQIBADANBgkq", "private_key_id": "1"}'],
    ['{"installed": {"client_id": "x", "client_secret" : "GOCSPX-abc"}}'],
    ['{"type": "authorized_user", "refresh_token": "1//0abc"}'],
    ['{"aws_secret_access_key":"abc"}'],
  ])('settings in JSON with a secret: %s', (text) => {
    expect(found({ 'config.json': text, 'model.bin': text })).toEqual(['config.json']);
  });

  test.each([
    'aws_secret_access_key = ',
    'export AWS_SECRET_ACCESS_KEY=',
    '  AWS_SECRET_ACCESS_KEY="',
  ])('a file with the access key of AWS after %j, regardless of its name', (start) => {
    expect(found({ 'app.py': 'x', notes: `[default]\n${start}${'wJalrXUt'.repeat(5)}\n` })).toEqual(['notes']);
  });

  test('settings of a package index with a login', () => {
    const files = {
      'pip.conf': '[global]\nindex-url = https://me:hunter2@pypi.example.com/simple\n',
      '.condarc': 'channels:\n  - https://conda.example.com/t/ab-01234567/team\n',
    };
    expect(found(files)).toEqual(['.condarc', 'pip.conf']);
  });

  test('a certificate with its key', () => {
    expect(found({ 'both.pem': KEY('CERTIFICATE') + KEY('PRIVATE KEY') })).toEqual(['both.pem']);
  });

  test('a link to such a file', () => {
    expect(found({ '.env.production': 'x' }, ['.env.production', 'settings'])).toEqual(['.env.production', 'settings']);
  });
});

test.each([
  ...[
    'app.py',
    '.env.example',
    'example.env',
    'prod.sample.env',
    'config/dev-template.env',
    'client_secret.py',
    'oci/config',
    'env',
    'environment.env.py',
    'keys.py',
    'tokenizer.json',
    'id_rsa.pub',
    'docker/config.json',
  ],
  ...['config.json', 'aws/credentials.py', 'kube/config', 'token', 'monkey', 'model.keys', '.npmrc.md'],
])('does not look like credentials: %s', (path) => {
  expect(found({ [path]: 'x' })).toEqual([]);
});

test.each([
  [
    'settings of a package index without a login',
    {
      'pip.conf': '[global]\nindex-url = https://pypi.example.com/simple\n',
      '.condarc': 'channels:\n  - conda-forge\n',
    },
  ],
  [
    'settings in JSON with an empty or a template value',
    {
      'a.json': `{"private_key": "", "client_secret": "<your secret>", "refresh_token": "\${TOKEN}"}`,
      'b.json': '{"private_key": "...", "private_key_id": "1", "private_keys": ["x"], "refresh_token": null}',
    },
  ],
  ['settings that name the variable of an access key', { 'a.py': 'AWS_SECRET_ACCESS_KEY = os.environ["KEY"]\n' }],
  ['a bundle of certificates', { 'cacert.pem': KEY('CERTIFICATE').repeat(500) }],
  ['a public key', { 'jwt.key': KEY('PUBLIC KEY') }],
  ['code that looks for keys', { 'a.py': 'if "-----BEGIN PRIVATE KEY-----" in text: raise ValueError("not here")\n' }],
  ['a large file', { 'weights.bin': `${'x'.repeat(70_000)}${KEY('PRIVATE KEY')}` }],
])('does not look like credentials: %s', (_, files) => {
  expect(found(files as { readonly [path: string]: string })).toEqual([]);
});

test('is refused with its name and the ways out, and returned if it is allowed', () => {
  const policy = { name: 'app', leaveOut: 'leave them out' };
  const look = (allowed: string[]) =>
    withScratch((folder) => {
      writeFiles(folder, { 'a.key': 'x', 'b.key': 'x', 'app.py': '' });
      return requireNoCredentials(walk(folder, []), { ...policy, allowed });
    });
  expect(() => look(['a.key'])).toThrow(
    "'app' contains files that look like credentials, which anyone who can pull the image could read: 'b.key'; leave them out, or lock it with --allow-file b.key to publish that file on purpose",
  );
  expect(() => look([])).toThrow(
    "'a.key', 'b.key'; leave them out, or lock it with --allow-file a.key --allow-file b.key to publish those files on purpose",
  );
  expect(look(['a.key', 'b.key', 'c.key'])).toEqual(['a.key', 'b.key']);
});

test('names ten files, and allows up to fifty in one command', () => {
  const refusal = (count: number): string =>
    withScratch((folder) => {
      writeFiles(folder, Object.fromEntries([...Array(count).keys()].map((index) => [`${index + 10}.key`, 'x'])));
      try {
        requireNoCredentials(walk(folder, []), { name: 'app', leaveOut: 'leave them out', allowed: [] });
      } catch (error) {
        return (error as Error).message;
      }
      return '';
    });
  expect(refusal(12)).toContain("'19.key' and 2 more; leave them out, or lock it with --allow-file 10.key ");
  expect(refusal(50).match(/--allow-file/g)).toHaveLength(50);
  expect(refusal(51)).toContain('lock it with one --allow-file for each of the 51 files to publish');
});

test('the option to allow a file is quoted for the shell', () =>
  withScratch((folder) => {
    writeFiles(folder, { '$(id) a.key': 'x' });
    const policy = { name: 'app', leaveOut: 'leave them out', allowed: [] };
    expect(() => requireNoCredentials(walk(folder, []), policy)).toThrow("--allow-file '$(id) a.key' to publish");
  }));
