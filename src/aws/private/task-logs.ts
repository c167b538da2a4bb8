import { RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as iam from 'aws-cdk-lib/aws-iam';
import type * as kms from 'aws-cdk-lib/aws-kms';
import * as logs from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { BackendBinding } from '../../constructs/bindings';
import { LogMode, type TaskSettingsOptions } from '../task-settings-options';

/** The logs of a task. */
export interface TaskLogs {
  readonly logGroup: logs.ILogGroup;
  /** The log driver of a container. */
  readonly driver: (streamPrefix: string) => ecs.LogDriver;
}

const MODES: { readonly [mode in LogMode]: ecs.AwsLogDriverMode } = {
  [LogMode.BLOCKING]: ecs.AwsLogDriverMode.BLOCKING,
  [LogMode.NON_BLOCKING]: ecs.AwsLogDriverMode.NON_BLOCKING,
};

/** Creates the log group of a backend, unless its settings have one. */
export function makeTaskLogs({ scope, settings }: BackendBinding): TaskLogs {
  const { logRetentionDays, logMode, logBuffer, logDatetimeFormat, logMultilinePattern }: TaskSettingsOptions =
    settings;
  const retention: logs.RetentionDays = logRetentionDays ?? logs.RetentionDays.ONE_MONTH;
  const { logGroup: own, logEncryptionKey: encryptionKey, keepLogs = true }: TaskSettingsOptions = settings;
  const removalPolicy = keepLogs ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY;
  const logGroup = own ?? new logs.LogGroup(scope, 'LogGroup', { retention, encryptionKey, removalPolicy });
  if (encryptionKey !== undefined) allowLogs(encryptionKey, scope);
  const options: Omit<ecs.AwsLogDriverProps, 'streamPrefix'> = {
    logGroup,
    mode: logMode === undefined ? undefined : MODES[logMode],
    maxBufferSize: logBuffer === undefined ? undefined : Size.mebibytes(logBuffer.toMebibytes()),
    datetimeFormat: logDatetimeFormat,
    multilinePattern: logMultilinePattern,
  };
  return { logGroup, driver: (streamPrefix) => ecs.LogDrivers.awsLogs({ ...options, streamPrefix }) };
}

/**
 * Allows CloudWatch Logs to use a key for log groups of this account. The name of the group cannot be a condition, because the
 * group refers to the key.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
 */
function allowLogs(key: kms.IKey, scope: Construct): void {
  const { partition, region, account } = Stack.of(scope);
  key.addToResourcePolicy(
    new iam.PolicyStatement({
      actions: ['kms:Encrypt*', 'kms:Decrypt*', 'kms:ReEncrypt*', 'kms:GenerateDataKey*', 'kms:Describe*'],
      principals: [new iam.ServicePrincipal(`logs.${region}.amazonaws.com`)],
      resources: ['*'],
      conditions: { ArnLike: { 'kms:EncryptionContext:aws:logs:arn': `arn:${partition}:logs:${region}:${account}:*` } },
    }),
  );
}
