/**
 * The limits of the health check of a container.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
 */
export const CONTAINER_CHECK = {
  minIntervalSeconds: 5,
  maxIntervalSeconds: 300,
  minTimeoutSeconds: 2,
  maxTimeoutSeconds: 60,
  minThreshold: 1,
  maxThreshold: 10,
} as const;

/** The longest start period of a health check, and the longest start timeout of a container on an instance. */
export const MAX_START_SECONDS = 300;

/**
 * The longest start timeout and stop timeout of a container on Fargate.
 *
 * @see https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
 */
export const FARGATE_MAX_SECONDS = 120;
