import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseChallenges } from '../../../src/tools/registry/challenge';
import { findCredentials } from '../../../src/tools/registry/credentials';
import { parseReference } from '../../../src/tools/registry/reference';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'home-'));
  mkdirSync(join(home, '.docker'));
  mkdirSync(join(home, 'bin'));
});

afterEach(() => rmSync(home, { recursive: true }));

const auth = (text: string): { auth: string } => ({ auth: Buffer.from(text).toString('base64') });

function find(config: unknown, registry = 'r.example', repository = 'team/models') {
  writeFileSync(join(home, '.docker/config.json'), typeof config === 'string' ? config : JSON.stringify(config));
  return findCredentials(registry, repository, { HOME: home, PATH: `${join(home, 'bin')}:${process.env.PATH}` });
}

function helper(name: string, script: string): void {
  const path = join(home, 'bin', `docker-credential-${name}`);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

describe('the files of Docker and Podman', () => {
  test.each([
    [{ auths: { 'r.example': auth('a:b:c') } }, { kind: 'password', user: 'a', password: 'b:c' }],
    [{ auths: { 'https://r.example/v1/': auth('a:b') } }, { kind: 'password', user: 'a', password: 'b' }],
    [
      { auths: { 'r.example': auth('a:b'), 'r.example/team': auth('c:d') } },
      { kind: 'password', user: 'c', password: 'd' },
    ],
    [{ auths: { 'r.example': { identitytoken: 't', ...auth('x:y') } } }, { kind: 'identity', token: 't' }],
    [{ auths: { 'other.example': auth('a:b') } }, undefined],
    [{}, undefined],
    ['null', undefined],
  ])('%j', async (config, credentials) => {
    expect(await find(config)).toEqual(credentials);
  });

  test('support the old name of Docker Hub', async () => {
    const config = { auths: { 'https://index.docker.io/v1/': auth('a:b') } };
    expect(await find(config, 'docker.io')).toMatchObject({ user: 'a' });
  });

  test('name helpers, which get the name of the registry', async () => {
    helper('mine', 'read server; echo "{\\"Username\\":\\"$1\\",\\"Secret\\":\\"$server\\"}"');
    expect(await find({ credHelpers: { 'r.example': 'mine' } })).toEqual({
      kind: 'password',
      user: 'get',
      password: 'r.example',
    });
    helper('token', 'echo \'{"Username":"<token>","Secret":"t"}\'');
    expect(await find({ credsStore: 'token' })).toEqual({ kind: 'identity', token: 't' });
  });

  test('are searched further if a helper has no credentials', async () => {
    helper('empty', 'echo "credentials not found in native keychain"; exit 1');
    expect(await find({ credsStore: 'empty', auths: { 'r.example': auth('a:b') } })).toMatchObject({ user: 'a' });
  });

  test.each([
    [{ credsStore: 'missing' }, "'docker-credential-missing', the credential helper of"],
    [{ credsStore: '../evil' }, 'is not a program name; correct the file'],
    [{ credsStore: 'broken' }, 'failed: the keychain is locked'],
    [{ credsStore: 'chatty' }, 'did not return credentials'],
    ['{', 'is not valid JSON'],
    [{ auths: { 'r.example': auth('nocolon') } }, "'auth' of 'r.example' in '"],
  ])('fails on %j', async (config, message) => {
    helper('broken', 'echo "the keychain is locked" >&2; exit 1');
    helper('chatty', 'echo hello');
    await expect(find(config)).rejects.toThrow(message);
  });
});

test.each([
  ['Basic realm="a b"', [{ scheme: 'basic', parameters: { realm: 'a b' } }]],
  [
    'Bearer realm="https://r/t",service="s",scope="repository:x:pull,push"',
    [{ scheme: 'bearer', parameters: { realm: 'https://r/t', service: 's', scope: 'repository:x:pull,push' } }],
  ],
  [
    'Basic realm="\\"q\\"", Bearer realm=t',
    [
      { scheme: 'basic', parameters: { realm: '"q"' } },
      { scheme: 'bearer', parameters: { realm: 't' } },
    ],
  ],
  ['', []],
  ['Bearer', [{ scheme: 'bearer', parameters: {} }]],
])('the challenge %j is read', (header, challenges) => {
  expect(parseChallenges(header)).toEqual(challenges);
});

test.each([
  ['svm', { registry: 'docker.io', repository: 'library/svm' }],
  ['acme/svm:1.4.2', { registry: 'docker.io', repository: 'acme/svm', tag: '1.4.2' }],
  ['localhost/x', { registry: 'localhost', repository: 'x' }],
  [
    'r.example:5000/a/b_c@sha256:'.concat('0'.repeat(64)),
    { registry: 'r.example:5000', repository: 'a/b_c', digest: `sha256:${'0'.repeat(64)}` },
  ],
])('%s is read', (text, reference) => {
  expect(parseReference(text)).toEqual(reference);
});

test.each([
  ['r.example/', 'no repository'],
  ['r.example/A', 'upper-case letters in its repository name'],
  ['r.example/a:!', "an invalid tag ('!')"],
  ['r.example/a@md5:1', "a digest ('md5:1') that is not 'sha256:' and 64 hex digits"],
  ['r..example:x/a', "an invalid registry host ('r..example:x')"],
])('%s is rejected', (text, message) => {
  expect(() => parseReference(text)).toThrow(
    `'${text}' has ${message}; write it as registry/repository[:tag][@sha256:digest]`,
  );
});
