import type { LockedModel } from '../../models/lock/lock-file';
import { CommandError } from '../command-line/command-error';
import { bucketOwnerOf } from '../destinations/destination';
import { type StoreOptions, TRANSPORTS, type Transport } from '../stores/store';

/** The options of all commands that connect to stores. */
export const STORE_FLAGS = {
  to: { type: 'string', short: 't' },
  'lock-file': { type: 'string' },
  'plain-http': { type: 'boolean' },
  'bucket-owner': { type: 'string' },
  transport: { type: 'string' },
} as const;

export const STORE_USAGE = `  -t, --to DESTINATION     registry/repository or s3://bucket/prefix (default: from the lock file)
      --lock-file FILE     the lock file (default: the nearest in this folder or above)
      --transport NAME     http, or ecr-api: the API of ECR, which can resume within a layer
      --plain-http         connect to the registry or AWS endpoint without TLS (default for those on this machine)
      --bucket-owner ID    the AWS account that must own the bucket (default: the one in the lock file, or any)
`;

/** Converts the flags to options of a store. */
export function storeOptions(values: {
  readonly transport?: string;
  readonly 'plain-http'?: boolean;
  readonly 'bucket-owner'?: string;
}): Pick<StoreOptions, 'transport' | 'plainHttp' | 'bucketOwner'> {
  const { transport, 'plain-http': plainHttp } = values;
  if (transport !== undefined && !TRANSPORTS.includes(transport as Transport))
    throw new CommandError('InvalidOption', `--transport (${transport}) must be ${TRANSPORTS.join(' or ')}`);
  return {
    transport: transport as Transport | undefined,
    plainHttp,
    bucketOwner: bucketOwnerOf(values['bucket-owner']),
  };
}

/** Adds the bucket owner that the lock file has for this destination, unless the command line specifies one. */
export function withOwner<T extends StoreOptions>(options: T, model: Pick<LockedModel, 'to' | 'owner'>, to: string): T {
  return { ...options, bucketOwner: options.bucketOwner ?? (to === model.to ? model.owner : undefined) };
}
