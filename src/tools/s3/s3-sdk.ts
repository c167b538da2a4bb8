// Bundled on its own, because only those who need the client should wait for it.
export { S3 } from '@aws-sdk/client-s3';
