import { checkOptions } from '../private/options';
import { hasTag, tagClass } from '../private/package-copy';
import { EnvironmentSource } from '../workload/environment-source';
import type { INamedObject } from './named-object';
import { nameOfObject, requireEnvironmentPrefix, requireObjectName } from './private/names';

/** Options of a ConfigMap or Secret whose keys become environment variables. */
export interface KubernetesEnvironmentOptions {
  /**
   * What the name of each variable starts with, before the key.
   *
   * @default - nothing
   */
  readonly prefix?: string;

  /**
   * Whether the Pods start without the object.
   *
   * @default false
   */
  readonly optional?: boolean;
}

/**
 * A whole ConfigMap or Secret in the namespace of the chart, each key of which becomes an environment variable. A change of
 * the object applies to Pods that start afterward.
 *
 * @example
 * declare const endpoint: ServingEndpoint;
 * const settings = new kplus.ConfigMap(this, 'Settings', { data: { LOG_LEVEL: 'debug' } });
 * endpoint.addBackend('v1', {
 *   image: ServerImage.fromRegistry('registry.example.com/sentiment:1.4.2'),
 *   server: ModelServer.wsgi({ app: 'app:app' }),
 *   environmentFrom: [
 *     kubernetes.KubernetesEnvironment.fromConfigMap(settings),
 *     kubernetes.KubernetesEnvironment.fromSecretName('database', { prefix: 'DB_', optional: true }),
 *   ],
 * });
 */
export class KubernetesEnvironment extends EnvironmentSource {
  /** A ConfigMap by its name. */
  public static fromConfigMapName(name: string, options: KubernetesEnvironmentOptions = {}): KubernetesEnvironment {
    checkOptions('kubernetes.KubernetesEnvironmentOptions', options, 'options');
    return new KubernetesEnvironment('ConfigMap', requireObjectName('name', name, 'ConfigMap'), options);
  }

  /** A ConfigMap of cdk8s or cdk8s-plus. */
  public static fromConfigMap(
    configMap: INamedObject,
    options: KubernetesEnvironmentOptions = {},
  ): KubernetesEnvironment {
    checkOptions('kubernetes.KubernetesEnvironmentOptions', options, 'options');
    return new KubernetesEnvironment('ConfigMap', nameOfObject('configMap', configMap, 'ConfigMap'), options);
  }

  /** A Secret by its name. */
  public static fromSecretName(name: string, options: KubernetesEnvironmentOptions = {}): KubernetesEnvironment {
    checkOptions('kubernetes.KubernetesEnvironmentOptions', options, 'options');
    return new KubernetesEnvironment('Secret', requireObjectName('name', name, 'Secret'), options);
  }

  /** A Secret of cdk8s or cdk8s-plus. */
  public static fromSecret(secret: INamedObject, options: KubernetesEnvironmentOptions = {}): KubernetesEnvironment {
    checkOptions('kubernetes.KubernetesEnvironmentOptions', options, 'options');
    return new KubernetesEnvironment('Secret', nameOfObject('secret', secret, 'Secret'), options);
  }

  /**
   * Whether `x` is a KubernetesEnvironment, including one created by another copy of this package.
   *
   * @internal
   */
  public static _isKubernetesEnvironment(x: unknown): x is KubernetesEnvironment {
    return hasTag('KubernetesEnvironment', x);
  }

  /** @internal */
  public readonly _prefix?: string;

  /** @internal */
  public readonly _isOptional?: boolean;

  private constructor(
    /** @internal */
    public readonly _kind: 'ConfigMap' | 'Secret',
    /** @internal */
    public readonly _objectName: string,
    { prefix, optional }: KubernetesEnvironmentOptions,
  ) {
    super(`${_kind} '${_objectName}'`, 'kubernetes');
    this._prefix = prefix === undefined ? undefined : requireEnvironmentPrefix(prefix);
    this._isOptional = optional;
  }
}

tagClass('KubernetesEnvironment', KubernetesEnvironment);
