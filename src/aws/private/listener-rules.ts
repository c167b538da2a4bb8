import * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { EndpointBinding } from '../../constructs/bindings';
import type { TargetPlatform } from '../../constructs/target-platform';
import { PREFLIGHT_HEADER, type RouteConditions } from '../../plan/routes';
import { type RuleConditions, splitRoute } from '../../plan/rule-parts';
import { RouteKind, type RoutePlan } from '../../plan/serving-plan';
import type { RuleLimits } from '../../plan/target-profile';
import type { BackendService } from './backend-service';
import { checkConditions } from './conditions';
import { late } from './late';
import type { Network } from './network';
import { Measures } from './operate/measures';
import type { MeasuredEndpoint } from './operate/objectives';

interface NamedRule {
  readonly rule: elbv2.CfnListenerRule;
  /** The backends that it forwards to. @default - all backends of the endpoint */
  readonly users?: string[];
}

/** The users of a rule that the load balancer answers. */
export const NO_BACKENDS: string[] = [];

/**
 * The rules of one endpoint, in the endpoint's stack.
 *
 * They refer to target groups of other stacks and depend on their services, so that a new backend receives requests only
 * when it is stable. Nothing in those stacks refers back.
 */
export class ListenerRules {
  private readonly rules: NamedRule[] = [];
  private readonly attached: string[] = [];

  constructor(
    private readonly endpoint: EndpointBinding,
    private readonly platform: TargetPlatform,
    private readonly network: Network,
    private readonly serviceOf: (backend: string) => BackendService,
  ) {}

  /** The rules created so far. */
  public get all(): elbv2.CfnListenerRule[] {
    return this.rules.map(({ rule }) => rule);
  }

  /** What objectives of the endpoint derive from. */
  public get measured(): MeasuredEndpoint {
    const { scope, intent } = this.endpoint;
    return {
      scope,
      name: intent.name,
      services: () => this.attached.map((backend) => this.serviceOf(backend)),
      measures: new Measures(scope, this.network),
    };
  }

  /** Adds the rules of one route: one, or several if its values exceed the limits of a rule. */
  public add(id: string, key: string, conditions: RouteConditions, users?: string[]): void {
    checkConditions(conditions, this.endpoint);
    const route = () => this.platform.plan().route(this.endpoint.intent.path, key);
    splitRoute(this.platform.target.rules as RuleLimits, conditions).forEach((part, index) => {
      const rule = new elbv2.CfnListenerRule(this.endpoint.scope, index === 0 ? id : `${id}.${index}`, {
        listenerArn: this.network.listenerArn,
        priority: late.number(() => route().rules[index]?.priority),
        conditions: [
          ...renderConditions(part),
          ...(conditions.kind === RouteKind.PREFLIGHT ? [HAS_PREFLIGHT_HEADER] : []),
        ],
        actions: late.any(() => this.renderActions(route())),
        transforms: late.any(() => renderTransforms(route())),
      });
      const named = { rule, users };
      this.rules.push(named);
      for (const backend of this.attached) this.depend(named, backend);
    });
  }

  /** Adds a dependency on the service of this backend to the rules that forward to it. */
  public dependOn(backend: string): void {
    this.attached.push(backend);
    for (const rule of this.rules) this.depend(rule, backend);
  }

  private depend({ rule, users }: NamedRule, backend: string): void {
    if (users?.includes(backend) === false) return;
    rule.addResourceDependency(this.serviceOf(backend).cfnService);
  }

  private renderActions(route: RoutePlan): elbv2.CfnListenerRule.ActionProperty[] {
    switch (route.kind) {
      case RouteKind.OWN_ADDRESS:
      case RouteKind.HEADER_RULE:
      case RouteKind.SHARES:
        return [this.forward(route)];
      case RouteKind.PREFLIGHT:
        return [{ type: 'fixed-response', fixedResponseConfig: { statusCode: '204' } }];
      case RouteKind.METHOD_NOT_ALLOWED:
        return [fixedResponse('405', `method not allowed; allowed: ${route.allow.join(', ')}`)];
    }
  }

  private forward(route: RoutePlan): elbv2.CfnListenerRule.ActionProperty {
    if (route.shares.length === 0) return fixedResponse('503', 'no backend');
    const targetGroups = route.shares.map((share) => ({
      targetGroupArn: this.serviceOf(share.backend).targetGroup.targetGroupArn,
      weight: share.weight,
    }));
    return { type: 'forward', forwardConfig: { targetGroups, ...stickinessOf(route) } };
  }
}

const HAS_PREFLIGHT_HEADER: elbv2.CfnListenerRule.RuleConditionProperty = {
  field: 'http-header',
  httpHeaderConfig: { httpHeaderName: PREFLIGHT_HEADER, values: ['*'] },
};

function stickinessOf({ stickySeconds }: RoutePlan): Partial<elbv2.CfnListenerRule.ForwardConfigProperty> {
  if (stickySeconds === undefined) return {};
  return { targetGroupStickinessConfig: { enabled: true, durationSeconds: stickySeconds } };
}

function fixedResponse(statusCode: string, messageBody: string): elbv2.CfnListenerRule.ActionProperty {
  return { type: 'fixed-response', fixedResponseConfig: { statusCode, contentType: 'text/plain', messageBody } };
}

function renderConditions(part: RuleConditions): elbv2.CfnListenerRule.RuleConditionProperty[] {
  const conditions: elbv2.CfnListenerRule.RuleConditionProperty[] = [
    { field: 'path-pattern', pathPatternConfig: { values: part.paths } },
  ];
  if (part.hosts.length > 0) conditions.push({ field: 'host-header', hostHeaderConfig: { values: part.hosts } });
  if (part.methods.length > 0)
    conditions.push({ field: 'http-request-method', httpRequestMethodConfig: { values: part.methods } });
  for (const { name, values } of part.headers)
    conditions.push({ field: 'http-header', httpHeaderConfig: { httpHeaderName: name, values } });
  return conditions;
}

/** A URL rewrite always keeps the query string, whether or not the expression matches it. */
function renderTransforms(route: RoutePlan): elbv2.CfnListenerRule.TransformProperty[] | undefined {
  const rewrite = rewriteOf(route);
  return rewrite === undefined ? undefined : [{ type: 'url-rewrite', urlRewriteConfig: { rewrites: [rewrite] } }];
}

function rewriteOf(route: RoutePlan): elbv2.CfnListenerRule.RewriteConfigProperty | undefined {
  if (route.replacePath !== undefined) return { regex: '^[^?]*', replace: route.replacePath };
  if (route.replacePrefix === undefined || route.replacePrefix === route.prefix) return undefined;
  const prefix = route.prefix.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return route.replacePrefix === '/'
    ? { regex: `^${prefix}/?(.*)$`, replace: '/$1' }
    : { regex: `^${prefix}(.*)$`, replace: `${route.replacePrefix}$1` };
}
