import type { HopIntent } from '../plan/intents';
import { requireName } from '../private/checks';
import { ServingError } from '../private/errors';
import { purgesOf } from '../private/haproxy-idle';
import { checkOptions } from '../private/options';
import { tagClass } from '../private/package-copy';
import type { Duration } from '../units/duration';
import { requireSeconds } from '../units/private/seconds';

/** Times of an Application Load Balancer. */
export interface ApplicationLoadBalancerTimes {
  /**
   * The idle timeout. It applies to both sides, and to a request on which the server sends no data.
   *
   * @default - 60 seconds, the default of AWS
   */
  readonly idleTimeout?: Duration;
}

/** Times of a Network Load Balancer. */
export interface NetworkLoadBalancerTimes {
  /**
   * The idle timeout of its TCP listener.
   *
   * @default - 350 seconds, the default of AWS
   */
  readonly idleTimeout?: Duration;
}

/** Times of Amazon CloudFront for one origin. */
export interface CloudFrontTimes {
  /**
   * How long it waits for the first and for each further packet of a response.
   *
   * @default - 30 seconds, the default of AWS
   */
  readonly responseTimeout?: Duration;

  /**
   * How long it keeps an idle connection to the origin.
   *
   * @default - 5 seconds, the default of AWS
   */
  readonly keepAliveTimeout?: Duration;

  /**
   * The maximum duration of a response.
   *
   * @default - no limit
   */
  readonly responseCompletionTimeout?: Duration;
}

/** Times of nginx. */
export interface NginxTimes {
  /**
   * `keepalive_timeout` of the server: how long it keeps an idle connection of a client.
   *
   * @default - 75 seconds, the default of nginx
   */
  readonly keepaliveTimeout?: Duration;

  /**
   * `keepalive_timeout` of the upstream: how long it keeps an idle connection to a server.
   *
   * @default - 60 seconds, the default of nginx
   */
  readonly upstreamKeepaliveTimeout?: Duration;

  /**
   * `proxy_read_timeout`: the longest pause within a response.
   *
   * @default - 60 seconds, the default of nginx
   */
  readonly readTimeout?: Duration;
}

/** Times of Envoy. */
export interface EnvoyTimes {
  /**
   * How long it keeps an idle connection of a client.
   *
   * @default - an hour, the default of Envoy
   */
  readonly idleTimeout?: Duration;

  /**
   * How long it keeps an idle connection to a server.
   *
   * @default - an hour, the default of Envoy
   */
  readonly upstreamIdleTimeout?: Duration;

  /**
   * How long a stream may be idle.
   *
   * @default - 5 minutes, the default of Envoy
   */
  readonly streamIdleTimeout?: Duration;

  /**
   * The timeout of the route. For a route without a timeout, use `Intermediary.of`.
   *
   * @default - 15 seconds, the default of Envoy
   */
  readonly routeTimeout?: Duration;
}

/** Times of HAProxy, which has no defaults for the first two. */
export interface HaproxyTimes {
  /** `timeout client`: the maximum inactivity of a client. */
  readonly clientTimeout: Duration;

  /** `timeout server`: the maximum inactivity of a server. */
  readonly serverTimeout: Duration;

  /**
   * `timeout http-keep-alive`: how long it keeps an idle connection of a client.
   *
   * @default - `clientTimeout`
   */
  readonly keepAliveTimeout?: Duration;

  /**
   * `pool-purge-delay`: the interval at which it closes half of the unused idle connections to a server. With 1,000
   * connections, the last one lives 13 times as long.
   *
   * @default - 5 seconds, the default of HAProxy
   */
  readonly poolPurgeDelay?: Duration;
}

/** Times of any other balancer or proxy. */
export interface IntermediaryTimes {
  /** The name that messages use. */
  readonly name: string;

  /**
   * How long it keeps an idle connection of a client.
   *
   * @default - without a limit
   */
  readonly clientIdle?: Duration;

  /**
   * How long it keeps an idle connection to the next hop for another request.
   *
   * @default - without a limit; if it reuses no connections, set `reusesConnections` to false
   */
  readonly serverIdle?: Duration;

  /**
   * Whether it sends several requests over one connection to the next hop.
   *
   * @default true
   */
  readonly reusesConnections?: boolean;

  /**
   * How long it waits for data on a request before it gives up.
   *
   * @default - without a limit
   */
  readonly silence?: Duration;

  /**
   * The maximum duration of a request.
   *
   * @default - without a limit
   */
  readonly requestTimeout?: Duration;
}

/** The assumed number of idle connections that HAProxy keeps to a server. */
const POOL_CONNECTIONS = 1000;

/** The longest accepted time, in seconds. */
const LONGEST = 86_400;

/**
 * A load balancer or proxy in front of the balancer of the platform, described by its timeouts.
 *
 * This package does not configure it: declare its actual timeouts. Every chain is validated against them, and the error for
 * a timeout that does not fit states the required value.
 *
 * @example
 * new aws.EcsPlatform(this, 'Platform', {
 *   behind: [Intermediary.cloudFront({ responseTimeout: Duration.seconds(60) })],
 * });
 */
export class Intermediary {
  /** An Application Load Balancer. */
  public static applicationLoadBalancer(times: ApplicationLoadBalancerTimes = {}): Intermediary {
    checkOptions('ApplicationLoadBalancerTimes', times, 'times');
    const idle = seconds('idleTimeout', times.idleTimeout, 60, { max: 4000 });
    return new Intermediary({
      name: 'the Application Load Balancer in front',
      clientIdleSeconds: idle,
      serverIdleSeconds: idle,
      silenceSeconds: idle,
      cutsConnections: true,
      source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html',
    });
  }

