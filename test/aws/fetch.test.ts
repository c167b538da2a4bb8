import * as kms from 'aws-cdk-lib/aws-kms';
import * as s3 from 'aws-cdk-lib/aws-s3';
import { aws, Duration, Gpu, Model, SecretValue, Size } from '../../src';
import { container, newStack, oneBackend, only, statements, templateOf } from '../support/aws';

/** Denies buckets with the same name in other accounts. */
const OWN_ACCOUNT = { StringEquals: { 'aws:ResourceAccount': { Ref: 'AWS::AccountId' } } };

const arn = (rest: string) => ({ 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:s3:::${rest}`]] });

describe('a model in S3', () => {
  test('is fetched by a separate container that must succeed before the server starts', () => {
    const template = templateOf(oneBackend({ model: Model.fromS3('s3://bucket/model/v1/') }).stack);
    expect(container(template, 'Fetch0')).toMatchObject({
      Image: expect.stringMatching(/^public\.ecr\.aws\/aws-cli\/aws-cli:\d+\.\d+\.\d+@sha256:[0-9a-f]{64}$/),
      Essential: false,
      EntryPoint: ['sh', '-c'],
      Command: [expect.stringContaining('aws s3 sync'), 'fetch', 's3://bucket/model/v1/', '/models/'],
      StartTimeout: 120,
      ReadonlyRootFilesystem: true,
      Environment: [{ Name: 'HOME', Value: '/tmp' }],
      LogConfiguration: { Options: { 'awslogs-stream-prefix': 'fetch' } },
    });
    expect(container(template).DependsOn).toEqual([{ ContainerName: 'Fetch0', Condition: 'SUCCESS' }]);
    expect(container(template).StartTimeout).toBeUndefined();
  });

  test('is fetched with the AWS variables of the server, so that both read the same store', () => {
    const { stack } = oneBackend({
      model: Model.fromS3('s3://bucket/model/v1/'),
      environment: { AWS_ENDPOINT_URL_S3: 'https://minio.example.com', AWS_REGION: 'eu-north-1', THREADS: '2' },
      secrets: {
        AWS_ACCESS_KEY_ID: SecretValue.fromName('minio', { key: 'id' }),
        AWS_SECRET_ACCESS_KEY: SecretValue.fromName('minio', { key: 'secret' }),
        TOKEN: SecretValue.fromName('token'),
      },
    });
    const fetch = container(templateOf(stack), 'Fetch0');
    expect(fetch.Environment).toEqual([
      { Name: 'HOME', Value: '/tmp' },
      { Name: 'AWS_ENDPOINT_URL_S3', Value: 'https://minio.example.com' },
      { Name: 'AWS_REGION', Value: 'eu-north-1' },
    ]);
    const names = (fetch.Secrets as { Name: string }[]).map(({ Name }) => Name);
    expect(names).toEqual(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']);
  });

  test('in another store is fetched from its endpoint, without a permission of the task role', () => {
    const { stack } = oneBackend({
      models: [
        Model.fromS3('s3://bucket/a/', { path: 'a', endpoint: 'https://minio.example.com:9000' }),
        Model.fromS3('s3://other/b/', { path: 'b' }),
      ],
      environment: { AWS_ENDPOINT_URL_S3: 'https://first.example.com' },
      secrets: { AWS_ACCESS_KEY_ID: SecretValue.fromName('minio', { key: 'id' }) },
    });
    const template = templateOf(stack);
    const endpoints = ['Fetch0', 'Fetch1'].map((name) => {
      const { Environment, Secrets } = container(template, name);
      expect(Secrets).toHaveLength(1);
      return (Environment as { Name: string; Value: string }[]).find(({ Name }) => Name === 'AWS_ENDPOINT_URL_S3')
        ?.Value;
    });
    expect(endpoints).toEqual(['https://minio.example.com:9000', 'https://first.example.com']);
    const granted = JSON.stringify(statements(template, 'TaskRole'));
    expect([granted.includes('bucket/a'), granted.includes('other/b')]).toEqual([false, true]);
  });

  test('in a bucket of the app has no other store', () => {
    const bucket = s3.Bucket.fromBucketName(newStack(), 'Bucket', 'models');
    expect(() => aws.S3Model.fromBucket(bucket, 'a/', { endpoint: 'https://minio.example.com' })).toThrow(
      "[ConflictingProps] 'endpoint' conflicts with a bucket of the app, which is in Amazon S3; remove it, or use Model.fromS3('s3://bucket/key', { endpoint })",
    );
  });

  test('in a bucket of the app is read by the task role', () => {
    const bucket = s3.Bucket.fromBucketName(newStack(), 'Bucket', 'models');
    const key = SecretValue.fromName('minio', { key: 'id' });
    const credentials = { accessKeyId: key, secretAccessKey: key };
    expect(() => aws.S3Model.fromBucket(bucket, 'a/', { credentials })).toThrow(
      "[ConflictingProps] 'credentials' conflicts with a bucket of the app, which the task role reads; remove it, or use Model.fromS3('s3://bucket/key', { credentials })",
    );
    const { stack } = oneBackend({ model: Model.fromS3('s3://bucket/a/', { credentials }) });
    expect(JSON.stringify(statements(templateOf(stack), 'TaskRole'))).not.toContain('bucket/a');
  });

  test('is fetched on instances from the region of the definition, and served there', () => {
    const options = { gpu: Gpu.nvidia(), model: Model.fromS3('s3://bucket/model/v1/') };
    const regionsOf = (environment: { [name: string]: string }) => {
      const template = templateOf(oneBackend({ ...options, environment }).stack);
      return ['Server', 'Fetch0'].map((name) => {
        const variables = container(template, name).Environment as { Name: string; Value: unknown }[];
        return variables.find(({ Name }) => Name === 'AWS_REGION')?.Value;
      });
    };
    expect(regionsOf({ AWS_REGION: 'eu-north-1' })).toEqual(['eu-north-1', 'eu-north-1']);
    expect(regionsOf({})).toEqual([{ Ref: 'AWS::Region' }, { Ref: 'AWS::Region' }]);
  });

  test('is in a volume that the fetch can write to and the server can only read', () => {
    const template = templateOf(oneBackend({ model: Model.fromS3('s3://bucket/model/v1/') }).stack);
    expect(only(template, 'AWS::ECS::TaskDefinition').Volumes).toEqual([{ Name: 'scratch' }, { Name: 'models-0' }]);
    expect(container(template, 'Fetch0').MountPoints).toContainEqual({
      SourceVolume: 'models-0',
      ContainerPath: '/models',
      ReadOnly: false,
    });
    expect(container(template).MountPoints).toContainEqual({
      SourceVolume: 'models-0',
      ContainerPath: '/models',
      ReadOnly: true,
    });
  });

  test('can be one file', () => {
    const model = Model.fromS3('s3://bucket/digits/v1.npz', { path: 'digits/model.npz' });
    const template = templateOf(oneBackend({ model }).stack);
    expect(container(template, 'Fetch0').Command).toEqual([
      ...[expect.stringContaining('aws s3 cp'), 'fetch', 's3://bucket/digits/v1.npz', '/models/digits/model.npz'],
    ]);
    expect(container(template).MountPoints).toContainEqual(
      expect.objectContaining({ SourceVolume: 'models-0', ContainerPath: '/models/digits' }),
    );
  });

  test('has the configured timeout, which can exceed the limit of Fargate on instances', () => {
    const model = (seconds: number) => Model.fromS3('s3://bucket/m/', { fetchTimeout: Duration.seconds(seconds) });
    const startTimeout = (options: Parameters<typeof oneBackend>[0]) =>
      container(templateOf(oneBackend(options).stack), 'Fetch0').StartTimeout;
    expect(startTimeout({ model: model(90) })).toBe(90);
    expect(startTimeout({ model: model(1800), gpu: Gpu.nvidia() })).toBe(1800);
  });

  test('fails with a timeout above the limit of Fargate', () => {
    const model = Model.fromS3('s3://bucket/model/', { fetchTimeout: Duration.seconds(121) });
    expect(() => templateOf(oneBackend({ model }).stack)).toThrow(
      "[FetchTooLong] 'fetchTimeout' (121 s) of model 'model' must be at most 120 s on this compute; bake the model into the image, or use compute without this limit (at Serving/endpoint/backend)",
    );
  });

  test('on an instance reserves memory and sets no limit', () => {
    const template = templateOf(oneBackend({ gpu: Gpu.nvidia(), model: Model.fromS3('s3://bucket/model/') }).stack);
    expect(container(template, 'Fetch0')).toMatchObject({ MemoryReservation: 256 });
    expect(container(template, 'Fetch0').Memory).toBeUndefined();
  });
});

describe('several models', () => {
  const volumesOf = (...models: Model[]) => {
    const template = templateOf(oneBackend({ models }).stack);
    const mounts = (name: string) => {
      const { MountPoints } = container(template, name);
      return (MountPoints as { SourceVolume: string; ContainerPath: string }[])
        .filter(({ SourceVolume }) => SourceVolume !== 'scratch')
        .map(({ SourceVolume, ContainerPath }) => `${SourceVolume} ${ContainerPath}`);
    };
    expect(container(template).DependsOn).toHaveLength(models.length);
    return [mounts('Server'), ...models.map((_, index) => mounts(`Fetch${index}`))];
  };

  test('have separate volumes', () => {
    expect(
      volumesOf(Model.fromS3('s3://bucket/a/', { path: 'a' }), Model.fromS3('s3://bucket/b/', { path: '/opt/b' })),
    ).toEqual([['models-0 /models/a', 'models-1 /opt/b'], ['models-0 /models/a'], ['models-1 /opt/b']]);
  });

  test('share the volume of a directory', () => {
    expect(volumesOf(Model.fromS3('s3://bucket/a.bin'), Model.fromS3('s3://bucket/b.bin'))).toEqual([
      ['models-0 /models'],
      ['models-0 /models'],
      ['models-0 /models'],
    ]);
  });

  test('share the volume of the outer directory', () => {
    expect(volumesOf(Model.fromS3('s3://bucket/a.bin'), Model.fromS3('s3://bucket/b/', { path: 'b/c' }))).toEqual([
      ['models-0 /models'],
      ['models-0 /models'],
      ['models-0 /models'],
    ]);
  });
});

describe('an archive', () => {
  const SHA = '0a'.repeat(32);

  test('in S3 is fetched, then unpacked without credentials, before the server starts', () => {
    const { stack } = oneBackend({
      model: Model.fromS3('s3://bucket/model.tar.gz', { unpack: true, path: 'net' }),
      environment: { AWS_REGION: 'eu-north-1' },
    });
    const template = templateOf(stack);
    expect(container(template, 'Fetch0').Command).toEqual([
      ...[expect.stringContaining('aws s3 cp'), 'fetch', 's3://bucket/model.tar.gz', '/models/net/.serving-archive'],
    ]);
    const unpack = container(template, 'Unpack0');
    expect(unpack).toMatchObject({
      Image: expect.stringMatching(/^docker\.io\/library\/python:3\.\d+\.\d+-alpine[\d.]+@sha256:[0-9a-f]{64}$/),
      EntryPoint: ['python3', '-c'],
      Command: [expect.any(String), '', '', 'yes', '0', '/models/net/'],
      User: '0',
      DependsOn: [{ ContainerName: 'Fetch0', Condition: 'SUCCESS' }],
      LinuxParameters: { Capabilities: { Drop: ['ALL'] } },
    });
    expect(container(template).DependsOn).toContainEqual({ ContainerName: 'Unpack0', Condition: 'SUCCESS' });
    const granted = JSON.stringify(statements(template, 'TaskRole'));
    expect([granted.includes('bucket/model.tar.gz"'), granted.includes('s3:ListBucket')]).toEqual([true, false]);
  });

  test('from a URL is downloaded and unpacked by one container, without a permission', () => {
    const model = Model.fromUrl('https://example.com/nets/net.zip', { sha256: SHA, unpack: true });
    const template = templateOf(oneBackend({ model }).stack);
    expect(container(template, 'Fetch0').Command).toEqual([
      ...[expect.any(String), 'https://example.com/nets/net.zip', SHA, 'yes', '0', '/models/'],
    ]);
    expect(container(template).DependsOn).toEqual([{ ContainerName: 'Fetch0', Condition: 'SUCCESS' }]);
    expect(JSON.stringify(statements(template, 'TaskRole'))).not.toContain('s3:');
  });

  test('that is a text is written by a container, without a permission', () => {
    const stack = newStack();
    new aws.EcsPlatform(stack, 'Platform', { archiveImage: 'mirror.example.com/python:3.12.1' });
    const text = 'level: $(LEVEL) $HOME\n"é"';
    const models = [Model.fromS3('s3://bucket/net/'), Model.fromText(text, { path: '/app/config.yaml' })];
    const template = templateOf(oneBackend({ models }, {}, stack).stack);
    expect(container(template, 'Fetch1')).toMatchObject({
      Image: 'mirror.example.com/python:3.12.1',
      EntryPoint: ['python3', '-c'],
      Command: [expect.any(String), text, '/app/config.yaml'],
      User: '0',
    });
    expect(container(template, 'Directory1').Command).toContain('/app');
    expect(JSON.stringify(statements(template, 'TaskRole'))).not.toContain('config');
  });

  test('is unpacked by an image of the platform, and its size counts toward the disk', () => {
    const stack = newStack();
    new aws.EcsPlatform(stack, 'Platform', { archiveImage: 'mirror.example.com/python:3.12.1' });
    oneBackend({ model: Model.fromUrl('https://example.com/a.csv', { sha256: SHA }) }, {}, stack);
    expect(container(templateOf(stack), 'Fetch0').Image).toBe('mirror.example.com/python:3.12.1');
    const large = Model.fromS3('s3://bucket/a.zip', { unpack: true, unpackedSize: Size.gibibytes(11) });
    expect(() => templateOf(oneBackend({ model: large }).stack)).toThrow(/\[DiskTooSmall\].*22528 MiB/);
  });
});

describe('a single file outside /models', () => {
  const files = (options: Parameters<typeof oneBackend>[0] = {}) =>
    templateOf(
      oneBackend({ model: Model.fromS3('s3://bucket/data.csv', { path: '/app/data.csv' }), ...options }).stack,
    );

  test('shares a volume with a copy of its directory in the image, which is made first', () => {
    const template = files();
    expect(container(template, 'Directory0')).toMatchObject({
      Image: container(template).Image,
      Essential: false,
      EntryPoint: ['sh', '-c'],
      Command: ['if [ -d "$1" ]; then exec cp -a "$1/." "$2/"; fi', 'copy', '/app', '/copied'],
      User: '0',
      StartTimeout: 120,
      MountPoints: [{ SourceVolume: 'models-0', ContainerPath: '/copied', ReadOnly: false }],
    });
    expect(container(template, 'Fetch0').DependsOn).toEqual([{ ContainerName: 'Directory0', Condition: 'SUCCESS' }]);
    expect(container(template).DependsOn).toEqual([{ ContainerName: 'Fetch0', Condition: 'SUCCESS' }]);
  });

  test('is in a directory that the server can write to if it can write to its image', () => {
    const isReadOnly = (readOnlyRootFilesystem: boolean) =>
      (container(files({ readOnlyRootFilesystem })).MountPoints as { ContainerPath: string; ReadOnly: boolean }[]).find(
        ({ ContainerPath }) => ContainerPath === '/app',
      )?.ReadOnly;
    expect([isReadOnly(true), isReadOnly(false)]).toEqual([true, false]);
  });

  test('is copied on instances without a memory limit', () => {
    expect(container(files({ gpu: Gpu.nvidia() }), 'Directory0')).toMatchObject({
      MemoryReservation: 256,
      StartTimeout: 600,
    });
  });

  test('needs one copy for several files of a directory', () => {
    const models = ['a', 'sub/b'].map((name) => Model.fromS3(`s3://bucket/${name}`, { path: `/app/${name}` }));
    const { stack } = oneBackend({ models });
    expect(container(templateOf(stack), 'Fetch1').DependsOn).toEqual([
      { ContainerName: 'Directory0', Condition: 'SUCCESS' },
    ]);
    expect(() => container(templateOf(stack), 'Directory1')).toThrow();
  });

  test('needs no copy in /models, which belongs to models', () => {
    const { stack } = oneBackend({ model: Model.fromS3('s3://bucket/a/b.bin', { path: 'c/b.bin' }) });
    expect(() => container(templateOf(stack), 'Directory0')).toThrow();
  });
});

