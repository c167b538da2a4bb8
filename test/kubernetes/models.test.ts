import { KubernetesPlatform } from '../../src/kubernetes';
import { Model } from '../../src/model';
import { SecretValue } from '../../src/secret-value';
import { ServingEndpoint } from '../../src/serving-endpoint';
import { Size } from '../../src/size';
import { backendOptions } from '../support/definitions';
import { findObject, manifestsOf, newChart, oneBackend, podOf } from './support';

describe('models', () => {
  test('below a prefix are fetched into the directory that the server reads', () => {
    const pod = podOf({ model: Model.fromS3('s3://acme/resnet50/v2/', { path: 'resnet50' }) });
    expect(pod.initContainers).toHaveLength(1);
    expect(pod.initContainers[0]).toMatchObject({
      name: 'fetch-0',
      image: 'public.ecr.aws/aws-cli/aws-cli:2.27.50',
      args: ['s3', 'cp', '--recursive', '--no-progress', 's3://acme/resnet50/v2/', '/model/'],
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

  test('that are one object leave what is beside them in the image', () => {
    const pod = podOf({ model: Model.fromS3('s3://acme/digits/v1/digits.npz', { path: '/app/weights.npz' }) });
    expect(pod.initContainers[0].args).toEqual([
      's3',
      'cp',
      '--no-progress',
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

  test('beside one another and below one another do not collide', () => {
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

  test('in the image are named in an annotation only', () => {
    const { chart } = oneBackend({ model: Model.inImage('model', { name: 'sentiment', description: 'Word weights' }) });
    const { metadata, spec } = findObject(manifestsOf(chart), 'Deployment', 'digits-svm');
    expect(JSON.parse(metadata.annotations?.['serving-constructs/models'] as string)).toEqual([
      { name: 'sentiment', description: 'Word weights', path: 'model' },
    ]);
    expect(spec.template.spec).not.toHaveProperty('initContainers');
    expect(spec.template.spec.volumes).toEqual([{ name: 'tmp', emptyDir: {} }]);
  });

  test('are fetched with what the server knows of AWS', () => {
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

  test('are fetched with room for the CLI beside a small server', () => {
    const small = podOf({ model: Model.fromS3('s3://acme/a/'), resources: { cpu: 0.5, memory: Size.mebibytes(64) } });
    expect(small.initContainers[0].resources).toEqual({
      requests: { cpu: '500m', memory: '512Mi' },
      limits: { memory: '512Mi' },
    });
  });

  test('are fetched by the image of the platform', () => {
    const chart = newChart();
    new KubernetesPlatform(chart, 'Platform', { fetchImage: 'mirror.example.com/aws-cli:2.27.50' });
    new ServingEndpoint(chart, 'digits').addBackend('svm', backendOptions({ model: Model.fromS3('s3://acme/a/') }));
    const { spec } = findObject(manifestsOf(chart), 'Deployment', 'digits-svm');
    expect(spec.template.spec.initContainers[0].image).toBe('mirror.example.com/aws-cli:2.27.50');
  });
});
