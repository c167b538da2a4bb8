import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '../../support/stores/artifacts';
import { type CommandResult, runNode } from '../support/command-line';
import { useStores } from '../support/stores';

const stores = useStores();
let folder: string;
let digest: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'commands-'));
  mkdirSync(join(folder, 'models/net'), { recursive: true });
  writeFileSync(join(folder, 'models/net/weights.bin'), randomBytes(2_000_000));
  writeFileSync(join(folder, 'models/net/config.json'), '{}');
  expect(await serving('lock', 'models/net', '--to', `${stores.registry.host}/models/net`)).toMatchObject({
    status: 0,
  });
  digest = JSON.parse(readFileSync(join(folder, 'serving.lock.json'), 'utf8')).models['models/net'].digest;
});

afterEach(() => rmSync(folder, { recursive: true }));

function serving(...args: string[]): Promise<Omit<CommandResult, 'lasted'>> {
  return servingWith({}, ...args);
}

async function servingWith(
  environment: Readonly<Record<string, string>>,
  ...args: string[]
): Promise<Omit<CommandResult, 'lasted'>> {
  const env = { ...stores.s3.environment, ...environment, XDG_CACHE_HOME: join(folder, 'cache'), HOME: folder };
  const { lasted: _, ...result } = await runNode([stores.program, ...args], { cwd: folder, env });
  return result;
}

