import type { BackendOptions } from '../../src/constructs/backend-options';
import { Model } from '../../src/models/model';
import { ModelDelivery } from '../../src/models/model-delivery';
import { ModelVolume } from '../../src/models/model-volume';
import type { ComputeLimits } from '../../src/plan/intents';
import { ModelDeliveryKind } from '../../src/plan/intents';
import { deliveriesOf, planFetches } from '../../src/plan/models';
import { Feature, SupportLevel, type TargetProfile } from '../../src/plan/target-profile';
import { Duration } from '../../src/units/duration';
import { Size } from '../../src/units/size';
import { CpuArchitecture } from '../../src/workload/resources';
import { ServerImage } from '../../src/workload/server-image';
import { backendOptions, endpointOn, testPlatform } from '../support/definitions';
import { digestOf, LockedProject, lockedImage, lockedModel } from '../support/lock';
import { EVERYTHING } from '../support/test-platform';

const GIB = 2 ** 30;

let project: LockedProject;
beforeAll(() => {
  project = new LockedProject({
    models: {
      data: lockedModel('a', { 'weights.bin': 12 * GIB }),
      shell: lockedModel('b', { 'weights.bin': 12 * GIB }, { variant: 'shell', base: `busybox@${digestOf('9')}` }),
      baked: lockedModel('c', undefined, { variant: 'baked', base: `acme/svm@${digestOf('1')}` }),
      graviton: lockedModel('d', undefined, { platforms: lockedImage('d', ['arm64']).platforms }),
    },
    images: {
      'acme/svm:1': lockedImage('1', ['amd64'], 6 * GIB),
      'acme/arm:1': lockedImage('2', ['arm64']),
      'acme/both:1': lockedImage('3'),
    },
  });
});
afterAll(() => project.remove());

const model = (directory: string, options: Parameters<typeof Model.fromDirectory>[1] = {}) =>
  Model.fromDirectory(directory, { lockFile: project.lockFile, ...options });
const image = (reference: string) => project.within(() => ServerImage.fromRegistry(reference));

class Volume extends ModelVolume {
  constructor() {
    super('test', 'models');
  }
}

/** Plans one backend on a target without some features, with a given compute. */
function planOf(options: Partial<BackendOptions>, lacking: Feature[] = [], limits: ComputeLimits = {}) {
  const target: Partial<TargetProfile> = {
    capabilities: EVERYTHING.map((capability) =>
      lacking.includes(capability.feature)
        ? { ...capability, level: SupportLevel.REFUSED, detail: 'it has none; do otherwise' }
        : capability,
    ),
  };
  const platform = testPlatform({ target, limits });
  endpointOn(platform).addBackend('backend', backendOptions(options));
  const plan = platform.plan();
  const [backend] = plan.backends;
  return {
    delivery: backend?.models[0]?.delivery,
    fetches: backend && planFetches(backend.models).fetches,
    times: backend?.times,
    refusals: plan.refusals.map(({ code, message }) => `[${code}] ${message}`),
    ledger: plan.ledger.map(({ feature }) => feature),
  };
}

