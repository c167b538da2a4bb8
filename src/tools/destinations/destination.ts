import { hasUnseen } from '../../private/characters';
import { CommandError } from '../command-line/command-error';
import { DOCKER_HUB, parseReference } from '../registry/reference';

/** Where artifacts are put. */
export type Destination =
  | { readonly kind: 'registry'; readonly registry: string; readonly repository: string }
  | { readonly kind: 's3'; readonly bucket: string; readonly prefix: string };

/** S3 takes keys of 1,024 bytes; the digest and names of up to 800 bytes come behind. */
const LONGEST_PREFIX = 158;
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
    throw new CommandError('InvalidDestination', `'${text}' names no repository; write it as ${FORM}`);
  const { registry, repository, tag, digest } = parseReference(name, FORM);
  if (tag !== undefined || digest !== undefined)
    throw new CommandError(
      'InvalidDestination',
      `'${text}' has a tag or a digest; published content is named by its digest, and --tag adds a name`,
    );
  // A name alone would mean Docker Hub, which nobody publishes to by accident.
  if (registry === DOCKER_HUB && !/^(index\.)?docker\.io\//.test(name))
    throw new CommandError(
      'InvalidDestination',
      `'${text}' names no registry; write it as ${FORM}, such as docker.io/acme/net`,
    );
  return { kind: 'registry', registry, repository };
}

/** The name of a destination, the same however it was typed. */
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
    (prefix.split('/').some((part) => part === '' && prefix !== '') && 'an empty part') ||
    (prefix.split('/').some((part) => /^\.{1,2}$/.test(part)) && "a part '.' or '..'") ||
    (/\s/.test(prefix) && 'a space') ||
    (Buffer.byteLength(prefix) > LONGEST_PREFIX && `a prefix of more than ${LONGEST_PREFIX} bytes`) ||
    ((hasUnseen(prefix) || prefix.includes('\\')) && 'a backslash or a control character');
  if (wrong) throw new CommandError('InvalidDestination', `'${text}' has ${wrong}; write it as s3://bucket/prefix`);
  return { kind: 's3', bucket, prefix };
}

/** Checks an account of AWS as it was typed. */
export function bucketOwnerOf(owner: string | undefined): string | undefined {
  if (owner === undefined || /^\d{12}$/.test(owner)) return owner;
  throw new CommandError('InvalidOption', `--bucket-owner (${owner}) must be an AWS account ID of 12 digits`);
}