const lines = (text: string): { event: string }[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('serving publish', () => {
  test('publishes a locked model to a registry, and sends nothing the second time', async () => {
    const before = await serving('verify');
    expect(before.status).toBe(1);
    expect(before.stdout).toMatch(
      /^models\/net: does not match the lock file, [\s\S]*\n {2}run: serving publish models\/net\n$/,
    );
    const first = await serving('publish');
    const reference = `${stores.registry.host}/models/net:${digest.slice(7)}@${digest}`;
    expect(first).toMatchObject({ status: 0, stdout: `${reference}\n` });
    expect(lines(first.stderr).at(-1)).toMatchObject({ event: 'published', artifact: 'models/net', reference });
    const second = await serving('publish', 'models/net');
    expect(second).toMatchObject({ status: 0, stdout: `${reference}\n` });
    expect(lines(second.stderr)).toEqual([{ event: 'published', artifact: 'models/net', reference, bytesSent: 0 }]);
    expect(await serving('verify')).toMatchObject({
      status: 0,
      stdout: `models/net: matches the lock file, ${reference}\n`,
    });
  });

  test('publishes a model to the bucket in --to', async () => {
    const reference = `s3://models/nets/${digest.slice(7)}/`;
    expect(await serving('publish', '--to', 's3://models/nets')).toMatchObject({ status: 0, stdout: `${reference}\n` });
    expect(await serving('verify', '--to', 's3://models/nets')).toMatchObject({
      status: 0,
      stdout: `models/net: matches the lock file, ${reference}\n`,
    });
    rmSync(join(stores.s3.buckets, 'models/nets', digest.slice(7), 'weights.bin'));
    const broken = await serving('verify', '--to', 's3://models/nets');
    expect(broken.status).toBe(1);
    expect(broken.stdout).toContain("  'weights.bin' is missing\n");
  });

  test.each<[Record<string, string>, string]>([
    [{ AWS_REGION: '' }, '[AwsSettings] no valid AWS region is configured (Region '],
    [{ AWS_ENDPOINT_URL_S3: 'foo' }, '[AwsSettings] the AWS endpoint is not a URL; correct AWS_ENDPOINT_URL or'],
  ])('reports invalid AWS settings: %j', async (environment, message) => {
    const settings = { AWS_CONFIG_FILE: '/dev/null', ...environment };
    const { status, stderr } = await servingWith(settings, 'verify', '--to', 's3://models/nets');
    expect({ status, stderr }).toEqual({ status: 3, stderr: expect.stringContaining(message) });
    expect(await servingWith(settings, 'status', '--to', 's3://models/nets')).toMatchObject({ status: 0 });
  });

  test('prints the path of a receipt and nothing else', async () => {
    const { status, stdout, stderr } = await serving('publish', 'models/net', '--receipt');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(readFileSync(stdout.trim(), 'utf8'))).toEqual({
      model: 'models/net',
      to: `${stores.registry.host}/models/net`,
      digest,
      reference: `${stores.registry.host}/models/net:${digest.slice(7)}@${digest}`,
    });
  });

  test('needs no weights if the model is published, and otherwise reports where to run it', async () => {
    await serving('publish');
    rmSync(join(folder, 'models/net'), { recursive: true });
    expect(await serving('publish', '--receipt')).toMatchObject({ status: 0, stderr: '' });
    expect(await serving('publish', '--to', `${stores.registry.host}/elsewhere`)).toEqual({
      status: 3,
      stdout: '',
      stderr:
        "[DirectoryMissing] 'models/net' is not published, and its directory does not exist; run 'serving publish models/net' on a machine that has it\n",
    });
  });

  test('rejects a directory that differs from the lock file', async () => {
    writeFileSync(join(folder, 'models/net/config.json'), '{ }');
    const { status, stderr } = await serving('publish');
    expect(status).toBe(1);
    expect(stderr).toContain(
      "the directory differs from the lock file; restore the files, or run 'serving lock models/net'",
    );
    expect(stderr).toContain("models/net: 'config.json' changed");
  });

  test('warns about files that changed after publishing', async () => {
    await serving('publish');
    writeFileSync(join(folder, 'models/net/config.json'), '{ }');
    const { status, stderr } = await serving('publish');
    expect(status).toBe(0);
    expect(stderr).toContain(
      "warning: 'models/net' differs from its locked and published version: config.json; run: serving lock models/net\n",
    );
  });

  test.each([
    [
      ['--to', '127.0.0.1:9/x'],
      4,
      '[Unreachable] 127.0.0.1:9 cannot be reached (ECONNREFUSED): the connection was refused',
    ],
    [['--to', 'nowhere.invalid/x'], 4, '[Unreachable] nowhere.invalid cannot be reached'],
    [['--to', 's3://no-such-bucket/x'], 3, '[RepositoryMissing] cannot'],
    [['--to', 'r.example/A'], 2, "'r.example/A' has upper-case letters in its repository name"],
    [
      ['--to', 'foo'],
      2,
      "'foo' has no registry; write it as registry/repository or s3://bucket/prefix, for example docker.io/acme/net",
    ],
    [['--to', 's3:/models'], 2, "'s3:/models' has no 's3://' in front of the bucket; write it as s3://bucket/prefix"],
    [['--transport', 'pigeon'], 2, '--transport (pigeon) must be http or ecr-api'],
    [['--transport', 'ecr-api'], 2, '--transport ecr-api requires an ECR registry, and '],
    [['--tag', 'bad tag'], 2, "--tag ('bad tag') is not a valid tag"],
    [['--create-repository'], 2, '--create-repository is supported for ECR only'],
    [
      ['models/other'],
      2,
      "'models/other' is not in 'serving.lock.json'; if it contains a model, run: serving lock models/other",
    ],
    [['--to', 's3://models/x', '--tag', 'v1'], 2, '--tag is supported for registries only'],
  ])('fails on %j with %d', async (args, exitCode, message) => {
    const { status, stderr, stdout } = await serving('publish', ...args);
    expect({ status, stdout }).toEqual({ status: exitCode, stdout: '' });
    expect(stderr).toContain(message);
  });

  test('reports both ways to configure a destination if there is none', async () => {
    const path = join(folder, 'serving.lock.json');
    const lock = JSON.parse(readFileSync(path, 'utf8'));
    delete lock.models['models/net'].to;
    writeFileSync(path, JSON.stringify(lock));
    expect(await serving('publish')).toEqual({
      status: 2,
      stdout: '',
      stderr:
        "[NoDestination] 'models/net' has no publish destination; use --to registry/repository or --to s3://bucket/prefix, or save one in 'serving.lock.json' with: serving lock models/net --to ...\n",
    });
  });
});

