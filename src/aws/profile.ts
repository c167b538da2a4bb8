import { BalancerAccess, DrainOrder, Feature, SupportLevel, type TargetProfile } from '../plan/target-profile';

/** The rules of a load balancer that its quota allows at first. */
export const RULE_QUOTA = 100;

/** ECS behind an Application Load Balancer: its row of the capability table. */
export function ecsProfile(
  ruleQuota: number,
  importedIdleSeconds?: number,
  access = BalancerAccess.INTERNAL,
): TargetProfile {
  return {
    name: 'an Application Load Balancer',
    access,
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupTuple.html
    maxWeight: 999,
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
    maxBackendsPerEndpoint: 5,
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
    healthCheck: {
      minIntervalSeconds: 5,
      maxIntervalSeconds: 300,
      minTimeoutSeconds: 2,
      maxTimeoutSeconds: 120,
      endsBeforeNext: true,
      minThreshold: 2,
      maxThreshold: 10,
    },
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html
    idle: {
      min: 1,
      max: 4000,
      standard: importedIdleSeconds ?? 60,
      cutsSilence: true,
      settable: importedIdleSeconds === undefined,
    },
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html
    statuses: { closed: 502, silent: 504, unavailable: 503 },
    drainOrder: DrainOrder.BALANCER_FIRST,
    propagationSeconds: 0,
    maxDeregistrationSeconds: 3600,
    requestTimeout: false,
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
    rules: {
      first: 1,
      last: 43_120,
      lastAnchor: 50_000,
      valuesPerCondition: 3,
      valuesPerRule: 5,
      maxRules: ruleQuota,
      maxBackends: 100,
    },
    capabilities: [
      native(Feature.WEIGHTS, 'weights of a forward action, drawn per request and load balancer node'),
      native(Feature.ROUND_ROBIN, 'load_balancing.algorithm.type of the target group'),
      native(Feature.LEAST_OUTSTANDING, 'load_balancing.algorithm.type of the target group'),
      {
        feature: Feature.REQUEST_TIMEOUT,
        level: SupportLevel.APPROXIMATED,
        detail:
          'the idle timeout ends a silent request after the longest one of the load balancer; nothing ends one that keeps sending',
      },
      native(Feature.METHOD_MATCH, 'a condition of the rule'),
      native(Feature.METHOD_NOT_ALLOWED, 'a rule with a fixed response after those of the path'),
      {
        feature: Feature.ALLOW_HEADER,
        level: SupportLevel.APPROXIMATED,
        detail: 'a fixed response has no header of its own; its body names the methods',
      },
      native(Feature.STRIP_PREFIX, 'a URL rewrite of the rule'),
      {
        feature: Feature.HEADER_MATCH,
        level: SupportLevel.APPROXIMATED,
        detail: 'a condition of the rule; values are compared without regard to case',
      },
      native(Feature.PATH_BY_HEADER, 'a URL rewrite of the rule'),
      {
        feature: Feature.OWN_ADDRESS,
        level: SupportLevel.APPROXIMATED,
        detail: 'a rule of its own; names in the header are compared without regard to case',
      },
      {
        feature: Feature.MAX_CONCURRENCY,
        level: SupportLevel.APPLICATION,
        detail: 'the load balancer has no limit of requests at a time; the server must hold it',
      },
      native(Feature.DEFAULT_READINESS, 'the target group counts 200-499 to GET / as healthy'),
      native(Feature.KEEP_ALIVE, 'the idle timeout of the load balancer'),
      native(Feature.DRAIN, 'the deregistration delay, then the stop timeout'),
      native(Feature.AUTOSCALING, 'target tracking of the service'),
      native(Feature.REQUEST_SCALING, 'target tracking of the service by a metric of the load balancer'),
      {
        feature: Feature.SCALING_DELAY,
        level: SupportLevel.APPROXIMATED,
        detail: 'the cooldowns of the policies; target tracking itself waits 3 minutes to add and 15 to take away',
      },
      native(
        Feature.MODEL_FETCH,
        'a container that runs before the server, as root without capabilities, because volumes of a task belong to root; any user can read the files',
      ),
      {
        feature: Feature.MODEL_IMAGE_VOLUME,
        level: SupportLevel.REFUSED,
        detail: "ECS mounts no images; leave 'delivery' out or use ModelDelivery.copy()",
      },
      native(
        Feature.MODEL_COPY,
        'a container of the image of the model, which copies its files into a volume of the task, as root without capabilities',
      ),
      native(Feature.MODEL_BAKED, 'the image of the server container'),
      native(Feature.MODEL_VOLUME, 'a volume of the task, mounted read-only'),
      native(Feature.MODEL_PUBLISH, "a file asset of the stack, whose command is 'serving publish'"),
      {
        feature: Feature.FAILOVER,
        level: SupportLevel.APPROXIMATED,
        detail: 'a backend without a healthy replica keeps its share, which is answered with 503',
      },
      native(Feature.TOKENS, 'CDK fills them in'),
      native(Feature.GPU, 'an instance of a capacity provider'),
      {
        feature: Feature.IMAGE_USER,
        level: SupportLevel.APPLICATION,
        detail:
          "the container runs as the user of its image, which is root where the image names none, and without capabilities; set 'user' to one that can read and write what the server needs, on Fargate with 'VOLUME /tmp' in the image",
      },
      native(
        Feature.WEB_SOCKET,
        'an upgraded connection, which the idle timeout of the load balancer ends when both sides are silent',
      ),
      {
        feature: Feature.GRPC,
        level: SupportLevel.REFUSED,
        detail:
          'it needs a target group of gRPC behind an HTTPS listener, which this platform does not render yet; stream over HTTP/1.1, or use WebSocket',
      },
    ],
  };
}

function native(feature: Feature, detail: string): TargetProfile['capabilities'][number] {
  return { feature, level: SupportLevel.NATIVE, detail };
}
