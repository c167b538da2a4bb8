import { CommandError, USAGE_ERROR } from './command-error';
import { type StoreOptions, TRANSPORTS, type Transport } from './stores';

/** The options that all commands share which speak to stores. */
export const STORE_FLAGS = {
  to: { type: 'string', short: 't' },
  'lock-file': { type: 'string' },
  'plain-http': { type: 'boolean' },
  transport: { type: 'string' },
} as const;

export const STORE_USAGE = `  -t, --to DESTINATION     registry/repository or s3://bucket/prefix (default: what the lock file says)
      --lock-file FILE     the lock file (default: the nearest upward)
      --transport NAME     http, or ecr-api: through the API of ECR alone, which goes on in the middle of a layer
      --plain-http         speak to the registry without TLS (registries on this machine always are)
`;

/** The flags as options of a store. */
export function storeOptions(values: {
  readonly transport?: string;
  readonly 'plain-http'?: boolean;
}): Pick<StoreOptions, 'transport' | 'plainHttp'> {
  const { transport, 'plain-http': plainHttp } = values;
  if (transport !== undefined && !TRANSPORTS.includes(transport as Transport))
    throw new CommandError(`--transport (${transport}) must be ${TRANSPORTS.join(' or ')}`, USAGE_ERROR);
  return { transport: transport as Transport | undefined, plainHttp };
}
