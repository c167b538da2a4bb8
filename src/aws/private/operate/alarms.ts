import * as cloudwatch from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { AlarmOptions } from '../../alarm-options';
import { late } from '../late';

/** One alarm as data. */
export interface AlarmRow {
  /** The construct id, which people read in the name of the alarm. */
  readonly id: string;
  readonly metric: cloudwatch.IMetric;
  /** @default - at least */
  readonly operator?: cloudwatch.ComparisonOperator;
  readonly threshold: () => number;
  /** For how many minutes. @default - three of five */
  readonly minutes?: () => number;
  /** What no data means. @default - that nothing happened, because counters have no data without events */
  readonly missing?: () => cloudwatch.TreatMissingData;
  /** What happened, and the likely cause. */
  readonly description: () => string;
}

/** Three of five minutes: a single event is no reason to call somebody, and a lasting fault is noticed within minutes. */
const DATAPOINTS = 3;
const MINUTES = 5;

/** The maximum number of minutes that CloudWatch evaluates for a period of one minute. */
const MAX_MINUTES = 1440;

/** A number of seconds in minutes, for an alarm. */
export function minutesOf(seconds: number): number {
  return Math.min(Math.ceil(seconds / 60) + 1, MAX_MINUTES);
}

/**
 * Creates alarms below a construct `Alarms`. Their values are lazy, because endpoints and policies that are declared later
 * change them.
 */
export function makeAlarms(scope: Construct, options: AlarmOptions, rows: readonly AlarmRow[]): cloudwatch.Alarm[] {
  const { actions = [], okActions = [] } = options;
  const parent = new Construct(scope, 'Alarms');
  return rows.map(({ id, metric, operator, threshold, minutes, missing, description }) => {
    const periods = minutes ?? (() => MINUTES);
    const alarm = new cloudwatch.Alarm(parent, id, {
      metric,
      comparisonOperator: operator ?? cloudwatch.ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      threshold: late.number(threshold),
      evaluationPeriods: late.number(periods),
      datapointsToAlarm: late.number(minutes ?? (() => DATAPOINTS)),
      alarmDescription: late.string(description),
    });
    (alarm.node.defaultChild as cloudwatch.CfnAlarm).treatMissingData = late.string(
      missing ?? (() => cloudwatch.TreatMissingData.NOT_BREACHING),
    );
    alarm.addAlarmAction(...actions);
    alarm.addOkAction(...okActions);
    return alarm;
  });
}
