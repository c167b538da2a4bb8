import type { HealthCheckIntent } from '../plan/intents';
import { requireIdentifier, requireNumber } from '../private/checks';
import { ServingError } from '../private/errors';
import { checkOptions } from '../private/options';
import { tagClass } from '../private/package-copy';
import { Duration } from '../units/duration';

/** Options of an HTTP health check. */
export interface HttpHealthCheckOptions {
  /**
   * The time between two checks.
   *
   * @default Duration.seconds(10)
   */
  readonly interval?: Duration;

  /**
   * The longest a check may take; less than the interval.
   *
   * @default Duration.seconds(5)
   */
  readonly timeout?: Duration;

  /**
   * How many checks in a row must be good before a replica gets requests.
   *
   * @default 2
   */
  readonly healthyThreshold?: number;

  /**
   * How many checks in a row must be bad before a replica gets no more requests.
   *
   * @default 3
   */
  readonly unhealthyThreshold?: number;
}

/**
 * How to tell that a replica can answer.
 *
 * AWS: the health check of the target group. Kubernetes: the readiness and start-up probes, and the router's own check.
 */
export class HealthCheck {
  /**
   * GET `path` on the container port; a status from 200 to 399 is healthy on every target.
   *
   * @param path the path in the container, whatever the endpoints' paths
   */
  public static http(path: string, options: HttpHealthCheckOptions = {}): HealthCheck {
    checkOptions('HttpHealthCheckOptions', options, 'options');
    if (!/^\/[!-~]*$/.test(requireIdentifier('path', path)) || path.length > 1024) {
      throw new ServingError('InvalidPath', `the health check path ('${path}') must start with '/' and have no spaces`);
    }
    return new HealthCheck(path, '200-399', true, options);
  }

  /**
   * The check of a backend that declares none: GET `/`, any status below 500, because an application that only knows
   * POST answers 405 and is well.
   *
   * @internal
   */
  public static _standard(): HealthCheck {
    return new HealthCheck('/', '200-499', false, {});
  }

  private readonly intent: HealthCheckIntent;

  private constructor(path: string, statuses: string, declared: boolean, options: HttpHealthCheckOptions) {
    const interval = (options.interval ?? Duration.seconds(10)).toSeconds();
    const timeout = (options.timeout ?? Duration.seconds(5)).toSeconds();
    requireNumber('interval', interval, { min: 5, max: 300, integer: true });
    requireNumber('timeout', timeout, { min: 2, max: 120, integer: true });
    if (timeout >= interval)
      throw new ServingError('InvalidNumber', `'timeout' (${timeout} s) must be less than 'interval' (${interval} s)`);
    this.intent = {
      path,
      statuses,
      declared,
      intervalSeconds: interval,
      timeoutSeconds: timeout,
      healthyThreshold: requireNumber('healthyThreshold', options.healthyThreshold ?? 2, {
        min: 2,
        max: 10,
        integer: true,
      }),
      unhealthyThreshold: requireNumber('unhealthyThreshold', options.unhealthyThreshold ?? 3, {
        min: 2,
        max: 10,
        integer: true,
      }),
    };
  }

  /** @internal */
  public _intent(): HealthCheckIntent {
    return this.intent;
  }
}

tagClass('HealthCheck', HealthCheck);
