import { tagClass } from '../private/package-copy';

/**
 * An existing volume that contains models.
 *
 * Each target has its own types: `aws.EfsVolume` and `aws.S3FilesVolume`, `kubernetes.ClaimVolume`.
 */
export abstract class ModelVolume {
  /**
   * Only for the compiler: object literals are not volumes.
   *
   * @internal
   */
  protected declare readonly _made: true;

  protected constructor(
    /** The only platform that can use this volume, such as `aws`. */
    public readonly platform: string,
    /** The name of the volume in messages. */
    public readonly volumeName: string,
  ) {}
}

tagClass('ModelVolume', ModelVolume);
