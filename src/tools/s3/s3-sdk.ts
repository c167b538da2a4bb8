// Bundled separately, so that only commands that need the client load it.
export { S3 } from '@aws-sdk/client-s3';
