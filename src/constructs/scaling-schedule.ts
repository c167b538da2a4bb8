/** A day of the week. */
export enum Weekday {
  /** Monday. */
  MONDAY = 'MON',
  /** Tuesday. */
  TUESDAY = 'TUE',
  /** Wednesday. */
  WEDNESDAY = 'WED',
  /** Thursday. */
  THURSDAY = 'THU',
  /** Friday. */
  FRIDAY = 'FRI',
  /** Saturday. */
  SATURDAY = 'SAT',
  /** Sunday. */
  SUNDAY = 'SUN',
}

/**
 * A time of the week with more replicas.
 *
 * AWS: two scheduled actions of the scalable target. They take effect at their next time: a policy that is deployed within
 * the window, or changed in it, has `minReplicas` of the policy until the next start. Kubernetes: a cron trigger, which
 * requires `keda` of the platform and takes effect at once.
 */
export interface ScalingSchedule {
  /** The start, as hour and minute from `00:00` to `23:59`. */
  readonly from: string;

  /** The end. If it is not after the start, it is on the next day. */
  readonly to: string;

  /**
   * The days on which it starts.
   *
   * @default - every day
   */
  readonly days?: Weekday[];

  /** The time zone, such as `Europe/Berlin` or `UTC`. It is the same for all schedules of a policy. */
  readonly timeZone: string;

  /** The minimum number of replicas in this time, above `minReplicas` of the policy. The targets can add more. */
  readonly minReplicas: number;
}
