import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import type { App } from 'aws-cdk-lib';
import * as ec2 from 'aws-cdk-lib/aws-ec2';
import * as efs from 'aws-cdk-lib/aws-efs';
import {
  aws,
  Backend,
  CacheVolume,
  CpuArchitecture,
  Gpu,
  Model,
  ModelDelivery,
  SecretValue,
  ServerImage,
  Size,
} from '../../src';
import { container, messagesOf, newApp, newStack, oneBackend, only, statements, templateOf } from '../support/aws';
import { objects } from '../support/data';
import { backendOptions } from '../support/definitions';
import { digestOf, LockedProject, lockedImage, lockedModel } from '../support/lock';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const HEX = 'b'.repeat(64);

let project: LockedProject;
beforeAll(() => {
  const shell = { variant: 'shell', base: `busybox@${digestOf('9')}` };
  const ecr = '123456789012.dkr.ecr.eu-west-1.amazonaws.com/models';
  project = new LockedProject({
    models: {
      shell: lockedModel('b', undefined, shell),
      ecr: lockedModel('b', undefined, { ...shell, to: ecr }),
      baked: lockedModel('c', undefined, { variant: 'baked', base: `acme/svm@${digestOf('1')}`, to: ecr }),
      large: lockedModel('d', { weights: 90 * 2 ** 30 }, { to: 's3://acme-models' }),
    },
    images: { 'acme/svm:1': lockedImage('1') },
  });
});
afterAll(() => project.remove());

const model = (directory: string, options: Parameters<typeof Model.fromDirectory>[1] = {}) =>
  Model.fromDirectory(directory, { lockFile: project.lockFile, ...options });

describe('a model in a registry', () => {
  test('is copied from the model image before the server starts', () => {
    const template = templateOf(oneBackend({ model: model('shell', { path: 'net' }) }).stack);
    expect(container(template, 'Fetch0')).toMatchObject({
      Image: `registry.example.com/models:${HEX}@sha256:${HEX}`,
      Essential: false,
      EntryPoint: ['cp'],
      Command: ['-R', '/models/.', '/copied/'],
      User: '0',
      StartTimeout: 120,
      ReadonlyRootFilesystem: true,
    });
    expect(container(template, 'Fetch0').MountPoints).toContainEqual({
      SourceVolume: 'models-0',
      ContainerPath: '/copied',
      ReadOnly: false,
    });
    expect(container(template).MountPoints).toContainEqual({
      SourceVolume: 'models-0',
      ContainerPath: '/models/net',
      ReadOnly: true,
    });
    expect(container(template).DependsOn).toEqual([{ ContainerName: 'Fetch0', Condition: 'SUCCESS' }]);
  });

  test('in ECR can be pulled', () => {
    const pulls = statements(templateOf(oneBackend({ model: model('ecr') }).stack), 'ExecutionRole');
    expect(JSON.stringify(pulls)).toContain('repository/models');
  });

  test('shares the volume of an enclosing directory', () => {
    const models = [model('shell', { path: 'a/b' }), Model.fromS3('s3://bucket/a.bin', { path: 'a/c.bin' })];
    const template = templateOf(oneBackend({ models }).stack);
    expect(container(template, 'Fetch0').Command).toEqual(['-R', '/models/.', '/copied/b/']);
    expect(container(template, 'Fetch1').Command).toEqual([
      expect.stringContaining('aws s3 cp'),
      'fetch',
      's3://bucket/a.bin',
      '/models/a/c.bin',
    ]);
  });

  test('cannot be an image volume', () => {
    const { stack } = oneBackend({ model: model('shell', { delivery: ModelDelivery.imageVolume() }) });
    expect(() => templateOf(stack)).toThrow(
      "[Unsupported] 'model image volume' is not supported by an Application Load Balancer: ECS cannot mount images; remove 'delivery' or use ModelDelivery.copy()",
    );
  });

  test('that is baked replaces the image of the server', () => {
    const image = project.within(() => ServerImage.fromRegistry('acme/svm:1'));
    const template = templateOf(oneBackend({ model: model('baked'), image }).stack);
    const { Image, DependsOn, MountPoints } = container(template);
    expect(Image).toBe(
      `123456789012.dkr.ecr.eu-west-1.amazonaws.com/models:${'c'.repeat(64)}@sha256:${'c'.repeat(64)}`,
    );
    expect(DependsOn).toBeUndefined();
    expect(MountPoints).toHaveLength(1);
    expect(JSON.stringify(statements(template, 'ExecutionRole'))).toContain('repository/models');
  });
});

