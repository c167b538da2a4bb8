import { type ApiObject, Lazy } from 'cdk8s';
import type { BackendBinding, EndpointBinding } from '../../constructs/bindings';
import type { TargetPlatform } from '../../constructs/target-platform';
import type { AttachmentIntent, SplitIntent } from '../../plan/intents';
import { removedBy } from '../../plan/path-prefix';
import { hasRouteTimes } from '../../plan/path-times';
import { routesOf } from '../../plan/routes';
import { type EndpointPlan, RouteKind, type RoutePlan } from '../../plan/serving-plan';
import { ServingError } from '../../private/errors';
import type { Gateway } from '../gateway';
import { type GatewayPolicy, GatewayPolicyScope } from '../gateway-policy';
import type { EndpointObjects } from '../rendered';
import { addPolicy, endpointValues } from './gateway-policies';
import { type GrpcRoutePart, grpcRoutePart, routeKindOf } from './grpc-routes';
import { type HttpRouteOptions, type HttpRoutePart, httpRouteParts, MAX_HEADERS } from './http-routes';
import { annotationsOf, Component, labelsOf } from './labels';
import { addObject, namespaceOf, writeAfter } from './objects';
import { acceptsEveryMethod } from './open-places';

/** The ids of routes in their endpoint. */
const IDS = { GRPCRoute: 'GrpcRoute', HTTPRoute: 'HttpRoute' };

/** The objects that route the requests of one endpoint: its routes, and the policies of the gateway's profile. */
export class EndpointRoutes implements EndpointObjects {
  public readonly routes: ApiObject[] = [];
  public readonly methodNotAllowed?: ApiObject;
  public readonly policies: ApiObject[];

  private readonly attached = new Map<string, BackendBinding>();
  private readonly attachments: AttachmentIntent[] = [];
  private readonly targets: ApiObject[] = [];
  private readonly options: HttpRouteOptions;
  private split?: SplitIntent;
  private memo?: { readonly plan: EndpointPlan; readonly parts: HttpRoutePart[] };

  constructor(
    private readonly platform: TargetPlatform,
    private readonly endpoint: EndpointBinding,
    private readonly gateway: Gateway,
  ) {
    this.checkPrefix(gateway.profile.options.name);
    this.checkHosts();
    const { policies = [], methodNotAllowed: answer, requestTimeouts = false } = gateway.profile.options;
    const isNeeded = answer !== undefined && endpoint.intent.methods.length > 0;
    this.methodNotAllowed = isNeeded ? this.addPolicy(answer) : undefined;
    const filter = this.methodNotAllowed;
    this.options = {
      serviceOf: (backend) => this.serviceOf(backend),
      timeouts: requestTimeouts,
      methodNotAllowed: filter && {
        type: 'ExtensionRef',
        extensionRef: { group: filter.apiGroup, kind: filter.kind, name: filter.name },
      },
    };
    this.policies = policies
      .filter(({ props }) => props.scope !== GatewayPolicyScope.BACKEND)
      .map((policy) => this.addPolicy(policy));
  }

  /** Adds a backend. Its `targets` are written before every route: a gateway refuses requests to a Service that is missing. */
  public attach(backend: BackendBinding, attachment: AttachmentIntent, targets: ApiObject[]): void {
    this.attached.set(backend.intent.path, backend);
    this.attachments.push(attachment);
    this.targets.push(...targets);
    for (const route of this.routes) writeAfter(route, targets);
    this.grow();
  }

  public bindSplit(split: SplitIntent): void {
    this.split = split;
    this.grow();
  }

  /**
   * Adds routes until there is one for each part of the endpoint as declared so far. Before the first backend their kind is
   * unknown.
   */
  private grow(): void {
    if (this.attached.size === 0) return;
    const { intent } = this.endpoint;
    const routes = routesOf(intent, {
      attachments: this.attachments,
      split: this.split,
      backendOf: (path) => (this.attached.get(path) as BackendBinding).intent,
      allowed: intent.methods,
      hasTimes: hasRouteTimes(this.platform.target),
    });
    this.checkHeaders(routes);
    const { length } = httpRouteParts(intent, routes, this.options);
    for (let index = this.routes.length; index < length; index++) this.routes.push(this.addRoute(index));
  }