  /** A Network Load Balancer. It forwards bytes without parsing requests, and drops idle connections. */
  public static networkLoadBalancer(times: NetworkLoadBalancerTimes = {}): Intermediary {
    checkOptions('NetworkLoadBalancerTimes', times, 'times');
    const idle = seconds('idleTimeout', times.idleTimeout, 350, { min: 60, max: 6000 });
    return new Intermediary({
      name: 'the Network Load Balancer in front',
      clientIdleSeconds: idle,
      silenceSeconds: idle,
      cutsConnections: true,
      passesThrough: true,
      source: 'https://docs.aws.amazon.com/elasticloadbalancing/latest/network/update-idle-timeout.html',
    });
  }

  /** Amazon CloudFront with the platform as a custom origin. */
  public static cloudFront(times: CloudFrontTimes = {}): Intermediary {
    checkOptions('CloudFrontTimes', times, 'times');
    const silence = seconds('responseTimeout', times.responseTimeout, 30, { max: 600 });
    const whole = times.responseCompletionTimeout;
    const request = whole === undefined ? undefined : seconds('responseCompletionTimeout', whole, 0);
    if (request !== undefined && request < silence) {
      throw new ServingError(
        'ConflictingProps',
        `'responseCompletionTimeout' (${request} s) must be at least 'responseTimeout' (${silence} s)`,
      );
    }
    return new Intermediary({
      name: 'Amazon CloudFront',
      serverIdleSeconds: seconds('keepAliveTimeout', times.keepAliveTimeout, 5, { max: 600 }),
      silenceSeconds: silence,
      requestSeconds: request,
      source: 'https://docs.aws.amazon.com/cloudfront/latest/APIReference/API_VpcOriginConfig.html',
    });
  }

  /** nginx as a reverse proxy. */
  public static nginx(times: NginxTimes = {}): Intermediary {
    checkOptions('NginxTimes', times, 'times');
    return new Intermediary({
      name: 'nginx',
      clientIdleSeconds: seconds('keepaliveTimeout', times.keepaliveTimeout, 75),
      serverIdleSeconds: seconds('upstreamKeepaliveTimeout', times.upstreamKeepaliveTimeout, 60),
      silenceSeconds: seconds('readTimeout', times.readTimeout, 60),
      source: 'https://nginx.org/en/docs/http/ngx_http_proxy_module.html#proxy_read_timeout',
    });
  }

  /** Envoy as a reverse proxy. */
  public static envoy(times: EnvoyTimes = {}): Intermediary {
    checkOptions('EnvoyTimes', times, 'times');
    return new Intermediary({
      name: 'Envoy',
      clientIdleSeconds: seconds('idleTimeout', times.idleTimeout, 3600),
      serverIdleSeconds: seconds('upstreamIdleTimeout', times.upstreamIdleTimeout, 3600),
      silenceSeconds: seconds('streamIdleTimeout', times.streamIdleTimeout, 300),
      requestSeconds: seconds('routeTimeout', times.routeTimeout, 15),
      source: 'https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts',
    });
  }

  /** The sidecar of Istio: Envoy without a route timeout. */
  public static istioSidecar(): Intermediary {
    return new Intermediary({
      name: 'the sidecar of Istio',
      clientIdleSeconds: 3600,
      serverIdleSeconds: 3600,
      silenceSeconds: 300,
      source: 'https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts',
    });
  }

  /** HAProxy as a reverse proxy. */
  public static haproxy(times: HaproxyTimes): Intermediary {
    checkOptions('HaproxyTimes', times, 'times');
    const client = seconds('clientTimeout', times.clientTimeout, 0);
    const server = seconds('serverTimeout', times.serverTimeout, 0);
    return new Intermediary({
      name: 'HAProxy',
      clientIdleSeconds: seconds('keepAliveTimeout', times.keepAliveTimeout, client),
      serverIdleSeconds: purgesOf(POOL_CONNECTIONS) * seconds('poolPurgeDelay', times.poolPurgeDelay, 5),
      silenceSeconds: Math.min(client, server),
      source: 'https://docs.haproxy.org/3.0/configuration.html#4.2-timeout%20server',
    });
  }

  /** Any other balancer or proxy. */
  public static of(times: IntermediaryTimes): Intermediary {
    checkOptions('IntermediaryTimes', times, 'times');
    const { reusesConnections = true, serverIdle } = times;
    requireName('name', times.name);
    if (!reusesConnections && serverIdle !== undefined) {
      throw new ServingError(
        'ConflictingProps',
        `'serverIdle' (${serverIdle}) requires 'reusesConnections' to be true; remove one of them`,
      );
    }
    const given = (prop: string, time: Duration | undefined): number | undefined =>
      time === undefined ? undefined : seconds(prop, time, 0);
    return new Intermediary({
      name: times.name,
      clientIdleSeconds: given('clientIdle', times.clientIdle),
      serverIdleSeconds: reusesConnections ? given('serverIdle', serverIdle) : 0,
      silenceSeconds: given('silence', times.silence),
      requestSeconds: given('requestTimeout', times.requestTimeout),
    });
  }

  private constructor(private readonly intent: HopIntent) {}

  /** @internal */
  public _intent(): HopIntent {
    return this.intent;
  }
}

tagClass('Intermediary', Intermediary);

/** The bounds of a time, in seconds. */
interface Bounds {
  readonly min?: number;
  readonly max?: number;
}

function seconds(prop: string, time: Duration | undefined, standard: number, bounds: Bounds = {}): number {
  return time === undefined ? standard : requireSeconds(prop, time, { max: LONGEST, ...bounds });
}
