import { requireIdentifier, requireNumber, requireText } from '../private/checks';
import { ServingError } from '../private/errors';
import { checkOptions } from '../private/options';
import { tagClass } from '../private/package-copy';
import { isUnresolved } from '../private/tokens';
import type { Duration } from '../units/duration';
import { isObjectName } from './private/names';

/** What a gateway can be told. */
export enum GatewayProfile {
  /**
   * What every conformant implementation of Gateway API 1.4 or newer understands. Algorithm, request timeout and 405
   * are left to the gateway.
   */
  PORTABLE = 'portable',
  /** Envoy Gateway 1.9 or newer, with its policies for algorithm, idle connections and 405. */
  ENVOY_GATEWAY = 'envoyGateway',
}

/** Options of a gateway that exists in the cluster. */
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
   * @default - every listener that admits them
   */
  readonly sectionName?: string;

  /**
   * What the gateway can be told.
   *
   * @default GatewayProfile.PORTABLE
   */
  readonly profile?: GatewayProfile;

  /**
   * The URL of the gateway without a path, such as `https://models.example.com`, for the URLs of endpoints.
   *
   * @default - reading the URL of an endpoint is an error
   */
  readonly address?: string;

  /**
   * How long the gateway keeps an idle connection to a server. The portable profile cannot set it and checks every
   * server against it; Envoy Gateway is told it.
   *
   * @default - an hour with the portable profile, 5 minutes with Envoy Gateway
   */
  readonly idleTimeout?: Duration;

  /**
   * How long the gateway may still send requests to a replica after that is told to stop.
   *
   * @default - 45 seconds with the portable profile, 5 seconds with Envoy Gateway
   */
  readonly propagationDelay?: Duration;
}

/** A Gateway that exists in the cluster, to which the routes of endpoints attach. */
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
          `'${prop}' ('${value}') must have small letters, digits, '-' and '.', and start and end with a letter or digit`,
        );
      }
    }
    return new Gateway(name, options);
  }

  /** The name of the Gateway. */
  public readonly gatewayName: string;
  /** The namespace of the Gateway; none means that of the chart. */
  public readonly namespace?: string;
  /** The listener that routes attach to; none means every one. */
  public readonly sectionName?: string;
  /** What the gateway can be told. */
  public readonly profile: GatewayProfile;
  /** The URL of the gateway without a path. */
  public readonly address?: string;
  /** How long it keeps an idle connection to a server, in seconds. */
  public readonly idleSeconds: number;
  /** How long it may still send requests to a stopping replica, in seconds. */
  public readonly propagationSeconds: number;

  private constructor(name: string, options: GatewayOptions) {
    const portable = (options.profile ?? GatewayProfile.PORTABLE) === GatewayProfile.PORTABLE;
    this.gatewayName = name;
    this.namespace = options.namespace;
    this.sectionName = options.sectionName;
    this.profile = options.profile ?? GatewayProfile.PORTABLE;
    this.address = options.address === undefined ? undefined : checkAddress(options.address);
    this.idleSeconds = requireNumber('idleTimeout', options.idleTimeout?.toSeconds() ?? (portable ? 3600 : 300), {
      min: 1,
      max: 86_400,
      hint: 'in seconds',
    });
    this.propagationSeconds = requireNumber(
      'propagationDelay',
      options.propagationDelay?.toSeconds() ?? (portable ? 45 : 5),
      { min: 1, max: 600, hint: 'in seconds' },
    );
  }
}

tagClass('Gateway', Gateway);

function checkAddress(address: string): string {
  requireIdentifier('address', address);
  if (!isUnresolved(address) && !/^https?:\/\/(?:\[[0-9a-fA-F:]+\]|[A-Za-z0-9.-]+)(?::\d{1,5})?\/?$/.test(address)) {
    throw new ServingError(
      'InvalidHost',
      `'address' ('${address}') must be a URL of scheme, host and port, such as 'https://models.example.com'`,
    );
  }
  return address.replace(/\/$/, '');
}
