import { CfnResource } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** The resources of a type in a part of the construct tree, also those of another copy of CDK. */
export function resourcesIn<T extends CfnResource>(scope: IConstruct, type: string): T[] {
  return scope.node.findAll().filter((one): one is T => CfnResource.isCfnResource(one) && one.cfnResourceType === type);
}
