/** Images that the package runs beside those of the user, in one place so that they are looked after together. */
export const IMAGES = {
  /** Fetches models from S3. Its entry point is the `aws` command. */
  fetch: 'public.ecr.aws/aws-cli/aws-cli:2.27.50',
  /** Fetches models from the Hugging Face Hub. It takes an address and a directory. */
  hub: 'docker.io/kserve/storage-initializer:v0.15.2',
} as const;