describe('a changed model', () => {
  test('changes the task and nothing else', () => {
    const resources = (digit: string) => {
      const other = new LockedProject({
        models: { m: lockedModel(digit, undefined, { variant: 'shell', base: `busybox@${digestOf('9')}` }) },
      });
      try {
        const { stack } = oneBackend({ model: Model.fromDirectory('m', { lockFile: other.lockFile }) });
        return templateOf(stack).toJSON().Resources as { [id: string]: { Type: string } };
      } finally {
        other.remove();
      }
    };
    const [before, after] = [resources('1'), resources('2')];
    expect(Object.keys(after)).toEqual(Object.keys(before));
    const changed = Object.keys(before).filter((id) => JSON.stringify(before[id]) !== JSON.stringify(after[id]));
    expect(changed.map((id) => before[id]?.Type)).toEqual(['AWS::ECS::TaskDefinition']);
  });
});

describe('a model of the Hugging Face Hub', () => {
  test('is fetched at its commit, with a token that is not in the template', () => {
    const token = SecretValue.fromName('acme/hub', { key: 'token' });
    const { stack } = oneBackend({ model: Model.fromHuggingFace('facebook/opt-125m', { revision: COMMIT, token }) });
    expect(container(templateOf(stack), 'Fetch0')).toMatchObject({
      Image: expect.stringMatching(/^docker\.io\/kserve\/storage-initializer:v\d+\.\d+\.\d+$/),
      Command: [`hf://facebook/opt-125m:${COMMIT}`, '/models/'],
      Secrets: [{ Name: 'HF_TOKEN', ValueFrom: expect.anything() }],
    });
  });

  test('may be some files of a repository', () => {
    const model = Model.fromHuggingFace('acme/net', { revision: COMMIT, include: ['*.json', 'a$(b).gguf'] });
    const { stack } = oneBackend({ model });
    expect(container(templateOf(stack), 'Fetch0').Environment).toContainEqual({
      Name: 'STORAGE_ALLOW_PATTERNS',
      Value: '["*.json","a$(b).gguf"]',
    });
  });

  test('is fetched with the image of the platform, without permissions for S3', () => {
    const stack = newStack();
    new aws.EcsPlatform(stack, 'Platform', { hubImage: 'mirror.example.com/hub:1' });
    oneBackend({ model: Model.fromHuggingFace('facebook/opt-125m', { revision: COMMIT }) }, {}, stack);
    const template = templateOf(stack);
    expect(container(template, 'Fetch0').Image).toBe('mirror.example.com/hub:1');
    expect(container(template, 'Fetch0').Secrets).toBeUndefined();
    expect(statements(template, 'TaskRole')).toEqual([]);
  });
});

