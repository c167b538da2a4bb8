import { refuseCompute } from './compute';
import {
  type AttachmentIntent,
  type AutoscalingIntent,
  type BackendIntent,
  type EndpointIntent,
  type PlatformIntents,
  RolloutKind,
  type SplitIntent,
} from './intents';
import { Ledger } from './ledger';
import { refuseModels } from './model-refusals';
import { bakedImage, planFetches, planModels } from './models';
import { refuse } from './refuse';
import { hostParts, orderOf, routesOf, sharesOf, sortRoutes } from './routes';
import { cutRoute, fits, MAX_DEPTH, RuleSlots } from './rule-slots';
import type {
  BackendPlan,
  BalancerPlan,
  EndpointPlan,
  LedgerEntry,
  Refusal,
  RoutePlan,
  RulePlan,
} from './serving-plan';
import { commandOf, environmentOf } from './start-command';
import { routeSilenceOf, solveBackend } from './timeouts/backend';
import { type SolvedBalancer, solveBalancer } from './timeouts/balancer';
import { Checks } from './timeouts/checks';
import { endpointLadder } from './timeouts/endpoint';
import type { Relation } from './timeouts/relations';
import { rolloutOf } from './timeouts/rollout-cost';

/**
 * What a platform will render: every route, share, priority and timeout, computed from all intents at once.
 *
 * A plan is a pure function of the intents. Making one never throws: what cannot be done stands in `refusals`, beside
 * values that keep the output legal.
 */
export class ServingPlan {
  /** The endpoints, in the order of their declaration. */
  public readonly endpoints: EndpointPlan[];
  /** The backends, in the order of their declaration. */
  public readonly backends: BackendPlan[];
  /** The balancer that the endpoints share. */
  public readonly balancer: BalancerPlan;
  /** What became of everything that the definitions ask for. */
  public readonly ledger: LedgerEntry[];
  /** What the target cannot do or the whole does not allow. */
  public readonly refusals: Refusal[];
  /** How many hops the solver looked at: a few for each backend, and those in front of the balancer once. */
  public readonly hopsEvaluated: number;
  /**
   * Every relation between two times that was held against the rules.
   *
   * @internal
   */
  public readonly _relations: Relation[];

  private readonly endpointIndex: Map<string, EndpointPlan>;
  private readonly backendIndex: Map<string, BackendPlan>;
  private readonly routeIndex: Map<string, RoutePlan>;

  /** Computes the plan of all that was asked of a platform. */
  public constructor(intents: PlatformIntents) {
    this.refusals = [];
    const index = new IntentIndex(intents);
    const ledger = new Ledger(intents, this.refusals);

    const checks = new Checks(this.refusals);
    const balancer = solveBalancer(intents, checks);
    this.balancer = balancer.plan;
    this.endpoints = planEndpoints(intents, index, balancer, ledger, this.refusals);
    this.backends = planBackends(intents, index, balancer, ledger, checks);
    ledger.addImages(this.backends.flatMap(({ models }) => models));
    this.ledger = ledger.entries;
    this.hopsEvaluated = checks.hops;
    this._relations = checks.relations;

    this.endpointIndex = new Map(this.endpoints.map((endpoint) => [endpoint.path, endpoint]));
    this.backendIndex = new Map(this.backends.map((backend) => [backend.path, backend]));
    this.routeIndex = new Map(
      this.endpoints.flatMap((endpoint) => endpoint.routes.map((route) => [route.key, route] as const)),
    );
  }

  /**
   * All routes of the platform, in the order in which they are tried. A route with full hosts and wildcards stands there
   * twice, each time with one kind of hosts.
   */
  public get routes(): RoutePlan[] {
    return sortRoutes(this.endpoints.flatMap((endpoint) => endpoint.routes.flatMap(hostParts)));
  }

  /** The plan as plain data, for reports and snapshots. */
  public toJSON(): unknown {
    const { balancer, endpoints, backends, ledger, refusals } = this;
    return { balancer, endpoints, backends, ledger, refusals };
  }