describe('the task role can read', () => {
  test.each([
    [
      's3://bucket/model/v1/',
      [
        { Action: 's3:GetObject', Effect: 'Allow', Resource: arn('bucket/model/v1/*'), Condition: OWN_ACCOUNT },
        {
          Action: 's3:ListBucket',
          Effect: 'Allow',
          Resource: arn('bucket'),
          Condition: { ...OWN_ACCOUNT, StringLike: { 's3:prefix': 'model/v1/*' } },
        },
      ],
    ],
    [
      's3://bucket/model.bin',
      [{ Action: 's3:GetObject', Effect: 'Allow', Resource: arn('bucket/model.bin'), Condition: OWN_ACCOUNT }],
    ],
    [
      's3://bucket/',
      [
        { Action: 's3:GetObject', Effect: 'Allow', Resource: arn('bucket/*'), Condition: OWN_ACCOUNT },
        { Action: 's3:ListBucket', Effect: 'Allow', Resource: arn('bucket'), Condition: OWN_ACCOUNT },
      ],
    ],
  ])('%s and nothing else', (uri, expected) => {
    const model = Model.fromS3(uri, { path: 'model' });
    expect(statements(templateOf(oneBackend({ model }).stack), 'TaskRole')).toEqual(expected);
  });

  test('a bucket of the app, and decrypt its objects', () => {
    const stack = newStack();
    const encryptionKey = new kms.Key(stack, 'Key');
    const bucket = new s3.Bucket(stack, 'Bucket', { encryptionKey });
    oneBackend({ model: aws.S3Model.fromBucket(bucket, 'model/') }, {}, stack);
    const template = templateOf(stack);
    const [key] = Object.keys(template.findResources('AWS::KMS::Key'));
    const [id] = Object.keys(template.findResources('AWS::S3::Bucket'));
    const read = statements(template, 'TaskRole');
    expect(read).toContainEqual({
      Action: 'kms:Decrypt',
      Effect: 'Allow',
      Resource: { 'Fn::GetAtt': [key, 'Arn'] },
      Condition: {
        StringEquals: {
          'kms:ViaService': { 'Fn::Join': ['', ['s3.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }]] },
        },
      },
    });
    expect(read.map(({ Action }) => Action)).toEqual(['s3:GetObject', 's3:ListBucket', 'kms:Decrypt']);
    expect(JSON.stringify(container(template, 'Fetch0').Command)).toContain(`["",["s3://",{"Ref":"${id}"},"/model/"]]`);
  });
});

test('the fetch image can be replaced', () => {
  const stack = newStack();
  new aws.EcsPlatform(stack, 'Platform', { fetchImage: 'registry.example.com/aws-cli:2' });
  oneBackend({ model: Model.fromS3('s3://bucket/model/') }, {}, stack);
  expect(container(templateOf(stack), 'Fetch0').Image).toBe('registry.example.com/aws-cli:2');
});
