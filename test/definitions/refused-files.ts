import { aws_s3 as s3 } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { aws, CacheVolume, kubernetes, Model, ModelServer, ScratchVolume, ServerImage, Size } from '../../src';
import { one, type RefusedDefinition } from './refused-definition';

/** Models and directories. */
export const REFUSED_FILES: readonly RefusedDefinition[] = [
  {
    name: 'a writable directory next to a single file',
    code: 'ModelPathClash',
    message:
      "directory '/app/logs' of backend 'v1' is in '/app', which ECS mounts read-only with the file of a model in it; use another path for the model or for the directory (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) =>
      one(scope, {
        model: Model.fromS3('s3://acme/labels.csv', { path: '/app/labels.csv' }),
        scratch: [ScratchVolume.at('/app/logs')],
      }),
  },
  {
    name: 'a cache in the directory for temporary files',
    code: 'InvalidPath',
    message:
      "'path' ('/tmp') must not be the directory for temporary files, which each replica has for itself; use another one, such as '/cache'",
    define: (scope) =>
      one(scope, { cache: CacheVolume.fromVolume(kubernetes.ClaimVolume.fromName('a'), { path: '/tmp' }) }),
  },
  {
    name: 'a directory that a sidecar shares and that is scratch',
    code: 'ConflictingProps',
    message:
      "'sharedDirectories' ('/work') overlaps a directory of 'scratch' ('/work'); use a separate directory (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        scratch: [ScratchVolume.at('/work')],
        sidecars: [
          { name: 'proxy', image: ServerImage.fromRegistry('acme/proxy:1.2.0'), sharedDirectories: ['/work'] },
        ],
      }),
  },
  {
    name: 'a file of variables without its extension',
    code: 'InvalidName',
    message: "'key' ('production') must end with '.env', which ECS requires of the file",
    on: ['aws'],
    define: (scope) => {
      const bucket = s3.Bucket.fromBucketName(scope, 'Settings', 'acme');
      one(scope, { environmentFrom: [aws.EcsEnvironment.fromBucket(bucket, 'production')] });
    },
  },
  {
    name: 'a file instead of a module',
    code: 'InvalidApp',
    message: "'app' ('src/app:app') must be 'module:callable' or 'module', such as 'app:app'",
    define: (scope) => one(scope, { server: ModelServer.wsgi({ app: 'src/app:app' }) }),
  },
  {
    name: 'a model that is not in S3',
    code: 'InvalidModel',
    message:
      "'uri' ('gs://acme/model/') is a location in Google Cloud Storage, which Model.fromS3 does not support; copy the files to a bucket for Model.fromS3 or download them for Model.fromDirectory, which 'npx serving lock' and 'npx serving publish' move to a registry or to S3; on Kubernetes, a claim of the CSI driver of that storage with Model.fromVolume also works",
    define: (scope) => one(scope, { model: Model.fromS3('gs://acme/model/') }),
  },
  {
    name: 'two models with the same path',
    code: 'ModelPathClash',
    message:
      "models 'a' ('/models') and 'b' ('/models') have overlapping mount paths; set 'path' of one (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { models: ['a', 'b'].map((name) => Model.fromS3(`s3://acme-models/${name}/`)) }),
  },
  {
    name: 'a scratch directory that is relative',
    code: 'InvalidPath',
    message:
      "'path' ('logs') must be the absolute path of a directory, without '.', '..', spaces, ':' or ',', of at most 1024 characters",
    define: (scope) => one(scope, { scratch: [ScratchVolume.at('logs')] }),
  },
  {
    name: 'a scratch directory that hides the programs of the image',
    code: 'InvalidPath',
    message:
      "'path' ('/usr') would hide files that the container needs; use the directory that the server writes to, such as '/app/logs'",
    define: (scope) => one(scope, { scratch: [ScratchVolume.at('/usr')] }),
  },
  {
    name: 'a scratch directory below another one',
    code: 'ConflictingProps',
    message:
      "'scratch' ('/app/logs') overlaps another scratch volume ('/app'); use a separate directory (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { scratch: [ScratchVolume.at('/app'), ScratchVolume.at('/app/logs')] }),
  },
  {
    name: 'a scratch directory over a model',
    code: 'ConflictingProps',
    message:
      "'scratch' ('/models') overlaps model 'net' ('/models'); use a separate directory (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, { model: Model.fromS3('s3://acme-models/net/'), scratch: [ScratchVolume.at('/models')] }),
  },
  {
    name: 'a scratch directory for temporary files',
    code: 'ConflictingProps',
    message:
      "'scratch' ('/tmp/cache') is below '/tmp', which is writable already; remove it, or set the size of the whole with ScratchVolume.at('/tmp') (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { scratch: [ScratchVolume.at('/tmp/cache')] }),
  },
  {
    name: 'a scratch directory that is larger than the disk',
    code: 'ConflictingProps',
    message:
      "'size' (40960 MiB) of scratch volume '/data' must be at most 'ephemeralStorage' (30720 MiB), which its files count toward; lower it, or raise 'ephemeralStorage' (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        resources: { ephemeralStorage: Size.gibibytes(30) },
        scratch: [ScratchVolume.at('/data', { size: Size.gibibytes(40) })],
      }),
  },
  {
    name: 'commands in containers with a read-only root file system',
    code: 'ConflictingProps',
    message:
      "'enableExecuteCommand' (true) of backend 'v1' requires a writable root file system, because the agent that runs commands writes to it; set 'readOnlyRootFilesystem' to false, or remove 'enableExecuteCommand' (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope, { targetSettings: [aws.TaskSettings.of({ enableExecuteCommand: true })] }),
  },
  ...['/tmp', 'shared', '/a/../b', '/a b', '/', '/dev/shm', '/usr', '/a/'].map((path) => ({
    name: `the shared directory '${path}'`,
    code: 'InvalidPath' as const,
    message: `'sidecars[0].sharedDirectories[0]' ('${path}') must be an absolute path without '..', spaces, ':' or ',', of a directory that the image does not need, such as '/var/run/app' (at Serving/endpoint/v1)`,
    define: (scope: Construct) =>
      one(scope, {
        sidecars: [{ name: 'proxy', image: ServerImage.fromRegistry('acme/proxy:1.2.0'), sharedDirectories: [path] }],
      }),
  })),
  {
    name: 'a shared directory that is the directory of a model',
    code: 'ConflictingProps',
    message:
      "'sharedDirectories' ('/models') overlaps model 'net' ('/models'); use a separate directory (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        model: Model.fromS3('s3://bucket/net/'),
        sidecars: [
          { name: 'proxy', image: ServerImage.fromRegistry('acme/proxy:1.2.0'), sharedDirectories: ['/models'] },
        ],
      }),
  },
];
