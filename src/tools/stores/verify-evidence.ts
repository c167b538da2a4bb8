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

/** How to verify signatures and attestations. */
export interface EvidenceCheck {
  /** A public key in PEM that a signature must be verified with. @default - signatures are not verified */
  readonly publicKey?: string;
  /** The signatures and attestations in the lock file. */
  readonly recorded: LockedEvidence;
}

/** The result of verifying signatures and attestations. */
export interface FoundEvidence {
  /** What is missing or signed with another key, as text. */
  readonly problems: string[];
  /** What is signed with the key and refers to the artifact. */
  readonly verified: LockedEvidence;
}

/** Looks up the signatures and attestations of a digest. Those in the lock file must still exist; a key must match. */
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
  if (signatures.length === 0) problems.push(`there is no signature (${tags.signatures})`);
  else if (verified.signatures.length === 0) problems.push('no signature matches the key');
  for (const one of lockedAttestations) {
    const isPresent = attestations.some((found) => found.digest === one.digest);
    if (isPresent && !verified.attestations.some((found) => found.digest === one.digest))
      problems.push(`${nameOf(one)} does not match the key, or refers to another image`);
  }
  return { problems, verified };
}

/** The items of a list whose blob passes a check. */
async function withBlob<T>(
  repository: ImageRepository,
  list: readonly T[],
  digestOf: (one: T) => string,
  isValid: (blob: Buffer, one: T) => boolean,
): Promise<T[]> {
  const found: T[] = [];
  for (const one of list) if (isValid(await repository.blob(digestOf(one)), one)) found.push(one);
  return found;
}

function nameOf({ digest, predicateType }: LockedAttestation): string {
  return `the attestation ${digest.slice(0, 19)}… (${predicateType})`;
}