describe('a model is delivered', () => {
  test('as an image volume if the target supports it', () => {
    expect(planOf({ model: model('data') })).toMatchObject({ delivery: 'image volume', fetches: [], refusals: [] });
  });

  test('as a copy otherwise', () => {
    const { delivery, fetches, ledger, refusals } = planOf({ model: model('shell') }, [Feature.MODEL_IMAGE_VOLUME]);
    expect({ delivery, refusals }).toEqual({ delivery: 'copy', refusals: [] });
    expect(fetches).toEqual([
      {
        model: 'shell',
        index: 0,
        image: `registry.example.com/models:${'b'.repeat(64)}@${digestOf('b')}`,
        directory: '/models',
        singleObject: false,
        destination: '/models/',
        volume: 'models-0',
        seconds: 600,
      },
    ]);
    expect(ledger).toContain(Feature.MODEL_COPY);
    expect(ledger).not.toContain(Feature.MODEL_IMAGE_VOLUME);
  });

  test('as configured', () => {
    expect(planOf({ model: model('shell', { delivery: ModelDelivery.copy() }) }).delivery).toBe('copy');
  });

  test.each<[Feature, number, () => Partial<BackendOptions>]>([
    [Feature.MODEL_FETCH, 1, () => ({ model: Model.fromS3('s3://acme-models/a/') })],
    [Feature.MODEL_IMAGE_VOLUME, 0, () => ({ model: model('data', { delivery: ModelDelivery.imageVolume() }) })],
    [Feature.MODEL_COPY, 1, () => ({ model: model('shell', { delivery: ModelDelivery.copy() }) })],
    [Feature.MODEL_BAKED, 0, () => ({ model: model('baked'), image: image('acme/svm:1') })],
    [Feature.MODEL_VOLUME, 0, () => ({ model: Model.fromVolume(new Volume()) })],
  ])('not as a %s if the target does not support it, and the refusal states what to do', (feature, count, options) => {
    const { ledger, fetches } = planOf(options());
    expect(ledger).toContain(feature);
    expect(fetches).toHaveLength(count);
    expect(planOf(options(), [feature]).refusals).toEqual([
      `[Unsupported] '${feature}' is not supported by the test platform: it has none; do otherwise`,
    ]);
  });

  test.each([
    [ModelDelivery.fetch(), 'fetch', "a model in S3: publish it there with 'to' (such as 's3://bucket/models')"],
    [
      ModelDelivery.baked(),
      'baked',
      "a model that is locked with the image of its server as base: '--variant baked --base <image>'",
    ],
  ])('only from a place where it is published: %j', (delivery, kind, need) => {
    expect(planOf({ model: model('data', { delivery }) }).refusals).toEqual([
      `[ModelDelivery] 'delivery' (${kind}) of model 'data' requires ${need}; or leave 'delivery' out`,
    ]);
  });

  test.each([
    [ModelDelivery.copy(), "a model in a registry: publish it there with 'to' (such as 'registry.example.com/models')"],
    [
      ModelDelivery.imageVolume(),
      "a model in a registry: publish it there with 'to' (such as 'registry.example.com/models')",
    ],
    [
      ModelDelivery.baked(),
      "a model that is locked with the image of its server as base: '--variant baked --base <image>'",
    ],
  ])('from S3 only by a fetch: %j', (delivery, need) => {
    const { refusals } = planOf({ model: model('data', { delivery, to: 's3://acme-models' }) });
    expect(refusals).toEqual([
      `[ModelDelivery] 'delivery' (${delivery._kind}) of model 'data' requires ${need}; or leave 'delivery' out`,
    ]);
  });

  test('from S3 without a check if its layers cannot be packed again, which the ledger records', () => {
    expect(planOf({ model: model('data', { to: 's3://acme-models' }) }).ledger).toContain('model check');
    expect(planOf({ model: model('data') }).ledger).not.toContain('model check');
  });

  test('only as a volume from an image without a copy program', () => {
    expect(planOf({ model: model('data') }, [Feature.MODEL_IMAGE_VOLUME]).refusals).toEqual([
      "[ModelDelivery] the image of model 'data' contains only files and no 'cp' to copy them; lock it with a base image that has 'cp', for example: serving lock data --variant shell --base busybox:1.37; or publish it to S3",
    ]);
  });

  test('in the ways that its location allows', () => {
    const ways = (given: Model) => deliveriesOf(given._intent());
    expect(ways(Model.inImage('model'))).toEqual([ModelDeliveryKind.IN_IMAGE]);
    expect(ways(Model.fromS3('s3://acme-models/x/'))).toEqual([ModelDeliveryKind.FETCH]);
    expect(ways(model('baked'))).toEqual([ModelDeliveryKind.BAKED]);
    expect(ways(Model.fromOci(`acme/m@${digestOf('a')}`))).toEqual([
      ModelDeliveryKind.IMAGE_VOLUME,
      ModelDeliveryKind.COPY,
    ]);
  });
});

describe('a baked model', () => {
  test('requires its base image', () => {
    expect(planOf({ model: model('baked'), image: image('acme/svm:1') }).refusals).toEqual([]);
    expect(planOf({ model: model('baked'), image: image('acme/both:1') }).refusals).toEqual([
      `[ModelDelivery] model 'baked' is baked into base image 'acme/svm@${digestOf('1')}', but the image of backend 'backend' is 'acme/both:1@${digestOf('3')}'; use the base image of the model, by digest or as it is locked, or lock the model again`,
    ]);
  });

  test('cannot be moved', () => {
    expect(planOf({ model: model('baked', { path: 'x' }), image: image('acme/svm:1') }).refusals).toEqual([
      "[ModelDelivery] 'path' ('/models/x') must be '/models' for model 'baked', which is baked into an image at that path; leave it out",
    ]);
  });

  test('must be the only one', () => {
    const two = ['x', 'y'].map((path) => model('baked', { path, name: path }));
    expect(planOf({ models: two, image: image('acme/svm:1') }).refusals).toContain(
      "[ModelDelivery] models 'x' and 'y' are each baked into an image, but backend 'backend' can use only one image; deliver the others in another way, or bake one directory with all models",
    );
  });
});

