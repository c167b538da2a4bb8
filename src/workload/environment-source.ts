import { requireIdentifier, requireList, requireText } from '../private/checks';
import { ServingError } from '../private/errors';
import { checkOptions } from '../private/options';
import { tagClass } from '../private/package-copy';
import { SecretValue } from './secret-value';

/** Options of variables that are keys of one secret. */
export interface SecretKeysOptions {
  /**
   * The keys inside the secret. Each becomes a variable with the same name.
   *
   * AWS: fields of a JSON secret. Kubernetes: keys of the Secret.
   */
  readonly keys: string[];

  /**
   * What the name of each variable starts with, before the key.
   *
   * @default - nothing
   */
  readonly prefix?: string;
}

/**
 * A source of several environment variables.
 *
 * Sources whose keys the definition does not list exist on one target only: `kubernetes.KubernetesEnvironment` and
 * `aws.EcsEnvironment`.
 *
 * @example
 *
 * import { EnvironmentSource } from 'serving-constructs';
 *
 * const environmentFrom = [EnvironmentSource.fromSecretKeys('acme/database', { keys: ['HOST', 'PASSWORD'], prefix: 'DB_' })];
 */
export abstract class EnvironmentSource {
  /**
   * Keys of an existing secret with the same name on every target: in AWS Secrets Manager, or a Kubernetes Secret in the
   * namespace of the chart.
   */
  public static fromSecretKeys(name: string, options: SecretKeysOptions): EnvironmentSource {
    checkOptions('SecretKeysOptions', options, 'options');
    const { keys, prefix = '' } = options;
    requireText('prefix', prefix);
    if (requireList('keys', keys).length === 0) {
      throw new ServingError('EmptyList', `'keys' must list at least one key of secret '${name}'`);
    }
    return new ListedKeys(
      name,
      Object.fromEntries(
        keys.map((key) => [`${prefix}${requireIdentifier('keys', key)}`, SecretValue.fromName(name, { key })]),
      ),
    );
  }

  /**
   * Only for the compiler: object literals are not sources.
   *
   * @internal
   */
  protected declare readonly _made: true;

  /**
   * The secrets by variable, if the definition lists them.
   *
   * @internal
   */
  public readonly _secrets?: { readonly [variable: string]: SecretValue };

  protected constructor(
    /** The name of the source in messages. */
    public readonly sourceName: string,
    /** The only platform that can use this source. @default - every platform */
    public readonly platform?: string,
  ) {}
}

tagClass('EnvironmentSource', EnvironmentSource);

class ListedKeys extends EnvironmentSource {
  constructor(
    name: string,
    public override readonly _secrets: { readonly [variable: string]: SecretValue },
  ) {
    super(`secret '${name}'`);
  }
}
