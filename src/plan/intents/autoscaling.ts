/** The metric of an autoscaler. */
export enum ScalingMetric {
  /** The CPU utilization, in percent of the request. */
  CPU = 'cpu',
  /** The memory utilization, in percent of the request. */
  MEMORY = 'memory',
  /** Requests per second. */
  REQUESTS_PER_SECOND = 'requests per second',
  /** Concurrent requests. */
  ONGOING_REQUESTS = 'ongoing requests',
  /** Requests that wait in the server. */
  QUEUE_DEPTH = 'queue depth',
  /** The utilization of GPUs, in percent. */
  GPU = 'gpu',
  /** A metric that only one platform has. */
  CUSTOM = 'custom metric',
  /** The result of a Prometheus query. */
  QUERY = 'prometheus query',
}

/** A target value of an autoscaler. */
export interface ScalingTargetIntent {
  /** The metric. */
  readonly metric: ScalingMetric;
  /** The target value per replica: percent for utilization, a count otherwise. */
  readonly value: number;
  /** The name of a custom metric or a query. @default - the metric has no other name */
  readonly name?: string;
  /** Whether a custom metric or a query measures all replicas together. @default false */
  readonly isTotal?: boolean;
  /** The query in the language of Prometheus. @default - the metric is not a query */
  readonly query?: string;
}

/** A time of the week with more replicas. */
export interface ScheduleIntent {
  /** The start, in minutes of the day. */
  readonly fromMinute: number;
  /** The end, in minutes of the day; of the next day if it is not after the start. */
  readonly toMinute: number;
  /** The days on which it starts, such as `MON`, from Monday to Sunday. */
  readonly days: string[];
  /** The time zone of the IANA database. */
  readonly timeZone: string;
  /** The minimum number of replicas. */
  readonly minReplicas: number;
}

/** An autoscaling policy after defaults. */
export interface AutoscalingIntent {
  /** The construct path. */
  readonly path: string;
  /** The backend's key. */
  readonly backend: string;
  /** The minimum number of replicas. With `schedules` it can be 0. */
  readonly minReplicas: number;
  /** The maximum number of replicas. */
  readonly maxReplicas: number;
  /** The target values. */
  readonly targets: ScalingTargetIntent[];
  /** Times with more replicas, of which at most one applies at a time. @default - none */
  readonly schedules?: ScheduleIntent[];
  /** How long the load must be high before replicas are added, in seconds. */
  readonly scaleUpSeconds: number;
  /** How long the load must be low before replicas are removed, in seconds. */
  readonly scaleDownSeconds: number;
}
