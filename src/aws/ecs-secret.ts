import type * as ecs from 'aws-cdk-lib/aws-ecs';
import { requireShape } from '../private/checks';
import { hasTag, tagClass } from '../private/package-copy';
import { SecretValue } from '../workload/secret-value';

const SECRET = { kind: 'an ecs.Secret', member: 'arn', example: 'ecs.Secret.fromSecretsManager(secret)' };

/** A secret that only AWS knows. */
export class EcsSecret extends SecretValue {
  /** Any secret that ECS can put into an environment variable, such as one of Secrets Manager or of Parameter Store. */
  public static fromSecret(secret: ecs.Secret): EcsSecret {
    return new EcsSecret(requireShape('secret', secret, SECRET));
  }

  /** Whether `x` is such a secret, also one of another copy of this package. */
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
