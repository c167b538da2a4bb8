import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import type { Manifest } from '../artifact/artifact';
import { CommandError, USAGE_ERROR } from '../command-error';
import { StoreError } from '../store-error';

const SIGNATURE = 'dev.cosignproject.cosign/signature';

/** The tag under which cosign keeps signatures of a digest. */
export function signatureTag(digest: string): string {
  return `${digest.replace(':', '-')}.sig`;
}

/** One signature of an image: what was signed is in a blob. */
export interface Signature {
  readonly payload: string;
  readonly signature: Buffer;
}

/** The signatures in the manifest of a signature tag: each layer is a payload, with its signature as an annotation. */
export function readSignatures(manifest: Manifest, name: string): Signature[] {
  try {
    const { layers } = JSON.parse(manifest.bytes.toString('utf8')) as {
      layers: { digest: string; annotations?: Record<string, string> }[];
    };
    return layers.flatMap(({ digest, annotations }) => {
      const text = annotations?.[SIGNATURE];
      return text === undefined ? [] : [{ payload: digest, signature: Buffer.from(text, 'base64') }];
    });
  } catch {
    throw new StoreError('UnexpectedAnswer', `${name} keeps something else than signatures as ${manifest.digest}`);
  }
}

/** Reads a public key in PEM. */
export function readPublicKey(pem: string): KeyObject {
  try {
    return createPublicKey(pem);
  } catch (error) {
    throw new CommandError(`--key is no public key in PEM (${(error as Error).message})`, USAGE_ERROR);
  }
}

/** Whether a payload of cosign names the digest and is signed by the key. */
export function isSignedBy(key: KeyObject, payload: Buffer, signature: Buffer, digest: string): boolean {
  let named: unknown;
  try {
    named = JSON.parse(payload.toString('utf8')).critical.image['docker-manifest-digest'];
  } catch {
    return false;
  }
  const algorithm = key.asymmetricKeyType === 'ed25519' ? null : 'sha256';
  return named === digest && verify(algorithm, payload, key, signature);
}
