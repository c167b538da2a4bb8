import { Model } from '../../src/models/model';
import { ModelServer } from '../../src/servers/model-server';
import { Duration } from '../../src/units/duration';
import { backendOptions, endpointOn, singleBackend, testPlatform } from '../support/definitions';

describe('text of the definition', () => {
  test('is a single file, and not the model of a server', () => {
    const text = Model.fromText('a: é\n', { path: '/app/config.yaml', description: 'settings' });
    expect(text._intent()).toEqual({
      name: 'config.yaml',
      description: 'settings',
      uri: 'text:definition',
      text: 'a: é\n',
      bytes: 6,
      singleObject: true,
      mountPath: '/app/config.yaml',
    });
    const models = [Model.fromS3('s3://acme/net/', { path: 'net' }), text];
    const { command } = singleBackend({ server: ModelServer.triton(), models }).backend._binding.intent.server;
    expect(command.join(' ')).toContain('--model-repository /models/net ');
    expect(() => singleBackend({ server: ModelServer.vllm(), models: [text] })).toThrow('[ModelNotNamed]');
  });

  test('is below the models root, or in the working directory of the server', () => {
    const pathOf = (path: string) =>
      singleBackend({ models: [Model.fromText('a', { path })], workingDirectory: '/srv' }).backend._binding.intent
        .models[0]?.mountPath;
    expect(pathOf('./config.yaml')).toBe('/srv/config.yaml');
    expect(pathOf('/models/net/config.pbtxt')).toBe('/models/net/config.pbtxt');
  });

  test('cannot be inside another model', () => {
    const models = [Model.fromS3('s3://acme/net/', { path: 'net' }), Model.fromText('a', { path: 'net/config.pbtxt' })];
    expect(() => singleBackend({ models })).toThrow(
      "[ModelPathClash] models 'net' ('/models/net') and 'config.pbtxt' ('/models/net/config.pbtxt') have overlapping mount paths",
    );
  });
});

describe('model in S3', () => {
  test('is a directory at the models root when the URI ends with a slash', () => {
    expect(Model.fromS3('s3://acme-models/resnet50/v2/')._intent()).toEqual({
      name: 'v2',
      description: undefined,
      uri: 's3://acme-models/resnet50/v2/',
      singleObject: false,
      mountPath: '/models',
      fetchSeconds: undefined,
    });
  });

  test('is a single file below the models root otherwise', () => {
    expect(Model.fromS3('s3://acme-models/digits/model.onnx')._intent()).toMatchObject({
      name: 'model.onnx',
      singleObject: true,
      mountPath: '/models/model.onnx',
    });
  });

  test.each([
    ['digits', '/models/digits'],
    ['digits/', '/models/digits'],
    ['/opt/digits', '/opt/digits'],
    ['/opt//digits/', '/opt/digits'],
  ])('is mounted at its path: %s', (path, mountPath) => {
    expect(Model.fromS3('s3://acme-models/digits/', { path })._intent().mountPath).toBe(mountPath);
  });

  test('keeps name, description and fetch timeout', () => {
    const options = { name: 'Digits', description: 'an MLP', fetchTimeout: Duration.minutes(2) };
    expect(Model.fromS3('s3://acme-models/digits/', options)._intent()).toMatchObject({
      name: 'Digits',
      description: 'an MLP',
      fetchSeconds: 120,
    });
  });

  test('passes a URI with a token unchanged', () => {
    const uri = 's3://$' + '{Token[Bucket.12]}/model/';
    expect(Model.fromS3(uri)._intent()).toMatchObject({ uri, singleObject: false });
  });

  test.each(['', 'model.onnx', 's3://', 's3://A/x', 's3://bucket', '/opt/x'])('fails when the URI is %p', (uri) => {
    expect(() => Model.fromS3(uri)).toThrow(
      `[InvalidModel] '${uri}' must be an S3 URI with a bucket name of lower-case letters, digits, dots and hyphens, such as 's3://bucket/prefix/' or 's3://bucket/model.onnx'`,
    );
  });

  test.each(['../secrets', '/', 'a b', 'a:b', 'a,b'])('fails when the path is %p', (path) => {
    expect(() => Model.fromS3('s3://acme-models/x/', { path })).toThrow(
      `[InvalidModel] 'path' ('${path}') must be a directory or file below '/', without '..', spaces, ':' or ','`,
    );
  });
});

