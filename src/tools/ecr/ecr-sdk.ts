// Bundled separately, so that only commands that need the client load it.
export { ECR } from '@aws-sdk/client-ecr';