describe('serving lock --image', () => {
  test('locks the digest of a tag', async () => {
    await serving('publish', '--tag', 'stable');
    const image = `${stores.registry.host}/models/net:stable`;
    expect(await serving('lock', '--image', image)).toMatchObject({ status: 0 });
    const { images, models } = JSON.parse(readFileSync(join(folder, 'serving.lock.json'), 'utf8'));
    const { mediaType, platforms } = models['models/net'];
    expect(images).toEqual({ [image]: { digest, mediaType, platforms } });
    expect(await serving('lock', '--check', '--image', image)).toMatchObject({ status: 0 });
    expect(await serving('lock', '--image', `${stores.registry.host}/models/net:missing`)).toMatchObject({
      status: 3,
      stderr: expect.stringContaining("models/net:missing' is not in"),
    });
  });
});

describe('serving status', () => {
  test('shows the directory, the published content, and the receipt', async () => {
    const [before] = JSON.parse((await serving('status', '--format', 'json')).stdout);
    expect(before).toMatchObject({ directory: 'as locked', published: 'no', receipt: false });
    await serving('publish');
    const [after] = JSON.parse((await serving('status', '--format', 'json')).stdout);
    expect(after).toMatchObject({ directory: 'as locked', published: 'yes', receipt: true });
    unlinkSync(join(folder, 'models/net/config.json'));
    rmSync(join(stores.registry.storage, 'docker/registry/v2/repositories/models/net/_manifests'), { recursive: true });
    const { stdout } = await serving('status');
    expect(stdout).toBe(
      `models/net
  locked     ${digest}
  directory  differs (config.json)
  to         ${stores.registry.host}/models/net
  published  no: the index ${digest} is missing
  receipt    yes; it no longer exists there; run: serving publish
`,
    );
  });
});

