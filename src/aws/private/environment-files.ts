import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type { BackendBinding } from '../../constructs/bindings';
import { ServingError } from '../../private/errors';
import { EcsEnvironment } from '../ecs-environment';
import { grantDecryptViaS3 } from './model-permissions';

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_EnvironmentFile.html */
const MAX_FILES = 10;

/**
 * The environment files of a backend, which its execution role may read. ECS uses the first value of a variable that several
 * files have, so the order is reversed: as on Kubernetes, later sources take precedence.
 */
export function environmentFiles(
  { environmentFrom = [], intent, scope }: BackendBinding,
  definition: ecs.TaskDefinition,
): ecs.EnvironmentFile[] | undefined {
  const files = environmentFrom.filter(EcsEnvironment._isEcsEnvironment);
  if (files.length > MAX_FILES) {
    throw new ServingError(
      'Unsupported',
      `'environmentFrom' of backend '${intent.name}' has ${files.length} files, but ECS supports at most ${MAX_FILES}; combine some of them`,
      scope,
    );
  }
  for (const file of files) grantRead(definition, file);
  return files.length === 0
    ? undefined
    : files.reverse().map(({ _bucket, _key }) => ecs.EnvironmentFile.fromBucket(_bucket, _key));
}

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html#task-execution-envfiles */
function grantRead(definition: ecs.TaskDefinition, { _bucket, _key }: EcsEnvironment): void {
  const owner = { StringEquals: { 'aws:ResourceAccount': _bucket.env.account } };
  const statement = (action: string, resource: string) =>
    new iam.PolicyStatement({ actions: [action], resources: [resource], conditions: owner });
  definition.addToExecutionRolePolicy(statement('s3:GetObject', _bucket.arnForObjects(_key)));
  definition.addToExecutionRolePolicy(statement('s3:GetBucketLocation', _bucket.bucketArn));
  grantDecryptViaS3(definition.obtainExecutionRole(), _bucket);
}
