import { checkOptions } from '../private/options';
import { SecretValue } from '../workload/secret-value';
import type { INamedObject } from './named-object';
import { nameOfObject, requireObjectName, requireSecretKey } from './private/names';

/** Options of a key of a Secret. */
export interface KubernetesSecretOptions {
  /**
   * Whether the Pods start without the Secret or the key. The variable is then not set.
   *
   * @default false
   */
  readonly optional?: boolean;
}

/** Secrets that exist on Kubernetes only. */
export class KubernetesSecret {
  /** A key of a Secret in the namespace of the chart, by the name of the Secret. */
  public static fromName(name: string, key: string, options: KubernetesSecretOptions = {}): SecretValue {
    checkOptions('kubernetes.KubernetesSecretOptions', options, 'options');
    return new SecretKey(requireObjectName('name', name, 'Secret'), requireSecretKey('key', key), options);
  }

  /**
   * A key of a Secret of cdk8s or cdk8s-plus.
   *
   * @example
   * declare const endpoint: ServingEndpoint;
   * const secret = kplus.Secret.fromSecretName(this, 'Secret', 'sentiment');
   * endpoint.addBackend('v1', {
   *   image: ServerImage.fromRegistry('registry.example.com/sentiment:1.4.2'),
   *   server: ModelServer.wsgi({ app: 'app:app' }),
   *   secrets: { API_TOKEN: kubernetes.KubernetesSecret.fromSecret(secret, 'api-token') },
   * });
   */
  public static fromSecret(secret: INamedObject, key: string, options: KubernetesSecretOptions = {}): SecretValue {
    checkOptions('kubernetes.KubernetesSecretOptions', options, 'options');
    return new SecretKey(nameOfObject('secret', secret, 'Secret'), requireSecretKey('key', key), options);
  }

  private constructor() {}
}

class SecretKey extends SecretValue {
  public override readonly _isOptional?: boolean;

  constructor(name: string, key: string, { optional }: KubernetesSecretOptions) {
    super('kubernetes', name, key);
    this._isOptional = optional;
  }
}
