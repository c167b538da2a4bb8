import { isUnresolved, requireText } from './private/checks';
import { ServingError } from './private/errors';

const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';

/** A registry with a port or a domain, the parts of the name, then tag and digest. */
const REFERENCE = new RegExp(
  `^(?<name>(?:(?=[^/]*[.:]|localhost/)[A-Za-z0-9.-]+(?::\\d+)?/)?${COMPONENT}(?:/${COMPONENT})*)(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9._-]{0,127}))?(?:@(?<digest>sha256:[a-f0-9]{64}))?$`,
);

/**
 * The container image that holds a backend's code.
 *
 * Images that only one target knows come from that target's namespace, such as `aws.EcrImage`.
 */
export abstract class ServerImage {
  /**
   * An image of any registry, by digest or by a tag that does not move.
   *
   * @param reference such as `acme/svm@sha256:...` or `registry.example.com/acme/svm:1.4.2`
   */
  public static fromRegistry(reference: string): ServerImage {
    if (!isUnresolved(requireText('reference', reference))) checkReference(reference);
    return RegistryImage.of(reference);
  }

  protected constructor(
    /** The reference as a container runtime reads it. @default - only the platform knows the image */
    public readonly reference?: string,
    /** The only platform that can use this image, such as `aws`. @default - every platform */
    public readonly platform?: string,
  ) {}
}

class RegistryImage extends ServerImage {
  public static of(reference: string): RegistryImage {
    return new RegistryImage(reference);
  }
}

function checkReference(reference: string): void {
  const parts = REFERENCE.exec(reference)?.groups;
  if (parts === undefined) {
    throw new ServingError(
      'InvalidImage',
      `'${reference}' must be an image reference with a tag or a digest of 64 hex digits, such as 'acme/svm@sha256:...' or 'acme/svm:1.4.2'`,
    );
  }
  if (parts.digest === undefined && (parts.tag === undefined || parts.tag === 'latest')) {
    throw new ServingError(
      'MutableImage',
      `'${reference}' ${parts.tag === undefined ? 'has no tag and means' : 'is'} 'latest', which changes under a running endpoint; use a digest, or a tag that does not move`,
    );
  }
}