describe('files of a repository of the Hugging Face Hub', () => {
  const commandOf = (include?: string[]) =>
    singleBackend({
      server: ModelServer.llamaCpp(),
      model: Model.fromHuggingFace('acme/net', { revision: '0a'.repeat(20), include }),
    }).backend._binding.intent.server.command.join(' ');

  test('are those that the server can load if each is named', () => {
    expect(commandOf(['README.md', 'q4/net.gguf'])).toContain('--model /models/q4/net.gguf ');
  });

  test.each([undefined, ['*.gguf'], ['net-[a-c].gguf', 'x.gguf'], ['net?.gguf']])('are unknown for %j', (include) => {
    expect(() => commandOf(include)).toThrow('its files are unknown');
  });
});

describe('the path of a model', () => {
  test.each([
    ['s3://acme-models/x/', '/tmp', '/tmp'],
    ['s3://acme-models/x.bin', '/tmp/x.bin', '/tmp'],
    ['s3://acme-models/x.bin', '/x.bin', '/'],
    ['s3://acme-models/x/', '/dev/shm', '/dev/shm'],
    ['s3://acme-models/x/', '/usr/', '/usr'],
    ['s3://acme-models/x/', '/proc/1', '/proc/1'],
  ])('of %s fails at %s, because its volume would hide existing files', (uri, path, directory) => {
    expect(() => Model.fromS3(uri, { path })).toThrow(
      `[InvalidModel] 'path' ('${path}') would mount the model over '${directory}', which the container needs; use a separate directory, such as '/models'`,
    );
  });

  test('may be below such a directory', () => {
    expect(Model.fromS3('s3://acme-models/x/', { path: '/tmp/x' })._intent().mountPath).toBe('/tmp/x');
  });
});

describe('model in the image', () => {
  test('keeps name and path, and is not fetched', () => {
    expect(Model.inImage('model/weights.bin', { description: 'beside the code' })._intent()).toEqual({
      name: 'weights.bin',
      description: 'beside the code',
      singleObject: false,
      mountPath: 'model/weights.bin',
    });
  });

  test('fails when it has no path', () => {
    expect(() => Model.inImage('')).toThrow("[InvalidModel] the path of a model in the image ('') must not be empty");
  });

  test('fails when its path is changed', () => {
    expect(() => Model.inImage('model', { path: '/models' })).toThrow(
      "[InvalidModel] 'path' ('/models') cannot move files that are in the image at 'model'; remove it",
    );
  });
});

describe('models of a backend', () => {
  const models = (...paths: string[]) => {
    const [first, ...rest] = paths.map((path) => Model.fromS3('s3://acme-models/x/', { path, name: path }));
    return endpointOn(testPlatform()).addBackend('backend', backendOptions({ model: first, models: rest }));
  };

  test('can be siblings', () => {
    expect(models('a', 'b', 'ab')._binding.intent.models.map((model) => model.mountPath)).toEqual([
      '/models/a',
      '/models/b',
      '/models/ab',
    ]);
  });

  test.each([
    ['a', 'a'],
    ['a', 'a/b'],
    ['a/b', 'a'],
  ])('fails when paths overlap: %s and %s', (left, right) => {
    expect(() => models(left, right)).toThrow(
      `[ModelPathClash] models '${left}' ('/models/${left}') and '${right}' ('/models/${right}') have overlapping mount paths; set 'path' of one (at endpoint/backend)`,
    );
  });
});
