import { Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { late } from './late';

/**
 * Allows ECS to assume a role only for tasks of this account and Region, so that tasks of other accounts cannot use it. CDK
 * creates the roles of a task definition and has no prop for the condition.
 *
 * Instance roles have no condition: EC2 sends no source with `sts:AssumeRole`, so every instance would be denied.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
 */
export function trustOwnTasks(role: iam.IRole): void {
  const resource = role.node.defaultChild as iam.CfnRole | undefined;
  const trust = (role as iam.Role).assumeRolePolicy;
  // Both are missing if `Role.customizeRoles` replaces roles with ones that are created elsewhere.
  if (resource === undefined || trust === undefined) return;
  resource.assumeRolePolicyDocument = late.any(() => {
    const { Statement, ...rest } = trust.toJSON();
    const [ofEcs, ...others] = Statement;
    return { ...rest, Statement: [{ ...ofEcs, Condition: ownTasks(Stack.of(role)) }, ...others] };
  });
}

function ownTasks({ partition, region, account }: Stack): object {
  return {
    StringEquals: { 'aws:SourceAccount': account },
    ArnLike: { 'aws:SourceArn': `arn:${partition}:ecs:${region}:${account}:*` },
  };
}
