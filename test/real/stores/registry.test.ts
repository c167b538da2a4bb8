import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PublishEvent } from '../../../src/tools/artifact/artifact';
import { HttpRepository } from '../../../src/tools/registry/http-repository';
import { tagOf } from '../../../src/tools/registry/reference';
import { RegistryClient, type RegistryOptions } from '../../../src/tools/registry/registry-client';
import { ImageStore } from '../../../src/tools/stores/image-store';
import { noise, testArtifact } from '../../support/stores/artifacts';
import { type Registry, startRegistry } from '../support/registry';

let registry: Registry;
/** 'secret', hashed with bcrypt, the only format that the registry supports. */
const HASHED_SECRET = '$2b$05$rtK62DUkM0189m4ZX14aeezDqcvwj6ILnDgpBpxddL4n9PN4KMmLy';
const scratch = mkdtempSync(join(tmpdir(), 'registry-test-'));

beforeAll(async () => {
  registry = await startRegistry();
});

afterAll(async () => {
  await registry.stop();
  rmSync(scratch, { recursive: true });
});

const artifact = testArtifact({
  files: { 'a.bin': noise(3_000_000, 1), 'b.bin': noise(5_000_000, 2), 'c.txt': Buffer.from('c') },
});
const bytes = artifact.blobs.reduce((sum, { size }) => sum + size, 0);

/** Publishes and returns the events. */
async function publish(
  repository: string,
  content = artifact,
  options: RegistryOptions & { mountFrom?: string[]; tags?: string[] } = {},
): Promise<PublishEvent[]> {
  const client = new RegistryClient(registry.host, repository, {
    plainHttp: true,
    push: true,
    alsoFrom: options.mountFrom,
    credentials: async () => undefined,
    ...options,
  });
  const { mountFrom = [], tags } = options;
  const events: PublishEvent[] = [];
  await new ImageStore(new HttpRepository(client, mountFrom), tags).publish(content, (event) => events.push(event));
  client.close();
  return events;
}

async function verify(repository: string, digest = artifact.index.digest): Promise<string[]> {
  const client = new RegistryClient(registry.host, repository, { plainHttp: true, credentials: async () => undefined });
  const { problems } = await new ImageStore(new HttpRepository(client)).verify(digest);
  client.close();
  return problems;
}

async function remove(repository: string, what: 'blobs' | 'manifests', digest: string): Promise<void> {
  const { status } = await fetch(`http://${registry.host}/v2/${repository}/${what}/${digest}`, { method: 'DELETE' });
  expect(status).toBe(202);
}

function count(events: PublishEvent[], kind: PublishEvent['event']): number {
  return events.filter(({ event }) => event === kind).length;
}

