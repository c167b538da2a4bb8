import { type AwsMeaning, COMMON_MEANINGS, explainAwsError, LATER } from '../net/aws-error';

const MEANINGS: Readonly<Record<string, AwsMeaning>> = {
  ...COMMON_MEANINGS,
  AccessDeniedException: { code: 'AccessDenied', remedy: 'allow this action for the identity' },
  ImageDigestDoesNotMatchException: { code: 'DigestMismatch', remedy: 'run `serving lock` again' },
  ImageTagAlreadyExistsException: {
    code: 'ImmutableTag',
    remedy: 'omit --tag or choose another tag; published content is always available by its digest',
  },
  InvalidLayerException: {
    code: 'DigestMismatch',
    remedy:
      'the content changed in transit or on disk; run the command again, or `serving lock` first if a file was edited',
  },
  InvalidParameterException: { code: 'StoreRefused', remedy: 'see the response of ECR' },
  KmsException: { code: 'AccessDenied', remedy: 'allow the identity to use the KMS key of the repository' },
  LayersNotFoundException: { code: 'NotFound', remedy: LATER },
  LimitExceededException: { code: 'LimitExceeded', remedy: 'raise this quota' },
  ReferencedImagesNotFoundException: { code: 'NotFound', remedy: LATER },
  RepositoryNotFoundException: {
    code: 'RepositoryMissing',
    remedy: 'create it with --create-repository, or check its name, account and region in --to',
  },
  ServerException: { code: 'StoreFailed', remedy: LATER },
};

/** Converts an error of the client into one of ours, with the message of ECR in it. */
export function explainEcrError(error: unknown, action: string, host: string): Error {
  return explainAwsError(error, { service: 'ECR', meanings: MEANINGS, action, host });
}
