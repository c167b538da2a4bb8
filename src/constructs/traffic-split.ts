import { Construct } from 'constructs';
import type { HeaderRuleIntent, SplitIntent } from '../plan/intents';
import { nearestWeights, wholeWeights } from '../plan/weights';
import { requireNumber } from '../private/checks';
import { requireNewId, requireScope } from '../private/construct-arguments';
import { describe } from '../private/describe';
import { ServingError } from '../private/errors';
import { checkOptions } from '../private/options';
import { tagClass } from '../private/package-copy';
import { firstRepeated } from '../private/repeated';
import { checkHeader, checkRewrite } from './private/http';
import { stickySecondsOf } from './private/sticky-session';
import type { IBackend, IServingEndpoint } from './references';
import type { StickySession } from './sticky-session';

/** A backend's share of an endpoint's requests. */
export interface TrafficShare {
  /** The backend. */
  readonly backend: IBackend;

  /**
   * The weight relative to the other shares: a whole number or a fraction. A backend with weight 0 gets no requests.
   */
  readonly weight: number;
}

/** A rule that selects requests by a header. */
export interface HeaderRule {
  /** The name of the header, such as `x-serve-call-method`. */
  readonly header: string;

  /**
   * The value of the header. Values are compared case-sensitively, except by an Application Load Balancer.
   */
  readonly value: string;

  /**
   * The backend that gets the requests.
   *
   * @default - selected by the shares
   */
  readonly backend?: IBackend;

  /**
   * The path that replaces the path of the request.
   *
   * @default - the path of the request
   */
  readonly path?: string;
}

/** Options of a traffic split. */
export interface TrafficSplitOptions {
  /**
   * The shares. Backends of the endpoint that are not listed get no requests.
   *
   * AWS: the weights of the forward action (0 to 999). Kubernetes: counted by the router (total of at most 10,000), or the
   * weights of the HTTPRoute.
   *
   * @default - every backend has an equal share, regardless of its number of replicas
   */
  readonly shares?: TrafficShare[];

  /**
   * Rules that are evaluated before the shares. The first match applies.
   *
   * @default - none
   */
  readonly headerRules?: HeaderRule[];

  /**
   * Whether a client comes back to the backend that the shares gave it first, for example to compare versions by client.
   * The shares then apply to new clients only. A backend whose weight becomes 0 loses its clients at once. Requests to the
   * own address of a backend, and those that a header rule sends to one, are not affected.
   *
   * It keeps the backend; `stickySession` of a backend also keeps the replica. It is an error if the backends serve gRPC,
   * whose clients keep no cookies.
   *
   * AWS: stickiness of the forward action with the cookie `AWSALBTG`; clients of a backend without a healthy replica get 503
   * until its weight is 0. Kubernetes: a cookie `serving-backend-<resource name of the endpoint>` of the router, whose value
   * is the resource name of the backend; clients of a backend without a ready replica get another one. Gateways do not
   * support it.
   *
   * @default - the shares apply to each request
   */
  readonly stickySession?: StickySession;
}

/** Properties of a traffic split. */
export interface TrafficSplitProps extends TrafficSplitOptions {
  /** The endpoint whose requests are split. */
  readonly endpoint: IServingEndpoint;
}

/** Options of a canary. */
export interface CanaryOptions {
  /** The backend that gets the remaining requests. */
  readonly stable: IBackend;
  /** The new version. */
  readonly canary: IBackend;
  /** The percentage of requests that the canary gets. Fractions are allowed. */
  readonly percent: number;
}

/** Beyond this, whole numbers in the same proportion are no longer exact. */
const MAX_TYPED_WEIGHT = 1_000_000_000;

/**
 * The split of the requests of an endpoint among its backends. An endpoint has at most one. Usually created by
 * `endpoint.splitTraffic`.
 *
 * @example
 * declare const endpoint: ServingEndpoint;
 * declare const stable: Backend;
 * declare const canary: Backend;
 * new TrafficSplit(this, 'Split', { endpoint, ...TrafficSplit.canary({ stable, canary, percent: 5 }) });
 */
export class TrafficSplit extends Construct {
  /** The shares of a canary: `percent` of the requests go to the new version, the rest to the stable one. */
  public static canary(options: CanaryOptions): TrafficSplitOptions {
    checkOptions('CanaryOptions', options, 'options');
    requireNumber('percent', options.percent, { min: 0, max: 100, code: 'WeightOutOfRange' });
    return {
      shares: [
        { backend: options.stable, weight: 100 - options.percent },
        { backend: options.canary, weight: options.percent },
      ],
    };
  }

  /** The endpoint whose requests are split. */
  public readonly endpoint: IServingEndpoint;

