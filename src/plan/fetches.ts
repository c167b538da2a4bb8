/** A volume that models are brought into, mounted at one place in every container that needs it. */
export interface ModelVolumePlan {
  /** The name of the volume. */
  readonly name: string;
  /** Where it is mounted. */
  readonly mountPath: string;
}

/** The container that brings one model before the server starts. */
export interface FetchPlan {
  /** The name of the model. */
  readonly model: string;
  /** The place of the model among those of its backend. */
  readonly index: number;
  /** The address that it is fetched from. @default - it is copied out of `image` */
  readonly uri?: string;
  /** The image that it is copied out of. @default - it is fetched from `uri` */
  readonly image?: string;
  /** The directory of the image that is copied. @default - it is fetched */
  readonly directory?: string;
  /** Whether the address is one object rather than a prefix. */
  readonly singleObject: boolean;
  /** Where the file or the files go; a directory ends in a slash. */
  readonly destination: string;
  /** The name of the volume that holds the destination. */
  readonly volume: string;
  /** The longest that it may take, in seconds. */
  readonly seconds: number;
}
