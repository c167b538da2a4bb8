/** A volume for transferred models, mounted at the same path in every container that needs it. */
export interface ModelVolumePlan {
  /** The name of the volume. */
  readonly name: string;
  /** Where it is mounted. */
  readonly mountPath: string;
  /**
   * The timeout in seconds of a copy of this directory of the server's image into the volume, before models are fetched
   * into it: a single file must not hide the other files of its directory.
   *
   * @default - nothing is copied, because the directory belongs to the models
   */
  readonly imageSeconds?: number;
}

/** The container that transfers one model before the server starts. */
export interface FetchPlan {
  /** The name of the model. */
  readonly model: string;
  /** The index of the model among those of its backend. */
  readonly index: number;
  /** The URI that it is fetched from. @default - it is copied from `image` */
  readonly uri?: string;
  /** The image that it is copied from. @default - it is fetched from `uri` */
  readonly image?: string;
  /** The directory in the image that is copied. @default - it is fetched */
  readonly directory?: string;
  /** Whether the object at the URI is an archive that is unpacked into the destination. @default false */
  readonly archive?: boolean;
  /** Whether the model is a single file rather than a directory. */
  readonly singleObject: boolean;
  /** The path that the files are written to; a directory ends with a slash. */
  readonly destination: string;
  /** The name of the volume with the destination. */
  readonly volume: string;
  /** The timeout in seconds. */
  readonly seconds: number;
}
