/** Images that the package runs beside those of the user, in one place so that they are looked after together. */
export const IMAGES = {
  /** Fetches models from S3. Its entry point is the `aws` command. */
  fetch: 'public.ecr.aws/aws-cli/aws-cli:2.27.50',
} as const;
