import type { TargetProfile } from '../plan/target-profile';
import { requireIdentifier, requireText } from '../private/checks';
import { ServingError } from '../private/errors';
import { checkOptions } from '../private/options';
import { tagClass } from '../private/package-copy';
import { isUnresolved } from '../private/tokens';
import { Duration } from '../units/duration';
import { requireSeconds } from '../units/private/seconds';
import { GatewayProfile, IDLE, PROPAGATION } from './gateway-profile';
import { gatewayTarget } from './private/gateway-target';
import { isObjectName } from './private/names';

/** Options of an existing gateway in the cluster. */
export interface GatewayOptions {
  /**
   * The namespace of the Gateway.
   *
   * @default - the namespace of the chart
   */
  readonly namespace?: string;

  /**
   * The listener of the Gateway that routes attach to.
   *
   * @default - every listener that allows them
   */
  readonly sectionName?: string;

  /**
   * What the gateway supports, and how it is configured.
   *
   * @default GatewayProfile.PORTABLE
   */
  readonly profile?: GatewayProfile;

  /**
   * The URL of the gateway without a path, such as `https://models.example.com`, for the URLs of endpoints.
   *
   * @default - unknown; reading the URL of an endpoint is an error
   */
  readonly address?: string;

  /**
   * How long the gateway keeps an idle connection to a server. Envoy Gateway is configured with it. With a profile that
   * cannot set it, such as the portable one, every server is checked against it.
   *
   * @default - the idle timeout of the profile: an hour with the portable one, 5 minutes with Envoy Gateway
   */
  readonly idleTimeout?: Duration;

  /**
   * How long the gateway may still send requests to a replica that is being stopped.
   *
   * @default - that of the profile: 45 seconds with the portable one, 5 seconds with Envoy Gateway
   */
  readonly propagationDelay?: Duration;
}

/**
 * An existing Gateway in the cluster, to which the routes of endpoints attach.
 *
 * @example
 * const gateway = kubernetes.Gateway.fromName('inference', {
 *   namespace: 'gateways',
 *   profile: kubernetes.GatewayProfile.ENVOY_GATEWAY,
 *   address: 'https://models.example.com',
 * });
 * new kubernetes.KubernetesPlatform(this, 'Platform', { gateway });
 */
export class Gateway {
  /** A Gateway (`gateway.networking.k8s.io/v1`) by its name. */
  public static fromName(name: string, options: GatewayOptions = {}): Gateway {
    checkOptions('kubernetes.GatewayOptions', options, 'options');
    requireText('name', name);
    for (const [prop, value] of Object.entries({
      name,
      namespace: options.namespace,
      sectionName: options.sectionName,
    })) {
      if (value !== undefined && !isUnresolved(requireIdentifier(prop, value)) && !isObjectName(value)) {
        throw new ServingError(
          'InvalidName',
          `'${prop}' ('${value}') must consist of lowercase letters, digits, '-' and '.', and start and end with a letter or digit`,
        );
      }
    }
    return new Gateway(name, options);
  }

  /** The name of the Gateway. */
  public readonly gatewayName: string;
  /** The namespace of the Gateway. @default - the namespace of the chart */
  public readonly namespace?: string;
  /** The listener that routes attach to. @default - every listener that allows them */
  public readonly sectionName?: string;
  /** What the gateway supports, and how it is configured. */
  public readonly profile: GatewayProfile;
  /** The URL of the gateway without a path. @default - unknown */
  public readonly address?: string;
  /** How long the gateway keeps an idle connection to a server, in seconds. */
  public readonly idleSeconds: number;
  /** How long the gateway may still send requests to a replica that is being stopped, in seconds. */
  public readonly propagationSeconds: number;

  private constructor(name: string, options: GatewayOptions) {
    const { profile = GatewayProfile.PORTABLE } = options;
    const { idleTimeout = Duration.hours(1), propagationDelay = Duration.seconds(45) } = profile.options;
    this.gatewayName = name;
    this.namespace = options.namespace;
    this.sectionName = options.sectionName;
    this.profile = profile;
    this.address = options.address === undefined ? undefined : checkAddress(options.address);
    this.idleSeconds = requireSeconds('idleTimeout', options.idleTimeout ?? idleTimeout, IDLE);
    this.propagationSeconds = requireSeconds(
      'propagationDelay',
      options.propagationDelay ?? propagationDelay,
      PROPAGATION,
    );
  }

  /**
   * The limits and features of the gateway, without those of backends.
   *
   * @internal
   */
  public _target(): TargetProfile {
    return gatewayTarget(this.profile.options, this.idleSeconds, this.propagationSeconds);
  }
}

tagClass('Gateway', Gateway);

function checkAddress(address: string): string {
  requireIdentifier('address', address);
  if (!isUnresolved(address) && !/^https?:\/\/(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(?::\d{1,5})?\/?$/.test(address)) {
    throw new ServingError(
      'InvalidHost',
      `'address' ('${address}') must be a URL without a path, such as 'https://models.example.com'`,
    );
  }
  return address.replace(/\/$/, '');
}