  /** The plan of the endpoint with this construct path. */
  public endpoint(path: string): EndpointPlan {
    return found(this.endpointIndex, path, 'endpoint');
  }

  /** The plan of the backend with this construct path. */
  public backend(path: string): BackendPlan {
    return found(this.backendIndex, path, 'backend');
  }

  /** The route of the endpoint with this construct path that has this id inside it. */
  public route(endpoint: string, id: string): RoutePlan {
    return found(this.routeIndex, `${endpoint}#${id}`, 'route');
  }
}

function found<T>(index: Map<string, T>, key: string, what: string): T {
  const value = index.get(key);
  if (value === undefined) throw new Error(`the plan has no ${what} '${key}'`);
  return value;
}

/** The intents by key, so that a plan of many endpoints takes time in proportion to their number. */
class IntentIndex {
  public readonly endpoints: Map<string, EndpointIntent>;
  public readonly backends: Map<string, BackendIntent>;
  public readonly splits: Map<string, SplitIntent>;
  public readonly autoscaling: Map<string, AutoscalingIntent>;
  private readonly byEndpoint: Map<string, AttachmentIntent[]>;
  private readonly byBackend: Map<string, AttachmentIntent[]>;

  constructor(intents: PlatformIntents) {
    this.endpoints = new Map(intents.endpoints.map((endpoint) => [endpoint.path, endpoint]));
    this.backends = new Map(intents.backends.map((backend) => [backend.path, backend]));
    this.splits = new Map(intents.splits.map((split) => [split.endpoint, split]));
    this.autoscaling = new Map(intents.autoscaling.map((policy) => [policy.backend, policy]));
    this.byEndpoint = group(intents.attachments, (attachment) => attachment.endpoint);
    this.byBackend = group(intents.attachments, (attachment) => attachment.backend);
  }

  public attachmentsOf(endpoint: string): AttachmentIntent[] {
    return this.byEndpoint.get(endpoint) ?? [];
  }

  public endpointsOf(backend: string): EndpointIntent[] {
    return (this.byBackend.get(backend) ?? []).map(
      (attachment) => this.endpoints.get(attachment.endpoint) as EndpointIntent,
    );
  }
}

function group<T>(items: T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const list = groups.get(key);
    if (list === undefined) groups.set(key, [item]);
    else list.push(item);
  }
  return groups;
}

function planEndpoints(
  intents: PlatformIntents,
  index: IntentIndex,
  balancer: SolvedBalancer,
  ledger: Ledger,
  refusals: Refusal[],
): EndpointPlan[] {
  const allowed = allowedMethods(intents.endpoints, refusals);
  const plans = intents.endpoints.map((endpoint) => {
    const attachments = index.attachmentsOf(endpoint.path);
    const split = index.splits.get(endpoint.path);
    const shares = sharesOf(attachments, split);
    ledger.addEndpoint(endpoint, attachments, split, shares);
    ledger.addHops(endpoint, balancer.plan);
    if (attachments.length === 0) {
      refuse(
        refusals,
        'NoBackend',
        endpoint.path,
        `endpoint '${endpoint.name}' has no backend; add one with 'addBackend'`,
      );
    }
    const routes = routesOf(
      endpoint,
      attachments,
      split,
      shares,
      (key) => index.backends.get(key) as BackendIntent,
      allowed.get(endpoint.path) as string[],
    );
    return {
      path: endpoint.path,
      name: endpoint.name,
      slug: endpoint.slug,
      intent: endpoint,
      shares,
      routes,
      silenceSeconds: routeSilenceOf(endpoint),
      ladder: endpointLadder(intents.target, balancer, endpoint),
    };
  });
  return intents.target.rules === undefined ? plans : numberRules(intents, plans, refusals);
}

/** The place of an endpoint's requests on one host, methods and headers aside. */
function placesOf(endpoint: EndpointIntent): string[] {
  return (endpoint.hosts.length === 0 ? [''] : endpoint.hosts).map((host) => JSON.stringify([endpoint.prefix, host]));
}

