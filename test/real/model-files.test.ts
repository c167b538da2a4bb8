/**
 * Model files in the directory of the code: the same files in the process on both targets, with nothing else hidden. The
 * rendered containers run in their order, against a real S3 server.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { App as CdkApp, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import { type BackendOptions, HealthCheck, Model, ModelServer, ServerImage, ServingEndpoint } from '../../src';
import { noise } from '../support/stores/artifacts';
import { bundleCommandLine, runNode } from './support/command-line';
import { RunningContainer, startContainer } from './support/container';
import { workloadsOfTemplate } from './support/from-cloudformation';
import { workloadsOfManifests } from './support/from-kubernetes';
import { APP_USER, type Image, pythonRuntime } from './support/images';
import { type S3Server, startS3 } from './support/s3-server';
import {
  type Fetch,
  onHost,
  runFetchContainer,
  runUnpack,
  startFetchContainer,
  Volumes,
  type Workload,
} from './support/workload';

jest.setTimeout(600_000);

/** Answers with the content, owner and mode of the files in the directories of its arguments. */
const SERVER = `import http.server, json, os, stat, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        seen = {}
        for top in sys.argv[1:]:
            for folder, _, names in os.walk(top):
                for name in names:
                    path = os.path.join(folder, name)
                    try:
                        content = open(path).read(1000)
                    except (OSError, ValueError) as error:
                        content = type(error).__name__
                    seen[path] = [content, stat.S_IMODE(os.stat(path).st_mode), os.readlink(path) if os.path.islink(path) else None]
        body = json.dumps(seen).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Handler).serve_forever()
`;

/** The files of the image. */
const IMAGE_FILES: Readonly<Record<string, string>> = {
  '/srv/app/server.py': '',
  '/srv/app/data.csv': 'an old one',
  '/srv/app/package/code.py': 'pass',
  '/srv/app/package/labels.txt': 'old labels',
  '/srv/other.txt': 'other',
};
const CONTENT: Readonly<Record<string, string>> = { 'data.csv': 'a,b', 'labels.txt': 'cat\ndog', 'more.csv': 'c' };

let s3: S3Server;
let folder: string;
const volumes = new Volumes();

beforeAll(async () => {
  s3 = await startS3('models');
  folder = mkdtempSync(join(tmpdir(), 'model-files-'));
  chmodSync(folder, 0o755);
  for (const [path, content] of Object.entries(IMAGE_FILES)) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), path.endsWith('server.py') ? SERVER : content);
  }
  for (const [name, content] of Object.entries(CONTENT)) writeFileSync(join(s3.buckets, 'models', name), content);
  mkdirSync(join(s3.buckets, 'models/nets'));
  writeFileSync(join(s3.buckets, 'models/nets/net.bin'), 'weights');
});