describe('the timeout of a model with a known size', () => {
  test('is twice the time at the assumed rate', () => {
    // 12 GiB at 100 MiB/s take 123 s, less than the default.
    expect(planOf({ model: model('data', { to: 's3://acme-models' }) }).fetches?.[0]?.seconds).toBe(600);
    const large = new LockedProject({ models: { m: lockedModel('a', { w: 100 * GIB }, { to: 's3://acme-models' }) } });
    try {
      const given = Model.fromDirectory('m', { lockFile: large.lockFile });
      expect(planOf({ model: given }).fetches?.[0]?.seconds).toBe(2 * 1024);
    } finally {
      large.remove();
    }
  });

  test('must not exceed the limit of the compute', () => {
    const given = model('data', { to: 's3://acme-models' });
    expect(planOf({ model: given }, [], { maxFetchSeconds: 123 }).refusals).toEqual([]);
    expect(planOf({ model: given }, [], { maxFetchSeconds: 120, compute: 'Fargate' }).refusals).toEqual([
      "[FetchTooLong] copying model 'data' (12 GiB) to backend 'backend' takes about 123 s at 100 MiB per second, but Fargate allows at most 120 s; bake it into the image, use a volume or compute without this limit, or set 'fetchTimeout' to at most 120 s if it is faster",
    ]);
  });

  test('is that of the user if it is set', () => {
    const given = model('data', { to: 's3://acme-models', fetchTimeout: Duration.seconds(100) });
    expect(planOf({ model: given }, [], { maxFetchSeconds: 120 }).refusals).toEqual([]);
  });

  test('also extends the start-up time for an image', () => {
    const seconds = (given: Model) => planOf({ model: given }).times?.startup as number;
    expect(seconds(model('data')) - seconds(Model.inImage('x'))).toBe(123);
  });
});

describe('the architecture', () => {
  const limits = { compute: 'Fargate', computeArchitecture: 'amd64' };

  test('of an image must be that of the compute', () => {
    expect(planOf({ image: image('acme/arm:1') }, [], limits).refusals).toEqual([
      "[ArchitectureMismatch] the image of backend 'backend' is locked for arm64, but Fargate runs amd64; build it for linux/amd64 and lock it again, or set 'architecture' in 'resources'",
    ]);
    expect(planOf({ image: image('acme/both:1') }, [], limits).refusals).toEqual([]);
    expect(planOf({ image: image('acme/arm:1') }).refusals).toEqual([]);
  });

  test('in the definition takes precedence', () => {
    const resources = { architecture: CpuArchitecture.ARM64 };
    expect(planOf({ image: image('acme/arm:1'), resources }, [], limits).refusals).toEqual([]);
    expect(planOf({ image: image('acme/svm:1'), resources }).refusals).toEqual([
      "[ArchitectureMismatch] the image of backend 'backend' is locked for amd64, but 'architecture' is arm64; build it for linux/arm64 and lock it again, or set 'architecture' in 'resources'",
    ]);
  });

  test('of a model must be that of the compute and of the image', () => {
    expect(planOf({ model: model('graviton') }, [], limits).refusals).toEqual([
      expect.stringMatching(
        /^\[ArchitectureMismatch\] the image of model 'graviton' is locked for arm64, but Fargate runs/,
      ),
    ]);
    expect(planOf({ model: model('graviton'), image: image('acme/svm:1') }).refusals).toEqual([
      "[ArchitectureMismatch] the image of backend 'backend' is locked for amd64, but the image of model 'graviton' for arm64, and no node can run both; build them for one architecture and lock them again",
    ]);
  });

  test('of a model that is fetched as files does not matter', () => {
    expect(planOf({ model: model('graviton', { to: 's3://acme-models' }) }, [], limits).refusals).toEqual([]);
  });
});

describe('the disk', () => {
  const fargate = { compute: 'Fargate', diskMib: 20 * 1024, maxDiskMib: 200 * 1024 };

  test('must have room for images twice and for copied models once', () => {
    const options = { model: model('shell', { delivery: ModelDelivery.copy() }), image: image('acme/svm:1') };
    expect(planOf(options, [], fargate).refusals).toEqual([
      "[DiskTooSmall] the disk of backend 'backend' on Fargate (20 GiB) must be at least 48 GiB: images take 36864 MiB, packed and unpacked, and copied models 12288 MiB; set 'ephemeralStorage' in 'resources' to Size.gibibytes(48)",
    ]);
    expect(planOf(options, [], { ...fargate, diskMib: 48 * 1024 }).refusals).toEqual([]);
  });

  test('that exceeds the maximum is refused with an alternative', () => {
    const options = { model: model('shell', { delivery: ModelDelivery.copy() }) };
    expect(planOf(options, [], { ...fargate, maxDiskMib: 30 * 1024 }).refusals).toEqual([
      expect.stringContaining(
        'this exceeds the maximum of 30 GiB on Fargate; use a volume, or compute with larger disks',
      ),
    ]);
  });

  test('for scratch files must have room for copied models', () => {
    const resources = { ephemeralStorage: Size.gibibytes(10) };
    expect(planOf({ model: model('data', { to: 's3://acme-models' }), resources }).refusals).toEqual([
      "[DiskTooSmall] 'ephemeralStorage' (10240 MiB) of backend 'backend' must be at least 12288 MiB: its models are copied to this disk; raise the value, or use another 'delivery'",
    ]);
    expect(planOf({ model: model('data'), resources }).refusals).toEqual([]);
  });
});
