import { ModelDeliveryKind } from '../plan/intents';
import { tagClass } from '../private/package-copy';

/**
 * How a packed model is delivered to the container of its server.
 *
 * The default is the first delivery that the target supports: an image volume, otherwise a copy; for S3, a fetch. A
 * delivery that the target does not support is an error at synthesis.
 */
export class ModelDelivery {
  /**
   * The model image as a read-only volume, shared by the replicas of a node.
   *
   * AWS: not supported, because ECS has no image volumes. Kubernetes: 1.35 or newer; unless `containerRuntime` of the platform
   * is recent, an init container links the files to the path of the model.
   */
  public static imageVolume(): ModelDelivery {
    return new ModelDelivery(ModelDeliveryKind.IMAGE_VOLUME);
  }

  /**
   * A container of the model image copies the files into a volume before the server starts. The image requires `cp`:
   * lock the model with `--variant shell`. The files use disk space three times: packed, unpacked and copied.
   *
   * AWS: a container that the server waits for. Kubernetes: an init container.
   */
  public static copy(): ModelDelivery {
    return new ModelDelivery(ModelDeliveryKind.COPY);
  }

  /**
   * A container fetches the files from S3 before the server starts. The model must be published there.
   *
   * AWS: a container that the server waits for. Kubernetes: an init container.
   */
  public static fetch(): ModelDelivery {
    return new ModelDelivery(ModelDeliveryKind.FETCH);
  }

  /**
   * The server image contains the model, at `/models`: lock the model with `--variant baked`. The backend then runs
   * that image.
   */
  public static baked(): ModelDelivery {
    return new ModelDelivery(ModelDeliveryKind.BAKED);
  }

  private constructor(
    /** @internal */
    public readonly _kind: ModelDeliveryKind,
  ) {}
}

tagClass('ModelDelivery', ModelDelivery);
