/**
 * A directory of weights and an `app.py`, from the disk to a running process, through the commands of the README: once as
 * images in a registry that podman mounts by index digest, and once fetched from S3 by the command of the task. The network
 * is cut ten times in between.
 */
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App as CdkApp, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import { kubernetes, Model, ModelServer, ServerImage, ServingEndpoint } from '../../src';
import type { PublishEvent } from '../../src/tools/artifact/artifact';
import { noise } from '../support/stores/artifacts';
import { publishPythonBase, pythonVersion } from './support/base-image';
import { bundleCommandLine, runNode } from './support/command-line';
import { startContainer } from './support/container';
import { CuttingRelay } from './support/cutting-relay';
import { workloadsOfTemplate } from './support/from-cloudformation';
import { workloadsOfManifests } from './support/from-kubernetes';
import { APP_USER, type Image, pythonRuntime } from './support/images';
import { Podman } from './support/podman';
import { type Registry, startRegistry } from './support/registry';
import { type S3Server, startS3 } from './support/s3-server';
import { onHost, runFetchContainer, runLink, Volumes, type Workload } from './support/workload';

jest.setTimeout(600_000);

const MIB = 2 ** 20;
/** Two layers with one file each, and one with the rest. */
const WEIGHTS = { 'a.bin': 66 * MIB, 'b.bin': 65 * MIB, 'c.bin': 9 * MIB };
const WEIGHT = Object.values(WEIGHTS).reduce((sum, size) => sum + size, 0);

const APP = `import hashlib, json, os, pathlib

folder = pathlib.Path(os.environ["MODEL_DIR"])
seen = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}

def app(environ, start_response):
    start_response("200 OK", [("content-type", "application/json")])
    return [json.dumps(seen).encode()]
`;

let program: string;
let registry: Registry;
let s3: S3Server;
let network: { readonly registry: CuttingRelay; readonly s3: CuttingRelay };
let folder: string;
let podman: Podman;
let s3Environment: Record<string, string>;
let resent = 0;
const volumes = new Volumes();

beforeAll(async () => {
  program = bundleCommandLine();
  registry = await startRegistry();
  s3 = await startS3('models');
  const endpoint = new URL(s3.environment.AWS_ENDPOINT_URL_S3 as string);
  network = { registry: await CuttingRelay.start(registry.host), s3: await CuttingRelay.start(endpoint.host) };
  s3Environment = { ...s3.environment, AWS_ENDPOINT_URL_S3: `http://${network.s3.host}` };
  folder = mkdtempSync(join(tmpdir(), 'disk-'));
  chmodSync(folder, 0o755);
  podman = new Podman(join(folder, 'podman'));
  await publishPythonBase(registry.host, pythonVersion());
  mkdirSync(join(folder, 'models/net'), { recursive: true });
  for (const [index, [name, size]] of Object.entries(WEIGHTS).entries())
    writeFileSync(join(folder, 'models/net', name), noise(size, index));
  mkdirSync(join(folder, 'app'));
  writeFileSync(join(folder, 'app/app.py'), APP);
  writeFileSync(join(folder, 'app/requirements.txt'), 'waitress==3.0.2\n');
});

