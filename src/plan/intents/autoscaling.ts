/** One measure that an autoscaler follows. */
export interface ScalingTargetIntent {
  /** `cpu`, `memory`, `requests per second` or `ongoing requests`. */
  readonly metric: string;
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
