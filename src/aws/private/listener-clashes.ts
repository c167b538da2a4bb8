import { Stack } from 'aws-cdk-lib';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IConstruct } from 'constructs';
import { renderError } from '../../private/errors';
import { resourcesIn } from './resources';

/** The rules of one platform. */
export interface OwnRules {
  readonly platform: IConstruct;
  readonly listenerArn: string;
  readonly rules: readonly elbv2.CfnListenerRule[];
  /** Where other rules of the listener can be. */
  readonly scope: IConstruct;
}

/** The errors about rules of other platforms, or of CDK constructs, on the same listener with the priority of an own rule. */
export function listenerClashes({ platform, listenerArn, rules, scope }: OwnRules): string[] {
  const own = new Set<IConstruct>(rules);
  const byPriority = new Map(rules.map((rule) => [priorityOf(rule), rule]));
  return resourcesIn<elbv2.CfnListenerRule>(scope, 'AWS::ElasticLoadBalancingV2::ListenerRule')
    .filter((other) => other.listenerArn === listenerArn && !own.has(other))
    .flatMap((other) => {
      const priority = priorityOf(other);
      const rule = byPriority.get(priority);
      if (rule === undefined) return [];
      const message = `rules '${rule.node.path}' and '${other.node.path}' of one listener have the priority ${String(priority)}; set 'priorityRange' of the platform to priorities that no other rule of the listener has`;
      return [renderError('PriorityTaken', message, platform.node.path)];
    });
}

function priorityOf(rule: elbv2.CfnListenerRule): unknown {
  return Stack.of(rule).resolve(rule.priority);
}