afterAll(async () => {
  podman?.remove();
  volumes.remove();
  for (const relay of Object.values(network ?? {})) relay.stop();
  await registry?.stop();
  await s3?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A command of the README. It is repeated if its error suggests that, as a user would. */
async function serving(...args: string[]): Promise<void> {
  const there = new Set<string>();
  for (let tries = 1; tries <= 5; tries++) {
    const { status, stderr } = await runNode([program, ...args], {
      cwd: folder,
      env: { ...s3Environment, XDG_CACHE_HOME: join(folder, 'cache'), HOME: folder },
    });
    count(stderr, there);
    if (status === 0) return;
    if (status !== 4) throw new Error(`serving ${args.join(' ')} ended with ${status}:\n${stderr}`);
  }
  throw new Error(`serving ${args.join(' ')} did not come to an end`);
}

/** Counts parts that were sent again after they were reported as present. */
function count(stderr: string, there: Set<string>): void {
  for (const line of stderr.split('\n').filter((text) => text.startsWith('{'))) {
    const event = JSON.parse(line) as PublishEvent;
    if (event.event === 'sent' && there.has(event.part)) resent++;
    if (event.event === 'done' || event.event === 'present') there.add(event.part);
  }
}

/** The definition, independent of the destination of the model. */
function define(scope: Construct, lockFile: string): void {
  new ServingEndpoint(scope, 'net').addBackend('v1', {
    image: ServerImage.fromDirectory('app', {
      base: `${network.registry.host}/python:3`,
      requirements: 'requirements.txt',
      lockFile: join(folder, 'serving.lock.json'),
    }),
    server: ModelServer.waitress({ app: 'app:app' }),
    model: Model.fromDirectory('models/net', { path: 'net', lockFile: join(folder, lockFile) }),
    environment: { MODEL_DIR: '/models/net' },
  });
}

/** Pulled images, as in a container engine. */
class Pulled {
  private readonly ids = new Map<string, string>();

  /** Pulls an image, with retries like a kubelet. With a tag and a digest, an engine uses the digest. */
  public async pull(reference: string): Promise<void> {
    const byDigest = reference.replace(/:[^:/@]+@/, '@');
    for (let tries = 1; ; tries++) {
      try {
        this.ids.set(reference, await podman.pull(byDigest, 'amd64'));
        return;
      } catch (error) {
        if (tries === 5) throw error;
        process.stdout.write(`pulled again: ${(error as Error).message.trim().split('\n').at(-1)}\n`);
      }
    }
  }

  public mount(reference: string): string {
    return podman.mount(this.ids.get(reference) as string);
  }

  public find(reference: string): Image | undefined {
    const id = this.ids.get(reference);
    if (id === undefined) return undefined;
    const root = podman.mount(id);
    const { runtime, path } = pythonRuntime('aws-cli');
    const { Env, WorkingDir } = podman.configOf(id);
    const env = Object.fromEntries(Env.map((line) => line.split(/=(.*)/s, 2) as [string, string]));
    return {
      files: ['/app', '/opt'].flatMap((top) =>
        readdirSync(join(root, top)).map((name) => ({ from: join(root, top, name), to: `${top}/${name}` })),
      ),
      runtime,
      env: { ...env, PATH: `${env.PATH}:${path}` },
      workingDir: WorkingDir,
      ...APP_USER,
      volumes: [],
      command: [],
    };
  }
}

/** The digest of each model file on the disk. */
function onDisk(): Record<string, string> {
  const directory = join(folder, 'models/net');
  const names = readdirSync(directory);
  return Object.fromEntries(
    names.map((name) => [
      name,
      createHash('sha256')
        .update(readFileSync(join(directory, name)))
        .digest('hex'),
    ]),
  );
}

async function answerOf({ server, readiness }: Workload): Promise<unknown> {
  const container = await startContainer(server, readiness);
  try {
    return JSON.parse((await container.request({ path: '/' })).body.toString());
  } finally {
    await container.dispose();
  }
}

const only = <T>(list: readonly T[]): T => {
  if (list.length !== 1) throw new Error(`there should be one, and are ${list.length}`);
  return list[0] as T;
};

const pulled = new Pulled();

test('through a registry: published, pulled by the digest of the index, mounted and served', async () => {
  const { host } = network.registry;
  await serving(
    'lock',
    '--app',
    'app',
    '--base',
    `${host}/python:3`,
    '--requirements',
    'requirements.txt',
    '--to',
    `${host}/app`,
  );
  await serving('lock', 'models/net', '--to', `${host}/models`);
  network.registry.cutAfter(20_000);
  await serving('publish', 'app');
  network.registry.cutAfter(0.2 * WEIGHT, 0.7 * WEIGHT, 1.1 * WEIGHT);
  await serving('publish', 'models/net');
  await serving('verify');

  const chart = Testing.chart();
  define(chart, 'serving.lock.json');
  const manifests = Testing.synth(chart);
  const pod = only(manifests.filter(({ kind, metadata }) => kind === 'Deployment' && !metadata.name.includes('router')))
    .spec.template.spec;
  network.registry.cutAfter(10_000);
  await pulled.pull(pod.containers[0].image);
  network.registry.cutAfter(0.5 * WEIGHT);
  await pulled.pull(
    only(pod.volumes.flatMap(({ image }: { image?: { reference: string } }) => image?.reference ?? [])),
  );

  const workload = only(workloadsOfManifests(manifests, volumes, pulled));
  expect(workload.fetches).toEqual([]);
  // Links, with which nodes that ignore the directory of an image volume have the files in the same place.
  for (let runs = 0; runs < 2; runs++) runLink(only(workload.links));
  expect(await answerOf(workload)).toEqual(onDisk());
});

test('on nodes that mount a directory of an image volume: served without links, and nowhere else', async () => {
  const chart = Testing.chart();
  new kubernetes.KubernetesPlatform(chart, 'Platform', { containerRuntime: 'containerd://2.2.0' });
  define(chart, 'serving.lock.json');
  const manifests = Testing.synth(chart);
  const on = (mountsDirectories: boolean) =>
    only(
      workloadsOfManifests(manifests, volumes, {
        find: (reference) => pulled.find(reference),
        mount: (reference) => pulled.mount(reference),
        mountsDirectories,
      }),
    );
  expect(on(true).links).toEqual([]);
  expect(await answerOf(on(true))).toEqual(onDisk());
  // The silent fault: such a manifest on an older node.
  await expect(answerOf(on(false))).rejects.toThrow('IsADirectoryError');
});

test('through S3: published, fetched by the command of the task and served', async () => {
  await serving('lock', 'models/net', '--to', 's3://models/nets', '--lock-file', 's3.lock.json');
  network.s3.cutAfter(0.3 * WEIGHT, 0.8 * WEIGHT);
  await serving('publish', '--lock-file', 's3.lock.json');
  await serving('verify', '--lock-file', 's3.lock.json');

  const stack = new Stack(new CdkApp(), 'Net');
  define(stack, 's3.lock.json');
  const template = Template.fromStack(stack).toJSON() as Parameters<typeof workloadsOfTemplate>[0];
  const workload = only(workloadsOfTemplate(template, volumes, pulled));
  const fetch = only(workload.fetches);
  const target = onHost(fetch.mounts, fetch.destination);
  network.s3.cutAfter(0.25 * WEIGHT, 0.75 * WEIGHT);
  await runFetchContainer(fetch, s3Environment);
  expect(await answerOf(workload)).toEqual(onDisk());

  // Proof that the check can fail: a server that reads another byte reports another digest.
  cpSync(join(target, 'a.bin'), join(target, 'c.bin'));
  expect(await answerOf(workload)).not.toEqual(onDisk());
});

test('the network was cut ten times, and no complete part was sent again', () => {
  const cuts = network.registry.cuts + network.s3.cuts;
  const carried = network.registry.carried + network.s3.carried;
  process.stdout.write(
    `cuts ${cuts}, finished parts sent again ${resent}, ${(carried / MIB).toFixed(0)} MiB carried for ${(4 * WEIGHT) / MIB} MiB\n`,
  );
  expect({ cuts, resent }).toEqual({ cuts: 10, resent: 0 });
});
