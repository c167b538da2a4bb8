import { Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { Backend } from '../../backend';
import { bakedImage } from '../../plan/models';
import type { ModelPlan } from '../../plan/serving-plan';
import { ServingError } from '../../private/errors';
import { EcsImage, type EcsImageSource } from '../ecs-image';

/** A repository of Amazon ECR inside an image reference; FIPS and dual-stack hosts are others for the same one. */
const ECR =
  /^(?<account>\d{12})\.(?:dkr\.ecr(?:-fips)?|dkr-ecr(?:-fips)?)\.(?<region>[a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|on\.aws|on\.amazonwebservices\.com\.cn)\/(?<repository>[a-z0-9._/-]+)[:@]/;

/** The image of a backend as ECS knows it, with what the task needs to pull it. */
export function containerImage(
  backend: Backend,
  models: ModelPlan[],
  definition: ecs.TaskDefinition,
): ecs.ContainerImage {
  const { image } = backend;
  const baked = bakedImage(models);
  if (baked !== undefined) return pulledImage(baked, definition);
  if (EcsImage.isEcsImage(image)) return fromSource(image.source);
  if (image.reference === undefined) {
    throw new ServingError(
      'ForeignResource',
      `the image of backend '${backend.intent.name}' has no reference that ECS can pull`,
      backend,
    );
  }
  return pulledImage(image.reference, definition);
}

/** An image by its reference, and the right to pull it where that is a matter of rights. */
export function pulledImage(reference: string, definition: ecs.TaskDefinition): ecs.ContainerImage {
  const parts = ECR.exec(reference)?.groups;
  if (parts === undefined) return ecs.ContainerImage.fromRegistry(reference);
  grantPull(definition, parts as { account: string; region: string; repository: string });
  return new GrantedImage(reference);
}

function fromSource({ image, repository, tagOrDigest, directory }: EcsImageSource): ecs.ContainerImage {
  if (image !== undefined) return image;
  return repository === undefined
    ? ecs.ContainerImage.fromAsset(directory as string)
    : ecs.ContainerImage.fromEcrRepository(repository, tagOrDigest);
}

/** A reference into ECR without CDK's warning that nobody may pull it. */
class GrantedImage extends ecs.ContainerImage {
  constructor(private readonly reference: string) {
    super();
  }

  public bind(): ecs.ContainerImageConfig {
    return { imageName: this.reference };
  }
}

function grantPull(
  definition: ecs.TaskDefinition,
  { account, region, repository }: { account: string; region: string; repository: string },
): void {
  const { partition } = Stack.of(definition);
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
