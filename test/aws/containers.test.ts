/** The restrictions of every container, on Fargate and on instances, and for every image. */
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { aws, Gpu, Model, ModelServer, ServerImage, Size } from '../../src';
import { container, newApp, newStack, oneBackend, templateOf, templatesOf } from '../support/aws';
import { everything } from '../support/aws-everything';
import { type Data, object, objects } from '../support/data';
import { digestOf, LockedProject, lockedModel } from '../support/lock';

const TASK = 'AWS::ECS::TaskDefinition';
const gpu = Gpu.nvidia();

/** Every container of every task of an app, with the launch type of its task. */
function containersOf(templates: { [stack: string]: Data }): { readonly host: unknown; readonly container: Data }[] {
  const resources = Object.values(templates).flatMap(({ Resources }) => Object.values(object(Resources)).map(object));
  return resources
    .filter(({ Type }) => Type === TASK)
    .map(({ Properties }) => object(Properties))
    .flatMap(({ RequiresCompatibilities, ContainerDefinitions }) =>
      objects(ContainerDefinitions).map((container) => ({ host: RequiresCompatibilities, container })),
    );
}

describe('every container', () => {
  const app = newApp();
  everything(app);
  const all = containersOf(templatesOf(app));

  test('is a server or a fetch container, on Fargate and on instances', () => {
    const kinds = all.map(({ host, container: { Name } }) => `${host} ${String(Name).replace(/\d+$/, '')}`);
    expect([...new Set(kinds)].sort()).toEqual(['EC2 Fetch', 'EC2 Server', 'FARGATE Fetch', 'FARGATE Server']);
  });

  test('has no capabilities, no privileged mode and a read-only root file system', () => {
    for (const { container } of all) {
      expect(container).toMatchObject({
        Privileged: false,
        ReadonlyRootFilesystem: true,
        LinuxParameters: { Capabilities: { Drop: ['ALL'] } },
      });
      expect(object(object(container.LinuxParameters).Capabilities).Add).toBeUndefined();
    }
  });

  test('can be placed on running instances, because it requires no attribute that the agent registers at start', () => {
    for (const { container } of all) expect(container.DockerSecurityOptions).toBeUndefined();
  });
});

test('a container that copies a model from its image has no capabilities either', () => {
  const shell = { variant: 'shell', base: `busybox@${digestOf('9')}` } as const;
  const project = new LockedProject({ models: { net: lockedModel('b', undefined, shell) } });
  try {
    const model = Model.fromDirectory('net', { lockFile: project.lockFile });
    expect(container(templateOf(oneBackend({ model }).stack), 'Fetch0')).toMatchObject({
      User: '0',
      Privileged: false,
      LinuxParameters: { Capabilities: { Drop: ['ALL'] } },
    });
  } finally {
    project.remove();
  }
});

test('a container that copies a directory of the image keeps the capabilities that copy owners and modes', () => {
  const model = Model.fromS3('s3://bucket/data.csv', { path: '/app/data.csv' });
  const { LinuxParameters } = container(templateOf(oneBackend({ model }).stack), 'Directory0');
  const { Drop } = object(object(LinuxParameters).Capabilities);
  expect(Drop).toEqual([
    ...['AUDIT_WRITE', 'FSETID', 'KILL', 'MKNOD', 'NET_BIND_SERVICE', 'NET_RAW', 'SETFCAP', 'SETGID', 'SETPCAP'],
    ...['SETUID', 'SYS_CHROOT'],
  ]);
});

describe('the capabilities of a server', () => {
  const dropped = (port: number) => {
    const { LinuxParameters } = container(templateOf(oneBackend({ port }).stack));
    return object(object(LinuxParameters).Capabilities).Drop;
  };

  test.each([1024, 8000])('are none with port %d', (port) => {
    expect(dropped(port)).toEqual(['ALL']);
  });

  test.each([80, 1023])('keep NET_BIND_SERVICE with port %d, which Fargate cannot add back', (port) => {
    expect(dropped(port)).toEqual([
      'AUDIT_WRITE',
      'CHOWN',
      'DAC_OVERRIDE',
      'FOWNER',
      'FSETID',
      'KILL',
      'MKNOD',
      'NET_RAW',
      'SETFCAP',
      'SETGID',
      'SETPCAP',
      'SETUID',
      'SYS_CHROOT',
    ]);
  });

  test('keep NET_BIND_SERVICE with another privileged port', () => {
    const { stack } = oneBackend({ additionalPorts: [{ name: 'metrics', port: 81 }] });
    expect(object(object(container(templateOf(stack)).LinuxParameters).Capabilities).Drop).not.toContain('ALL');
  });

  test('can be extended by an override of the task definition', () => {
    const { stack, backend } = oneBackend();
    const task = aws.EcsBackend.of(backend).taskDefinition.node.defaultChild as ecs.CfnTaskDefinition;
    task.addPropertyOverride('ContainerDefinitions.0.LinuxParameters.Capabilities.Drop', ['NET_RAW']);
    expect(container(templateOf(stack)).LinuxParameters).toMatchObject({ Capabilities: { Drop: ['NET_RAW'] } });
  });
});

describe('instances', () => {
  test('that exist already have the same restrictions', () => {
    const stack = newStack();
    const cluster = ecs.Cluster.fromClusterAttributes(stack, 'Cluster', {
      clusterName: 'models',
      vpc: new ec2.Vpc(stack, 'Vpc'),
    });
    const gpuCapacities = [aws.GpuCapacity.fromCapacityProviderName('gpus', 'g6e.xlarge')];
    new aws.EcsPlatform(stack, 'Platform', { cluster, gpuCapacities });
    oneBackend({ gpu, model: Model.fromS3('s3://bucket/model/') }, {}, stack);
    const template = templateOf(stack);
    for (const name of ['Server', 'Fetch0']) {
      expect(container(template, name)).toMatchObject({ LinuxParameters: { Capabilities: { Drop: ['ALL'] } } });
    }
  });

  test('keep the shared memory of their tasks', () => {
    const resources = { sharedMemory: Size.gibibytes(2) };
    expect(container(templateOf(oneBackend({ gpu, resources }).stack)).LinuxParameters).toEqual({
      Capabilities: { Drop: ['ALL'] },
      InitProcessEnabled: true,
      SharedMemorySize: 2048,
    });
  });
});

describe('the user of a server', () => {
  test.each([
    ['that of the image by default', undefined, undefined],
    ['that of the definition', 1000, '1000'],
  ])('is %s', (_what, user, expected) => {
    const image = ServerImage.fromRegistry('rayproject/ray:2.60.0');
    const server = ModelServer.rayServe({ app: 'serve:app' });
    expect(container(templateOf(oneBackend({ image, server, user }).stack)).User).toBe(expected);
  });
});
