import type * as applicationsignals from 'aws-cdk-lib/aws-applicationsignals';
import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ServingEndpoint } from '../constructs/serving-endpoint';
import { checkOptions } from '../private/options';
import type { ServiceLevelObjectiveOptions } from './objective-options';
import { resolveObjectives } from './operate-checks';
import type { ListenerRules } from './private/listener-rules';
import { RULES } from './rendered';

/**
 * The AWS resources of an endpoint.
 *
 * @example
 * declare const endpoint: ServingEndpoint;
 * for (const rule of aws.EcsEndpoint.of(endpoint).rules) rule.addMetadata('team', 'language-models');
 */
export class EcsEndpoint {
  /** Returns the AWS resources of an endpoint. */
  public static of(endpoint: ServingEndpoint): EcsEndpoint {
    return new EcsEndpoint(RULES.of(endpoint));
  }

  private constructor(private readonly listenerRules: ListenerRules) {}

  /** The listener rules created so far, in order of creation. */
  public get rules(): elbv2.CfnListenerRule[] {
    return this.listenerRules.all;
  }

  /**
   * Adds service level objectives of CloudWatch Application Signals. They are computed from the metrics of the load balancer, so
   * the servers need no agent. Requests of other endpoints with the same backends count too, and those that the load balancer
   * answers itself do not: `alarms` of the platform count these.
   *
   * The account must have the service-linked role of Application Signals, which is created when it is enabled. CloudWatch bills each
   * objective.
   *
   * @returns the objectives, for availability and, with `latency`, for the response time
   */
  public addServiceLevelObjectives(
    options: ServiceLevelObjectiveOptions = {},
  ): applicationsignals.CfnServiceLevelObjective[] {
    const objectives = resolveObjectives(checkOptions('aws.ServiceLevelObjectiveOptions', options, 'options'));
    const { addObjectives } = require('./private/operate/objectives') as typeof import('./private/operate/objectives');
    return addObjectives(this.listenerRules.measured, objectives);
  }
}
