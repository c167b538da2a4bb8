import type * as kplus from 'cdk8s-plus-27';
import { requireIdentifier, requireShape } from '../private/checks';
import { ServingError } from '../private/errors';
import { SecretValue } from '../workload/secret-value';
import { isObjectName } from './private/names';

const SECRET = "kplus.Secret.fromSecretName(this, 'Secret', 'token')";
const SECRET_VALUE = "{ secret, key: 'token' }";

/** Secrets that only Kubernetes knows. */
export class KubernetesSecret {
  /** A key of a Secret in the namespace of the chart, by the Secret's name. */
  public static fromName(name: string, key: string): SecretValue {
    requireIdentifier('key', key);
    if (!isObjectName(requireIdentifier('name', name))) {
      throw new ServingError(
        'InvalidName',
        `the name of a Secret ('${name}') must have small letters, digits, '-' and '.', and start and end with a letter or digit`,
      );
    }
    return new SecretKey(name, key);
  }

  /** A key of a Secret of cdk8s-plus. */
  public static fromSecret(secret: kplus.ISecret, key: string): SecretValue {
    return new SecretKey(
      requireIdentifier('secret.name', requireShape('secret', secret, 'name', SECRET).name),
      requireIdentifier('key', key),
    );
  }

  /** A value of a Secret of cdk8s-plus. */
  public static fromSecretValue(value: kplus.SecretValue): SecretValue {
    const { secret, key } = requireShape('value', value, 'secret', SECRET_VALUE);
    return KubernetesSecret.fromSecret(secret, key);
  }

  private constructor() {}
}

class SecretKey extends SecretValue {
  constructor(name: string, key: string) {
    super('kubernetes', name, key);
  }
}
