import { Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { BackendBinding } from '../../constructs/bindings';
import { bakedImage } from '../../plan/models';
import type { ModelPlan } from '../../plan/serving-plan';
import { ServingError } from '../../private/errors';
import { type EcrHost, parseEcrHost } from '../../private/images/ecr-host';
import type { ServerImage } from '../../workload/server-image';
import { EcsImage, type EcsImageSource } from '../ecs-image';
import type { TaskSettingsOptions } from '../task-settings-options';
import { readOnlyCredentials } from './secret-permissions';

/** The registry and the repository of an image reference. */
const REFERENCE = /^(?<registry>[^/]+)\/(?<repository>[a-z0-9._/-]+)[:@]/;

/** The ECS image of a backend. The execution role is granted the permissions to pull it. */
export function containerImage(
  backend: BackendBinding,
  models: ModelPlan[],
  definition: ecs.TaskDefinition,
): ecs.ContainerImage {
  const baked = bakedImage(models);
  const credentials = registryCredentials(backend);
  return baked === undefined
    ? imageOf(backend.image, { owner: `backend '${backend.intent.name}'`, credentials }, definition)
    : pulledImage(baked, definition, credentials);
}

/** Whose image it is, and what its registry requires. */
export interface ImageUse {
  /** The owner, for messages. */
  readonly owner: string;
  readonly credentials?: secretsmanager.ISecret;
}

/** The ECS image of one container of a task. */
export function imageOf(
  image: ServerImage,
  { owner, credentials }: ImageUse,
  definition: ecs.TaskDefinition,
): ecs.ContainerImage {
  if (EcsImage.isEcsImage(image)) return fromSource(image.source);
  if (image.reference === undefined) {
    throw new ServingError(
      'ForeignResource',
      `the image of ${owner} has no reference that ECS can pull; use ServerImage.fromRegistry or aws.EcsImage.fromContainerImage`,
      definition.node.scope,
    );
  }
  return pulledImage(image.reference, definition, credentials);
}

/** The credentials of the registry of the image and the models of a backend; undefined without any. */
export function registryCredentials({ scope, settings }: BackendBinding): secretsmanager.ISecret | undefined {
  const credentials = (settings as TaskSettingsOptions).registryCredentials;
  return credentials === undefined ? undefined : readOnlyCredentials(scope, credentials);
}

/**
 * The image with this reference. For an image in ECR, the execution role is granted the permissions to pull it; another is
 * pulled with the credentials, if there are any.
 */
export function pulledImage(
  reference: string,
  definition: ecs.TaskDefinition,
  credentials?: secretsmanager.ISecret,
): ecs.ContainerImage {
  const { registry = '', repository = '' } = REFERENCE.exec(reference)?.groups ?? {};
  const host = parseEcrHost(registry);
  if (host === undefined) return ecs.ContainerImage.fromRegistry(reference, { credentials });
  grantPull(definition, host, repository);
  return new GrantedImage(reference);
}

function fromSource({ image, repository, tagOrDigest, directory }: EcsImageSource): ecs.ContainerImage {
  if (image !== undefined) return image;
  return repository === undefined
    ? ecs.ContainerImage.fromAsset(directory as string)
    : ecs.ContainerImage.fromEcrRepository(repository, tagOrDigest);
}

/** An image in ECR that CDK does not warn about: its permissions are granted here. */
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
