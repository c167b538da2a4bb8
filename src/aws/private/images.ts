import { Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Backend } from '../../backend';
import { ServingError } from '../../private/errors';
import { EcsImage, type EcsImageSource } from '../ecs-image';

/** A repository of Amazon ECR inside an image reference. */
const ECR =
  /^(?<account>\d{12})\.dkr\.ecr\.(?<region>[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu)\/(?<repository>[a-z0-9._/-]+)[:@]/;

/** The image of a backend as ECS knows it, with what the task needs to pull it. */
export function containerImage(backend: Backend, definition: ecs.TaskDefinition): ecs.ContainerImage {
  const { image } = backend;
  if (image instanceof EcsImage) return fromSource(image.source);
  if (image.reference === undefined) {
    throw new ServingError(
      'ForeignResource',
      `the image of backend '${backend.intent.name}' has no reference that ECS can pull`,
      backend,
    );
  }
  const parts = ECR.exec(image.reference)?.groups;
  if (parts !== undefined)
    grantPull(backend, definition, parts as { account: string; region: string; repository: string });
  return ecs.ContainerImage.fromRegistry(image.reference);
}

function fromSource({ image, repository, tagOrDigest, directory }: EcsImageSource): ecs.ContainerImage {
  if (image !== undefined) return image;
  return repository === undefined
    ? ecs.ContainerImage.fromAsset(directory as string)
    : ecs.ContainerImage.fromEcrRepository(repository, tagOrDigest);
}

/** CDK takes a reference to be public; one into ECR needs rights of the execution role. */
function grantPull(
  backend: Backend,
  definition: ecs.TaskDefinition,
  { account, region, repository }: { account: string; region: string; repository: string },
): void {
  const { partition } = Stack.of(backend);
  definition.addToExecutionRolePolicy(
    new iam.PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
  );
  definition.addToExecutionRolePolicy(
    new iam.PolicyStatement({
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
      resources: [`arn:${partition}:ecr:${region}:${account}:repository/${repository}`],
    }),
  );
}