afterAll(async () => {
  volumes.remove();
  await s3?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function image(): Image {
  const { runtime, path } = pythonRuntime('aws-cli');
  return {
    files: ['app', 'other.txt'].map((name) => ({ from: join(folder, 'srv', name), to: `/srv/${name}` })),
    runtime,
    env: { PATH: path },
    workingDir: '/',
    ...APP_USER,
    volumes: [],
    command: [],
  };
}

/** One backend, as both targets render it. */
function workloads(name: string, options: Partial<BackendOptions>): { readonly [target: string]: () => Workload } {
  const define = (scope: Construct) =>
    new ServingEndpoint(scope, name).addBackend('v1', {
      image: ServerImage.fromRegistry('registry.example.com/files:1'),
      server: ModelServer.command({ command: ['python', '/srv/app/server.py', '/srv', '/opt/extra'] }),
      healthCheck: HealthCheck.http('/'),
      ...options,
    });
  const images = { find: (reference: string) => (reference.includes('/files:') ? image() : undefined) };
  const only = (list: Workload[]) => list[0] as Workload;
  return {
    AWS: () => {
      const stack = new Stack(new CdkApp(), name);
      define(stack);
      return only(
        workloadsOfTemplate(
          Template.fromStack(stack).toJSON() as Parameters<typeof workloadsOfTemplate>[0],
          volumes,
          images,
        ),
      );
    },
    Kubernetes: () => {
      const chart = Testing.chart();
      define(chart);
      return only(workloadsOfManifests(Testing.synth(chart), volumes, images));
    },
  };
}

type Seen = Record<string, [content: string, mode: number, link: string | null]>;

/** Runs the containers of a workload in their order, and returns what the server sees. */
async function seenBy({ copies, fetches, unpacks, server, readiness }: Workload): Promise<Seen> {
  for (const copy of copies) {
    const container = new RunningContainer(copy);
    try {
      await container.succeeded();
    } finally {
      await container.dispose();
    }
  }
  for (const fetch of fetches) await runFetchContainer(fetch, s3.environment);
  for (const unpacking of unpacks) await runUnpack(unpacking);
  const container = await startContainer(server, readiness);
  try {
    return JSON.parse((await container.request({ path: '/' })).body.toString());
  } finally {
    await container.dispose();
  }
}

const contents = (seen: Seen) => Object.fromEntries(Object.entries(seen).map(([path, [content]]) => [path, content]));

const targets = ['AWS', 'Kubernetes'];

describe('a single file', () => {
  const at = (key: string, path: string) => Model.fromS3(`s3://models/${key}`, { path });

  test.each<[string, Record<string, string>]>([
    ['in the directory of the code', { '/srv/app/data.csv': 'data.csv' }],
    ['below the code', { '/srv/app/package/labels.txt': 'labels.txt' }],
    ['in a directory that the image lacks', { '/opt/extra/data.csv': 'data.csv' }],
    ['and another one in its directory', { '/srv/app/data.csv': 'data.csv', '/srv/app/more.csv': 'more.csv' }],
    ['and another one below it', { '/srv/app/data.csv': 'data.csv', '/srv/app/package/labels.txt': 'labels.txt' }],
    ['next to the directory of the code', { '/srv/more.csv': 'more.csv' }],
  ])('%s is seen on every target, and hides nothing', async (name, files) => {
    const models = Object.entries(files).map(([path, key]) => at(key, path));
    const rendered = workloads(name.replaceAll(' ', '-').slice(0, 20), { models });
    const expected: Record<string, string> = { ...IMAGE_FILES, '/srv/app/server.py': SERVER };
    for (const [path, key] of Object.entries(files)) expected[path] = CONTENT[key] as string;
    for (const target of targets) {
      const workload = (rendered[target] as () => Workload)();
      expect({ target, files: contents(await seenBy(workload)) }).toEqual({ target, files: expected });
    }
  });
});

test('a working directory, with a file and a directory below it', async () => {
  const rendered = workloads('in-a-directory', {
    server: ModelServer.command({ command: ['python', 'server.py', '.'] }),
    workingDirectory: '/srv/app',
    models: [
      Model.fromS3('s3://models/data.csv', { path: './data.csv' }),
      Model.fromS3('s3://models/nets/', { path: './nets/v1' }),
    ],
  });
  for (const target of targets) {
    const files = contents(await seenBy((rendered[target] as () => Workload)()));
    expect({ target, files }).toEqual({
      target,
      files: {
        './server.py': SERVER,
        './data.csv': 'a,b',
        './package/code.py': 'pass',
        './package/labels.txt': 'old labels',
        './nets/v1/net.bin': 'weights',
      },
    });
  }
});

test.each(['tar.gz', 'zip'])('an archive of kind %s is unpacked, with its programs', async (kind) => {
  const content = join(folder, `archive-${kind}`);
  mkdirSync(join(content, 'code'), { recursive: true });
  writeFileSync(join(content, 'model.bin'), 'weights');
  writeFileSync(join(content, 'code/run'), '#!/bin/sh', { mode: 0o755 });
  const path = join(s3.buckets, 'models', `model.${kind}`);
  // Python's `shutil.make_archive` keeps modes in both kinds.
  const base = path.slice(0, -kind.length - 1);
  const format = kind === 'zip' ? 'zip' : 'gztar';
  execFileSync('python3', ['-c', 'import shutil, sys; shutil.make_archive(*sys.argv[1:])', base, format, content]);
  const rendered = workloads(`archive-${kind}`.replace('.', '-'), {
    model: Model.fromS3(`s3://models/model.${kind}`, { unpack: true, path: '/opt/extra' }),
  });
  for (const target of targets) {
    const seen = await seenBy((rendered[target] as () => Workload)());
    const unpacked = Object.entries(seen).filter(([name]) => name.startsWith('/opt/extra/'));
    expect({ target, unpacked: Object.fromEntries(unpacked) }).toEqual({
      target,
      unpacked: {
        '/opt/extra/model.bin': ['weights', 0o644, null],
        '/opt/extra/code/run': ['#!/bin/sh', 0o755, null],
      },
    });
  }
});

describe('a locked directory in S3', () => {
  const MIB = 2 ** 20;
  const SIZES = { 'a.bin': 70 * MIB, 'b.bin': 40 * MIB, 'nested/c.bin': 30 * MIB, 'labels.txt': 10, 'nested/run': 17 };
  let project: string;
  let stored: string;
  let rendered: ReturnType<typeof workloads>;

  beforeAll(async () => {
    project = mkdtempSync(join(tmpdir(), 'locked-'));
    mkdirSync(join(project, 'net/nested'), { recursive: true });
    Object.entries(SIZES).forEach(([name, size], index) => {
      writeFileSync(join(project, 'net', name), noise(size, index));
    });
    writeFileSync(join(project, 'net/nested/run'), '#!/bin/sh\nexit 0\n');
    chmodSync(join(project, 'net/nested/run'), 0o755);
    const program = bundleCommandLine();
    for (const command of [['lock', 'net', '--to', 's3://models/locked'], ['publish']]) {
      const { status, stderr } = await runNode([program, ...command], {
        cwd: project,
        env: { ...s3.environment, XDG_CACHE_HOME: join(project, 'cache'), HOME: project },
      });
      if (status !== 0) throw new Error(stderr);
    }
    const lockFile = join(project, 'serving.lock.json');
    const [entry] = Object.values(JSON.parse(readFileSync(lockFile, 'utf8')).models) as { digest: string }[];
    stored = join(s3.buckets, 'models/locked', (entry as { digest: string }).digest.split(':')[1] as string);
    rendered = workloads('locked', { model: Model.fromDirectory('net', { lockFile, path: '/opt/extra' }) });
  });

  afterAll(() => rmSync(project, { recursive: true, force: true }));

  const fetchOf = (target: string): Fetch => (rendered[target] as () => Workload)().fetches[0] as Fetch;
  const listed = (path: string) =>
    readdirSync(path, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(path, join(entry.parentPath, entry.name)))
      .sort();

  test.each(targets)('is fetched further where a killed fetch ended, on %s', async (target) => {
    const fetch = fetchOf(target);
    const place = onHost(fetch.mounts, fetch.destination);
    const killed = startFetchContainer(fetch, s3.environment);
    // Until one file is complete and another one is not.
    const unfinished = () => listed(place).some((name) => !Object.hasOwn(SIZES, name));
    const finished = () => listed(place).filter((name) => name.endsWith('.bin'));
    while (finished().length === 0 || !unfinished()) {
      if (killed.exitCode !== null) throw new Error('the fetch ended before it was killed');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    const kept = finished();
    const before = kept.map((name) => statSync(join(place, name)).ino);
    await runFetchContainer(fetch, s3.environment);
    expect(kept.map((name) => statSync(join(place, name)).ino)).toEqual(before);
    expect(listed(place)).toEqual(Object.keys(SIZES).sort());
  });

  test.each(targets)('has programs that the process can execute, on %s', async (target) => {
    const seen = await seenBy((rendered[target] as () => Workload)());
    const modeOf = (name: string) => (seen[`/opt/extra/${name}`] as Seen[string])[1];
    expect([modeOf('nested/run'), modeOf('labels.txt')]).toEqual([0o755, 0o644]);
  });

  test.each(targets)('with a damaged file does not start, and does when it is repaired, on %s', async (target) => {
    const fetch = fetchOf(target);
    const path = join(stored, 'b.bin');
    const whole = readFileSync(path);
    const damaged = Buffer.from(whole);
    damaged[30 * MIB] = (damaged[30 * MIB] as number) ^ 1;
    writeFileSync(path, damaged);
    rmSync(join(onHost(fetch.mounts, fetch.destination), 'b.bin'));
    await expect(runFetchContainer(fetch, s3.environment)).rejects.toThrow(/differ from the lock file.*b\.bin/);
    writeFileSync(path, whole);
    await runFetchContainer(fetch, s3.environment);
  });
});
