/**
 * The lock file: models and images as they were when they were locked, so that synthesis requires neither the weights
 * nor a network. It is written by `serving lock`, reviewed by people, and committed.
 */
export interface LockFile {
  /** The version of this format. */
  readonly version: 1;
  /** The models, by their directory: relative to the lock file, with `/` between its parts. */
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
  /** The processor architecture as named by OCI, such as `amd64` or `arm64`. */
  readonly architecture: string;
  /** The digest of the platform's manifest. */
  readonly digest: string;
  /** The size of its layers in bytes, as stored in the registry. */
  readonly compressedSize: number;
}

/** What is locked for every artifact in a registry. */
export interface LockedArtifact {
  /** The digest of the index or manifest, which both targets reference. */
  readonly digest: string;
  /** The media type of the index or manifest. */
  readonly mediaType: string;
  /** The platforms. */
  readonly platforms: LockedPlatform[];
}

/** A signature that was verified, in the layout of cosign. */
export interface LockedSignature {
  /** The digest of the signed payload, which identifies the image. */
  readonly payload: string;
  /** The signature in Base64. */
  readonly signature: string;
}

/** An attestation that was verified, such as a provenance attestation, in the layout of cosign. */
export interface LockedAttestation {
  /** The digest of the signed envelope. */
  readonly digest: string;
  /** The kind of statement, such as `https://slsa.dev/provenance/v1`. */
  readonly predicateType: string;
}

/** The verified evidence for a published artifact. */
export interface LockedEvidence {
  /** Signatures that `serving verify --record` has verified. @default - none is recorded */
  readonly signatures?: readonly LockedSignature[];
  /** Attestations that `serving verify --record` has verified. @default - none is recorded */
  readonly attestations?: readonly LockedAttestation[];
}

/** One layer of a model, with its files. */
export interface LockedLayer {
  /** The digest of the uncompressed tar. */
  readonly digest: string;
  /** The size of the tar in bytes. */
  readonly size: number;
  /** The files, in the order of the tar. */
  readonly files: LockedFile[];
}

/** One file of a model. */
export interface LockedFile {
  /** The path relative to the model's directory, with `/` between its parts. */
  readonly path: string;
  /** The size in bytes. */
  readonly size: number;
  /** Whether it is a program, with mode 0755. @default false, mode 0644 */
  readonly executable?: boolean;
}

/** A model that is read from a directory. */
export interface LockedModel extends LockedArtifact, LockedEvidence {
  /**
   * The destination of `serving publish`: `registry/repository`, or `s3://bucket/prefix`.
   *
   * @default - set when it is published
   */
  readonly to?: string;
  /** The AWS account that must own the bucket. @default - any */
  readonly owner?: string;
  /** Where the files come from, such as the URL of a commit. @default - not recorded */
  readonly source?: string;
  /** `data` for files only, `shell` with a small base image that can copy them, `baked` on top of a server image. */
  readonly variant: string;
  /** The base image, by digest. @default - none */
  readonly base?: string;
  /** The layers with the files. */
  readonly layers: LockedLayer[];
  /** The total size of all files in bytes. */
  readonly bytes: number;
  /** Files that look like credentials and are published intentionally. @default - none */
  readonly allowed?: readonly string[];
}

/** An image that a definition references by a tag. */
export interface LockedImage extends LockedArtifact {}

/** One package of an app: the file that is installed. */
export interface LockedWheel {
  /** The name, normalized as package indexes compare names. */
  readonly name: string;
  /** The version. */
  readonly version: string;
  /** The name of the wheel. */
  readonly file: string;
  /** The digest of the wheel. */
  readonly digest: string;
  /** The architecture that it is for, such as `amd64`. @default - every architecture of the image */
  readonly architecture?: string;
}

/** The packages of an app, as they were resolved for the interpreter of its base. */
export interface LockedPackages {
  /** The Python version that they were resolved for. */
  readonly python: string;
  /** The digest of what the requirements file asked for. Another one requires a new resolution. */
  readonly request: string;
  /** The wheels. */
  readonly wheels: readonly LockedWheel[];
}

/** An image built from a base image and a directory of code. */
export interface LockedApp extends LockedArtifact, LockedEvidence {
  /** The destination of `serving publish`: `registry/repository`. @default - set when it is published */
  readonly to?: string;
  /** The base image, by digest. */
  readonly base: string;
  /** The requirements file of the Python packages in the image, relative to the directory. @default - none */
  readonly requirements?: string;
  /** The packages that the requirements file resolved to. @default - none, or an older release locked the app */
  readonly packages?: LockedPackages;
  /** The layers with the code. @default - not recorded, if an older release locked the app */
  readonly layers?: LockedLayer[];
  /** Files that look like credentials and are published intentionally. @default - none */
  readonly allowed?: readonly string[];
}
