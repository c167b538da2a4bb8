import { hasUnseen } from '../../private/characters';
import { CommandError } from '../command-line/command-error';
import { DOCKER_HUB, parseReference } from '../registry/reference';

/** Where artifacts are published. */
export type Destination =
  | { readonly kind: 'registry'; readonly registry: string; readonly repository: string }
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string };

/** S3 supports keys of 1,024 bytes; the digest and file names of up to 800 bytes follow the prefix. */
const MAX_PREFIX = 158;
const FORM = 'registry/repository or s3://bucket/prefix';
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;

/** Reads `registry/repository` or `s3://bucket/prefix`. */
export function parseDestination(text: string): Destination {
  if (/^s3:/i.test(text)) return parseBucket(text);
  if (/^https?:/i.test(text))
    throw new CommandError(
      'InvalidDestination',
      `'${text}' has a scheme; write it as ${FORM} (--plain-http is for registries without TLS)`,
    );
  const name = text.replace(/^oci:\/\//, '');
  if (/^(?:localhost|[^/@]*[.:][^/@]*)\/*$/.test(name))
    throw new CommandError('InvalidDestination', `'${text}' has no repository; write it as ${FORM}`);
  const { registry, repository, tag, digest } = parseReference(name, FORM);
  if (tag !== undefined || digest !== undefined)
    throw new CommandError(
      'InvalidDestination',
      `'${text}' has a tag or a digest; remove it, because content is published by digest (--tag adds a tag)`,
    );
  // A bare name would mean Docker Hub, and publishing there by accident must be impossible.
  if (registry === DOCKER_HUB && !/^(index\.)?docker\.io\//.test(name))
    throw new CommandError(
      'InvalidDestination',
      `'${text}' has no registry; write it as ${FORM}, for example docker.io/acme/net`,
    );
  return { kind: 'registry', registry, repository };
}

/** The canonical name of a destination. */
export function nameOf(destination: Destination): string {
  if (destination.kind === 'registry') return `${destination.registry}/${destination.repository}`;
  const { bucket, prefix } = destination;
  return prefix === '' ? `s3://${bucket}` : `s3://${bucket}/${prefix}`;
}

function parseBucket(text: string): Destination {
  const [bucket = '', ...rest] = text.replace(/^s3:(\/\/)?/i, '').split('/');
  const prefix = rest.join('/').replace(/\/+$/, '');
  const wrong =
    (!text.startsWith('s3://') && "no 's3://' in front of the bucket") ||
    (bucket === '' && 'no bucket') ||
    (!BUCKET.test(bucket) && `an invalid bucket name ('${bucket}')`) ||
    (prefix.split('/').some((part) => part === '' && prefix !== '') && 'an empty path segment') ||
    (prefix.split('/').some((part) => /^\.{1,2}$/.test(part)) && "a path segment '.' or '..'") ||
    (/\s/.test(prefix) && 'a space') ||
    (Buffer.byteLength(prefix) > MAX_PREFIX && `a prefix of more than ${MAX_PREFIX} bytes`) ||
    ((hasUnseen(prefix) || prefix.includes('\\')) && 'a backslash or a control character');
  if (wrong) throw new CommandError('InvalidDestination', `'${text}' has ${wrong}; write it as s3://bucket/prefix`);
  return { kind: 's3', bucket, prefix };
}

/** Validates the AWS account of `--bucket-owner`. */
export function bucketOwnerOf(owner: string | undefined): string | undefined {
  if (owner === undefined || /^\d{12}$/.test(owner)) return owner;
  throw new CommandError('InvalidOption', `--bucket-owner (${owner}) must be an AWS account ID of 12 digits`);
}
