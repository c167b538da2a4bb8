/** How a model comes to where its server reads it. */
export enum ModelDeliveryKind {
  /** It is in the server's image, and nobody looks after it. */
  IN_IMAGE = 'in the image',
  /** A container fetches it from a store before the server starts. */
  FETCH = 'fetch',
  /** The model's image is mounted as a volume. */
  IMAGE_VOLUME = 'image volume',
  /** A container of the model's image copies it out before the server starts. */
  COPY = 'copy',
  /** The server's image was made with the model in it. */
  BAKED = 'baked',
  /** A volume that exists holds it. */
  VOLUME = 'volume',
}

/** One platform of an image, as far as it is known. */
export interface ImagePlatformIntent {
  /** The processor architecture in OCI's words, such as `amd64`. */
  readonly architecture: string;
  /** The bytes that are pulled. */
  readonly bytes: number;
}

/** The image that a model is in. */
export interface ModelImageIntent {
  /** The reference by digest. */
  readonly reference: string;
  /** The directory of the image that is the model, such as `/models`. */
  readonly directory: string;
  /** The platforms. @default - not known */
  readonly platforms?: ImagePlatformIntent[];
  /** Whether the image has a program that copies files. @default - not known */
  readonly canCopy?: boolean;
  /** The image by digest that it was made upon, where that is a server's image. @default - none */
  readonly base?: string;
}

/** The directory of a model that is published when the definition is deployed. */
export interface ModelPublishIntent {
  /** The directory as the lock file names it. */
  readonly directory: string;
  /** The lock file. */
  readonly lockFile: string;
  /** Where it is published to. */
  readonly to: string;
  /** Whether the lock file alone names that. */
  readonly isLocked: boolean;
  /** The digest without the name of its algorithm. */
  readonly hex: string;
}

/** A model that a backend reads. */
export interface ModelIntent {
  /** The name for people. */
  readonly name: string;
  /** What the model is. */
  readonly description?: string;
  /** The address that it is fetched from, in S3 or of the Hugging Face Hub. @default - it is not fetched */
  readonly uri?: string;
  /** Whether the address names one object rather than everything below it. */
  readonly singleObject: boolean;
  /** Where the server finds the file or directory. */
  readonly mountPath: string;
  /** The longest the fetch may take, in seconds; none leaves it to the compute. */
  readonly fetchSeconds?: number;
  /** The image that it is in. @default - none */
  readonly image?: ModelImageIntent;
  /** The name of the volume that holds it. @default - none */
  readonly volume?: string;
  /** How it shall be delivered. @default - the first way that the target has */
  readonly delivery?: ModelDeliveryKind;
  /** The bytes of its files. @default - not known */
  readonly bytes?: number;
  /** The directory that it was locked from, as the lock file names it. @default - it was not */
  readonly directory?: string;
  /** What to publish when the definition is deployed. @default - nothing */
  readonly publish?: ModelPublishIntent;
  /** The files that are no longer what was locked. @default - none */
  readonly drift?: string[];
}
