import { Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { BackendBinding } from '../../constructs/bindings';
import { bakedImage } from '../../plan/models';
import type { ModelPlan } from '../../plan/serving-plan';
import { ServingError } from '../../private/errors';
import { type EcrHost, parseEcrHost } from '../../private/images/ecr-host';
import { EcsImage, type EcsImageSource } from '../ecs-image';

/** The registry and the repository of an image reference. */
const REFERENCE = /^(?<registry>[^/]+)\/(?<repository>[a-z0-9._/-]+)[:@]/;

/** The image of a backend as ECS knows it, with what the task needs to pull it. */
export function containerImage(
  backend: BackendBinding,
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
      backend.scope,
    );
  }
  return pulledImage(image.reference, definition);
}

/** An image by its reference, and the right to pull it where that is a matter of rights. */
export function pulledImage(reference: string, definition: ecs.TaskDefinition): ecs.ContainerImage {
  const { registry = '', repository = '' } = REFERENCE.exec(reference)?.groups ?? {};
  const host = parseEcrHost(registry);
  if (host === undefined) return ecs.ContainerImage.fromRegistry(reference);
  grantPull(definition, host, repository);
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

function grantPull(definition: ecs.TaskDefinition, { registryId, region }: EcrHost, repository: string): void {
  const { partition } = Stack.of(definition);
  definition.addToExecutionRolePolicy(
    new iam.PolicyStatement({ actions: ['ecr:GetAuthorizationToken'], resources: ['*'] }),
  );
  definition.addToExecutionRolePolicy(
    new iam.PolicyStatement({
      actions: ['ecr:BatchCheckLayerAvailability', 'ecr:GetDownloadUrlForLayer', 'ecr:BatchGetImage'],
      resources: [`arn:${partition}:ecr:${region}:${registryId}:repository/${repository}`],
    }),
  );
}
