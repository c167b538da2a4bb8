import type { LockedAttestation, LockedEvidence } from '../../models/lock/lock-file';
import {
  attestationTag,
  isAttestedBy,
  isSignedBy,
  readAttestations,
  readPublicKey,
  readSignatures,
  signatureTag,
} from '../registry/cosign';
import type { ImageRepository } from './image-repository';

/** What signatures and attestations are held against. */
export interface EvidenceCheck {
  /** A public key in PEM by which there must be a signature. @default - none is asked for */
  readonly publicKey?: string;
  /** What the lock file says is there. */
  readonly recorded: LockedEvidence;
}

/** What was found. */
export interface FoundEvidence {
  /** What is missing or by somebody else, in words. */
  readonly problems: string[];
  /** What is by the key and about the artifact. */
  readonly verified: LockedEvidence;
}

/** Looks for what vouches for a digest. What the lock file has must still be there; with a key it must be by that. */
export async function verifyEvidence(
  repository: ImageRepository,
  digest: string,
  { publicKey, recorded }: EvidenceCheck,
): Promise<FoundEvidence> {
  const { signatures: lockedSignatures = [], attestations: lockedAttestations = [] } = recorded;
  const key = publicKey === undefined ? undefined : readPublicKey(publicKey);
  if (key === undefined && lockedSignatures.length + lockedAttestations.length === 0)
    return { problems: [], verified: {} };
  const tags = { signatures: signatureTag(digest), attestations: attestationTag(digest) };
  const [signed, attested] = await Promise.all([
    repository.manifest(tags.signatures),
    repository.manifest(tags.attestations),
  ]);
  const signatures = signed === undefined ? [] : readSignatures(signed, repository.name);
  const attestations = attested === undefined ? [] : readAttestations(attested, repository.name);
  const problems = [
    ...lockedSignatures
      .filter((one) => !signatures.some((found) => found.signature === one.signature && found.payload === one.payload))
      .map(({ signature }) => `the signature ${signature.slice(0, 16)}… of the lock file is not in ${tags.signatures}`),
    ...lockedAttestations
      .filter((one) => !attestations.some((found) => found.digest === one.digest))
      .map((one) => `${nameOf(one)} of the lock file is not in ${tags.attestations}`),
  ];
  if (key === undefined) return { problems, verified: {} };
  const verified = {
    signatures: await withBlob(
      repository,
      signatures,
      ({ payload }) => payload,
      (payload, { signature }) => isSignedBy(key, payload, signature, digest),
    ),
    attestations: await withBlob(
      repository,
      attestations,
      (one) => one.digest,
      (envelope) => isAttestedBy(key, envelope, digest),
    ),
  };
  if (signatures.length === 0) problems.push(`no signature is there (${tags.signatures})`);
  else if (verified.signatures.length === 0) problems.push('no signature is by the key');
  for (const one of lockedAttestations) {
    const isThere = attestations.some((found) => found.digest === one.digest);
    if (isThere && !verified.attestations.some((found) => found.digest === one.digest))
      problems.push(`${nameOf(one)} is not by the key, or does not apply to this image`);
  }
  return { problems, verified };
}

/** Those of a list whose blob holds what is asked for. */
async function withBlob<T>(
  repository: ImageRepository,
  list: readonly T[],
  digestOf: (one: T) => string,
  holds: (blob: Buffer, one: T) => boolean,
): Promise<T[]> {
  const found: T[] = [];
  for (const one of list) if (holds(await repository.blob(digestOf(one)), one)) found.push(one);
  return found;
}

function nameOf({ digest, predicateType }: LockedAttestation): string {
  return `the attestation ${digest.slice(0, 19)}… (${predicateType})`;
}
