import { ServerProtocol } from '../plan/choices';
import type { HealthCheckIntent, LivenessCheckIntent, StartupCheckIntent } from '../plan/intents';
import { requireIdentifier, requireNumber, requireText } from '../private/checks';
import { ServingError } from '../private/errors';
import { checkOptions } from '../private/options';
import { tagClass } from '../private/package-copy';
import { requestPathFault, shownRequestPath } from '../private/request-path';
import { isUnresolved } from '../private/tokens';
import { Duration } from '../units/duration';

/** The check of a replica that is starting, which asks another path than the health check. */
export interface StartupCheck {
  /**
   * The path in the container, which returns a healthy status once the server has started.
   */
  readonly path: string;

  /**
   * The time between two checks, in whole seconds. They are repeated for the `loadTimeout` of the backend.
   *
   * @default Duration.seconds(10)
   */
  readonly interval?: Duration;

  /**
   * The timeout of a check, in whole seconds, at most `interval`.
   *
   * @default - that of the health check, at most `interval`
   */
  readonly timeout?: Duration;
}

/** The check of a running replica: one that fails it is restarted or replaced. */
export interface LivenessCheck {
  /**
   * The path in the container.
   *
   * @default - the path of the health check
   */
  readonly path?: string;

  /**
   * The time between two checks, in whole seconds.
   *
   * AWS: 5 seconds to 5 minutes. Kubernetes: 1 second or more.
   *
   * @default Duration.seconds(30)
   */
  readonly interval?: Duration;

  /**
   * The timeout of a check, in whole seconds, at most `interval`.
   *
   * AWS: 2 seconds to 1 minute; 1 second becomes 2. Kubernetes: 1 second or more.
   *
   * @default - 5 seconds, at most `interval`
   */
  readonly timeout?: Duration;

  /**
   * Number of consecutive failed checks before the replica is restarted or replaced.
   *
   * AWS: 1 to 10. Kubernetes: 1 or more.
   *
   * @default - 5; more if the longest request can block the check
   */
  readonly unhealthyThreshold?: number;
}

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
   * AWS: 2 seconds to 2 minutes, less than `interval`; 1 second becomes 2. Kubernetes: 1 second or more.
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
   * @default - 3; more if the server processes so few requests at once that the longest request can block its health check,
   * and at the maximum of the target also a longer `interval`
   */
  readonly unhealthyThreshold?: number;
}

/** Options of an HTTP health check. */
export interface HttpHealthCheckOptions extends HealthCheckTimes {
  /**
   * The status codes of a healthy replica, between 200 and 499: one range, such as `200-299`, or a list, such as `200,204`.
   *
   * AWS: the matcher of the target group. Kubernetes: the router expects them too. The kubelet itself accepts 200 to 399
   * only, so for other codes the interpreter of the server sends the request inside the container; without a known
   * interpreter they are an error.
   *
   * @default '200-399'
   */
  readonly statuses?: string;

  /**
   * The `Host` header of the check, for applications with a list of accepted hosts.
   *
   * AWS: an error, because the load balancer always sends the address of the replica and the port. Kubernetes: the kubelet
   * and the router send it.
   *
   * @default - the address of the replica and the port
   */
  readonly host?: string;

  /**
   * The time after the start of the server without checks, in whole seconds. It is part of `loadTimeout`, and less.
   *
   * AWS: approximated, because the load balancer checks from the start. Failures have no effect during the grace period,
   * which includes this time, but a replica that is healthy earlier gets requests earlier. Kubernetes: the initial delay of
   * the startup probe, which precedes the other probes.
   *
   * @default - none
   */
  readonly initialDelay?: Duration;

  /**
   * A check of replicas that are starting, with the status codes and the host of this one. This one begins when it succeeds.
   *
   * AWS: approximated, because a target group has one check: a replica is ready when it passes this health check, and the
   * path of the start-up check is not requested. Kubernetes: the startup probe.
   *
   * @default - this check
   */
  readonly startup?: StartupCheck;

  /**
   * A check of running replicas, with the status codes and the host of this one. A replica that fails it is restarted, with
   * all of its requests, so it should not depend on load or other services.
   *
   * AWS: a health check of the container, sent by the Python interpreter in its image; ECS replaces the task. Without a known
   * interpreter only the target group is checked, and a task that fails this health check is replaced. Kubernetes: the
   * liveness probe; the container is restarted.
   *
   * @default - AWS: this check; Kubernetes: an open port
   */
  readonly liveness?: LivenessCheck;
}

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
 * AWS: the health check of the target group. Kubernetes: the readiness and startup probes, and the router's own check. All
 * of them send the same request and accept the same status codes.
 *
 * @example
 *
 * import { Duration, HealthCheck } from 'serving-constructs';
 *
 * const healthCheck = HealthCheck.http('/healthz', { interval: Duration.seconds(5), unhealthyThreshold: 2 });
 */