describe('serving verify --key', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const SLSA = 'https://slsa.dev/provenance/v1';
  let payload: Buffer;

  beforeEach(async () => {
    for (const [name, key] of [
      ['own.pub', publicKey],
      ['other.pub', other.publicKey],
    ] as const)
      writeFileSync(join(folder, name), key.export({ type: 'spki', format: 'pem' }));
    await serving('publish');
    const image = { 'docker-manifest-digest': digest };
    const critical = { identity: {}, image, type: 'cosign container image signature' };
    payload = Buffer.from(JSON.stringify({ critical, optional: null }));
  });

  const entry = () => JSON.parse(readFileSync(join(folder, 'serving.lock.json'), 'utf8')).models['models/net'];

  /** The layer of a signature as cosign writes it. */
  const signed = (key: KeyObject): Layer => ({
    bytes: payload,
    mediaType: 'application/vnd.dev.cosign.simplesigning.v1+json',
    annotations: { 'dev.cosignproject.cosign/signature': sign('sha256', payload, key).toString('base64') },
  });

  /** The layer of a provenance statement as cosign writes it. */
  function attested(key: KeyObject, about = digest): Layer {
    const type = 'application/vnd.in-toto+json';
    const subject = [{ name: 'models/net', digest: { sha256: about.slice(7) } }];
    const statement = Buffer.from(
      JSON.stringify({ _type: 'https://in-toto.io/Statement/v1', subject, predicateType: SLSA }),
    );
    const before = Buffer.from(`DSSEv1 ${type.length} ${type} ${statement.length} `);
    const sig = sign('sha256', Buffer.concat([before, statement]), key).toString('base64');
    const envelope = { payloadType: type, payload: statement.toString('base64'), signatures: [{ keyid: '', sig }] };
    return {
      bytes: Buffer.from(JSON.stringify(envelope)),
      mediaType: 'application/vnd.dsse.envelope.v1+json',
      annotations: { predicateType: SLSA },
    };
  }

  test('requires a cosign signature that matches the key', async () => {
    const unsigned = await serving('verify', '--key', 'own.pub');
    expect(unsigned.status).toBe(1);
    expect(unsigned.stdout).toContain(`  there is no signature (sha256-${digest.slice(7)}.sig)\n`);
    await push('sig', signed(privateKey));
    expect(await serving('verify', '--key', 'own.pub')).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^models\/net: matches the lock file, 1 signature by the key, /),
    });
    const foreign = await serving('verify', '--key', 'other.pub');
    expect(foreign.status).toBe(1);
    expect(foreign.stdout).toContain('  no signature matches the key\n');
  });

  test('records what is signed with the key, and requires it from then on', async () => {
    await push('sig', signed(privateKey), signed(other.privateKey));
    await push(
      'att',
      attested(privateKey),
      attested(other.privateKey),
      attested(privateKey, `sha256:${'0'.repeat(64)}`),
    );
    expect(await serving('verify', '--record')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--record requires --key'),
    });
    expect(await serving('verify', '--key', 'own.pub', '--record')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('1 signature and 1 attestation by the key'),
    });
    const { signatures, attestations } = entry();
    expect(signatures).toEqual([{ payload: digestOf(payload), signature: expect.any(String) }]);
    expect(attestations).toEqual([{ digest: expect.stringMatching(/^sha256:/), predicateType: SLSA }]);

    // Additional signatures are accepted; a missing one is not, with or without a key.
    expect(await serving('verify')).toMatchObject({ status: 0 });
    await push('sig', signed(other.privateKey));
    await push('att', attested(other.privateKey));
    const lost = await serving('verify');
    expect(lost.status).toBe(1);
    expect(lost.stdout).toContain(`… of the lock file is not in sha256-${digest.slice(7)}.sig\n`);
    expect(lost.stdout).toContain(`… (${SLSA}) of the lock file is not in sha256-${digest.slice(7)}.att\n`);
  });

  test('reports a recorded attestation that does not match the key', async () => {
    await push('sig', signed(privateKey), signed(other.privateKey));
    await push('att', attested(privateKey));
    await serving('verify', '--key', 'own.pub', '--record');
    const { status, stdout } = await serving('verify', '--key', 'other.pub');
    expect(status).toBe(1);
    expect(stdout).toContain('does not match the key, or refers to another image\n');
  });

  test('drops signatures of an earlier digest, and keeps them if the same digest is locked again', async () => {
    await push('sig', signed(privateKey));
    await serving('verify', '--key', 'own.pub', '--record');
    await serving('lock', 'models/net');
    expect(entry().signatures).toHaveLength(1);
    writeFileSync(join(folder, 'models/net/config.json'), '{ "changed": true }');
    await serving('lock', 'models/net');
    expect(entry().signatures).toBeUndefined();
  });

  interface Layer {
    readonly bytes: Buffer;
    readonly mediaType: string;
    readonly annotations: Readonly<Record<string, string>>;
  }

  /** Pushes layers to the tag of cosign for the model. */
  async function push(kind: 'sig' | 'att', ...layers: Layer[]): Promise<void> {
    const layout = mkdtempSync(join(folder, kind));
    const config = Buffer.from('{}');
    const descriptor = (bytes: Buffer, mediaType: string) => ({
      mediaType,
      digest: digestOf(bytes),
      size: bytes.length,
    });
    const manifest = Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: 'application/vnd.oci.image.manifest.v1+json',
        config: descriptor(config, 'application/vnd.oci.image.config.v1+json'),
        layers: layers.map(({ bytes, mediaType, annotations }) => ({ ...descriptor(bytes, mediaType), annotations })),
      }),
    );
    writeFileSync(join(layout, 'version'), 'Directory Transport Version: 1.1\n');
    writeFileSync(join(layout, 'manifest.json'), manifest);
    for (const bytes of [config, ...layers.map((layer) => layer.bytes)])
      writeFileSync(join(layout, digestOf(bytes).slice(7)), bytes);
    const target = `docker://${stores.registry.host}/models/net:sha256-${digest.slice(7)}.${kind}`;
    execFileSync('skopeo', ['copy', '--quiet', '--dest-tls-verify=false', `dir:${layout}`, target]);
  }
});
