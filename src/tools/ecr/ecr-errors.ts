import { type AwsMeaning, COMMON_MEANINGS, explainAwsError, LATER } from '../net/aws-error';

const MEANINGS: Readonly<Record<string, AwsMeaning>> = {
  ...COMMON_MEANINGS,
  AccessDeniedException: { code: 'AccessDenied', remedy: 'allow the action that it names for this identity' },
  ImageDigestDoesNotMatchException: { code: 'DigestMismatch', remedy: 'run `serving lock` again' },
  ImageTagAlreadyExistsException: {
    code: 'ImmutableTag',
    remedy: 'leave --tag out or choose another tag; published content is always available by its digest',
  },
  InvalidLayerException: {
    code: 'DigestMismatch',
    remedy:
      'the bytes were changed on the way or on the disk; run the command again, and `serving lock` if a file was changed',
  },
  InvalidParameterException: { code: 'StoreRefused', remedy: 'the answer of ECR contains the reason' },
  KmsException: { code: 'AccessDenied', remedy: 'allow the use of the key of the repository for this identity' },
  LayersNotFoundException: { code: 'NotFound', remedy: LATER },
  LimitExceededException: { code: 'LimitExceeded', remedy: 'raise the quota that it names' },
  ReferencedImagesNotFoundException: { code: 'NotFound', remedy: LATER },
  RepositoryNotFoundException: {
    code: 'RepositoryMissing',
    remedy: 'make it with --create-repository, or check its name, account and region in --to',
  },
  ServerException: { code: 'StoreFailed', remedy: LATER },
};

/** Turns an error of the client into one of ours, with the words of ECR in it. */
export function explainEcrError(error: unknown, action: string, host: string): Error {
  return explainAwsError(error, { service: 'ECR', meanings: MEANINGS, action, host });
}