describe('a real registry', () => {
  test('receives layers, manifests and the index', async () => {
    const events = await publish('whole');
    expect(events[0]).toEqual({ event: 'start', artifact: 'models/test', digest: artifact.index.digest, bytes });
    expect(count(events, 'done')).toBe(artifact.blobs.length);
    const reference = `${registry.host}/whole:${tagOf(artifact.index.digest)}@${artifact.index.digest}`;
    expect(events.at(-1)).toEqual({ event: 'published', artifact: 'models/test', reference, bytesSent: bytes });
    expect(await verify('whole')).toEqual([]);
  });

  test('receives nothing the second time', async () => {
    await publish('twice');
    const events = await publish('twice');
    expect(events.map(({ event }) => event)).toEqual(['start', 'published']);
    expect(events.at(-1)).toMatchObject({ bytesSent: 0 });
  });

  test('receives only the layer that changed', async () => {
    await publish('changed');
    const next = testArtifact({
      files: { 'a.bin': noise(3_000_000, 1), 'b.bin': noise(5_000_000, 3), 'c.txt': Buffer.from('c') },
    });
    const events = await publish('changed', next);
    expect(count(events, 'present')).toBe(2);
    // The layer, and one config per platform.
    expect(count(events, 'done')).toBe(3);
    expect(await verify('changed', next.index.digest)).toEqual([]);
  });

  test('mounts layers from another repository', async () => {
    await publish('mount/source');
    const events = await publish('mount/target', artifact, { mountFrom: ['mount/missing', 'mount/source'] });
    expect(count(events, 'mounted')).toBe(artifact.blobs.length);
    expect(events.at(-1)).toMatchObject({ bytesSent: 0 });
    expect(await verify('mount/target')).toEqual([]);
  });

  test('serves the image to another tool, by digest and for both platforms', async () => {
    await publish('interop');
    for (const architecture of ['amd64', 'arm64']) {
      const layout = join(scratch, architecture);
      execFileSync('skopeo', [
        ...['--override-arch', architecture, '--override-os', 'linux', 'copy', '--quiet', '--src-tls-verify=false'],
        ...['--preserve-digests', `docker://${registry.host}/interop@${artifact.index.digest}`, `oci:${layout}:test`],
      ]);
      const [manifest] = JSON.parse(readFileSync(join(layout, 'index.json'), 'utf8')).manifests;
      expect(artifact.manifests.map(({ digest }) => digest)).toContain(manifest.digest);
    }
  });

  test('keeps a user tag in addition to the digest', async () => {
    await publish('tagged', artifact, { tags: ['v1'] });
    const answer = await fetch(`http://${registry.host}/v2/tagged/tags/list`);
    const { tags } = (await answer.json()) as { tags: string[] };
    expect(tags.sort()).toEqual([tagOf(artifact.index.digest), 'v1'].sort());
  });

  test('is reported as incomplete if a layer is missing', async () => {
    await publish('gone');
    const [layer] = artifact.blobs;
    await remove('gone', 'blobs', layer!.digest);
    expect(await verify('gone')).toEqual([`the layer ${layer!.digest} is missing`]);
  });

  test.each<[string, (repository: string) => Promise<void>]>([
    ['a layer is missing', (repository) => remove(repository, 'blobs', artifact.blobs[0]!.digest)],
    ['a manifest is missing', (repository) => remove(repository, 'manifests', artifact.manifests[1]!.digest)],
    ['the index is missing', (repository) => remove(repository, 'manifests', artifact.index.digest)],
  ])('is repaired by publishing again if %s', async (what, breakIt) => {
    const repository = `mended/${what.replaceAll(' ', '-')}`;
    await publish(repository, artifact, { tags: ['v1'] });
    await breakIt(repository);
    expect(await verify(repository)).not.toEqual([]);
    const events = await publish(repository, artifact, { tags: ['v1'] });
    expect(count(events, 'done') + count(events, 'present')).toBe(artifact.blobs.length);
    expect(await verify(repository)).toEqual([]);
  });

  test('that does not replace a damaged layer is not reported as repaired', async () => {
    await publish('kept');
    const { digest, size } = artifact.blobs[0]!;
    const [, hex] = digest.split(':') as [string, string];
    const path = join(registry.storage, 'docker/registry/v2/blobs/sha256', hex.slice(0, 2), hex, 'data');
    const right = readFileSync(path);
    writeFileSync(path, '');
    await expect(publish('kept')).rejects.toThrow(
      `[DigestMismatch] ${digest} in ${registry.host}/kept is damaged (0 of ${size} bytes), and the registry does not replace it; delete it there, or publish to another repository`,
    );
    writeFileSync(path, right);
    expect(await verify('kept')).toEqual([]);
  });

  test('is reported as incomplete without a publication', async () => {
    await publish('other');
    const digest = `sha256:${'0'.repeat(64)}`;
    expect(await verify('other', digest)).toEqual([`the index ${digest} is missing`]);
  });

  test('has the correct bytes after two concurrent publishers', async () => {
    const fresh = testArtifact({ files: { 'x.bin': randomBytes(4_000_000), 'y.bin': randomBytes(4_000_000) } });
    await Promise.all([publish('race', fresh), publish('race', fresh)]);
    expect(await verify('race', fresh.index.digest)).toEqual([]);
  });
});

describe('a registry with passwords', () => {
  test('gets the credentials in the file of Docker, and is reported with a remedy without it', async () => {
    const passwords = join(scratch, 'htpasswd');
    writeFileSync(passwords, `user:${HASHED_SECRET}\n`);
    const locked = await startRegistry(`auth: { htpasswd: { realm: test, path: ${passwords} } }`);
    const config = join(scratch, 'config.json');
    const auth = Buffer.from('user:secret').toString('base64');
    writeFileSync(config, JSON.stringify({ auths: { [locked.host]: { auth } } }));
    const push = async (file: string): Promise<void> => {
      process.env.REGISTRY_AUTH_FILE = file;
      const client = new RegistryClient(locked.host, 'models', { plainHttp: true, push: true });
      await new ImageStore(new HttpRepository(client)).publish(artifact, () => undefined).finally(() => client.close());
    };
    try {
      await expect(push(join(scratch, 'nowhere.json'))).rejects.toThrow(
        `[CredentialsMissing] ${locked.host} requires a user and password, and no credentials are configured; sign in with 'docker login ${locked.host}'`,
      );
      await push(config);
      expect(readdirSync(join(locked.storage, 'docker/registry/v2/repositories'))).toEqual(['models']);
      writeFileSync(
        config,
        JSON.stringify({ auths: { [locked.host]: { auth: Buffer.from('user:wrong').toString('base64') } } }),
      );
      await expect(push(config)).rejects.toThrow('[AccessDenied]');
    } finally {
      delete process.env.REGISTRY_AUTH_FILE;
      await locked.stop();
    }
  });
});