describe('a model in a volume', () => {
  const fileSystemOf = (stack = newStack()) => {
    const vpc = new ec2.Vpc(stack, 'FilesVpc');
    return { stack, vpc, fileSystem: new efs.FileSystem(stack, 'Files', { vpc }) };
  };

  test('of EFS is mounted read-only with the task role', () => {
    const { stack, vpc, fileSystem } = fileSystemOf();
    new aws.EcsPlatform(stack, 'Platform', { vpc });
    const volume = aws.EfsVolume.fromFileSystem(fileSystem);
    oneBackend({ model: Model.fromVolume(volume, { directory: 'resnet50/v2', path: 'net' }) }, {}, stack);
    const template = templateOf(stack);
    expect(only(template, 'AWS::ECS::TaskDefinition').Volumes).toEqual([
      { Name: 'scratch' },
      {
        Name: 'volume-0',
        EFSVolumeConfiguration: {
          FilesystemId: { Ref: expect.stringMatching(/^Files/) },
          RootDirectory: '/resnet50/v2',
          TransitEncryption: 'ENABLED',
          AuthorizationConfig: { IAM: 'ENABLED' },
        },
      },
    ]);
    expect(container(template).MountPoints).toContainEqual({
      SourceVolume: 'volume-0',
      ContainerPath: '/models/net',
      ReadOnly: true,
    });
    expect(statements(template, 'TaskRole')).toEqual([
      expect.objectContaining({ Action: 'elasticfilesystem:ClientMount', Effect: 'Allow' }),
    ]);
  });

  test('of EFS allows the backend to connect, with rules in the stack of the backend', () => {
    const app = newApp();
    const { vpc, fileSystem, stack: files } = fileSystemOf(newStack('Files', app));
    const stack = newStack('Serving', app);
    new aws.EcsPlatform(stack, 'Platform', { vpc });
    oneBackend({ model: Model.fromVolume(aws.EfsVolume.fromFileSystem(fileSystem)) }, {}, stack);
    const ports = (of: typeof stack) =>
      Object.values(templateOf(of).findResources('AWS::EC2::SecurityGroupIngress')).map(
        ({ Properties }) => Properties.FromPort,
      );
    expect(ports(stack)).toEqual(expect.arrayContaining([2049]));
    expect(ports(files)).toEqual([]);
  });

  test('of EFS with an access point cannot have a directory', () => {
    const { stack, vpc, fileSystem } = fileSystemOf();
    new aws.EcsPlatform(stack, 'Platform', { vpc });
    const accessPoint = fileSystem.addAccessPoint('Point', { path: '/nets' });
    const volume = aws.EfsVolume.fromFileSystem(fileSystem, { accessPoint });
    expect(() => oneBackend({ model: Model.fromVolume(volume, { directory: 'x' }) }, {}, stack)).toThrow(
      "[ConflictingProps] 'directory' ('x') of model 'x' conflicts with the access point of its volume, which determines the directory; remove it, or create an access point for it (at Serving/endpoint/backend)",
    );
  });

  test('of EFS can be a cache, which the task role may write to through an access point', () => {
    const { stack, vpc, fileSystem } = fileSystemOf();
    new aws.EcsPlatform(stack, 'Platform', { vpc });
    const accessPoint = fileSystem.addAccessPoint('Point', { path: '/hub', posixUser: { uid: '1000', gid: '1000' } });
    const volume = aws.EfsVolume.fromFileSystem(fileSystem, { accessPoint });
    oneBackend({ user: 1000, cache: CacheVolume.fromVolume(volume) }, {}, stack);
    const template = templateOf(stack);
    expect(objects(only(template, 'AWS::ECS::TaskDefinition').Volumes)).toEqual([
      {
        Name: 'cache',
        EFSVolumeConfiguration: expect.objectContaining({
          TransitEncryption: 'ENABLED',
          AuthorizationConfig: { IAM: 'ENABLED', AccessPointId: { Ref: expect.stringMatching(/^FilesPoint/) } },
        }),
      },
    ]);
    expect(container(template).MountPoints).toEqual([
      { SourceVolume: 'cache', ContainerPath: '/cache', ReadOnly: false },
    ]);
    expect(container(template).Environment).toEqual(
      expect.arrayContaining([{ Name: 'HF_HOME', Value: '/cache/huggingface' }]),
    );
    expect(statements(template, 'TaskRole')).toEqual([
      expect.objectContaining({
        Action: ['elasticfilesystem:ClientMount', 'elasticfilesystem:ClientWrite'],
        Effect: 'Allow',
      }),
    ]);
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 2049 });
  });

  test('of EFS without an access point, or of S3 Files, cannot be a cache', () => {
    const { stack, vpc, fileSystem } = fileSystemOf();
    new aws.EcsPlatform(stack, 'Platform', { vpc });
    const volumes = [aws.EfsVolume.fromFileSystem(fileSystem), s3Files(stack)];
    volumes.forEach((volume, index) => {
      const cache = CacheVolume.fromVolume(volume);
      expect(() => new Backend(stack, `v${index}`, backendOptions({ cache }))).toThrow(
        /^\[Unsupported\] the cache volume '.*' of backend 'v\d' must be an EFS volume with an access point/,
      );
    });
  });

  const s3Files = (stack: ReturnType<typeof newStack>) =>
    aws.S3FilesVolume.fromFileSystemArn('arn:aws:s3files:eu-west-1:123456789012:file-system/fs-0123', {
      securityGroups: [ec2.SecurityGroup.fromSecurityGroupId(stack, 'Mounts', 'sg-0123')],
    });

  test('of S3 Files is mounted on Fargate', () => {
    const stack = newStack();
    const models = [Model.fromS3('s3://bucket/a.bin', { path: '/data/a.bin' }), Model.fromVolume(s3Files(stack))];
    oneBackend({ models }, {}, stack);
    const template = templateOf(stack);
    expect(only(template, 'AWS::ECS::TaskDefinition').Volumes).toContainEqual({
      Name: 'volume-1',
      S3FilesVolumeConfiguration: { FileSystemArn: 'arn:aws:s3files:eu-west-1:123456789012:file-system/fs-0123' },
    });
    expect(statements(template, 'TaskRole')).toContainEqual({
      Action: 's3files:ClientMount',
      Effect: 'Allow',
      Resource: 'arn:aws:s3files:eu-west-1:123456789012:file-system/fs-0123',
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 2049, GroupId: 'sg-0123' });
  });

  test('of S3 Files is not supported on instances', () => {
    const stack = newStack();
    expect(() => oneBackend({ model: Model.fromVolume(s3Files(stack)), gpu: Gpu.nvidia() }, {}, stack)).toThrow(
      "[Unsupported] the volume of model 'fs-0123' is an S3 Files volume, which ECS supports only on Fargate, but backend 'backend' runs on instances because of its GPU; use Model.fromS3 or aws.EfsVolume (at Serving/endpoint/backend)",
    );
  });

  test('cannot be mounted inside a volume that others are fetched into', () => {
    const stack = newStack();
    const models = [Model.fromS3('s3://bucket/a.bin'), Model.fromVolume(s3Files(stack), { path: 'b' })];
    expect(() => oneBackend({ models }, {}, stack)).toThrow(
      "[ModelPathClash] 'path' ('/models/b') of model 'fs-0123' is inside the read-only volume at '/models', which other models are fetched into; set another 'path' for one of them (at Serving/endpoint/backend)",
    );
  });
});

