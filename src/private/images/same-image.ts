/** Whether a reference matches the locked image: by its digest, or by its tag at the time of locking. */
export function isSameImage(locked: string, reference: string, lockedDigest?: string): boolean {
  const [tagged, digest] = locked.split('@');
  const [, own = lockedDigest] = reference.split('@');
  return own === undefined ? reference === tagged : own === digest;
}
