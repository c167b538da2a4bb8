import { join } from 'node:path';
import type { Stack } from 'aws-cdk-lib';
import * as ecr from 'aws-cdk-lib/aws-ecr';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import { aws, Model, ServerImage } from '../../src';
import { container, messagesOf, newStack, oneBackend, statements, templateOf } from '../support/aws';

const ECR_ACTIONS = ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'];

function pullPermissions(stack: Stack): unknown[] {
  return statements(templateOf(stack), 'ExecutionRole').filter((statement) =>
    JSON.stringify(statement.Action).includes('ecr:'),
  );
}

describe('an image by its reference', () => {
  test('is used unchanged', () => {
    const reference = `registry.example.com/acme/svm:1.4.2@sha256:${'0a'.repeat(32)}`;
    const { stack } = oneBackend({ image: ServerImage.fromRegistry(reference) });
    expect(container(templateOf(stack)).Image).toBe(reference);
    expect(pullPermissions(stack)).toEqual([]);
  });

  test.each([
    ['123456789012.dkr.ecr.eu-west-1.amazonaws.com', 'eu-west-1'],
    ['123456789012.dkr.ecr-fips.eu-west-1.amazonaws.com', 'eu-west-1'],
    ['123456789012.dkr-ecr.eu-west-1.on.aws', 'eu-west-1'],
    ['123456789012.dkr-ecr.eusc-de-east-1.on.amazonwebservices.eu', 'eusc-de-east-1'],
    ['123456789012.dkr.ecr.us-iso-east-1.c2s.ic.gov', 'us-iso-east-1'],
  ])('in %s can be pulled by its task, and CDK reports no messages', (host, region) => {
    const { stack } = oneBackend({ image: ServerImage.fromRegistry(`${host}/models/svm:1.4.2`) });
    expect(pullPermissions(stack)).toEqual([
      { Action: 'ecr:GetAuthorizationToken', Effect: 'Allow', Resource: '*' },
      {
        Action: ECR_ACTIONS,
        Effect: 'Allow',
        Resource: {
          'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, `:ecr:${region}:123456789012:repository/models/svm`]],
        },
      },
    ]);
    expect(messagesOf(stack)).toEqual([]);
  });

  test('of the model fetch in a private repository can be pulled too', () => {
    const stack = newStack();
    new aws.EcsPlatform(stack, 'Platform', {
      fetchImage: '123456789012.dkr.ecr.eu-west-1.amazonaws.com/tools/aws:2',
    });
    oneBackend({ model: Model.fromS3('s3://bucket/prefix/') }, {}, stack);
    expect(container(templateOf(stack), 'Fetch0').Image).toBe(
      '123456789012.dkr.ecr.eu-west-1.amazonaws.com/tools/aws:2',
    );
    expect(pullPermissions(stack)).toHaveLength(2);
    expect(messagesOf(stack)).toEqual([]);
  });
});

describe('an image of AWS', () => {
  test('in a repository of the app is pulled by digest', () => {
    const stack = newStack();
    const digest = `sha256:${'0a'.repeat(32)}`;
    const repository = new ecr.Repository(stack, 'Repository');
    oneBackend({ image: aws.EcrImage.fromRepository(repository, digest) }, {}, stack);
    expect(JSON.stringify(container(templateOf(stack)).Image)).toContain(`@${digest}`);
    expect(pullPermissions(stack)).toHaveLength(2);
  });

  test('is built from a Dockerfile', () => {
    const directory = join(__dirname, '../../examples/digits');
    const { stack } = oneBackend({ image: aws.DockerfileImage.fromDirectory(directory) });
    expect(JSON.stringify(container(templateOf(stack)).Image)).toContain('cdk-hnb659fds-container-assets');
  });

  test('can be any image of ECS', () => {
    const image = aws.EcsImage.fromContainerImage(ecs.ContainerImage.fromRegistry('acme/svm:1'));
    const { stack } = oneBackend({ image });
    expect(container(templateOf(stack)).Image).toBe('acme/svm:1');
  });

  test.each(['', 'latest'])("fails with the mutable tag '%s'", (tag) => {
    const repository = new ecr.Repository(newStack(), 'Repository');
    expect(() => aws.EcrImage.fromRepository(repository, tag)).toThrow(
      `[MutableImage] 'tagOrDigest' ('${tag}') can change while the endpoint is running; use a digest or an immutable tag`,
    );
  });
});
