import { tagClass } from '../private/package-copy';

/**
 * A volume that exists and holds models.
 *
 * Each target has its own kinds: `aws.EfsVolume` and `aws.S3FilesVolume`, `kubernetes.ClaimVolume`.
 */
export abstract class ModelVolume {
  /**
   * Only for the compiler: no object literal is a volume.
   *
   * @internal
   */
  protected declare readonly _made: true;

  protected constructor(
    /** The only platform that can use this volume, such as `aws`. */
    public readonly platform: string,
    /** The name of the volume in messages and for people. */
    public readonly volumeName: string,
  ) {}
}

tagClass('ModelVolume', ModelVolume);
