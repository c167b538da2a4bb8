import type * as elbv2 from 'aws-cdk-lib/aws-elasticloadbalancingv2';
import type { IConstruct } from 'constructs';
import type { ServingEndpoint } from '../constructs/serving-endpoint';
import { ServingError } from '../private/errors';
import { checkValue } from '../private/options';
import { Rendered } from '../private/rendered';
import type { ListenerRules } from './private/listener-rules';

const RULES = new Rendered<ListenerRules>('ecsEndpoint');

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
    checkValue('ServingEndpoint', endpoint, 'endpoint');
    const rules = RULES.of(endpoint);
    if (rules === undefined) {
      throw new ServingError(
        'WrongPlatform',
        `endpoint '${endpoint.endpointName}' is on platform '${endpoint.platform.kind}', not on AWS`,
        endpoint,
      );
    }
    return new EcsEndpoint(rules);
  }

  /** @internal */
  public static _register(scope: IConstruct, rules: ListenerRules): void {
    RULES.set(scope, rules);
  }

  private constructor(private readonly listenerRules: ListenerRules) {}

  /** The listener rules created so far, in order of creation. */
  public get rules(): elbv2.CfnListenerRule[] {
    return this.listenerRules.all;
  }
}
