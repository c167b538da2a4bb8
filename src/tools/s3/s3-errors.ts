import { type AwsMeaning, COMMON_MEANINGS, explainAwsError, LATER, SIGN_IN } from '../net/aws-error';

const MEANINGS: Readonly<Record<string, AwsMeaning>> = {
  ...COMMON_MEANINGS,
  BadDigest: {
    code: 'DigestMismatch',
    remedy: 'the content changed in transit; run the command again',
  },
  InsufficientStorage: { code: 'StoreFull', remedy: 'free or add storage space, then run the command again' },
  InvalidAccessKeyId: { code: 'AccessDenied', remedy: SIGN_IN },
  InvalidToken: { code: 'AccessDenied', remedy: SIGN_IN },
  NoSuchBucket: { code: 'RepositoryMissing', remedy: 'create the bucket, or check its name in --to' },
  PermanentRedirect: { code: 'StoreRefused', remedy: 'the bucket is in another region; set AWS_REGION' },
  RequestTimeTooSkewed: { code: 'AccessDenied', remedy: 'correct the clock of this machine' },
  SignatureDoesNotMatch: { code: 'AccessDenied', remedy: SIGN_IN },
  SlowDown: { code: 'TooManyRequests', remedy: LATER },
  XMinioStorageFull: { code: 'StoreFull', remedy: 'free or add storage space, then run the command again' },
};

/** Converts an error of the client into one of ours, with the message of S3 in it. */
export function explainS3Error(error: unknown, action: string, bucket: string): Error {
  const { AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = process.env;
  const endpoint = AWS_ENDPOINT_URL_S3 ?? AWS_ENDPOINT_URL;
  const host = endpoint !== undefined && URL.canParse(endpoint) ? new URL(endpoint).host : `${bucket}.s3`;
  return explainAwsError(error, { service: 'S3', meanings: MEANINGS, action, host });
}
