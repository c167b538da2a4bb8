/** How the next replica of a backend is chosen. */
export enum LoadBalancing {
  /** Replicas take turns. */
  ROUND_ROBIN = 'round robin',
  /** The replica with the fewest unfinished requests is next. */
  LEAST_OUTSTANDING_REQUESTS = 'least outstanding requests',
}
