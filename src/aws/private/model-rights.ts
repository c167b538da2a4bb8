import { Stack } from 'aws-cdk-lib';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Model } from '../../models/model';
import { ANY_ACCOUNT } from '../model-bucket-accounts';
import { narrowed } from './narrowed-role';

/** What the task reads in S3. */
export interface S3Read {
  /** The address of one object, or of everything below a prefix. */
  readonly uri: string;
  /** Whether it is one object. */
  readonly singleObject: boolean;
  /** The accounts of the bucket; others are refused. @default - any account */
  readonly accounts?: string[];
}

/** Read access to what is fetched and to nothing else in the bucket, nor in a bucket of that name of another account. */
export function grantS3Read(definition: ecs.TaskDefinition, { uri, singleObject, accounts }: S3Read): void {
  const { partition } = Stack.of(definition);
  const path = uri.replace(/^s3:\/\//, '');
  const slash = path.indexOf('/');
  const [bucket, key] = [path.slice(0, slash), path.slice(slash + 1)];
  // The name of a bucket has no account in it, unlike every other ARN that tasks may use.
  const owner = accounts === undefined ? {} : { StringEquals: { 'aws:ResourceAccount': single(accounts) } };
  definition.addToTaskRolePolicy(
    new iam.PolicyStatement({
      actions: ['s3:GetObject'],
      resources: [`arn:${partition}:s3:::${bucket}/${singleObject ? key : `${key}*`}`],
      conditions: owner,
    }),
  );
  if (singleObject) return;
  definition.addToTaskRolePolicy(
    new iam.PolicyStatement({
      actions: ['s3:ListBucket'],
      resources: [`arn:${partition}:s3:::${bucket}`],
      // A request for the whole bucket has no prefix that a condition could compare.
      conditions: { ...owner, ...(key === '' ? {} : { StringLike: { 's3:prefix': `${key}*` } }) },
    }),
  );
}

/** The right to decrypt what S3 has encrypted with the bucket's key, and nothing else that is encrypted with it. */
export function grantS3Decrypt(definition: ecs.TaskDefinition, { _resources }: Model): void {
  const bucket = _resources.owner as s3.IBucket | undefined;
  if (bucket?.encryptionKey === undefined) return;
  const { encryptionKey: key } = bucket;
  // The key of a bucket is in the Region of the bucket, and an ARN states it where an imported bucket does not.
  const viaS3 = { 'kms:ViaService': `s3.${key.env.region}.${Stack.of(definition).urlSuffix}` };
  const narrow = (statement: iam.PolicyStatement): iam.PolicyStatement => {
    const narrower = statement.copy();
    narrower.addConditions({ StringEquals: viaS3 });
    return narrower;
  };
  key.grantDecrypt(narrowed(definition.taskRole, narrow));
}

/** The accounts that the bucket of a model may be of: its own where the app knows it, or that of the stack and the named. */
export function accountsOf(model: Model, definition: ecs.TaskDefinition, named?: string[]): string[] | undefined {
  const bucket = model._resources.owner as s3.IBucket | undefined;
  if (bucket !== undefined) return [bucket.env.account];
  if (named?.includes(ANY_ACCOUNT)) return undefined;
  return [...new Set([Stack.of(definition).account, ...(named ?? [])])];
}

function single<T>(list: T[]): T | T[] {
  return list.length === 1 ? (list[0] as T) : list;
}
