import { mkdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { Model } from '../../src/models/model';
import { ModelDelivery } from '../../src/models/model-delivery';
import { Duration } from '../../src/units/duration';
import { backendOptions, endpointOn, testPlatform } from '../support/definitions';
import { digestOf, LockedProject, lockedModel } from '../support/lock';

const HEX = 'a'.repeat(64);

let project: LockedProject;
beforeAll(() => {
  project = new LockedProject({
    models: {
      'models/resnet50': lockedModel('a', { 'weights.bin': 4, 'labels/en.json': 2 }),
      'models/shell': lockedModel('b', undefined, { variant: 'shell', base: `busybox@${digestOf('9')}` }),
      'models/baked': lockedModel('c', undefined, { variant: 'baked', base: `acme/svm@${digestOf('9')}` }),
      'models/homeless': lockedModel('d', undefined, { to: undefined }),
    },
  });
});
afterAll(() => project.remove());

const model = (directory: string, options: Parameters<typeof Model.fromDirectory>[1] = {}) =>
  Model.fromDirectory(directory, { lockFile: project.lockFile, ...options })._intent();

describe('a model of a directory', () => {
  test('is the image in its lock file, by tag and digest', () => {
    expect(model('models/resnet50')).toEqual({
      name: 'resnet50',
      directory: 'models/resnet50',
      description: undefined,
      singleObject: false,
      mountPath: '/models',
      image: {
        reference: `registry.example.com/models:${HEX}@sha256:${HEX}`,
        directory: '/models',
        platforms: [
          { architecture: 'amd64', bytes: 6 },
          { architecture: 'arm64', bytes: 6 },
        ],
        canCopy: false,
      },
      bytes: 6,
    });
  });

  test('is a prefix with its digest when it is published to S3', () => {
    expect(model('models/resnet50', { to: 's3://acme-models/nets/' })).toMatchObject({
      uri: `s3://acme-models/nets/${HEX}/`,
      singleObject: false,
    });
  });

  test('keeps its options', () => {
    const options = { name: 'ResNet', description: 'weights', path: 'nets', fetchTimeout: Duration.minutes(1) };
    expect(model('models/resnet50', { ...options, delivery: ModelDelivery.copy() })).toMatchObject({
      name: 'ResNet',
      description: 'weights',
      mountPath: '/models/nets',
      fetchSeconds: 60,
      delivery: 'copy',
    });
  });

  test.each([
    ['models/resnet50', undefined],
    ['models/shell', undefined],
    ['models/baked', `acme/svm@${digestOf('9')}`],
  ])('%s has the image that it was baked on: %s', (directory, base) => {
    expect(model(directory).image?.base).toBe(base);
  });

  test('is found through the nearest lock file in the parent folders', () => {
    mkdirSync(join(project.folder, 'aws/app'), { recursive: true });
    expect(project.within(() => Model.fromDirectory('models/resnet50')._intent().name, 'aws/app')).toBe('resnet50');
  });

  test('may be set by its absolute path', () => {
    expect(model(join(project.folder, 'models/resnet50')).name).toBe('resnet50');
  });

  test('fails without a lock file, with the command that creates it', () => {
    const empty = new LockedProject();
    try {
      const lockFile = join(empty.folder, 'other.json');
      expect(() => Model.fromDirectory('models/resnet50', { lockFile })).toThrow(
        `[LockFileNotFound] the lock file '${lockFile}' does not exist; run: npx serving lock models/resnet50`,
      );
    } finally {
      empty.remove();
    }
  });

  test('fails without an entry, with the command that creates it', () => {
    expect(() => model('models/vgg')).toThrow(
      `[NotLocked] the model 'models/vgg' is not in '${relative(process.cwd(), project.lockFile)}'; run: npx serving lock models/vgg`,
    );
  });

  test.each(['models/resnet5', 'model/resnet50', 'resnet50'])('fails for %s with the name it may mean', (directory) => {
    expect(() => model(directory)).toThrow(
      `[NotLocked] the model '${directory}' is not in '${relative(process.cwd(), project.lockFile)}'; did you mean 'models/resnet50'? Otherwise run: npx serving lock ${directory}`,
    );
  });

  test('fails without a publish destination', () => {
    expect(() => model('models/homeless')).toThrow(
      "[InvalidModel] model 'models/homeless' has no publish destination; run: npx serving lock models/homeless --to <destination>, or set 'to' ('registry.example.com/models' or 's3://bucket/prefix')",
    );
    expect(model('models/homeless', { to: 'ghcr.io/acme/models' }).image?.reference).toMatch(
      /^ghcr\.io\/acme\/models:d{64}@/,
    );
  });

  test.each([
    'registry.example.com/models:v1',
    's3://',
    's3://B/x',
    'https://x/y',
    '',
  ])('fails when it is published to %p', (to) => {
    expect(() => model('models/resnet50', { to })).toThrow(
      `[InvalidModel] 'to' ('${to}') must be a registry repository without a tag, such as 'registry.example.com/models', or 's3://bucket/prefix'`,
    );
  });

  test('is identified by its digest, not by names', () => {
    const [first, second] = ['models/resnet50', 'models/shell'].map((directory) => model(directory, { name: 'same' }));
    expect(first?.name).toBe(second?.name);
    expect(first?.image?.reference).not.toBe(second?.image?.reference);
  });
});

describe('a directory that differs from its lock', () => {
  const drifted = (files: { readonly [path: string]: number }) => {
    const other = new LockedProject({ models: { m: lockedModel('a', { 'weights.bin': 4, 'labels/en.json': 2 }) } });
    try {
      for (const [path, bytes] of Object.entries(files)) other.write(path, bytes);
      return Model.fromDirectory('m', { lockFile: other.lockFile });
    } finally {
      other.remove();
    }
  };
  const same = { 'm/weights.bin': 4, 'm/labels/en.json': 2 };

  test.each([
    ['nothing when all files match', same, undefined],
    ['nothing without a directory', {}, undefined],
    ['a file of another size', { ...same, 'm/weights.bin': 5 }, ['weights.bin']],
    [
      'a new file and a missing one',
      { 'm/weights.bin': 4, 'm/labels/de.json': 2 },
      ['labels/de.json', 'labels/en.json'],
    ],
  ])('reports %s', (_, files, drift) => {
    expect(drifted(files)._intent().drift).toEqual(drift);
  });

  test('is reported with the names, as a warning and in the ledger', () => {
    const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    try {
      const platform = testPlatform();
      endpointOn(platform).addBackend('backend', backendOptions({ model: drifted({ ...same, 'm/x': 1 }) }));
      for (let synthesis = 0; synthesis < 2; synthesis++) platform.synthesize();
      expect(write.mock.calls).toEqual([
        [
          "[Warning at endpoint/backend] the locked files of model 'm' are used, but its directory differs in x; lock it again, or restore the files [ack: serving-constructs:modelDrift]\n",
        ],
      ]);
      expect(platform.plan().ledger).toContainEqual({
        path: 'endpoint/backend',
        feature: 'model drift',
        level: 'approximated',
        detail: 'm: the locked files are used, but the directory differs: x',
      });
    } finally {
      write.mockRestore();
    }
  });
});
