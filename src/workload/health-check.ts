import type { HealthCheckIntent } from '../plan/intents';
import { requireIdentifier, requireNumber } from '../private/checks';
import { ServingError } from '../private/errors';
import { checkOptions } from '../private/options';
import { tagClass } from '../private/package-copy';
import { Duration } from '../units/duration';

/** Options of an HTTP health check. */
export interface HttpHealthCheckOptions {
  /**
   * The time between two checks, in whole seconds.
   *
   * AWS: 5 seconds to 5 minutes. Kubernetes: 1 second or more.
   *
   * @default Duration.seconds(10)
   */
  readonly interval?: Duration;

  /**
   * The longest a check may take, in whole seconds, at most `interval`.
   *
   * AWS: 2 seconds to 2 minutes, less than `interval`. Kubernetes: 1 second or more.
   *
   * @default - 5 seconds; for an interval of up to 5 seconds a second less than that, and at least 1
   */
  readonly timeout?: Duration;

  /**
   * How many checks in a row must be good before a replica gets requests.
   *
   * AWS: 2 to 10. Kubernetes: 1 or more.
   *
   * @default 2
   */
  readonly healthyThreshold?: number;

  /**
   * How many checks in a row must be bad before a replica gets no more requests.
   *
   * AWS: 2 to 10. Kubernetes: 1 or more.
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
    const { interval = Duration.seconds(10), timeout, healthyThreshold = 2, unhealthyThreshold = 3 } = options;
    const intervalSeconds = wholeOf('interval', interval.toSeconds());
    const timeoutSeconds = wholeOf('timeout', timeout?.toSeconds() ?? standardTimeoutOf(intervalSeconds));
    if (timeoutSeconds > intervalSeconds) {
      throw new ServingError(
        'InvalidNumber',
        `'timeout' (${timeoutSeconds} s) must be at most 'interval' (${intervalSeconds} s)`,
      );
    }
    this.intent = {
      path,
      statuses,
      declared,
      intervalSeconds,
      timeoutSeconds,
      healthyThreshold: wholeOf('healthyThreshold', healthyThreshold),
      unhealthyThreshold: wholeOf('unhealthyThreshold', unhealthyThreshold),
    };
  }

  /** @internal */
  public _intent(): HealthCheckIntent {
    return this.intent;
  }
}

tagClass('HealthCheck', HealthCheck);

/** Targets count whole seconds and whole checks; how many is theirs to say. */
function wholeOf(prop: string, value: number): number {
  return requireNumber(prop, value, { min: 1, integer: true });
}

function standardTimeoutOf(intervalSeconds: number): number {
  return Math.max(1, Math.min(5, intervalSeconds - 1));
}
