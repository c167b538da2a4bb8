import type { Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import { ServingEndpoint } from '../../src/constructs/serving-endpoint';
import { ClaimVolume, KubernetesPlatform } from '../../src/kubernetes';
import { Model } from '../../src/models/model';
import { ModelDelivery } from '../../src/models/model-delivery';
import { Size } from '../../src/units/size';
import { IMAGES, referenceOf } from '../../src/workload/private/bundled-images';
import { CpuArchitecture } from '../../src/workload/resources';
import { SecretValue } from '../../src/workload/secret-value';
import { ServerImage } from '../../src/workload/server-image';
import { backendOptions } from '../support/definitions';
import { digestOf, LockedProject, lockedImage, lockedModel } from '../support/lock';
import { findObject, manifestsOf, newChart, oneBackend, podOf } from './support';

describe('models', () => {
  test('below a prefix are fetched into the directory that the server reads', () => {
    const pod = podOf({ model: Model.fromS3('s3://acme/resnet50/v2/', { path: 'resnet50' }) });
    expect(pod.initContainers).toHaveLength(1);
    expect(pod.initContainers[0]).toMatchObject({
      name: 'fetch-0',
      image: referenceOf(IMAGES.fetch),
      command: ['sh', '-c'],
      args: [expect.stringContaining('aws s3 sync'), 'fetch', 's3://acme/resnet50/v2/', '/model/'],
      env: [{ name: 'HOME', value: '/tmp' }],
      securityContext: { runAsUser: 10001, readOnlyRootFilesystem: true },
      volumeMounts: [
        { name: 'model-0', mountPath: '/model' },
        { name: 'tmp', mountPath: '/tmp' },
      ],
    });
    expect(pod.containers[0].volumeMounts).toContainEqual({
      name: 'model-0',
      mountPath: '/models/resnet50',
      readOnly: true,
    });
    expect(pod.volumes).toContainEqual({ name: 'model-0', emptyDir: {} });
  });

  test('of a single object leave other files in the directory visible', () => {
    const pod = podOf({ model: Model.fromS3('s3://acme/digits/v1/digits.npz', { path: '/app/weights.npz' }) });
    expect(pod.initContainers[0].args).toEqual([
      expect.stringContaining('aws s3 cp'),
      'fetch',
      's3://acme/digits/v1/digits.npz',
      '/model/weights.npz',
    ]);
    expect(pod.containers[0].volumeMounts).toContainEqual({
      name: 'model-0',
      mountPath: '/app/weights.npz',
      subPath: 'weights.npz',
      readOnly: true,
    });
  });

  test('in the same directory or in nested ones do not collide', () => {
    const pod = podOf({
      models: [
        Model.fromS3('s3://acme/a/', { path: 'a' }),
        Model.fromS3('s3://acme/b.onnx', { path: 'b.onnx' }),
        Model.fromS3('s3://acme/c.onnx', { path: 'deep/c.onnx' }),
        Model.fromS3('s3://acme/d/', { path: 'deep/d' }),
      ],
      resources: { ephemeralStorage: Size.gibibytes(30) },
    });
    expect(pod.initContainers.map(({ name }: { name: string }) => name)).toEqual(
      [0, 1, 2, 3].map((index) => `fetch-${index}`),
    );
    expect(pod.containers[0].volumeMounts.slice(1).map(({ mountPath }: { mountPath: string }) => mountPath)).toEqual([
      '/models/a',
      '/models/b.onnx',
      '/models/deep/c.onnx',
      '/models/deep/d',
    ]);
    expect(pod.volumes.slice(1)).toEqual(
      [0, 1, 2, 3].map((index) => ({ name: `model-${index}`, emptyDir: { sizeLimit: '30720Mi' } })),
    );
  });

  test('in the image appear only in an annotation', () => {
    const { chart } = oneBackend({ model: Model.inImage('model', { name: 'sentiment', description: 'Word weights' }) });
    const { metadata, spec } = findObject(manifestsOf(chart), 'Deployment', 'digits-svm');
    expect(JSON.parse(metadata.annotations?.['serving-constructs/models'] as string)).toEqual([
      { name: 'sentiment', description: 'Word weights', path: 'model' },
    ]);
    expect(spec.template.spec).not.toHaveProperty('initContainers');
    expect(spec.template.spec.volumes).toEqual([{ name: 'tmp', emptyDir: {} }]);
  });

  test('are fetched with the AWS variables of the server', () => {
    const { initContainers } = podOf(
      {
        model: Model.fromS3('s3://acme/a/'),
        environment: { AWS_REGION: 'eu-north-1', THREADS: '2' },
        secrets: { AWS_SECRET_ACCESS_KEY: SecretValue.fromName('aws'), TOKEN: SecretValue.fromName('token') },
      },
      ['Secret/aws', 'Secret/token'],
    );
    expect(initContainers[0].env.map(({ name }: { name: string }) => name)).toEqual([
      'HOME',
      'AWS_REGION',
      'AWS_SECRET_ACCESS_KEY',
    ]);
  });

  test('that are texts are written by an init container, byte by byte', () => {
    const text = 'level: $(LEVEL) $HOME\n"é"';
    const { initContainers, containers, volumes } = podOf({
      model: Model.fromText(text, { path: '/app/config.yaml' }),
      environment: { AWS_REGION: 'eu-north-1' },
    });
    expect(initContainers).toMatchObject([
      {
        name: 'fetch-0',
        image: referenceOf(IMAGES.archives),
        command: ['python3', '-c'],
        args: [expect.any(String), 'level: $$(LEVEL) $$HOME\n"é"', '/model/config.yaml'],
        env: [{ name: 'HOME', value: '/tmp' }],
      },
    ]);
    expect(containers[0].volumeMounts).toContainEqual({
      name: 'model-0',
      mountPath: '/app/config.yaml',
      subPath: 'config.yaml',
      readOnly: true,
    });
    expect(volumes).toContainEqual({ name: 'model-0', emptyDir: {} });
  });

  test('in an archive are unpacked after the fetch', () => {
    const sha256 = '0a'.repeat(32);
    const { initContainers } = podOf({
      models: [
        Model.fromS3('s3://acme/model.tar.gz', { path: 'a', unpack: true, unpackedSize: Size.mebibytes(1) }),
        Model.fromUrl('https://example.com/b.csv', { sha256, path: '/app/b.csv' }),
      ],
      environment: { AWS_REGION: 'eu-north-1' },
    });
    expect(initContainers).toMatchObject([
      { name: 'fetch-0', args: [expect.any(String), 'fetch', 's3://acme/model.tar.gz', '/model/.serving-archive'] },
      {
        name: 'unpack-0',
        image: referenceOf(IMAGES.archives),
        command: ['python3', '-c'],
        args: [expect.any(String), '', '', 'yes', '1048576', '/model/'],
        env: [{ name: 'HOME', value: '/tmp' }],
      },
      {
        name: 'fetch-1',
        image: referenceOf(IMAGES.archives),
        args: [expect.any(String), 'https://example.com/b.csv', sha256, '', '0', '/model/b.csv'],
      },
    ]);
  });

  test('in another store are fetched from its endpoint', () => {
    const { initContainers } = podOf({
      models: [
        Model.fromS3('s3://acme/a/', { path: 'a', endpoint: 'http://minio.minio.svc:9000' }),
        Model.fromS3('s3://acme/b/', { path: 'b' }),
      ],
      environment: { AWS_ENDPOINT_URL_S3: 'https://first.example.com' },
    });
    expect(initContainers.map(({ env }: { env: object[] }) => env)).toEqual(
      ['http://minio.minio.svc:9000', 'https://first.example.com'].map((value) => [
        { name: 'HOME', value: '/tmp' },
        { name: 'AWS_ENDPOINT_URL_S3', value },
      ]),
    );
  });

  test('are fetched with enough memory for the CLI, even for a small server', () => {
    const small = podOf({ model: Model.fromS3('s3://acme/a/'), resources: { cpu: 0.5, memory: Size.mebibytes(64) } });
    expect(small.initContainers[0].resources).toEqual({
      requests: { cpu: '500m', memory: '512Mi' },
      limits: { memory: '512Mi' },
    });
  });

  test('are fetched with the image of the platform', () => {
    const chart = newChart();
    new KubernetesPlatform(chart, 'Platform', { fetchImage: 'mirror.example.com/aws-cli:2.27.50' });
    new ServingEndpoint(chart, 'digits').addBackend('svm', backendOptions({ model: Model.fromS3('s3://acme/a/') }));
    const { spec } = findObject(manifestsOf(chart), 'Deployment', 'digits-svm');
    expect(spec.template.spec.initContainers[0].image).toBe('mirror.example.com/aws-cli:2.27.50');
  });
});

describe('packed models', () => {
  const HEX = 'b'.repeat(64);
  const COMMIT = '0123456789abcdef0123456789abcdef01234567';

  let project: LockedProject;
  beforeAll(() => {
    project = new LockedProject({
      models: {
        data: lockedModel('a'),
        shell: lockedModel('b', undefined, { variant: 'shell', base: `busybox@${digestOf('9')}` }),
        baked: lockedModel('c', undefined, { variant: 'baked', base: `acme/svm@${digestOf('1')}` }),
      },
      images: { 'acme/svm:1': lockedImage('1') },
    });
  });
  afterAll(() => project.remove());

  const model = (directory: string, options: Parameters<typeof Model.fromDirectory>[1] = {}) =>
    Model.fromDirectory(directory, { lockFile: project.lockFile, ...options });

  const refusalsOf = (chart: Chart) => chart.node.findAll().flatMap(({ node }) => node.validate());

  const podIn = (version: string, given: Model) => {
    const chart = newChart();
    new KubernetesPlatform(chart, 'Platform', { kubernetesVersion: version });
    new ServingEndpoint(chart, 'digits').addBackend('svm', backendOptions({ model: given }));
    return findObject(manifestsOf(chart), 'Deployment', 'digits-svm').spec.template.spec;
  };

  const podOn = (containerRuntime: string, given: Model) => {
    const { chart } = oneBackend({ model: given }, {}, { containerRuntime });
    return findObject(manifestsOf(chart), 'Deployment', 'digits-svm').spec.template.spec;
  };

  test('are mounted as whole images whose files are linked to the path, because nodes may ignore a directory', () => {
    const pod = podOf({ model: model('data', { path: 'net' }) });
    const image = { name: 'image-0', mountPath: '/serving-images/0', readOnly: true };
    expect(pod.initContainers).toEqual([
      expect.objectContaining({
        name: 'link-0',
        image: expect.stringMatching(/^public\.ecr\.aws\/aws-cli\/aws-cli:/),
        command: ['cp'],
        args: ['-rsf', '/serving-images/0/models/.', '/model/'],
        volumeMounts: [{ name: 'model-0', mountPath: '/model' }, { name: 'tmp', mountPath: '/tmp' }, image],
      }),
    ]);
    expect(pod.volumes).toContainEqual({
      name: 'image-0',
      image: expect.objectContaining({ reference: expect.stringContaining(digestOf('a')) }),
    });
    expect(pod.volumes).toContainEqual({ name: 'model-0', emptyDir: {} });
    expect(pod.containers[0].volumeMounts).toEqual([
      { name: 'tmp', mountPath: '/tmp' },
      image,
      { name: 'model-0', mountPath: '/models/net', readOnly: true },
    ]);
  });

  test.each([
    'containerd://2.1.5',
    'containerd://1.7.27',
    'cri-o://1.32.4',
    'containerd://v2.1.0-rc.1',
  ])('are linked on %s', (containerRuntime) => {
    expect(podOn(containerRuntime, model('data')).initContainers).toHaveLength(1);
  });

  test.each(['2.2.0', 'docker://28.1.0', 'containerd://two', ''])('refuse the runtime %p', (containerRuntime) => {
    expect(() => podOn(containerRuntime, model('data'))).toThrow(
      `'containerRuntime' ('${containerRuntime}') must be the runtime of the nodes`,
    );
  });

  test.each([
    'containerd://2.2.0',
    'containerd://2.2.1+k3s1',
    'containerd://3.0.0',
    'cri-o://1.33.0',
  ])('are image volumes of which only the models are mounted on %s', (containerRuntime) => {
    const pod = podOn(containerRuntime, model('data', { path: 'net' }));
    expect(pod.initContainers).toBeUndefined();
    expect(pod.volumes).toContainEqual({
      name: 'model-0',
      image: {
        reference: `registry.example.com/models:${'a'.repeat(64)}@${digestOf('a')}`,
        pullPolicy: 'IfNotPresent',
      },
    });
    expect(pod.containers[0].volumeMounts).toContainEqual({
      name: 'model-0',
      mountPath: '/models/net',
      subPath: 'models',
      readOnly: true,
    });
  });

  test('with another layout use the declared directory', () => {
    const given = Model.fromOci(`acme/nets@${digestOf('a')}`, { directory: '/opt/nets' });
    expect(podOf({ model: given }).initContainers[0].args).toEqual(['-rsf', '/serving-images/0/opt/nets/.', '/model/']);
    expect(podOn('cri-o://1.34.0', given).containers[0].volumeMounts).toContainEqual(
      expect.objectContaining({ mountPath: '/models', subPath: 'opt/nets' }),
    );
  });

  test('are copied if the cluster has no image volumes', () => {
    const pod = podIn('1.34', model('shell'));
    expect(pod.initContainers).toEqual([
      expect.objectContaining({
        name: 'fetch-0',
        image: `registry.example.com/models:${HEX}@sha256:${HEX}`,
        command: ['cp'],
        args: ['-R', '/models/.', '/model/'],
        env: [{ name: 'HOME', value: '/tmp' }],
        volumeMounts: [
          { name: 'model-0', mountPath: '/model' },
          { name: 'tmp', mountPath: '/tmp' },
        ],
      }),
    ]);
    expect(pod.volumes).toContainEqual({ name: 'model-0', emptyDir: {} });
    expect(pod.containers[0].volumeMounts).toContainEqual({ name: 'model-0', mountPath: '/models', readOnly: true });
  });

  test('can be requested as image volumes only if the cluster supports them', () => {
    const given = model('data', { delivery: ModelDelivery.imageVolume() });
    expect(podIn('1.35', given).volumes).toHaveLength(3);
    const { chart } = oneBackend({ model: given }, {}, { kubernetesVersion: '1.34' });
    expect(refusalsOf(chart)).toEqual([
      "[Unsupported] 'model image volume' is not supported by the built-in router: image volumes are enabled by default from Kubernetes 1.35 on, and 'kubernetesVersion' is 1.34; omit 'delivery', or use ModelDelivery.copy() (at serving/digits/svm)",
    ]);
  });

  test('that are baked become the image of the server', () => {
    const image = project.within(() => ServerImage.fromRegistry('acme/svm:1'));
    const pod = podOf({ model: model('baked'), image });
    expect(pod.containers[0].image).toBe(`registry.example.com/models:${'c'.repeat(64)}@${digestOf('c')}`);
    expect(pod.volumes).toEqual([{ name: 'tmp', emptyDir: {} }]);
  });

  test('change only the Pods of their backend', () => {
    const manifests = (digit: string) => {
      const other = new LockedProject({ models: { m: lockedModel(digit) } });
      try {
        return manifestsOf(oneBackend({ model: Model.fromDirectory('m', { lockFile: other.lockFile }) }).chart);
      } finally {
        other.remove();
      }
    };
    const [before, after] = [manifests('1'), manifests('2')];
    const changed = before.filter((manifest, index) => JSON.stringify(manifest) !== JSON.stringify(after[index]));
    expect(changed.map(({ kind }) => kind)).toEqual(['Deployment']);
    const names = (deployment: (typeof before)[number]) => {
      const { labels, name } = deployment.metadata;
      return { name, labels, selector: deployment.spec.selector, pod: deployment.spec.template.metadata };
    };
    const deployments = [before, after].map((list) => list.find(({ kind }) => kind === 'Deployment'));
    expect(names(deployments[0] as never)).toEqual(names(deployments[1] as never));
  });

  test('cannot be published by applying manifests', () => {
    const { chart } = oneBackend({ model: model('data', { publishOnDeploy: true }) });
    expect(refusalsOf(chart)).toEqual([
      "[Unsupported] 'publish on deploy' is not supported by the built-in router: this package does not apply manifests; run 'npx serving publish' before they are applied, and omit 'publishOnDeploy' (at serving/digits/svm)",
    ]);
  });

  test('of the Hugging Face Hub are fetched at their commit, with a token from a Secret', () => {
    const token = SecretValue.fromName('hub', { key: 'token' });
    const given = Model.fromHuggingFace('facebook/opt-125m', { revision: COMMIT, token });
    const { initContainers } = podOf({ model: given }, ['Secret/hub']);
    expect(initContainers[0]).toMatchObject({
      image: referenceOf(IMAGES.hub),
      args: [`hf://facebook/opt-125m:${COMMIT}`, '/model/'],
      env: [
        { name: 'HOME', value: '/tmp' },
        { name: 'HF_TOKEN', valueFrom: { secretKeyRef: { name: 'hub', key: 'token' } } },
      ],
    });
  });

  test('of the Hugging Face Hub may be some files of a repository', () => {
    const given = Model.fromHuggingFace('acme/net', { revision: COMMIT, include: ['*.json', 'a$(b).gguf'] });
    expect(podOf({ model: given }).initContainers[0].env).toEqual([
      { name: 'HOME', value: '/tmp' },
      { name: 'STORAGE_ALLOW_PATTERNS', value: '["*.json","a$$(b).gguf"]' },
    ]);
  });

  test('in a claim are mounted read-only, by name or by a claim of cdk8s-plus', () => {
    const chart = newChart();
    const claim = kplus.PersistentVolumeClaim.fromClaimName(chart, 'Claim', 'models');
    for (const volume of [ClaimVolume.fromName('models'), ClaimVolume.fromClaim(claim)]) {
      const pod = podOf({ model: Model.fromVolume(volume, { directory: 'net/v2', path: 'net' }) }, [
        'PersistentVolumeClaim/models',
      ]);
      expect(pod.volumes).toContainEqual({
        name: 'model-0',
        persistentVolumeClaim: { claimName: 'models', readOnly: true },
      });
      expect(pod.containers[0].volumeMounts).toContainEqual({
        name: 'model-0',
        mountPath: '/models/net',
        subPath: 'net/v2',
        readOnly: true,
      });
    }
  });

  test('run on nodes with the declared architecture', () => {
    expect(podOf({ resources: { architecture: CpuArchitecture.ARM64 } }).nodeSelector).toEqual({
      'kubernetes.io/arch': 'arm64',
    });
    expect(podOf().nodeSelector).toBeUndefined();
  });
});
