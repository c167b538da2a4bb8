import type * as ecs from 'aws-cdk-lib/aws-ecs';
import { requireShape } from '../private/checks';
import { hasTag, tagClass } from '../private/package-copy';
import { SecretValue } from '../workload/secret-value';

const SECRET = { kind: 'an ecs.Secret', member: 'arn', example: 'ecs.Secret.fromSecretsManager(secret)' };

/**
 * A secret that is defined with AWS CDK.
 *
 * @example
 * declare const endpoint: ServingEndpoint;
 * declare const secret: secretsmanager.ISecret;
 * endpoint.addBackend('v1', {
 *   image: ServerImage.fromRegistry('registry.example.com/sentiment:1.4.2'),
 *   server: ModelServer.wsgi({ app: 'app:app' }),
 *   secrets: { API_TOKEN: aws.EcsSecret.fromSecret(ecs.Secret.fromSecretsManager(secret, 'token')) },
 * });
 */
export class EcsSecret extends SecretValue {
  /** Any secret that ECS can inject as an environment variable, such as one in Secrets Manager or Parameter Store. */
  public static fromSecret(secret: ecs.Secret): EcsSecret {
    return new EcsSecret(requireShape('secret', secret, SECRET));
  }

  /** Whether `x` is an EcsSecret, including one created by another copy of this package. */
  public static isEcsSecret(x: unknown): x is EcsSecret {
    return hasTag('EcsSecret', x);
  }

  private constructor(
    /** @internal */
    public readonly _secret: ecs.Secret,
  ) {
    super('aws');
  }
}

tagClass('EcsSecret', EcsSecret);
