import { CpuArchitecture, Model, ModelDelivery, ModelServer, ServerImage, Size } from '../../src';
import { one, type RefusedDefinition } from './refused-definition';

const lockFile = 'test/definitions/locks/known.lock.json';

/** Models and images that are locked or delivered. */
export const REFUSED_MODELS: readonly RefusedDefinition[] = [
  {
    name: 'a model without a lock file',
    code: 'LockFileNotFound',
    message: "the lock file 'other.lock.json' does not exist; run: npx serving lock models/vgg",
    define: (scope) => one(scope, { model: Model.fromDirectory('models/vgg', { lockFile: 'other.lock.json' }) }),
  },
  {
    name: 'a model that is not in its lock file',
    code: 'NotLocked',
    message:
      "the model 'models/vgg' is not in 'test/definitions/locks/known.lock.json'; run: npx serving lock models/vgg",
    define: (scope) => one(scope, { model: Model.fromDirectory('models/vgg', { lockFile }) }),
  },
  {
    name: 'an app that is not in its lock file',
    code: 'NotLocked',
    message:
      "the app 'svm' is not in 'test/definitions/locks/known.lock.json'; run: npx serving lock --app svm --base python:3.12-slim",
    define: (scope) => one(scope, { image: ServerImage.fromDirectory('svm', { base: 'python:3.12-slim', lockFile }) }),
  },
  {
    name: 'an app with another base than it was locked with',
    code: 'LockedOtherwise',
    message: `'base' ('acme/svm:1.4.2') of image 'app' does not match the lock file ('python@sha256:${'3'.repeat(64)}'); run: npx serving lock --app app --base acme/svm:1.4.2`,
    define: (scope) => one(scope, { image: ServerImage.fromDirectory('app', { base: 'acme/svm:1.4.2', lockFile }) }),
  },
  {
    name: 'an app with other packages than it was locked with',
    code: 'LockedOtherwise',
    message:
      "'requirements' ('requirements.txt') of image 'app' does not match the lock file (none); run: npx serving lock --app app --base python:3.12-slim --requirements requirements.txt",
    define: (scope) =>
      one(scope, {
        image: ServerImage.fromDirectory('app', {
          base: 'python:3.12-slim',
          requirements: 'requirements.txt',
          lockFile,
        }),
      }),
  },
  {
    name: 'an image without a publish destination',
    code: 'InvalidImage',
    message:
      "'to' ('s3://bucket') of image 'app' must be the repository that it is published to, such as 'registry.example.com/app'",
    define: (scope) =>
      one(scope, {
        image: ServerImage.fromDirectory('app', { base: 'python:3.12-slim', lockFile, to: 's3://bucket' }),
      }),
  },
  {
    name: 'a fetch of a model in a registry',
    code: 'ModelDelivery',
    message:
      "'delivery' (fetch) of model 'resnet50' requires a model in S3: publish it there with 'to' (such as 's3://bucket/models'); or leave 'delivery' out (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, { model: Model.fromDirectory('models/resnet50', { lockFile, delivery: ModelDelivery.fetch() }) }),
  },
  {
    name: 'a copy from an image that contains only files',
    code: 'ModelDelivery',
    message:
      "the image of model 'data' contains only files and no 'cp' to copy them; lock it with a base image that has 'cp', for example: npx serving lock models/data --variant shell --base busybox:1.37; or publish it to S3 (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope, { model: Model.fromDirectory('models/data', { lockFile }) }),
  },
  {
    name: 'an image volume on ECS',
    code: 'Unsupported',
    message:
      "'model image volume' is not supported by an Application Load Balancer: ECS cannot mount images; remove 'delivery' or use ModelDelivery.copy() (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) =>
      one(scope, {
        model: Model.fromDirectory('models/resnet50', { lockFile, delivery: ModelDelivery.imageVolume() }),
      }),
  },
  {
    name: 'a model that manifests cannot publish',
    code: 'Unsupported',
    message:
      "'publish on deploy' is not supported by the built-in router: this package does not apply manifests; run 'npx serving publish' before they are applied, and omit 'publishOnDeploy' (at Serving/endpoint/v1)",
    on: ['kubernetes'],
    acceptedOn: ['aws', 'test'],
    define: (scope) =>
      one(scope, { model: Model.fromDirectory('models/resnet50', { lockFile, publishOnDeploy: true }) }),
  },
  {
    name: 'a text that is empty',
    code: 'InvalidNumber',
    message: "'text' (0) must be a number between 1 and 16384; the value is in bytes",
    define: (scope) => one(scope, { model: Model.fromText('', { path: 'config.yaml' }) }),
  },
  {
    name: 'a text that is too long',
    code: 'InvalidNumber',
    message: "'text' (16385) must be a number between 1 and 16384; the value is in bytes",
    define: (scope) => one(scope, { model: Model.fromText('a'.repeat(16_385), { path: 'config.yaml' }) }),
  },
  {
    name: 'a text as a file of the system',
    code: 'InvalidModel',
    message:
      "'path' ('/etc/hosts') would mount the model over '/etc', which the container needs; use a separate directory, such as '/models'",
    define: (scope) => one(scope, { model: Model.fromText('a', { path: '/etc/hosts' }) }),
  },
  {
    name: 'texts of more than a task definition',
    code: 'Unsupported',
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    message:
      "the command, the environment and the texts of backend 'v1' (65 KiB) exceed the maximum size of an ECS task definition (64 KiB); move their data into the image, or texts to S3 (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        models: [1, 2, 3, 4].map((n) => Model.fromText('a'.repeat(16 * 1024), { path: `config-${n}.yaml` })),
      }),
  },
  {
    name: 'credentials or a path in the endpoint of a store',
    code: 'InvalidModel',
    message:
      "'endpoint' ('minio.example.com/models') must be the URL of a store, with scheme, host and port only, such as 'https://minio.example.com:9000'",
    define: (scope) => one(scope, { model: Model.fromS3('s3://acme/data/', { endpoint: 'minio.example.com/models' }) }),
  },
  {
    name: 'a prefix to unpack',
    code: 'ConflictingProps',
    message: "'unpack' (true) requires one object, but 's3://acme/data/' ends with '/'; remove it, or name the archive",
    define: (scope) => one(scope, { model: Model.fromS3('s3://acme/data/', { unpack: true }) }),
  },
  {
    name: 'the unpacked size of a file that is not unpacked',
    code: 'ConflictingProps',
    message: "'unpackedSize' requires 'unpack' to be true; remove it, or set 'unpack'",
    define: (scope) => one(scope, { model: Model.fromS3('s3://acme/data.bin', { unpackedSize: Size.gibibytes(1) }) }),
  },
  {
    name: 'a model from a URL without TLS',
    code: 'InvalidModel',
    message:
      "'url' ('http://example.com/a.onnx') must be the https address of a file, without credentials, such as 'https://example.com/models/resnet50-v2.onnx'",
    define: (scope) => one(scope, { model: Model.fromUrl('http://example.com/a.onnx', { sha256: '0a'.repeat(32) }) }),
  },
  {
    name: 'a model from a URL with another digest than SHA-256',
    code: 'InvalidModel',
    message:
      "'sha256' ('d41d8cd98f00b204e9800998ecf8427e') of 'a.onnx' must be the SHA-256 of the file, 64 lower-case hex digits, as 'sha256sum' prints it",
    define: (scope) =>
      one(scope, {
        model: Model.fromUrl('https://example.com/a.onnx', { sha256: 'd41d8cd98f00b204e9800998ecf8427e' }),
      }),
  },
  {
    name: 'a model below an unknown working directory',
    code: 'InvalidModel',
    message:
      "'path' ('./data') of model 'data' is relative to the working directory of the server, which is unknown; set 'workingDirectory' of the backend to that of its image, such as '/app', or use an absolute path (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { model: Model.fromS3('s3://acme/data/', { path: './data' }) }),
  },
  {
    name: 'a relative path of a model, with a working directory',
    code: 'InvalidModel',
    message:
      "'path' ('data') of model 'data' is ambiguous, because the backend sets 'workingDirectory' ('/app'); use './data' for a path below it, or '/models/data' (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, { workingDirectory: '/app', model: Model.fromS3('s3://acme/data/', { path: 'data' }) }),
  },
  {
    name: 'a model at the working directory itself',
    code: 'InvalidModel',
    message: "'path' ('./') must name a directory or file below the working directory, such as './data'",
    define: (scope) => one(scope, { workingDirectory: '/app', model: Model.fromS3('s3://acme/data/', { path: './' }) }),
  },
  {
    name: 'several models for a server that supports one',
    code: 'ModelNotNamed',
    message:
      "'model' of the server is required, because the backend has 2 models ('/models/a', '/models/b') and the server loads only one (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        server: ModelServer.vllm(),
        models: ['a', 'b'].map((path) => Model.fromS3('s3://acme/models/', { path })),
      }),
  },
  {
    name: 'no model for a server that needs one',
    code: 'ModelNotNamed',
    message:
      "the server requires a model, but the backend has none; set 'model' of the backend, or 'modelPath' of the server (at Serving/endpoint/v1)",
    define: (scope) => one(scope, { server: ModelServer.kserve({ module: 'sklearnserver', modelName: 'iris' }) }),
  },
  {
    name: 'a directory for a server that loads one file',
    code: 'ModelNotNamed',
    message:
      "'model' of the server must be set to one GGUF file of the model at '/models/llama' (its files are unknown), such as '/models/llama/model.gguf' (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, { server: ModelServer.llamaCpp(), model: Model.fromS3('s3://acme/llama/', { path: 'llama' }) }),
  },
  {
    name: 'an image for another architecture',
    code: 'ArchitectureMismatch',
    message:
      "the image of backend 'v1' is locked for arm64, but 'architecture' is amd64; build it for linux/amd64 and lock it again, or set 'architecture' in 'resources' (at Serving/endpoint/v1)",
    define: (scope) =>
      one(scope, {
        image: ServerImage.fromRegistry('acme/graviton:1', { lockFile }),
        resources: { architecture: CpuArchitecture.AMD64 },
      }),
  },
  {
    name: 'an image for another architecture than that of Fargate',
    code: 'ArchitectureMismatch',
    message:
      "the image of backend 'v1' is locked for arm64, but Fargate runs amd64; build it for linux/amd64 and lock it again, or set 'architecture' in 'resources' (at Serving/endpoint/v1)",
    on: ['aws'],
    acceptedOn: ['kubernetes', 'test'],
    define: (scope) => one(scope, { image: ServerImage.fromRegistry('acme/graviton:1', { lockFile }) }),
  },
  {
    name: 'a model that is larger than its disk',
    code: 'DiskTooSmall',
    message:
      "'ephemeralStorage' (10240 MiB) of backend 'v1' must be at least 30720 MiB: its models are copied to this disk; raise the value, or use another 'delivery' (at Serving/endpoint/v1)",
    on: ['kubernetes', 'test'],
    define: (scope) =>
      one(scope, {
        model: Model.fromDirectory('models/large', { lockFile }),
        resources: { ephemeralStorage: Size.gibibytes(10) },
      }),
  },
  {
    name: 'a model in a registry by a tag that is not locked',
    code: 'MutableImage',
    message:
      "'acme/net:v2' has no digest, so the model could change under a running server; add the digest, or lock the image: npx serving lock --image acme/net:v2",
    define: (scope) => one(scope, { model: Model.fromOci('acme/net:v2') }),
  },
  {
    name: 'a model of the Hugging Face Hub at a branch',
    code: 'InvalidModel',
    message:
      "'revision' ('main') of 'facebook/opt-125m' must be a commit hash of 40 hex digits, because branches and tags can move",
    define: (scope) => one(scope, { model: Model.fromHuggingFace('facebook/opt-125m', { revision: 'main' }) }),
  },
  {
    name: 'a file outside of a repository of the Hugging Face Hub',
    code: 'InvalidModel',
    message:
      "'include' ('../net.gguf') of 'acme/net' must have paths in the repository or patterns of them, such as '*.safetensors'; omit it for all files",
    define: (scope) =>
      one(scope, {
        model: Model.fromHuggingFace('acme/net', { revision: '0'.repeat(40), include: ['a', '../net.gguf'] }),
      }),
  },
  {
    name: 'no file of a repository of the Hugging Face Hub',
    code: 'InvalidModel',
    message:
      "'include' ('') of 'acme/net' must have paths in the repository or patterns of them, such as '*.safetensors'; omit it for all files",
    define: (scope) =>
      one(scope, { model: Model.fromHuggingFace('acme/net', { revision: '0'.repeat(40), include: [] }) }),
  },
  {
    name: 'a model of the Hugging Face Hub without an owner',
    code: 'InvalidModel',
    message:
      "'repository' ('bert-base-uncased') has no owner, which a fetch requires; write owner and name, probably 'google-bert/bert-base-uncased'",
    define: (scope) => one(scope, { model: Model.fromHuggingFace('bert-base-uncased', { revision: '0'.repeat(40) }) }),
  },
  {
    name: 'a claim in the form of another tool',
    code: 'InvalidModel',
    message:
      "'uri' ('pvc://models/net/v2') is a PersistentVolumeClaim, which Model.fromS3 does not support; use Model.fromVolume(kubernetes.ClaimVolume.fromName('models'), { directory: 'net/v2' })",
    define: (scope) => one(scope, { model: Model.fromS3('pvc://models/net/v2') }),
  },
  {
    name: 'an image as a model in S3',
    code: 'InvalidModel',
    message:
      "'uri' ('oci://ghcr.io/acme/net:v2') is an image reference with a scheme, which Model.fromS3 does not support; use Model.fromOci('ghcr.io/acme/net:v2')",
    define: (scope) => one(scope, { model: Model.fromS3('oci://ghcr.io/acme/net:v2') }),
  },
  {
    name: 'a bucket as files in the image',
    code: 'InvalidModel',
    message:
      "'location' ('s3://acme/net/') is an S3 URI, which Model.inImage does not support; use Model.fromS3('s3://acme/net/')",
    define: (scope) => one(scope, { model: Model.inImage('s3://acme/net/') }),
  },
];
