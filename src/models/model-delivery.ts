import { ModelDeliveryKind } from '../plan/intents';
import { tagClass } from '../private/package-copy';

/**
 * How a model that was packed comes to where its server reads it.
 *
 * Without one the first that the target has is used: an image volume, else a copy; from S3 a fetch. What a target cannot
 * do is an error at synthesis.
 */
export class ModelDelivery {
  /**
   * The image of the model as a read-only volume, shared by the replicas of a node.
   *
   * AWS: refused, ECS has no such volumes. Kubernetes: from 1.35.
   */
  public static imageVolume(): ModelDelivery {
    return new ModelDelivery(ModelDeliveryKind.IMAGE_VOLUME);
  }

  /**
   * A container of the model's image copies the files into a volume before the server starts, so the image needs a `cp`:
   * lock the model with `--variant shell`. The files take disk three times: packed, unpacked, copied.
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
   * The server's image was made with the model in it, at `/models`: lock the model with `--variant baked`. The backend
   * then runs that image.
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
