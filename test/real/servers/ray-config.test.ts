/** Ray Serve configs in the containers that both targets render: their users, read-only root, command and readiness. */
import { join } from 'node:path';
import { App as CdkApp, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Testing } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  type BackendOptions,
  ModelServer,
  RayServeConfig,
  type RayServeOptions,
  SecretValue,
  ServerImage,
  ServingEndpoint,
} from '../../../src';
import { type RunningContainer, startContainer } from '../support/container';
import { workloadsOfTemplate } from '../support/from-cloudformation';
import { workloadsOfManifests } from '../support/from-kubernetes';
import { type Image, pythonRuntime } from '../support/images';
import { Volumes, type Workload } from '../support/workload';
import { versionOf } from './runtimes';

jest.setTimeout(700_000);

/** How long Ray may take to start: a minute, and much longer on a busy machine. */
const START_SECONDS = 600;

const APPS = join(__dirname, 'apps');
const IMAGE = 'registry.example.com/ray-pair:1';

/** An image on top of `rayproject/ray`: user 1000, and a volume for temporary files, which Fargate requires. */
const RAY_IMAGE: Image = {
  files: ['ray_pair.py', 'ray_pair.yaml'].map((file) => ({ from: join(APPS, file), to: `/home/ray/${file}` })),
  runtime: pythonRuntime('ray').runtime,
  env: {
    PATH: pythonRuntime('ray').path,
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
    // The first process starts slowly on a busy machine.
    RAY_raylet_start_wait_time_s: '150',
  },
  workingDir: '/home/ray',
  user: 1000,
  users: new Map([
    [0, { name: 'root', group: 0, home: '/root' }],
    [1000, { name: 'ray', group: 100, home: '/home/ray' }],
  ]),
  volumes: ['/tmp'],
  command: ['bash'],
};

const volumes = new Volumes();
afterAll(() => volumes.remove());

const images = { find: (reference: string) => (reference === IMAGE ? RAY_IMAGE : undefined) };

function define(scope: Construct, server: Partial<RayServeOptions>, options: Partial<BackendOptions> = {}): void {
  const version = versionOf({ python: 'ray', package: 'ray' });
  new ServingEndpoint(scope, 'endpoint').addBackend('v1', {
    image: ServerImage.fromRegistry(IMAGE),
    server: ModelServer.rayServe({ version, ...server }),
    resources: { cpu: 2 },
    ...options,
  });
}

function onAws(server: Partial<RayServeOptions>, options?: Partial<BackendOptions>): Workload {
  const stack = new Stack(new CdkApp(), 'Stack', { env: { account: '123456789012', region: 'eu-west-1' } });
  define(stack, server, options);
  return only(workloadsOfTemplate(Template.fromStack(stack).toJSON() as never, volumes, images));
}

function onKubernetes(server: Partial<RayServeOptions>, options?: Partial<BackendOptions>): Workload {
  const chart = Testing.chart();
  define(chart, server, options);
  return only(workloadsOfManifests(Testing.synth(chart), volumes, images));
}

function only(workloads: Workload[]): Workload {
  expect(workloads).toHaveLength(1);
  return workloads[0] as Workload;
}

const config = () => RayServeConfig.fromFile(join(APPS, 'ray_pair.yaml'));

/** The response of a path as JSON. */
async function answer(container: RunningContainer, path: string): Promise<unknown> {
  const { status, body } = await container.request({ path, timeoutSeconds: 60 });
  expect([status, body.toString()]).toEqual([200, expect.any(String)]);
  return JSON.parse(body.toString());
}

const SCALED = {
  arguments: {
    llm_configs: [{ id: 'small', layers: 2, ratio: 2, rate: '1e-4', quantized: true, adapter: null }],
    tensor_parallel: 2,
  },
  // As PyYAML reads the file: 2.0 is a float, and 1e-4 is text.
  types: { id: 'str', layers: 'int', ratio: 'float', rate: 'str', quantized: 'bool', adapter: 'NoneType' },
  root: '/scale',
  mode: 'fast',
  cpus: 2,
};

describe.each([
  { target: 'AWS', workloadOf: onAws, user: [1000, 'ray'] },
  { target: 'Kubernetes', workloadOf: onKubernetes, user: [1000, 'ray'] },
])('on $target', ({ workloadOf, user }) => {
  test('a config of two applications answers, and is ready when both run', async () => {
    const secrets = { TOKEN: SecretValue.fromName('acme-token') };
    const { server, readiness } = workloadOf(
      { config: config() },
      user[0] === 1000 ? { environment: { TOKEN: 'a secret' } } : { secrets },
    );
    expect(server.readOnlyRootFilesystem).toBe(true);
    const container = await startContainer(server, { ...readiness, timeoutSeconds: START_SECONDS });
    try {
      // The first requests after readiness: each application answers without a further wait.
      expect(await answer(container, '/pair')).toEqual({ user_config: { limit: 0.5, labels: ['a', 'b'] } });
      expect(await answer(container, '/scale/x')).toEqual({ ...SCALED, key: 'a secret', user });
      expect((await container.request({ path: '/' })).status).toBe(404);
    } finally {
      await container.dispose();
    }
  });
});

test('a config in the image answers', async () => {
  const { server, readiness } = onKubernetes(
    { configPath: '/home/ray/ray_pair.yaml' },
    { environment: { TOKEN: 'x' } },
  );
  const container = await startContainer(server, { ...readiness, timeoutSeconds: START_SECONDS });
  try {
    expect(await answer(container, '/scale')).toEqual({
      ...SCALED,
      key: 'x',
      user: [1000, 'ray'],
      cpus: expect.any(Number),
    });
  } finally {
    await container.dispose();
  }
});

test('a config in the image that conflicts with the definition ends the process', async () => {
  const { server } = onKubernetes({ configPath: '/home/ray/ray_pair.yaml' }, { port: 9000 });
  await expect(
    startContainer(server, { path: '/', accept: () => false, timeoutSeconds: START_SECONDS }),
  ).rejects.toThrow('http_options.port (8000) in /home/ray/ray_pair.yaml conflicts with 9000; remove it');
});

test('an application that fails ends the process with the reason, and it is never ready', async () => {
  const applications = [
    {
      name: 'pair',
      routePrefix: '/pair',
      importPath: 'ray_pair:pair',
      deployments: [
        { name: 'Front', rayActorOptions: { numCpus: 0.1 } },
        { name: 'Threshold', rayActorOptions: { numCpus: 0.1 } },
      ],
    },
    { name: 'broken', routePrefix: '/broken', importPath: 'ray_pair:broken' },
  ];
  const { server, readiness } = onKubernetes({ config: RayServeConfig.of({ applications }) });
  await expect(startContainer(server, { ...readiness, timeoutSeconds: START_SECONDS })).rejects.toThrow(
    /the container exited with 1:[\s\S]*application 'broken' failed:[\s\S]*the weights are missing/,
  );
});