describe('the CPU architecture of a task', () => {
  const image = () => project.within(() => ServerImage.fromRegistry('acme/svm:1'));

  test('is X86_64 by default', () => {
    const platformOf = (resources = {}) =>
      only(templateOf(oneBackend({ image: image(), resources }).stack), 'AWS::ECS::TaskDefinition').RuntimePlatform;
    expect(platformOf()).toBeUndefined();
    expect(platformOf({ architecture: CpuArchitecture.ARM64 })).toEqual({
      CpuArchitecture: 'ARM64',
      OperatingSystemFamily: 'LINUX',
    });
  });

  test('cannot be Arm with a GPU', () => {
    expect(() => oneBackend({ gpu: Gpu.nvidia(), resources: { architecture: CpuArchitecture.ARM64 } })).toThrow(
      "[Unsupported] 'architecture' (arm64) of backend 'backend' is not supported with a GPU, because every supported instance type is amd64; remove it (at Serving/endpoint/backend)",
    );
  });
});

describe('the size of a model', () => {
  test('must be small enough for the fetch timeout and the disk of Fargate', () => {
    const { stack } = oneBackend({ model: model('large') });
    expect(() => templateOf(stack)).toThrow(
      /\[FetchTooLong\] copying model 'large' \(90 GiB\).*Fargate allows at most 120 s/s,
    );
    expect(() => templateOf(stack)).toThrow(
      /\[DiskTooSmall\] the disk of backend 'backend' on Fargate \(20 GiB\) must be at least 90 GiB/,
    );
  });

  test('increases the root volume of instances, unless its size is set', () => {
    const { stack } = oneBackend({ model: model('large'), gpu: Gpu.nvidia() });
    templateOf(stack).hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: { BlockDeviceMappings: [{ Ebs: { VolumeSize: 60 + 90 } }] },
    });
    const sized = newStack();
    const capacity = aws.GpuCapacity.autoScalingGroup({
      instanceType: 'g6.xlarge',
      rootVolume: Size.gibibytes(100),
    });
    new aws.EcsPlatform(sized, 'Platform', { gpuCapacities: [capacity] });
    expect(() => oneBackend({ model: model('large'), gpu: Gpu.nvidia() }, {}, sized)).toThrow(
      "[InstanceTooSmall] 'rootVolume' (100 GiB) of 'g6.xlarge' must be at least 150 GiB: 60 GiB for images, the rest for 'ephemeralStorage' or the models of backend 'backend' (at Serving/endpoint/backend)",
    );
  });
});

