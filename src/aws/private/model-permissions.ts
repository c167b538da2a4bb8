import { Stack } from 'aws-cdk-lib';
import type * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as s3 from 'aws-cdk-lib/aws-s3';
import type { Model } from '../../models/model';
import { ANY_ACCOUNT } from '../model-bucket-accounts';
import { narrowed } from './narrowed-role';

/** A permission of the task to read from S3. */
export interface S3Read {
  /** The URI of one object, or of a prefix. */
  readonly uri: string;
  /** Whether it is one object. */
  readonly singleObject: boolean;
  /** The accounts that may own the bucket. @default - any account */
  readonly accounts?: string[];
}

/** Grants read access to the objects that are fetched, and not to a bucket with the same name in another account. */
export function grantS3Read(definition: ecs.TaskDefinition, { uri, singleObject, accounts }: S3Read): void {
  const { partition } = Stack.of(definition);
  const path = uri.replace(/^s3:\/\//, '');
  const slash = path.indexOf('/');
  const [bucket, key] = [path.slice(0, slash), path.slice(slash + 1)];
  // The ARN of a bucket contains no account, unlike all other ARNs that tasks use.
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
      // A request that lists the whole bucket has no prefix to compare.
      conditions: { ...owner, ...(key === '' ? {} : { StringLike: { 's3:prefix': `${key}*` } }) },
    }),
  );
}

/** Grants the decryption of objects that S3 encrypted with the bucket's key, and of nothing else encrypted with it. */
export function grantS3Decrypt(definition: ecs.TaskDefinition, { _resources }: Model): void {
  const bucket = _resources.owner as s3.IBucket | undefined;
  if (bucket !== undefined) grantDecryptViaS3(definition.taskRole, bucket);
}

/** Grants a role the decryption of the objects of a bucket with a key, through S3 only. */
export function grantDecryptViaS3(role: iam.IRole, { encryptionKey: key }: s3.IBucket): void {
  if (key === undefined) return;
  // The key is in the Region of the bucket. Its ARN contains the Region, which an imported bucket may lack.
  const viaS3 = { 'kms:ViaService': `s3.${key.env.region}.${Stack.of(role).urlSuffix}` };
  const narrow = (statement: iam.PolicyStatement): iam.PolicyStatement => {
    const narrowedStatement = statement.copy();
    narrowedStatement.addConditions({ StringEquals: viaS3 });
    return narrowedStatement;
  };
  key.grantDecrypt(narrowed(role, narrow));
}

/** The accounts that may own the bucket of a model: that of a CDK bucket, or that of the stack and the configured ones. */
export function accountsOf(model: Model, definition: ecs.TaskDefinition, configured?: string[]): string[] | undefined {
  const bucket = model._resources.owner as s3.IBucket | undefined;
  if (bucket !== undefined) return [bucket.env.account];
  if (configured?.includes(ANY_ACCOUNT)) return undefined;
  return [...new Set([Stack.of(definition).account, ...(configured ?? [])])];
}

function single<T>(list: T[]): T | T[] {
  return list.length === 1 ? (list[0] as T) : list;
}
