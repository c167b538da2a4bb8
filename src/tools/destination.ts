import { CommandError, USAGE_ERROR } from './command-error';
import { parseReference } from './registry/reference';

/** Where artifacts are put. */
export type Destination =
  | { readonly kind: 'registry'; readonly registry: string; readonly repository: string }
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string };

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Reads `registry/repository` or `s3://bucket/prefix`. */
export function parseDestination(text: string): Destination {
  if (text.startsWith('s3://')) return parseBucket(text);
  const { registry, repository, tag, digest } = parseReference(text.replace(/^oci:\/\//, ''));
  if (tag !== undefined || digest !== undefined)
    throw new CommandError(
      `'${text}' has a tag or a digest; what is published is named by its digest, and --tag adds a name`,
      USAGE_ERROR,
    );
  return { kind: 'registry', registry, repository };
}

function parseBucket(text: string): Destination {
  const [bucket = '', ...rest] = text.slice('s3://'.length).split('/');
  const prefix = rest.join('/').replace(/\/+$/, '');
  const wrong =
    (!BUCKET.test(bucket) && `no bucket ('${bucket}')`) ||
    (prefix.split('/').some((part) => part === '' && prefix !== '') && 'an empty part') ||
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be in a key.
    (/[\u0000-\u001f\\]/.test(prefix) && 'characters that no key should have');
  if (wrong) throw new CommandError(`'${text}' has ${wrong}; write it as s3://bucket/prefix`, USAGE_ERROR);
  return { kind: 's3', bucket, prefix };
}
