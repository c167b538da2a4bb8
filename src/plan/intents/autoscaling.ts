/** What an autoscaler measures. */
export enum ScalingMetric {
  /** The use of the processors that were asked for, in percent. */
  CPU = 'cpu',
  /** The use of the memory that was asked for, in percent. */
  MEMORY = 'memory',
  /** The requests that come in a second. */
  REQUESTS_PER_SECOND = 'requests per second',
  /** The requests that are worked on at a time. */
  ONGOING_REQUESTS = 'ongoing requests',
}

/** One measure that an autoscaler follows. */
export interface ScalingTargetIntent {
  /** What is measured. */
  readonly metric: ScalingMetric;
  /** The wanted value for a replica: percent for CPU and memory, a count otherwise. */
  readonly value: number;
}

/** How many replicas a backend has under load. */
export interface AutoscalingIntent {
  /** The construct path. */
  readonly path: string;
  /** The backend's key. */
  readonly backend: string;
  /** The fewest replicas. */
  readonly minReplicas: number;
  /** The most replicas. */
  readonly maxReplicas: number;
  /** What is followed. */
  readonly targets: ScalingTargetIntent[];
  /** How long the load must be high before replicas are added, in seconds. */
  readonly scaleUpSeconds: number;
  /** How long the load must be low before replicas are taken away, in seconds. */
  readonly scaleDownSeconds: number;
}
