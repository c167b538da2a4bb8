import { Stack } from 'aws-cdk-lib';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import type * as iam from 'aws-cdk-lib/aws-iam';
import type * as secretsmanager from 'aws-cdk-lib/aws-secretsmanager';
import type { IConstruct } from 'constructs';
import { type Narrowing, narrowed, without } from './narrowed-role';

/** Actions that CDK grants with read access to a secret or parameter, and that ECS does not use. */
const UNUSED_ACTIONS = [
  'secretsmanager:DescribeSecret',
  'ssm:DescribeParameters',
  'ssm:GetParameter',
  'ssm:GetParameterHistory',
];

/** The services that decrypt the secrets that ECS injects. */
const SECRET_SERVICES = ['secretsmanager', 'ssm'];

/**
 * A secret whose grants are limited to the actions that ECS uses. Its key can be used only through the services above.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html#task-execution-secrets
 */
export function readOnlySecret(scope: IConstruct, secret: ecs.Secret): ecs.Secret {
  return {
    arn: secret.arn,
    hasField: secret.hasField,
    grantRead: (grantee: iam.IGrantable): iam.Grant => secret.grantRead(narrowed(grantee, narrowingIn(scope))),
  };
}

/** Credentials of a registry whose grants are limited in the same way. */
export function readOnlyCredentials(scope: IConstruct, secret: secretsmanager.ISecret): secretsmanager.ISecret {
  return Object.create(secret, {
    grantRead: {
      value: (grantee: iam.IGrantable): iam.Grant => secret.grantRead(narrowed(grantee, narrowingIn(scope))),
    },
  });
}

function narrowingIn(scope: IConstruct): Narrowing {
  const { region, urlSuffix } = Stack.of(scope);
  const viaSecretServices = {
    StringEquals: { 'kms:ViaService': SECRET_SERVICES.map((service) => `${service}.${region}.${urlSuffix}`) },
  };
  return (statement) => {
    const rest = without(UNUSED_ACTIONS, statement);
    if (rest?.actions.some((action) => action.startsWith('kms:'))) rest.addConditions(viaSecretServices);
    return rest;
  };
}
