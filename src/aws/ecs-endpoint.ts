import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { ServingEndpoint } from '../constructs/serving-endpoint';
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
}
