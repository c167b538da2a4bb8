import { requireIdentifier } from '../private/checks';
import { ServingError } from '../private/errors';
import { checkOptions } from '../private/options';
import { tagClass } from '../private/package-copy';

/** Options of a secret that is referenced by its name. */
export interface NamedSecretOptions {
  /**
   * The key inside the secret.
   *
   * AWS: a field of a JSON secret. Kubernetes: a key of the Secret.
   *
   * @default - the whole secret on AWS; the name of the environment variable on Kubernetes
   */
  readonly key?: string;
}

/**
 * A secret that a backend reads from its environment. Templates and manifests never contain the value.
 *
 * Secrets that only one target supports are in the namespace of that target, such as `aws.EcsSecret`.
 *
 * @example
 *
 * import { SecretValue } from 'serving-constructs';
 *
 * const secrets = { API_TOKEN: SecretValue.fromName('acme/token', { key: 'token' }) };
 */
export abstract class SecretValue {
  /**
   * An existing secret with the same name on every target: in AWS Secrets Manager, or a Kubernetes Secret in the
   * namespace of the chart.
   */
  public static fromName(name: string, options: NamedSecretOptions = {}): SecretValue {
    checkOptions('NamedSecretOptions', options, 'options');
    if (!/^[A-Za-z0-9/_+=.@-]{1,253}$/.test(requireIdentifier('name', name))) {
      throw new ServingError(
        'InvalidName',
        `the secret name ('${name}') must be 1 to 253 letters, digits or any of '/_+=.@-'${name.startsWith('arn:') ? '; for an ARN use aws.EcsSecret.fromSecret' : ''}`,
      );
    }
    return new NamedSecret(name, options.key);
  }

  /**
   * Only for the compiler: object literals are not secrets.
   *
   * @internal
   */
  protected declare readonly _made: true;

  /**
   * Whether a replica starts without it.
   *
   * @internal
   */
  public readonly _isOptional?: boolean;

  protected constructor(
    /** The only platform that can use this secret. @default - every platform */
    public readonly platform?: string,
    /** The name of the secret, if the definition contains it. @default - the platform resolves the secret */
    public readonly secretName?: string,
    /** The key inside the secret. @default - the default of `fromName` on each target */
    public readonly key?: string,
  ) {
    if (secretName !== undefined) requireIdentifier('secretName', secretName);
    if (key !== undefined) requireIdentifier('key', key);
  }
}

tagClass('SecretValue', SecretValue);

class NamedSecret extends SecretValue {
  constructor(name: string, key?: string) {
    super(undefined, name, key);
  }
}
