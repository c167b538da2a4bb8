// Bundled on its own, because only those who need the client should wait for it.
export { ECR } from '@aws-sdk/client-ecr';
