import { Size } from 'aws-cdk-lib';
import * as ecs from 'aws-cdk-lib/aws-ecs';
import * as logs from 'aws-cdk-lib/aws-logs';
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
  const logGroup = (settings as TaskSettingsOptions).logGroup ?? new logs.LogGroup(scope, 'LogGroup', { retention });
  const options: Omit<ecs.AwsLogDriverProps, 'streamPrefix'> = {
    logGroup,
    mode: logMode === undefined ? undefined : MODES[logMode],
    maxBufferSize: logBuffer === undefined ? undefined : Size.mebibytes(logBuffer.toMebibytes()),
    datetimeFormat: logDatetimeFormat,
    multilinePattern: logMultilinePattern,
  };
  return { logGroup, driver: (streamPrefix) => ecs.LogDrivers.awsLogs({ ...options, streamPrefix }) };
}
