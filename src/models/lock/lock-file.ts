/**
 * The lock file: what models and images were when somebody looked, so that synthesis needs neither the weights nor a
 * network. It is made by `serving lock`, read by people in reviews, and committed.
 */
export interface LockFile {
  /** The version of this format. */
  readonly version: 1;
  /** The models, by the directory that they are read from: relative to the lock file, with `/` between its parts. */
  readonly models: { readonly [directory: string]: LockedModel };
  /** The images, by the reference that the definitions use. */
  readonly images: { readonly [reference: string]: LockedImage };
  /** The images that are built from a directory of code, by that directory. */
  readonly apps: { readonly [directory: string]: LockedApp };
}

/** One platform of an image. */
export interface LockedPlatform {
  /** The operating system, such as `linux`. */
  readonly os: string;
  /** The processor architecture in OCI's words, such as `amd64` or `arm64`. */
  readonly architecture: string;
  /** The digest of the platform's manifest. */
  readonly digest: string;
  /** The bytes of its layers as the registry keeps them. */
  readonly compressedSize: number;
}

/** What is locked of everything that stands in a registry. */
export interface LockedArtifact {
  /** The digest of the index or manifest, which is what both targets name. */
  readonly digest: string;
  /** The media type of what the digest names. */
  readonly mediaType: string;
  /** The platforms. */
  readonly platforms: LockedPlatform[];
}

/** A signature that was verified, in the layout of cosign. */
export interface LockedSignature {
  /** The digest of what was signed, which names the image. */
  readonly payload: string;
  /** The signature in Base64. */
  readonly signature: string;
}

/** An attestation that was verified, such as one of provenance, in the layout of cosign. */
export interface LockedAttestation {
  /** The digest of the signed envelope. */
  readonly digest: string;
  /** What kind of statement it is, such as `https://slsa.dev/provenance/v1`. */
  readonly predicateType: string;
}

/** What vouches for a published artifact. */
export interface LockedEvidence {
  /** Signatures that `serving verify --record` has verified. @default - none is recorded */
  readonly signatures?: readonly LockedSignature[];
  /** Attestations that `serving verify --record` has verified. @default - none is recorded */
  readonly attestations?: readonly LockedAttestation[];
}

/** One layer of a model, with the files that it carries. */
export interface LockedLayer {
  /** The digest of the uncompressed tar. */
  readonly digest: string;
  /** The bytes of the tar. */
  readonly size: number;
  /** The files, in the order in which they stand in the tar. */
  readonly files: LockedFile[];
}

/** One file of a model. */
export interface LockedFile {
  /** The path below the model's directory, with `/` between its parts. */
  readonly path: string;
  /** The bytes. */
  readonly size: number;
}

/** A model that is read from a directory. */
export interface LockedModel extends LockedArtifact, LockedEvidence {
  /** Where `serving publish` puts it: `registry/repository`, or `s3://bucket/prefix`. @default - said when it is published */
  readonly to?: string;
  /** The AWS account that must own the bucket. @default - any */
  readonly owner?: string;
  /** Where the files come from, such as the address of a commit. @default - not said */
  readonly source?: string;
  /** `data` for files alone, `shell` with a small base that can copy them, `baked` upon a server's image. */
  readonly variant: string;
  /** The image below the files, by digest. @default - none */
  readonly base?: string;
  /** The layers that carry the files. */
  readonly layers: LockedLayer[];
  /** The bytes of all files. */
  readonly bytes: number;
  /** Files that look like credentials and are published on purpose. @default - none */
  readonly allowed?: readonly string[];
}

/** An image that a definition names by a tag. */
export interface LockedImage extends LockedArtifact {}

/** An image made of a base image and a directory of code. */
export interface LockedApp extends LockedArtifact, LockedEvidence {
  /** Where `serving publish` puts it: `registry/repository`. @default - said when it is published */
  readonly to?: string;
  /** The base image, by digest. */
  readonly base: string;
  /** The list of Python packages whose wheels are in the image, relative to the directory. @default - none */
  readonly requirements?: string;
  /** The layers that carry the code, with its files. @default - an older release locked it, and did not list them */
  readonly layers?: LockedLayer[];
  /** Files that look like credentials and are published on purpose. @default - none */
  readonly allowed?: readonly string[];
}
