import { CommandError, USAGE_ERROR } from './command-error';
import { DOCKER_HUB, parseReference } from './registry/reference';

/** Where artifacts are put. */
export type Destination =
  | { readonly kind: 'registry'; readonly registry: string; readonly repository: string }
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string };

const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Reads `registry/repository` or `s3://bucket/prefix`. */
export function parseDestination(text: string): Destination {
  if (text.startsWith('s3:')) return parseBucket(text);
  const name = text.replace(/^oci:\/\//, '');
  const { registry, repository, tag, digest } = parseReference(name);
  if (tag !== undefined || digest !== undefined)
    throw new CommandError(
      `'${text}' has a tag or a digest; what is published is named by its digest, and --tag adds a name`,
      USAGE_ERROR,
    );
  // A name alone would mean Docker Hub, which nobody publishes to by accident.
  if (registry === DOCKER_HUB && !/^(index\.)?docker\.io\//.test(name))
    throw new CommandError(
      `'${text}' names no registry; write it as registry/repository, such as docker.io/acme/net, or as s3://bucket/prefix`,
      USAGE_ERROR,
    );
  return { kind: 'registry', registry, repository };
}

function parseBucket(text: string): Destination {
  const [bucket = '', ...rest] = text.replace(/^s3:(\/\/)?/, '').split('/');
  const prefix = rest.join('/').replace(/\/+$/, '');
  const wrong =
    (!text.startsWith('s3://') && "'s3:' without two slashes") ||
    (bucket === '' && 'no bucket') ||
    (!BUCKET.test(bucket) && `a bucket ('${bucket}') that S3 would not take`) ||
    (prefix.split('/').some((part) => part === '' && prefix !== '') && 'an empty part') ||
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be in a key.
    (/[\u0000-\u001f\\]/.test(prefix) && 'characters that no key should have');
  if (wrong) throw new CommandError(`'${text}' has ${wrong}; write it as s3://bucket/prefix`, USAGE_ERROR);
  return { kind: 's3', bucket, prefix };
}
