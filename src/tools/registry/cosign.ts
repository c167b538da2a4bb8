import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { LockedAttestation, LockedSignature } from '../../models/lock/lock-file';
import { oneLine } from '../../private/credentials/redact';
import { readJsonObject } from '../../private/json';
import type { Manifest } from '../artifact/artifact';
import { CommandError } from '../command-line/command-error';
import { StoreError } from '../net/store-error';
import { type Descriptor, readManifest } from './image-json';

const SIGNATURE = 'dev.cosignproject.cosign/signature';
const ENVELOPE = 'application/vnd.dsse.envelope.v1+json';
const STATEMENT = 'application/vnd.in-toto+json';

/** The tag of cosign's signatures of a digest. */
export function signatureTag(digest: string): string {
  return `${digest.replace(':', '-')}.sig`;
}

/** The tag of cosign's attestations of a digest. */
export function attestationTag(digest: string): string {
  return `${digest.replace(':', '-')}.att`;
}

/** The signatures in the manifest of a signature tag: each layer is a payload, with its signature as an annotation. */
export function readSignatures(manifest: Manifest, name: string): LockedSignature[] {
  return layersOf(manifest, name).flatMap(({ digest, annotations }) => {
    const signature = annotations?.[SIGNATURE];
    return isBase64(signature) ? [{ payload: digest, signature }] : [];
  });
}

/** The attestations in the manifest of an attestation tag: each layer is a signed envelope. */
export function readAttestations(manifest: Manifest, name: string): LockedAttestation[] {
  return layersOf(manifest, name).flatMap(({ digest, mediaType, annotations }) =>
    mediaType === ENVELOPE ? [{ digest, predicateType: predicateOf(annotations?.predicateType) }] : [],
  );
}

/** Each one is fetched and verified. */
const MAX_SIGNATURES = 128;

function layersOf(manifest: Manifest, name: string): Descriptor[] {
  const [, ...layers] = readManifest(manifest, name);
  if (layers.length <= MAX_SIGNATURES) return layers;
  throw new StoreError(
    'LimitExceeded',
    `${name} lists ${layers.length} signatures in ${manifest.digest}; at most ${MAX_SIGNATURES} are supported`,
  );
}

function isBase64(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z0-9+/]+={0,2}$/.test(value);
}

/** The type is recorded and printed, so it must be one line. */
function predicateOf(type: unknown): string {
  return (typeof type === 'string' ? oneLine(type).slice(0, 200) : '') || 'unknown';
}

/** Reads a public key in PEM. */
export function readPublicKey(pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch (error) {
    throw new CommandError('InvalidKey', `--key must be a public key in PEM (${(error as Error).message})`);
  }
}

/** Whether a cosign payload names the digest and is signed with the key. */
export function isSignedBy(key: KeyObject, payload: Buffer, signature: string, digest: string): boolean {
  const named = parse(payload)?.critical?.image?.['docker-manifest-digest'];
  return named === digest && isVerified(key, payload, signature);
}

/** Whether an envelope contains a statement about the digest and is signed with the key. */
export function isAttestedBy(key: KeyObject, envelope: Buffer, digest: string): boolean {
  const { payload, payloadType, signatures } = parse(envelope) ?? {};
  if (typeof payload !== 'string' || payloadType !== STATEMENT || !Array.isArray(signatures)) return false;
  const statement = Buffer.from(payload, 'base64');
  const subjects = parse(statement)?.subject;
  const [algorithm, hex] = digest.split(':') as [string, string];
  if (!Array.isArray(subjects) || !subjects.some((subject) => subject?.digest?.[algorithm] === hex)) return false;
  // DSSE signs the type and the statement, each preceded by its length.
  const head = `DSSEv1 ${payloadType.length} ${payloadType} ${statement.length} `;
  const signed = Buffer.concat([Buffer.from(head), statement]);
  return signatures.some((one) => typeof one?.sig === 'string' && isVerified(key, signed, one.sig));
}

function isVerified(key: KeyObject, signed: Buffer, signature: string): boolean {
  const algorithm = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  return verify(algorithm, signed, key, Buffer.from(signature, 'base64'));
}

// biome-ignore lint/suspicious/noExplicitAny: it comes from a registry, and each member is checked before it is used
function parse(bytes: Buffer): any {
  return readJsonObject(bytes);
}
