import { planBackends } from './backends';
import { planEndpoints } from './endpoints';
import { IntentIndex } from './intent-index';
import type { PlatformIntents } from './intents';
import { Ledger } from './ledger';
import type { Planning } from './planning';
import { hostParts, sortRoutes } from './routes';
import type { BackendPlan, BalancerPlan, EndpointPlan, LedgerEntry, Refusal, RoutePlan } from './serving-plan';
import { solveBalancer } from './timeouts/balancer';
import { Checks } from './timeouts/checks';
import type { Relation } from './timeouts/relations';

/**
 * What a platform renders: every route, share, priority and timeout, computed from all intents.
 *
 * A plan is a pure function of the intents. Computing it never throws: `refusals` has the errors, and placeholder values keep
 * the output valid.
 */
export class ServingPlan {
  /** The endpoints, in the order of their declaration. */
  public readonly endpoints: EndpointPlan[];
  /** The backends, in the order of their declaration. */
  public readonly backends: BackendPlan[];
  /** The balancer that the endpoints share. */
  public readonly balancer: BalancerPlan;
  /** How each feature that the definitions use is supported. */
  public readonly ledger: LedgerEntry[];
  /** The errors: what the target does not support, and definitions that conflict. */
  public readonly refusals: Refusal[];
  /**
   * The number of hops that were checked: a few for each backend, and those in front of the balancer once.
   *
   * @internal
   */
  public readonly _hopsEvaluated: number;
  /**
   * Every relation between two times that was checked.
   *
   * @internal
   */
  public readonly _relations: Relation[];

  private readonly endpointIndex: Map<string, EndpointPlan>;
  private readonly backendIndex: Map<string, BackendPlan>;
  private readonly routeIndex: Map<string, RoutePlan>;

  /** Computes the plan of a platform. */
  public constructor(intents: PlatformIntents) {
    this.refusals = [];
    const index = new IntentIndex(intents);
    const ledger = new Ledger(intents, this.refusals);

    const checks = new Checks(this.refusals);
    const balancer = solveBalancer(intents, checks);
    this.balancer = balancer.plan;
    const planning: Planning = { intents, index, balancer, ledger, checks };
    this.endpoints = planEndpoints(planning);
    this.backends = planBackends(planning);
    ledger.addImages(this.backends.flatMap(({ models }) => models));
    this.ledger = ledger.entries;
    this._hopsEvaluated = checks.hops;
    this._relations = checks.relations;

    this.endpointIndex = new Map(this.endpoints.map((endpoint) => [endpoint.path, endpoint]));
    this.backendIndex = new Map(this.backends.map((backend) => [backend.path, backend]));
    this.routeIndex = new Map(
      this.endpoints.flatMap((endpoint) => endpoint.routes.map((route) => [route.key, route] as const)),
    );
  }

  /**
   * All routes of the platform, in matching order. A route with both full and wildcard hosts is listed twice, once for each
   * kind of host.
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

  /** The route with this id of the endpoint with this construct path. */
  public route(endpoint: string, id: string): RoutePlan {
    return found(this.routeIndex, `${endpoint}#${id}`, 'route');
  }
}

function found<T>(index: Map<string, T>, key: string, what: string): T {
  const value = index.get(key);
  if (value === undefined) throw new Error(`the plan has no ${what} '${key}'`);
  return value;
}