/** The methods that each endpoint's 405 allows, by endpoint. Two endpoints that want the same requests are refused here. */
function allowedMethods(endpoints: EndpointIntent[], refusals: Refusal[]): Map<string, string[]> {
  const places = new Map<string, EndpointIntent[]>();
  for (const endpoint of endpoints) {
    const rivals = placesOf(endpoint).flatMap((place) => {
      const others = places.get(place) ?? [];
      places.set(place, [...others, endpoint]);
      return others
        .filter((other) => wantSameMethods(other, endpoint) && wantSameHeaders(other, endpoint))
        .map((other) => ({ other, host: JSON.parse(place)[1] as string }));
    });
    const [rival] = rivals;
    if (rival === undefined) continue;
    const { other, host } = rival;
    refuse(
      refusals,
      'DuplicateRoute',
      endpoint.path,
      `endpoint '${endpoint.name}' wants the requests of endpoint '${other.name}' (${other.path}): both are at path '${endpoint.prefix}'${host && ` of host '${host}'`}; give one another path, host, method or header`,
    );
  }
  return new Map(
    endpoints.map((endpoint) => {
      const neighbours = placesOf(endpoint).flatMap((place) => places.get(place) ?? []);
      const methods = neighbours
        .filter((other) => other.headers.length === 0 || wantSameHeaders(other, endpoint))
        .flatMap((other) => other.methods);
      return [endpoint.path, [...new Set(methods)].sort()] as const;
    }),
  );
}

/** Whether both match the same headers, each with a value in common. */
function wantSameHeaders(a: EndpointIntent, b: EndpointIntent): boolean {
  return (
    a.headers.length === b.headers.length &&
    a.headers.every((header) =>
      b.headers.some(
        (other) => other.name === header.name && other.values.some((value) => header.values.includes(value)),
      ),
    )
  );
}

function wantSameMethods(a: EndpointIntent, b: EndpointIntent): boolean {
  if (a.methods.length === 0 || b.methods.length === 0) return a.methods.length === b.methods.length;
  return a.methods.some((method) => b.methods.includes(method));
}

function numberRules(intents: PlatformIntents, plans: EndpointPlan[], refusals: Refusal[]): EndpointPlan[] {
  const { rules: limits, name } = intents.target;
  if (limits === undefined) return plans;
  const slots = new RuleSlots(limits);
  const numbered = new Map<string, Map<string, RulePlan[]>>();
  // What the user placed comes first, so that the rest makes room for it.
  const order = intents.endpoints.map((endpoint, position) => ({ endpoint, plan: plans[position] as EndpointPlan }));
  for (const { endpoint, plan } of [...order.filter(isPlaced), ...order.filter((item) => !isPlaced(item))]) {
    const deep = plan.routes.some((route) => orderOf(route).depth > MAX_DEPTH);
    if (deep && endpoint.priority === undefined) {
      refuse(
        refusals,
        'PathTooDeep',
        plan.path,
        `'path' ('${endpoint.prefix}') must have at most ${MAX_DEPTH} segments on ${name}, '/_b/<backend>' included; use a shorter path, or set 'priority'`,
      );
    }
    if (plan.routes.some((route) => !fits(limits, cutRoute(limits, route)))) {
      refuse(
        refusals,
        'TooManyConditions',
        plan.path,
        `a rule of ${name} holds at most ${limits.valuesPerCondition} values of a header and ${limits.valuesPerRule} values in all; endpoint '${plan.name}' needs more; match fewer headers or values`,
      );
    }
    const placed = slots.place(plan.routes, endpoint.priority);
    if (placed !== undefined) numbered.set(plan.path, placed);
    else if (endpoint.priority !== undefined)
      refuse(
        refusals,
        'PriorityTaken',
        plan.path,
        `'priority' (${endpoint.priority}) of endpoint '${plan.name}' and the numbers after it, one for each of its rules, must be free and at most ${limits.last}; choose another`,
      );
    else
      refuse(
        refusals,
        'TooManyRules',
        plan.path,
        `no priority is left for the rules of endpoint '${plan.name}' among those of its kind; set 'priority', or use a platform of its own`,
      );
  }
  const result = plans.map((plan) => ({
    ...plan,
    routes: plan.routes.map((route) => ({
      ...route,
      rules: numbered.get(plan.path)?.get(route.key) ?? placeholderRules(limits.last, cutRoute(limits, route)),
    })),
  }));
  const count = result.reduce(
    (total, plan) => total + plan.routes.reduce((rules, route) => rules + route.rules.length, 0),
    intents.backends.length,
  );
  if (count > limits.maxRules) {
    refuse(
      refusals,
      'TooManyRules',
      '',
      `the endpoints and backends need ${count} rules, and ${name} has ${limits.maxRules}; set 'ruleQuota' once the quota is raised, or use a second platform`,
    );
  }
  if (intents.backends.length > limits.maxBackends) {
    refuse(
      refusals,
      'TooManyTargetGroups',
      '',
      `${intents.backends.length} backends need as many target groups, and ${name} has at most ${limits.maxBackends}; use a second platform`,
    );
  }
  return result;
}

