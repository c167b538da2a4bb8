import { redact } from '../credentials/redact';
import { ServingError } from '../errors';

const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';

/** An optional registry with a port or domain, the components of the name, then tag and digest. */
const REFERENCE = new RegExp(
  `^(?<name>(?:(?=[^/]*[.:]|localhost/)[A-Za-z0-9.-]+(?::\\d+)?/)?${COMPONENT}(?:/${COMPONENT})*)(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(?:@(?<digest>sha256:[a-f0-9]{64}))?$`,
);

/** The parts of an image reference. */
export interface ImageReference {
  readonly name: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** Parses an image reference. */
export function parseReference(reference: string): ImageReference {
  const parts = REFERENCE.exec(reference)?.groups;
  if (parts === undefined) {
    throw new ServingError(
      'InvalidImage',
      `'${redact(reference)}' must be an image reference with a tag or a digest of 64 hex digits, such as 'acme/svm@sha256:...' or 'acme/svm:1.4.2'`,
    );
  }
  return { name: parts.name as string, tag: parts.tag, digest: parts.digest };
}

/** Whether a text is the name of a repository, without tag and digest. */
export function isRepository(text: string): boolean {
  const parts = REFERENCE.exec(text)?.groups;
  return parts !== undefined && parts.tag === undefined && parts.digest === undefined;
}
