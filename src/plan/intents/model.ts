/** How a model is delivered to its server. */
export enum ModelDeliveryKind {
  /** It is part of the server image, and is not managed by this package. */
  IN_IMAGE = 'in the image',
  /** A container fetches it from a store before the server starts. */
  FETCH = 'fetch',
  /** The model's image is mounted as a volume. */
  IMAGE_VOLUME = 'image volume',
  /** A container from the model's image copies it to a volume before the server starts. */
  COPY = 'copy',
  /** It was built into the server image. */
  BAKED = 'baked',
  /** It is in an existing volume. */
  VOLUME = 'volume',
}

/** A platform of an image. */
export interface ImagePlatformIntent {
  /** The CPU architecture in OCI notation, such as `amd64`. */
  readonly architecture: string;
  /** The compressed size in bytes. */
  readonly bytes: number;
}

/** The image that contains a model. */
export interface ModelImageIntent {
  /** The reference by digest. */
  readonly reference: string;
  /** The directory of the model in the image, such as `/models`. */
  readonly directory: string;
  /** The platforms. @default - unknown */
  readonly platforms?: ImagePlatformIntent[];
  /** Whether the image contains a program to copy files. @default - unknown */
  readonly canCopy?: boolean;
  /** The base image by digest, if it is a server image. @default - none */
  readonly base?: string;
}

/** A directory that is published when the definition is deployed. */
export interface ModelPublishIntent {
  /** The directory, as in the lock file. */
  readonly directory: string;
  /** The lock file. */
  readonly lockFile: string;
  /** The destination. */
  readonly to: string;
  /** Whether the destination comes from the lock file only. */
  readonly isLocked: boolean;
  /** The digest without its algorithm. */
  readonly hex: string;
}

/** A model that a backend reads. */
export interface ModelIntent {
  /** The display name. */
  readonly name: string;
  /** The description. @default - none */
  readonly description?: string;
  /** The URI that it is fetched from, in S3 or on the Hugging Face Hub, or `text:definition`. @default - it is not fetched */
  readonly uri?: string;
  /** The files of the repository to fetch, or patterns of them. @default - all */
  readonly include?: string[];
  /** The text of the file, which is part of the definition. @default - it is fetched */
  readonly text?: string;
  /** The URL of the store with the protocol of S3. @default - Amazon S3, or that of the environment */
  readonly endpoint?: string;
  /** Whether the object at the URI is an archive whose files are the model. @default false */
  readonly archive?: boolean;
  /** The SHA-256 of the file at the URI in hex. @default - not checked */
  readonly sha256?: string;
  /** Whether the model is a single file rather than a directory. */
  readonly singleObject: boolean;
  /** The path of the file or directory in the server container. */
  readonly mountPath: string;
  /** The timeout of the fetch, in seconds. @default - computed from the size */
  readonly fetchSeconds?: number;
  /** The image that contains it. @default - none */
  readonly image?: ModelImageIntent;
  /** The name of the volume that contains it. @default - none */
  readonly volume?: string;
  /** The configured delivery. @default - the best that the target supports */
  readonly delivery?: ModelDeliveryKind;
  /** The size of its files in bytes. @default - unknown */
  readonly bytes?: number;
  /** Whether fetched files are compared with the digests of the lock file. @default - they are not locked, or not fetched */
  readonly checked?: boolean;
  /** The directory that it was locked from, as in the lock file. @default - none */
  readonly directory?: string;
  /** What to publish when the definition is deployed. @default - nothing */
  readonly publish?: ModelPublishIntent;
  /** The files that differ from the lock file. @default - none */
  readonly drift?: string[];
}
