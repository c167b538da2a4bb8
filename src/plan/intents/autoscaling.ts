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
}

/** A target value of an autoscaler. */
export interface ScalingTargetIntent {
  /** The metric. */
  readonly metric: ScalingMetric;
  /** The target value per replica: percent for CPU and memory, a count otherwise. */
  readonly value: number;
}

/** An autoscaling policy after defaults. */
export interface AutoscalingIntent {
  /** The construct path. */
  readonly path: string;
  /** The backend's key. */
  readonly backend: string;
  /** The minimum number of replicas. */
  readonly minReplicas: number;
  /** The maximum number of replicas. */
  readonly maxReplicas: number;
  /** The target values. */
  readonly targets: ScalingTargetIntent[];
  /** How long the load must be high before replicas are added, in seconds. */
  readonly scaleUpSeconds: number;
  /** How long the load must be low before replicas are removed, in seconds. */
  readonly scaleDownSeconds: number;
}
