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
   * Its idle timeout, which is for both sides and for silent servers.
   *
   * @default - 60 seconds, as AWS has it
   */
  readonly idleTimeout?: Duration;
}

/** Times of a Network Load Balancer. */
export interface NetworkLoadBalancerTimes {
  /**
   * The idle timeout of its TCP listener.
   *
   * @default - 350 seconds, as AWS has it
   */
  readonly idleTimeout?: Duration;
}

/** Times of Amazon CloudFront for one origin. */
export interface CloudFrontTimes {
  /**
   * How long it waits for the first and for the next part of an answer.
   *
   * @default - 30 seconds, as AWS has it
   */
  readonly responseTimeout?: Duration;

  /**
   * How long it keeps an idle connection to the origin.
   *
   * @default - 5 seconds, as AWS has it
   */
  readonly keepAliveTimeout?: Duration;

  /**
   * How long a whole answer may take.
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
   * @default - 75 seconds, as nginx has it
   */
  readonly keepaliveTimeout?: Duration;

  /**
   * `keepalive_timeout` of the upstream: how long it keeps an idle connection to a server.
   *
   * @default - 60 seconds, as nginx has it
   */
  readonly upstreamKeepaliveTimeout?: Duration;

  /**
   * `proxy_read_timeout`: the longest pause between two parts of an answer.
   *
   * @default - 60 seconds, as nginx has it
   */
  readonly readTimeout?: Duration;
}

/** Times of Envoy. */
export interface EnvoyTimes {
  /**
   * How long it keeps an idle connection of a client.
   *
   * @default - an hour, as Envoy has it
   */
  readonly idleTimeout?: Duration;

  /**
   * How long it keeps an idle connection to a server.
   *
   * @default - an hour, as Envoy has it
   */
  readonly upstreamIdleTimeout?: Duration;

  /**
   * How long a request may be silent.
   *
   * @default - 5 minutes, as Envoy has it
   */
  readonly streamIdleTimeout?: Duration;

  /**
   * How long a request may take. A route without a limit is one of `of`, or has its longest time here.
   *
   * @default - 15 seconds, as Envoy has it
   */
  readonly routeTimeout?: Duration;
}

/** Times of HAProxy, which has no defaults for the first two. */
export interface HaproxyTimes {
  /** `timeout client`: how long a client may be silent. */
  readonly clientTimeout: Duration;

  /** `timeout server`: how long a server may be silent. */
  readonly serverTimeout: Duration;

  /**
   * `timeout http-keep-alive`: how long it keeps an idle connection of a client.
   *
   * @default - `clientTimeout`
   */
  readonly keepAliveTimeout?: Duration;

  /**
   * `pool-purge-delay`: how often it closes half of the idle connections to a server that are not needed any more. The
   * last of a thousand lives 13 times as long.
   *
   * @default - 5 seconds, as HAProxy has it
   */
  readonly poolPurgeDelay?: Duration;
}

/** Times of any other balancer or proxy. */
export interface IntermediaryTimes {
  /** The name in messages. */
  readonly name: string;

  /**
   * How long it keeps an idle connection of a client.
   *
   * @default - it never closes one
   */
  readonly clientIdle?: Duration;

  /**
   * How long it keeps an idle connection to the next hop for another request.
   *
   * @default - it never closes one; where it keeps none, say `reusesConnections: false`
   */
  readonly serverIdle?: Duration;

  /**
   * Whether it sends several requests on one connection to the next hop.
   *
   * @default true
   */
  readonly reusesConnections?: boolean;

  /**
   * After how long it gives up on a request on which nothing comes.
   *
   * @default - never
   */
  readonly silence?: Duration;

  /**
   * After how long it ends a request, whatever comes.
   *
   * @default - never
   */
  readonly requestTimeout?: Duration;
}

/** The idle connections to a server that HAProxy in front is taken to have. */
const POOL_CONNECTIONS = 1000;

/** The longest time that a balancer or proxy is taken to have. */
const LONGEST = 86_400;

/**
 * A balancer or proxy that requests pass beside that of the platform, by its times.
 *
 * Nothing configures it: the times are what it has, and every chain is held against them. Where they do not fit, the error
 * says what they must be.
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

  /** A Network Load Balancer: it hands bytes on, and forgets a connection that is silent. */
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

  /** The sidecar of Istio: Envoy without a limit of requests. */
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
        `'serverIdle' (${serverIdle}) is of connections that 'reusesConnections' (false) denies; leave one of them out`,
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