function isPlaced(item: { readonly endpoint: EndpointIntent }): boolean {
  return item.endpoint.priority !== undefined;
}

function placeholderRules(priority: number, rules: Omit<RulePlan, 'priority' | 'movedFrom'>[]): RulePlan[] {
  return rules.map((rule) => ({ priority, ...rule }));
}

function planBackends(
  intents: PlatformIntents,
  index: IntentIndex,
  balancer: SolvedBalancer,
  ledger: Ledger,
  checks: Checks,
): BackendPlan[] {
  const slots = intents.target.rules === undefined ? undefined : new RuleSlots(intents.target.rules);
  return intents.backends.map((backend) => ({
    ...planBackend(intents, index, balancer, backend, ledger, checks),
    anchor: slots?.placeAnchor(backend.path),
  }));
}

function planBackend(
  intents: PlatformIntents,
  index: IntentIndex,
  balancer: SolvedBalancer,
  backend: BackendIntent,
  ledger: Ledger,
  checks: Checks,
): BackendPlan {
  const endpoints = index.endpointsOf(backend.path);
  const autoscaling = index.autoscaling.get(backend.path);
  const minReplicas = autoscaling?.minReplicas ?? backend.replicas;
  if (minReplicas === 1 && backend.rollout.kind === RolloutKind.IN_PLACE && backend.rollout.availablePercent > 0) {
    refuse(
      checks.refusals,
      'RolloutStopsOnlyReplica',
      backend.path,
      `'rollout' (in place) would stop the only replica of backend '${backend.name}' before a new one runs; run at least 2 replicas, use Rollout.surge(), or accept it with Rollout.inPlace({ allowDowntime: true })`,
    );
  }
  const models = planModels(intents.target, backend);
  refuseModels(intents.target, backend, models, checks.refusals);
  refuseCompute(backend, models, checks.refusals);
  const { times, ladder, chain } = solveBackend(intents.target, balancer, backend, endpoints, models, checks);
  ledger.addBackend(backend, autoscaling, models, times, balancer.plan);
  ledger.addStreams(backend, endpoints);
  const maxReplicas = autoscaling?.maxReplicas ?? backend.maxReplicas ?? backend.replicas;
  return {
    path: backend.path,
    name: backend.name,
    slug: backend.slug,
    intent: backend,
    endpoints: endpoints.map((endpoint) => endpoint.path),
    command: commandOf(backend.server, times),
    image: bakedImage(models) ?? backend.image,
    environment: environmentOf(backend, times),
    models,
    ...planFetches(models),
    minReplicas,
    maxReplicas,
    autoscaling,
    times,
    ladder,
    chain,
    rollout: rolloutOf(intents.target, backend, times, { min: minReplicas, max: Math.max(minReplicas, maxReplicas) }),
  };
}
