import type { LockedModel } from '../../models/lock/lock-file';
import { CommandError } from '../command-line/command-error';
import { bucketOwnerOf } from '../destinations/destination';
import { type StoreOptions, TRANSPORTS, type Transport } from '../stores/store';

/** The options that all commands share which speak to stores. */
export const STORE_FLAGS = {
  to: { type: 'string', short: 't' },
  'lock-file': { type: 'string' },
  'plain-http': { type: 'boolean' },
  'bucket-owner': { type: 'string' },
  transport: { type: 'string' },
} as const;

export const STORE_USAGE = `  -t, --to DESTINATION     registry/repository or s3://bucket/prefix (default: from the lock file)
      --lock-file FILE     the lock file (default: the nearest upward)
      --transport NAME     http, or ecr-api: the API of ECR, which resumes in the middle of a layer
      --plain-http         connect to the registry or the endpoint of AWS without TLS (always so on this machine)
      --bucket-owner ID    the AWS account that must own the bucket (default: the one in the lock file, or any)
`;

/** The flags as options of a store. */
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

/** The options with the owner of the bucket that the lock file has for this destination; the command line wins. */
export function withOwner<T extends StoreOptions>(options: T, model: Pick<LockedModel, 'to' | 'owner'>, to: string): T {
  return { ...options, bucketOwner: options.bucketOwner ?? (to === model.to ? model.owner : undefined) };
}
