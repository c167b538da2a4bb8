import { ServerProtocol } from '../plan/choices';
import type { HealthCheckIntent } from '../plan/intents';
import { requireIdentifier, requireNumber } from '../private/checks';
import { ServingError } from '../private/errors';
import { checkOptions } from '../private/options';
import { tagClass } from '../private/package-copy';
import { Duration } from '../units/duration';

/** How often a health check runs, and how many results change the health of a replica. */
export interface HealthCheckTimes {
  /**
   * The time between two checks, in whole seconds.
   *
   * AWS: 5 seconds to 5 minutes. Kubernetes: 1 second or more.
   *
   * @default Duration.seconds(10)
   */
  readonly interval?: Duration;

  /**
   * The timeout of a check, in whole seconds, at most `interval`.
   *
   * AWS: 2 seconds to 2 minutes, less than `interval`. Kubernetes: 1 second or more.
   *
   * @default - 5 seconds; for an interval of up to 5 seconds, one second less than the interval, and at least 1
   */
  readonly timeout?: Duration;

  /**
   * Number of consecutive successful checks before a replica receives requests.
   *
   * AWS: 2 to 10. Kubernetes: 1 or more.
   *
   * @default 2
   */
  readonly healthyThreshold?: number;

  /**
   * Number of consecutive failed checks before a replica no longer receives requests.
   *
   * AWS: 2 to 10. Kubernetes: 1 or more.
   *
   * @default 3
   */
  readonly unhealthyThreshold?: number;
}

/** Options of an HTTP health check. */
export interface HttpHealthCheckOptions extends HealthCheckTimes {}

/** Options of a gRPC health check. */
export interface GrpcHealthCheckOptions extends HealthCheckTimes {
  /**
   * The full name of the service whose health is checked.
   *
   * AWS: not supported. Kubernetes: the `service` of the probe.
   *
   * @default - the health of the whole server
   */
  readonly service?: string;
}

/**
 * How the target checks that a replica can answer requests.
 *
 * AWS: the health check of the target group. Kubernetes: the readiness and startup probes, and the router's own check.
 *
 * @example
 *
 * import { Duration, HealthCheck } from 'serving-constructs';
 *
 * const healthCheck = HealthCheck.http('/healthz', { interval: Duration.seconds(5), unhealthyThreshold: 2 });
 */
export class HealthCheck {
  /**
   * GET `path` on the container port; a status from 200 to 399 is healthy on every target.
   *
   * @param path the path in the container, regardless of the paths of endpoints
   */
  public static http(path: string, options: HttpHealthCheckOptions = {}): HealthCheck {
    checkOptions('HttpHealthCheckOptions', options, 'options');
    if (!/^\/[!-~]*$/.test(requireIdentifier('path', path)) || path.length > 1024) {
      throw new ServingError(
        'InvalidPath',
        `the health check path ('${path}') must start with '/' and must not contain spaces`,
      );
    }
    return new HealthCheck({ path, statuses: '200-399', declared: true }, options);
  }

  /**
   * A call of the gRPC health checking protocol (`grpc.health.v1.Health/Check`), for backends whose `protocol` is gRPC.
   *
   * AWS: the load balancer calls the method without the name of a service, so `service` is an error. Kubernetes: a `grpc`
   * probe; the router checks that the port accepts connections, and gets the ready replicas from the cluster's DNS.
   *
   * @param options service, interval, timeout and thresholds
   */
  public static grpc(options: GrpcHealthCheckOptions = {}): HealthCheck {
    checkOptions('GrpcHealthCheckOptions', options, 'options');
    const { service = '' } = options;
    if (!/^[A-Za-z0-9_.]*$/.test(service)) {
      throw new ServingError(
        'InvalidName',
        `'service' ('${service}') must be the full name of a gRPC service, such as 'inference.GRPCInferenceService'`,
      );
    }
    return new HealthCheck(
      { path: '/grpc.health.v1.Health/Check', statuses: '0', declared: true, grpcService: service },
      options,
    );
  }

  /**
   * The check of a backend that declares none: GET `/` with any status below 500, because a healthy application that
   * supports only POST returns 405. With gRPC, a call of a method that does not exist, with any status.
   *
   * @internal
   */
  public static _standard(protocol = ServerProtocol.HTTP1): HealthCheck {
    return protocol === ServerProtocol.GRPC
      ? new HealthCheck({ path: '/AWS.ALB/healthcheck', statuses: '0-99', declared: false }, {})
      : new HealthCheck({ path: '/', statuses: '200-499', declared: false }, {});
  }

  private readonly intent: HealthCheckIntent;

  private constructor(
    question: Pick<HealthCheckIntent, 'path' | 'statuses' | 'declared' | 'grpcService'>,
    options: HealthCheckTimes,
  ) {
    const { interval = Duration.seconds(10), timeout, healthyThreshold = 2, unhealthyThreshold = 3 } = options;
    const intervalSeconds = wholeOf('interval', interval.toSeconds());
    const timeoutSeconds = wholeOf('timeout', timeout?.toSeconds() ?? defaultTimeoutOf(intervalSeconds));
    if (timeoutSeconds > intervalSeconds) {
      throw new ServingError(
        'InvalidNumber',
        `'timeout' (${timeoutSeconds} s) must be at most 'interval' (${intervalSeconds} s)`,
      );
    }
    this.intent = {
      ...question,
      intervalSeconds,
      timeoutSeconds,
      healthyThreshold: wholeOf('healthyThreshold', healthyThreshold),
      unhealthyThreshold: wholeOf('unhealthyThreshold', unhealthyThreshold),
    };
  }

  /** @internal */
  public get _isGrpc(): boolean {
    return this.intent.grpcService !== undefined;
  }

  /** @internal */
  public _intent(): HealthCheckIntent {
    return this.intent;
  }
}

tagClass('HealthCheck', HealthCheck);

/** Targets support whole seconds and whole checks. Each has its own limits. */
function wholeOf(prop: string, value: number): number {
  return requireNumber(prop, value, { min: 1, integer: true });
}

function defaultTimeoutOf(intervalSeconds: number): number {
  return Math.max(1, Math.min(5, intervalSeconds - 1));
}
