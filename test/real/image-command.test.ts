/**
 * What a server in an image with an ENTRYPOINT and a CMD is started with, read in its process: rendered for both targets,
 * started as their agents do.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App as CdkApp, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import { HealthCheck, ModelServer, ServerImage, ServingEndpoint } from '../../src';
import { startContainer } from './support/container';
import { workloadsOfTemplate } from './support/from-cloudformation';
import { workloadsOfManifests } from './support/from-kubernetes';
import { APP_USER, type Image, type Images, processOf, pythonRuntime } from './support/images';
import { Podman } from './support/podman';
import { Volumes, type Workload } from './support/workload';

/** Responds with its arguments and its environment, at the port in PORT. */
const PROGRAM = `import http.server, json, os, sys

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps({"argv": open("/proc/1/cmdline").read().split("\\0")[:-1], "env": dict(os.environ)}).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

http.server.ThreadingHTTPServer(("0.0.0.0", int(os.environ["PORT"])), Handler).serve_forever()
`;

const ENTRYPOINT = ['python3', '/app/program.py'];
const CMD = ['--from', 'the image'];
const PORT = 8123;

interface Process {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

const folder = mkdtempSync(join(tmpdir(), 'image-command-'));
const volumes = new Volumes();
let images: Images;
let image: Image;

beforeAll(() => {
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'program.py'), PROGRAM);
  const { runtime, path } = pythonRuntime('applications');
  image = {
    files: [{ from: join(folder, 'program.py'), to: '/app/program.py' }],
    runtime,
    env: { PATH: path },
    workingDir: '/app',
    ...APP_USER,
    volumes: [],
    entryPoint: ENTRYPOINT,
    command: CMD,
  };
  images = { find: (reference) => (reference === 'registry.example.com/own:1' ? image : undefined) };
});

afterAll(() => {
  volumes.remove();
  rmSync(folder, { recursive: true, force: true });
});

function define(scope: Construct, server: ModelServer, environment?: Record<string, string>): void {
  new ServingEndpoint(scope, 'own').addBackend('v1', {
    image: ServerImage.fromRegistry('registry.example.com/own:1'),
    healthCheck: HealthCheck.http('/'),
    port: PORT,
    server,
    environment,
  });
}

const RENDERED: Readonly<Record<string, (server: ModelServer, environment?: Record<string, string>) => Workload[]>> = {
  aws: (server, environment) => {
    const stack = new Stack(new CdkApp(), 'Own');
    define(stack, server, environment);
    const template = Template.fromStack(stack).toJSON() as Parameters<typeof workloadsOfTemplate>[0];
    return workloadsOfTemplate(template, volumes, images);
  },
  kubernetes: (server, environment) => {
    const chart = Testing.chart();
    define(chart, server, environment);
    return workloadsOfManifests(Testing.synth(chart), volumes, images);
  },
};

async function run(target: string, server: ModelServer, environment?: Record<string, string>): Promise<Process> {
  const [workload] = RENDERED[target]?.(server, environment) ?? [];
  if (workload === undefined) throw new Error(`nothing is rendered for ${target}`);
  const container = await startContainer(workload.server, { ...workload.readiness, timeoutSeconds: 60 });
  try {
    return JSON.parse((await container.request({ path: '/' })).body.toString()) as Process;
  } finally {
    await container.dispose();
  }
}

const BEHAVIOR = { drains: true, drainFlag: '--drain' };

const CASES: readonly [string, () => ModelServer, (drain: string) => readonly string[]][] = [
  ['the image as it is', () => ModelServer.fromImage(), () => [...ENTRYPOINT, ...CMD]],
  [
    'the entry point of the image with other arguments',
    () => ModelServer.fromImage({ args: ['--name', 'a b', '$(PORT)', '$$'] }),
    () => [...ENTRYPOINT, '--name', 'a b', '$(PORT)', '$$'],
  ],
  [
    'the entry point of the image with other arguments and a computed time',
    () => ModelServer.fromImage({ args: ['--name', 'a'], behavior: BEHAVIOR }),
    (drain) => [...ENTRYPOINT, '--name', 'a', '--drain', drain],
  ],
  [
    'a command',
    () => ModelServer.command({ command: ['python3', '-u', '/app/program.py'] }),
    () => ['python3', '-u', '/app/program.py'],
  ],
  [
    'a command with its arguments apart',
    () => ModelServer.command({ command: ['python3', '-u'], args: ['/app/program.py', '--fast'] }),
    () => ['python3', '-u', '/app/program.py', '--fast'],
  ],
];

describe.each(['aws', 'kubernetes'])('on %s', (target) => {
  test.each(CASES)('a server runs with %s', async (_, makeServer, argv) => {
    const found = await run(target, makeServer(), { LOG_LEVEL: 'debug' });
    expect(found.argv).toEqual(argv('60'));
    expect(found.env).toMatchObject({ PORT: String(PORT), LOG_LEVEL: 'debug' });
  });
});

test('an engine starts the same process for an entry point and arguments as these tests do', () => {
  const archive = join(folder, 'files.tar');
  mkdirSync(join(folder, 'files'));
  execFileSync('tar', ['--create', '--file', archive, '--directory', join(folder, 'files'), '.']);
  const podman = new Podman(join(folder, 'podman'));
  try {
    const id = podman.create(archive, `ENTRYPOINT ${JSON.stringify(ENTRYPOINT)}`, `CMD ${JSON.stringify(CMD)}`);
    for (const [entryPoint, args] of [
      [[], []],
      [[], ['--other', 'a b']],
      [['serve', '--fast'], []],
      [['serve'], ['--other']],
    ] as const)
      expect(podman.processOf(id, entryPoint, args)).toEqual(processOf(image, entryPoint, args));
  } finally {
    podman.remove();
  }
});