  constructor(scope: Construct, id: string, props: TrafficSplitProps) {
    super(requireScope(scope), requireNewId(scope, id));
    checkOptions('TrafficSplitProps', props, 'props', this);
    this.endpoint = props.endpoint;
    if (props.shares?.length === 0) {
      throw new ServingError('EmptyList', "'shares' ([]) must not be empty; omit it for equal shares", this);
    }
    const shares = props.shares ?? [];
    this.checkBackends(props);
    this.checkWeights(shares);
    const intent: SplitIntent = {
      path: this.node.path,
      endpoint: props.endpoint.node.path,
      shares: shares.map((share) => ({ backend: share.backend.node.path, weight: share.weight })),
      headerRules: this.checkHeaderRules((props.headerRules ?? []).map((rule) => this.headerRule(rule))),
      stickySeconds: stickySecondsOf(props.stickySession, props.endpoint.platform._target, this),
    };
    props.endpoint.platform._addSplit(this, intent);
  }

  private checkBackends(props: TrafficSplitProps): void {
    const { endpoint } = props;
    const named = [...(props.shares ?? []), ...(props.headerRules ?? [])].map((item) => item.backend);
    for (const backend of named) {
      if (backend !== undefined && !endpoint.platform._declared.isAttached(endpoint.node.path, backend.node.path)) {
        throw new ServingError(
          'UnattachedBackend',
          `backend '${backend.backendName}' does not serve endpoint '${endpoint.endpointName}'; add it to the endpoint with 'addBackend' or 'attachBackend' first`,
          this,
        );
      }
    }
    const repeated = firstRepeated((props.shares ?? []).map((share) => share.backend));
    if (repeated !== undefined)
      throw new ServingError(
        'DuplicateShare',
        `duplicate share of backend '${repeated.backendName}'; combine them into one`,
        this,
      );
  }

  private checkWeights(shares: TrafficShare[]): void {
    if (shares.length === 0) return;
    const { maxWeight, maxTotalWeight = Number.POSITIVE_INFINITY, name } = this.endpoint.platform._target;
    const typed = shares.map((share) =>
      requireNumber('weight', share.weight, {
        min: 0,
        max: MAX_TYPED_WEIGHT,
        code: 'WeightOutOfRange',
        hint: 'use relative weights such as 9 and 1',
        at: this,
      }),
    );
    if (typed.every((weight) => weight === 0)) {
      throw new ServingError(
        'NoShare',
        `the weights (${typed.join(', ')}) must not all be 0; give one backend a share`,
        this,
      );
    }
    const whole = wholeWeights(typed);
    const lost = typed.find((weight, index) => weight > 0 && whole[index] === 0);
    if (lost !== undefined) {
      throw new ServingError(
        'WeightOutOfRange',
        `'weight' (${lost}) is negligible relative to the other weights (${typed.join(', ')}); use relative weights such as 9 and 1, or 0 for no requests`,
        this,
      );
    }
    const largest = Math.max(...whole);
    const total = whole.reduce((sum, weight) => sum + weight, 0);
    if (largest <= maxWeight && total <= maxTotalWeight) return;
    const weights = nearestWeights(whole, maxWeight, maxTotalWeight);
    const nearest = `${weights.slice(0, -1).join(', ')} and ${weights.at(-1)}`;
    const at = whole.indexOf(largest);
    const bound = largest > maxWeight ? `between 0 and ${maxWeight}` : `at most ${maxTotalWeight} in total`;
    const reduced = typed[at] === largest ? '' : `, which is ${whole.join(' : ')} in whole numbers,`;
    throw new ServingError(
      'WeightOutOfRange',
      `'weight' (${describe(typed[at])})${reduced} must be ${bound} on ${name}; use relative weights such as ${nearest}`,
      this,
    );
  }

  private checkHeaderRules(rules: HeaderRuleIntent[]): HeaderRuleIntent[] {
    const repeated = firstRepeated(rules.map(({ header }) => `${header.name}: ${header.values[0]}`));
    if (repeated === undefined) return rules;
    throw new ServingError(
      'InvalidHeaderRule',
      `two rules match '${repeated}', and the second never applies; remove one`,
      this,
    );
  }

  private headerRule(rule: HeaderRule): HeaderRuleIntent {
    if (rule.backend === undefined && rule.path === undefined) {
      throw new ServingError(
        'InvalidHeaderRule',
        `the rule for header '${rule.header}' requires a 'backend' or a 'path'`,
        this,
      );
    }
    const use = { at: this, target: this.endpoint.platform._target };
    return {
      header: checkHeader({ name: rule.header, values: [rule.value] }, use),
      backend: rule.backend?.node.path,
      rewritePath: rule.path === undefined ? undefined : checkRewrite('path', rule.path, use),
    };
  }
}

tagClass('TrafficSplit', TrafficSplit);
