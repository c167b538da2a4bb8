import { Stack } from 'aws-cdk-lib';
import type * as iam from 'aws-cdk-lib/aws-iam';
import { late } from './late';

/**
 * Lets ECS assume a role for tasks of this account and Region only, so that no task of another account can be started with
 * it. CDK makes the roles of a task definition itself and has no prop for the condition.
 *
 * The roles of instances have none: EC2 sends no source with `sts:AssumeRole`, so a condition would refuse every instance.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
 */
export function trustOwnTasks(role: iam.IRole): void {
  const resource = role.node.defaultChild as iam.CfnRole | undefined;
  const trust = (role as iam.Role).assumeRolePolicy;
  // Neither exists where `Role.customizeRoles` replaces roles by ones that someone else creates.
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
