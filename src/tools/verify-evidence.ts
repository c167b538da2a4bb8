import type { KeyObject } from 'node:crypto';
import type { LockedAttestation, LockedEvidence, LockedSignature } from '../lock/lock-file';
import type { ImageRepository } from './image-store';
import {
  attestationTag,
  isAttestedBy,
  isSignedBy,
  readAttestations,
  readPublicKey,
  readSignatures,
  signatureTag,
} from './registry/cosign';

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
    signatures: await ownSignatures(repository, digest, key, signatures),
    attestations: await ownAttestations(repository, digest, key, attestations),
  };
  if (signatures.length === 0) problems.push(`no signature is there (${tags.signatures})`);
  else if (verified.signatures.length === 0) problems.push('no signature is by the key');
  for (const one of lockedAttestations) {
    const isThere = attestations.some((found) => found.digest === one.digest);
    if (isThere && !verified.attestations.some((found) => found.digest === one.digest))
      problems.push(`${nameOf(one)} is not by the key, or says nothing of this image`);
  }
  return { problems, verified };
}

async function ownSignatures(
  repository: ImageRepository,
  digest: string,
  key: KeyObject,
  signatures: readonly LockedSignature[],
): Promise<LockedSignature[]> {
  const own: LockedSignature[] = [];
  for (const one of signatures)
    if (isSignedBy(key, await repository.blob(one.payload), one.signature, digest)) own.push(one);
  return own;
}

async function ownAttestations(
  repository: ImageRepository,
  digest: string,
  key: KeyObject,
  attestations: readonly LockedAttestation[],
): Promise<LockedAttestation[]> {
  const own: LockedAttestation[] = [];
  for (const one of attestations) if (isAttestedBy(key, await repository.blob(one.digest), digest)) own.push(one);
  return own;
}

function nameOf({ digest, predicateType }: LockedAttestation): string {
  return `the attestation ${digest.slice(0, 19)}… (${predicateType})`;
}