describe('a directory that differs from its lock', () => {
  test('is a CDK warning at the backend', () => {
    const drifted = new LockedProject({ models: { m: lockedModel('a', undefined, { to: 's3://acme-models' }) } });
    try {
      drifted.write('m/weights.bin', 5);
      const { stack } = oneBackend({ model: Model.fromDirectory('m', { lockFile: drifted.lockFile }) });
      expect(messagesOf(stack)).toEqual([
        "warning /Serving/endpoint/backend: the locked files of model 'm' are used, but its directory differs in weights.bin; lock it again, or restore the files [ack: serving-constructs:modelDrift]",
      ]);
    } finally {
      drifted.remove();
    }
  });
});

describe('a model that is published when the stack is deployed', () => {
  const filesOf = (published: Model) => {
    const { stack } = oneBackend({ model: published });
    const assembly = (stack.node.root as App).synth();
    const manifest = readFileSync(join(assembly.directory, 'Serving.assets.json'), 'utf8');
    const files = JSON.parse(manifest).files as {
      [hash: string]: { displayName: string; source: object; destinations: object };
    };
    return { files, template: JSON.stringify(assembly.getStackByName(stack.stackName).template) };
  };

  test('is a file asset that the command line generates, without a shell', () => {
    const { files } = filesOf(model('shell', { publishOnDeploy: true }));
    expect(files[HEX]?.displayName).toBe('model shell');
    expect(files[HEX]?.source).toEqual({
      executable: [
        ...['node', 'assets/tools/serving/index.js', 'publish'],
        ...['--lock-file', relative(process.cwd(), project.lockFile)],
        ...['--to', 'registry.example.com/models', '--receipt', '--', 'shell'],
      ],
    });
    expect(Object.values(files[HEX]?.destinations as object)).toEqual([expect.objectContaining({ objectKey: HEX })]);
  });

  test.each([
    ['--to', [], './--to'],
    ['-x', [], './-x'],
    ['../net', ['--allow-outside'], '../net'],
    ['..net', [], '..net'],
  ])('can be named %s, which is not parsed as an option', (key, options, directory) => {
    const odd = new LockedProject({ models: { [key]: lockedModel('b', undefined, { to: 's3://acme-models' }) } });
    try {
      const { files } = filesOf(Model.fromDirectory(directory, { lockFile: odd.lockFile, publishOnDeploy: true }));
      const commands = Object.values(files).flatMap(
        ({ source }) => (source as { executable?: string[] }).executable ?? [],
      );
      expect(commands.slice(commands.indexOf('--receipt') + 1)).toEqual([...options, '--', key]);
    } finally {
      odd.remove();
    }
  });

  test.each([
    'registry.example.com/models',
    's3://acme-models/nets',
  ])('at %s is kept by cdk gc, because its key or tag is in the template', (to) => {
    expect(filesOf(model('shell', { publishOnDeploy: true, to })).template).toContain(HEX);
  });

  test('is not published by default', () => {
    const { files } = filesOf(model('shell'));
    expect(Object.values(files).filter(({ source }) => 'executable' in source)).toEqual([]);
  });
});
