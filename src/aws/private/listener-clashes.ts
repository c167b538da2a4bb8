import { Stack } from 'aws-cdk-lib';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IConstruct } from 'constructs';
import { type ErrorCode, renderError } from '../../private/errors';
import type { PriorityRange } from '../priority-range';
import { resourcesIn } from './resources';

/** The rules of one platform on its listener. */
export interface OwnRules {
  readonly platform: IConstruct;
  readonly listenerArn: string;
  readonly rules: readonly elbv2.CfnListenerRule[];
  /** The quota of rules per load balancer. */
  readonly quota: number;
  /** Where others can use the listener. */
  readonly scope: IConstruct;
}

/** The range of a platform on a listener. It is stored on the platform, where every copy of this package finds it. */
interface DeclaredRange extends PriorityRange {
  readonly listenerArn: string;
}

const RANGE = Symbol.for('serving-constructs.priorityRange');

/** Records the range of a platform for others on the same listener. */
export function declareRange(platform: IConstruct, range: DeclaredRange): void {
  Object.defineProperty(platform, RANGE, { value: range });
}

/** Errors about others in the app on the same listener: rules with the same priority, too many rules, overlapping ranges. */
export function listenerClashes(own: OwnRules): string[] {
  const { platform, listenerArn, rules, quota, scope } = own;
  const mine = new Set<IConstruct>(rules);
  const others = resourcesIn<elbv2.CfnListenerRule>(scope, 'AWS::ElasticLoadBalancingV2::ListenerRule').filter(
    (other) => other.listenerArn === listenerArn && !mine.has(other),
  );
  const byPriority = new Map(rules.map((rule) => [priorityOf(rule), rule]));
  const error = (code: ErrorCode, message: string): string => renderError(code, message, platform.node.path);
  const taken = others.flatMap((other) => {
    const priority = priorityOf(other);
    const rule = byPriority.get(priority);
    if (rule === undefined) return [];
    const message = `rules '${rule.node.path}' and '${other.node.path}' of one listener have the priority ${String(priority)}; set 'priorityRange' of the platform to priorities that no other rule of the listener has`;
    return [error('PriorityTaken', message)];
  });
  const count = rules.length + others.length;
  const isTooMany = others.length > 0 && rules.length <= quota && count > quota;
  const message = `the listener has ${count} rules of this app, of which ${others.length} are not of this platform, but a load balancer supports at most ${quota}; raise the quota and set 'ruleQuota', or use a second load balancer`;
  return [
    ...taken,
    ...overlaps(own).map((text) => error('PriorityTaken', text)),
    ...(isTooMany ? [error('TooManyRules', message)] : []),
  ];
}

function overlaps({ platform, listenerArn, scope }: OwnRules): string[] {
  const own = rangeOf(platform);
  if (own === undefined) return [];
  return scope.node.findAll().flatMap((other) => {
    const range = other === platform ? undefined : rangeOf(other);
    if (range?.listenerArn !== listenerArn || range.first > own.last || range.last < own.first) return [];
    return [
      `'priorityRange' (${own.first} to ${own.last}) overlaps that of platform '${other.node.path}' (${range.first} to ${range.last}) on the same listener; give each platform a range of its own`,
    ];
  });
}

function rangeOf(construct: IConstruct): DeclaredRange | undefined {
  return (construct as IConstruct & { readonly [RANGE]?: DeclaredRange })[RANGE];
}

function priorityOf(rule: elbv2.CfnListenerRule): unknown {
  return Stack.of(rule).resolve(rule.priority);
}