export class HealthCheck {
  /**
   * GET `path` on the container port; a status from 200 to 399 is healthy on every target, unless `statuses` specifies others.
   *
   * @param path the path in the container, regardless of the paths of endpoints, as it is sent: with escapes such as `%20` where
   * URLs need them, and optionally with a query
   */
  public static http(path: string, options: HttpHealthCheckOptions = {}): HealthCheck {
    checkOptions('HttpHealthCheckOptions', options, 'options');
    requirePath('path', path);
    return new HealthCheck({ path, statuses: statusesOf(options.statuses), declared: true }, options);
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
    options: HttpHealthCheckOptions,
  ) {
    const { interval = Duration.seconds(10), timeout, healthyThreshold = 2, unhealthyThreshold = 3 } = options;
    const intervalSeconds = wholeOf('interval', interval.toSeconds());
    const timeoutSeconds = timeoutOf('', timeout, {
      intervalSeconds,
      defaultSeconds: defaultTimeoutOf(intervalSeconds),
    });
    const { initialDelay, startup, liveness } = options;
    this.intent = {
      ...question,
      ...(options.host !== undefined && { host: hostOf(options.host) }),
      intervalSeconds,
      timeoutSeconds,
      healthyThreshold: wholeOf('healthyThreshold', healthyThreshold),
      unhealthyThreshold: wholeOf('unhealthyThreshold', unhealthyThreshold),
      ...defaultsIn(options),
      ...(initialDelay !== undefined && { initialDelaySeconds: wholeOf('initialDelay', initialDelay.toSeconds()) }),
      ...(startup !== undefined && { startup: startupOf(startup, timeoutSeconds) }),
      ...(liveness !== undefined && { liveness: livenessOf(liveness, question.path) }),
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

function startupOf({ path, interval, timeout }: StartupCheck, defaultSeconds: number): StartupCheckIntent {
  const intervalSeconds = wholeOf('startup.interval', interval?.toSeconds() ?? 10);
  return {
    path: requirePath('startup.path', path),
    intervalSeconds,
    timeoutSeconds: timeoutOf('startup.', timeout, { intervalSeconds, defaultSeconds }),
  };
}

function livenessOf(options: LivenessCheck, defaultPath: string): LivenessCheckIntent {
  const { path, interval, timeout, unhealthyThreshold } = options;
  const intervalSeconds = wholeOf('liveness.interval', interval?.toSeconds() ?? 30);
  return {
    path: path === undefined ? defaultPath : requirePath('liveness.path', path),
    intervalSeconds,
    timeoutSeconds: timeoutOf('liveness.', timeout, { intervalSeconds, defaultSeconds: 5 }),
    unhealthyThreshold: wholeOf('liveness.unhealthyThreshold', unhealthyThreshold ?? 5),
    ...defaultsIn(options),
  };
}

/** The values that the plan may raise so that a long request cannot fail the check. */
function defaultsIn({ interval, unhealthyThreshold }: Pick<LivenessCheck, 'interval' | 'unhealthyThreshold'>) {
  return {
    ...(interval === undefined && { isIntervalDefault: true }),
    ...(unhealthyThreshold === undefined && { isThresholdDefault: true }),
  };
}

function requirePath(prop: string, path: string): string {
  const fault = requestPathFault(requireIdentifier(prop, path));
  if (fault === undefined) return path;
  const shown = shownRequestPath(path);
  const what = prop === 'path' ? `the health check path ('${shown}')` : `'${prop}' ('${shown}') of the health check`;
  throw new ServingError('InvalidPath', `${what} ${fault}`);
}

/** The timeout of a check, at most its interval. */
function timeoutOf(
  prefix: string,
  timeout: Duration | undefined,
  { intervalSeconds, defaultSeconds }: { readonly intervalSeconds: number; readonly defaultSeconds: number },
): number {
  const seconds = wholeOf(`${prefix}timeout`, timeout?.toSeconds() ?? Math.min(defaultSeconds, intervalSeconds));
  if (seconds <= intervalSeconds) return seconds;
  throw new ServingError(
    'InvalidNumber',
    `'${prefix}timeout' (${seconds} s) must be at most '${prefix}interval' (${intervalSeconds} s)`,
  );
}

/** A status code from 200 to 499, which every target can require. */
const STATUS = '[234][0-9]{2}';
const STATUSES = new RegExp(`^(?:${STATUS}-${STATUS}|${STATUS}(?:,${STATUS})*)$`);

function statusesOf(statuses = '200-399'): string {
  const [first = '', last = first] = requireText('statuses', statuses).split('-');
  if (STATUSES.test(statuses) && (first.includes(',') || first <= last)) return statuses;
  throw new ServingError(
    'InvalidNumber',
    `'statuses' ('${statuses}') must be a range such as '200-299', or a list such as '200,204', of status codes between 200 and 499`,
  );
}

function hostOf(host: string): string {
  if (!isUnresolved(requireIdentifier('host', host)) && /^(?:[\w.-]+|\[[\da-f:]+\])(?::\d{1,5})?$/i.test(host))
    return host;
  throw new ServingError(
    'InvalidHost',
    `'host' ('${host}') must be a host name with an optional port, such as 'model.internal'`,
  );
}

/** Targets support whole seconds and whole checks. Each has its own limits. */
function wholeOf(prop: string, value: number): number {
  return requireNumber(prop, value, { min: 1, integer: true });
}

function defaultTimeoutOf(intervalSeconds: number): number {
  return Math.max(1, Math.min(5, intervalSeconds - 1));
}