  private addRoute(index: number): ApiObject {
    const { intent } = this.endpoint;
    const number = index + 1;
    const kind = this.kind;
    const route = addObject(this.endpoint.scope, `${IDS[kind]}${index === 0 ? '' : number}`, {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind,
      // Routes of the same age take precedence by name, so the names are in the order of the rules.
      name: index === 0 ? intent.slug : `${intent.slug}-${String(number).padStart(3, '0')}`,
      labels: labelsOf(Component.ENDPOINT, intent.slug, this.endpoint.scope).all,
      annotations: annotationsOf(intent),
      body: { spec: Lazy.any({ produce: () => ({ parentRefs: [this.parentRef()], ...this.part(index) }) }) },
    });
    writeAfter(route, this.targets);
    return route;
  }

  private get kind(): 'GRPCRoute' | 'HTTPRoute' {
    return routeKindOf([...this.attached.values()].map(({ intent }) => intent));
  }

  private parentRef(): Record<string, string | undefined> {
    const { gatewayName: name, namespace, sectionName } = this.gateway;
    return { name, namespace, sectionName };
  }

  /** A later endpoint can make a part redundant; the last part is then repeated, which changes nothing. */
  private part(index: number): HttpRoutePart | GrpcRoutePart {
    const plan = this.plan();
    if (this.memo?.plan !== plan) {
      const isOpen = acceptsEveryMethod(this.platform.plan(), plan.intent);
      const routes = plan.routes.filter((route) => !isOpen || route.kind !== RouteKind.METHOD_NOT_ALLOWED);
      this.memo = { plan, parts: httpRouteParts({ ...plan.intent, cors: plan.cors }, routes, this.options) };
    }
    const part = (this.memo.parts[index] ?? this.memo.parts.at(-1)) as HttpRoutePart;
    return this.kind === 'GRPCRoute' ? grpcRoutePart(part) : part;
  }

  private addPolicy(policy: GatewayPolicy): ApiObject {
    const { scope, intent } = this.endpoint;
    return addPolicy(policy, { scope, component: Component.ENDPOINT, slug: intent.slug }, () =>
      endpointValues(
        this.platform.plan(),
        this.plan(),
        this.routes.map(({ name }) => name),
        [...this.attached.values()].map((backend) => backend.intent.slug),
      ),
    );
  }

  private plan(): EndpointPlan {
    return this.platform.plan().endpoint(this.endpoint.intent.path);
  }

  private serviceOf(path: string): { name: string; namespace?: string } {
    const backend = this.attached.get(path) as BackendBinding;
    const namespace = namespaceOf(backend.scope);
    return {
      name: backend.intent.slug,
      namespace: namespace === namespaceOf(this.endpoint.scope) ? undefined : namespace,
    };
  }

  /** Gateways based on Envoy replace `%NAME%` in the values of headers. */
  private checkPrefix(name: string): void {
    const prefix = removedBy(this.endpoint.intent);
    if (!prefix.includes('%')) return;
    throw new ServingError(
      'InvalidPath',
      `'path' ('${prefix}') must not contain '%' with 'stripPrefix', because servers get it in a header, in which ${name} may interpret it; use a path without escapes, or leave out 'stripPrefix'`,
      this.endpoint.scope,
    );
  }

  /** https://gateway-api.sigs.k8s.io/reference/spec/#hostname */
  private checkHosts(): void {
    const address = this.endpoint.intent.hosts.find((host) => /^[\d.]+$/.test(host));
    if (address === undefined) return;
    throw new ServingError(
      'InvalidHost',
      `the host ('${address}') must not be an IP address, because the routes of a gateway do not match any; use a name, or omit 'hosts'`,
      this.endpoint.scope,
    );
  }

  private checkHeaders(routes: RoutePlan[]): void {
    const most = Math.max(...routes.map((route) => route.headers.length)) + (this.split === undefined ? 0 : 1);
    if (most > MAX_HEADERS) {
      throw new ServingError(
        'TooManyConditions',
        `endpoint '${this.endpoint.intent.name}' matches ${most} headers in one route, which exceeds the maximum of ${MAX_HEADERS}; match fewer headers`,
        this.endpoint.scope,
      );
    }
  }
}
