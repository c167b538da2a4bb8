/** Whether a reference means the image that is locked as `locked`: its digest, or the tag that had it when it was locked. */
export function isSameImage(locked: string, reference: string, lockedDigest?: string): boolean {
  const [tagged, digest] = locked.split('@');
  const [, own = lockedDigest] = reference.split('@');
  return own === undefined ? reference === tagged : own === digest;
}
