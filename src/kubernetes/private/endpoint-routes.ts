import { type ApiObject, Lazy } from 'cdk8s';
import type { BackendBinding, EndpointBinding } from '../../constructs/bindings';
import type { ServingPlatform } from '../../constructs/serving-platform';
import type { AttachmentIntent, SplitIntent } from '../../plan/intents';
import { METHOD_NOT_ALLOWED_KEY, routesOf } from '../../plan/routes';
import { type EndpointPlan, RouteKind, type RoutePlan } from '../../plan/serving-plan';
import { ServingError } from '../../private/errors';
import { type Gateway, GatewayProfile } from '../gateway';
import type { EndpointObjects } from '../kubernetes-endpoint';
import { ENVOY_GROUP, ENVOY_VERSION, methodNotAllowedSpec, trafficPolicySpec } from './envoy-policies';
import { type HttpRouteOptions, type HttpRoutePart, httpRouteParts, MAX_HEADERS } from './http-routes';
import { annotationsOf, Component, labelsOf } from './labels';
import { addObject, namespaceOf } from './objects';
import { takesEveryMethod } from './open-places';

/** The objects that carry one endpoint's requests: HTTPRoutes, and with Envoy Gateway its policies. */
export class EndpointRoutes implements EndpointObjects {
  public readonly httpRoutes: ApiObject[] = [];
  public readonly methodNotAllowed?: ApiObject;
  public readonly backendTrafficPolicy?: ApiObject;

  private readonly attached = new Map<string, BackendBinding>();
  private readonly attachments: AttachmentIntent[] = [];
  private readonly options: HttpRouteOptions;
  private split?: SplitIntent;
  private memo?: { readonly plan: EndpointPlan; readonly parts: HttpRoutePart[] };

  constructor(
    private readonly platform: ServingPlatform,
    private readonly endpoint: EndpointBinding,
    private readonly gateway: Gateway,
  ) {
    const envoy = gateway.profile === GatewayProfile.ENVOY_GATEWAY;
    this.methodNotAllowed = envoy && endpoint.intent.methods.length > 0 ? this.addMethodNotAllowed() : undefined;
    const filter = this.methodNotAllowed;
    this.options = {
      serviceOf: (backend) => this.serviceOf(backend),
      timeouts: envoy,
      methodNotAllowed: filter && {
        type: 'ExtensionRef',
        extensionRef: { group: ENVOY_GROUP, kind: filter.kind, name: filter.name },
      },
    };
    this.grow();
    this.backendTrafficPolicy = envoy ? this.addTrafficPolicy() : undefined;
  }

  public attach(backend: BackendBinding, attachment: AttachmentIntent): void {
    this.attached.set(backend.intent.path, backend);
    this.attachments.push(attachment);
    this.grow();
  }

  public bindSplit(split: SplitIntent): void {
    this.split = split;
    this.grow();
  }

  /** Adds HTTPRoutes until there is one for each part of what is known of the endpoint so far. */
  private grow(): void {
    const { intent } = this.endpoint;
    const routes = routesOf(intent, {
      attachments: this.attachments,
      split: this.split,
      backendOf: (path) => (this.attached.get(path) as BackendBinding).intent,
      allowed: intent.methods,
    });
    this.checkHeaders(routes);
    const { length } = httpRouteParts(intent, routes, this.options);
    for (let index = this.httpRoutes.length; index < length; index++) this.httpRoutes.push(this.addRoute(index));
  }

  private addRoute(index: number): ApiObject {
    const { intent } = this.endpoint;
    const number = index + 1;
    return addObject(this.endpoint.scope, index === 0 ? 'HttpRoute' : `HttpRoute${number}`, {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'HTTPRoute',
      // Among routes of one age the name decides, so the names are in the order of the rules.
      name: index === 0 ? intent.slug : `${intent.slug}-${String(number).padStart(3, '0')}`,
      labels: labelsOf(Component.ENDPOINT, intent.slug, this.endpoint.scope).all,
      annotations: annotationsOf(intent),
      body: { spec: Lazy.any({ produce: () => ({ parentRefs: [this.parentRef()], ...this.part(index) }) }) },
    });
  }

  private parentRef(): Record<string, string | undefined> {
    const { gatewayName: name, namespace, sectionName } = this.gateway;
    return { name, namespace, sectionName };
  }

  /** A part may have become needless by a later endpoint; the last one then stands twice, which changes nothing. */
  private part(index: number): HttpRoutePart {
    const plan = this.plan();
    if (this.memo?.plan !== plan) {
      const whole = takesEveryMethod(this.platform.plan(), plan.intent);
      const routes = plan.routes.filter((route) => !whole || route.kind !== RouteKind.METHOD_NOT_ALLOWED);
      this.memo = { plan, parts: httpRouteParts(plan.intent, routes, this.options) };
    }
    return (this.memo.parts[index] ?? this.memo.parts.at(-1)) as HttpRoutePart;
  }

  private addTrafficPolicy(): ApiObject {
    const { platform } = this;
    const { intent } = this.endpoint;
    return addObject(this.endpoint.scope, 'BackendTrafficPolicy', {
      apiVersion: ENVOY_VERSION,
      kind: 'BackendTrafficPolicy',
      name: intent.slug,
      labels: labelsOf(Component.ENDPOINT, intent.slug, this.endpoint.scope).all,
      body: {
        spec: Lazy.any({
          produce: () =>
            trafficPolicySpec(
              platform.plan(),
              this.plan(),
              this.httpRoutes.map((route) => route.name),
            ),
        }),
      },
    });
  }

  private addMethodNotAllowed(): ApiObject {
    const { platform } = this;
    const { intent } = this.endpoint;
    return addObject(this.endpoint.scope, 'MethodNotAllowed', {
      apiVersion: ENVOY_VERSION,
      kind: 'HTTPRouteFilter',
      name: `${intent.slug}-405`,
      labels: labelsOf(Component.ENDPOINT, intent.slug, this.endpoint.scope).all,
      body: {
        spec: Lazy.any({
          produce: () => methodNotAllowedSpec(platform.plan().route(intent.path, METHOD_NOT_ALLOWED_KEY).allow),
        }),
      },
    });
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

  private checkHeaders(routes: RoutePlan[]): void {
    const most = Math.max(...routes.map((route) => route.headers.length)) + (this.split === undefined ? 0 : 1);
    if (most > MAX_HEADERS) {
      throw new ServingError(
        'TooManyConditions',
        `endpoint '${this.endpoint.intent.name}' matches on ${most} headers at a time, and a route has at most ${MAX_HEADERS}; match fewer`,
        this.endpoint.scope,
      );
    }
  }
}
