import type * as ecr from 'aws-cdk-lib/aws-ecr';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import { requireIdentifier, requireShape } from '../private/checks';
import { ServingError } from '../private/errors';
import { hasTag, tagClass } from '../private/package-copy';
import { requireSlashes } from '../private/slashes';
import { ServerImage } from '../workload/server-image';

const CONTAINER_IMAGE = {
  kind: 'an ecs.ContainerImage',
  member: 'bind',
  example: "ecs.ContainerImage.fromRegistry('acme/svm:1')",
};
const REPOSITORY = {
  kind: 'an ecr.IRepository',
  member: 'repositoryArn',
  example: "ecr.Repository.fromRepositoryName(this, 'Images', 'svm')",
};

/** The source of an image, from which the renderer creates an ECS image. */
export interface EcsImageSource {
  /** An ECS image. @default - none */
  readonly image?: ecs.ContainerImage;
  /** A repository of Amazon ECR. @default - none */
  readonly repository?: ecr.IRepository;
  /** The tag or digest of the image in the repository. @default - none */
  readonly tagOrDigest?: string;
  /** A directory with a Dockerfile. @default - none */
  readonly directory?: string;
}

/**
 * A container image that is defined with AWS CDK.
 *
 * @example
 * declare const endpoint: ServingEndpoint;
 * endpoint.addBackend('v1', {
 *   image: aws.EcsImage.fromContainerImage(ecs.ContainerImage.fromTarball('build/sentiment.tar')),
 *   server: ModelServer.wsgi({ app: 'app:app' }),
 * });
 */
export class EcsImage extends ServerImage {
  /** Any image that an ECS task definition supports. */
  public static fromContainerImage(image: ecs.ContainerImage): EcsImage {
    return new EcsImage({
      image: requireShape('image', image, CONTAINER_IMAGE),
    });
  }

  /** Whether `x` is an EcsImage, including one created by another copy of this package. */
  public static isEcsImage(x: unknown): x is EcsImage {
    return hasTag('EcsImage', x);
  }

  /** @internal */
  public static _from(source: EcsImageSource): EcsImage {
    return new EcsImage(source);
  }

  private constructor(
    /** Where the image comes from. */
    public readonly source: EcsImageSource,
  ) {
    super(undefined, 'aws');
  }
}

tagClass('EcsImage', EcsImage);

/**
 * Images in repositories of Amazon ECR.
 *
 * @example
 * declare const endpoint: ServingEndpoint;
 * declare const repository: ecr.IRepository;
 * endpoint.addBackend('v1', {
 *   image: aws.EcrImage.fromRepository(repository, '1.4.2'),
 *   server: ModelServer.wsgi({ app: 'app:app' }),
 * });
 */
export class EcrImage {
  /**
   * An image in a repository.
   *
   * @param repository the repository
   * @param tagOrDigest an immutable tag, or a digest such as `sha256:...`
   */
  public static fromRepository(repository: ecr.IRepository, tagOrDigest: string): EcsImage {
    requireShape('repository', repository, REPOSITORY);
    requireIdentifier('tagOrDigest', tagOrDigest);
    if (tagOrDigest === '' || tagOrDigest === 'latest') {
      throw new ServingError(
        'MutableImage',
        `'tagOrDigest' ('${tagOrDigest}') can change while the endpoint is running; use a digest or an immutable tag`,
      );
    }
    return EcsImage._from({ repository, tagOrDigest });
  }

  private constructor() {}
}

/**
 * Images that are built from a Dockerfile during deployment.
 *
 * @example
 * declare const endpoint: ServingEndpoint;
 * endpoint.addBackend('v1', {
 *   image: aws.DockerfileImage.fromDirectory('services/sentiment'),
 *   server: ModelServer.wsgi({ app: 'app:app' }),
 * });
 */
export class DockerfileImage {
  /**
   * The image of the Dockerfile in a directory. Deployment requires Docker or a compatible tool.
   *
   * @param directory the directory, relative to the working directory of the app
   */
  public static fromDirectory(directory: string): EcsImage {
    return EcsImage._from({ directory: requireSlashes('directory', requireIdentifier('directory', directory)) });
  }

  private constructor() {}
}
