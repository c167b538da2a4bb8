import type { Duration } from '../units/duration';
import type { SecretValue } from '../workload/secret-value';
import type { ModelDelivery } from './model-delivery';

/** What a model is called and where the server finds it. */
export interface ModelOptions {
  /**
   * The name for people.
   *
   * @default - the last part of where it comes from
   */
  readonly name?: string;

  /**
   * What the model is.
   *
   * @default - none
   */
  readonly description?: string;

  /**
   * Where the server finds the model: absolute, or below `/models`. The directory must hold nothing else that the server
   * needs, because a volume is mounted there; on Kubernetes only over the file where the model is one.
   *
   * @default - `/models` for a directory, `/models/<file name>` for a file
   */
  readonly path?: string;
}

/** Options of a model that a container brings before the server starts. */
export interface FetchedModelOptions extends ModelOptions {
  /**
   * The longest that the fetch may take before the replica is given up.
   *
   * AWS: the start timeout of the container that fetches, at most 120 s on Fargate. Kubernetes: part of the time that a
   * rollout gets.
   *
   * @default - 10 minutes, more for a model whose size is known and large, or what the compute allows
   */
  readonly fetchTimeout?: Duration;
}

/** Options of a model in S3. */
export interface S3ModelOptions extends FetchedModelOptions {}

/** Options of a model that is packed as an image. */
export interface PackedModelOptions extends FetchedModelOptions {
  /**
   * How the model comes to where the server reads it.
   *
   * @default - the first way that the target has
   */
  readonly delivery?: ModelDelivery;
}

/** Options of a model that is locked from a directory. */
export interface DirectoryModelOptions extends PackedModelOptions {
  /**
   * The lock file.
   *
   * @default - the nearest `serving.lock.json` of the project, upward from the working directory
   */
  readonly lockFile?: string;

  /**
   * Where the model is published: a repository such as `registry.example.com/models`, or `s3://bucket/prefix`.
   *
   * @default - what the lock file says
   */
  readonly to?: string;

  /**
   * Whether `cdk deploy` publishes the model before it changes anything. It needs the weights where it runs.
   *
   * AWS: a file asset whose command is `serving publish`; its object stands for what was published. Kubernetes: refused,
   * because manifests are applied by others; run `serving publish` before they are. Set `to` as well: a destination that
   * the lock file alone names is not confirmed by a person, which causes a warning.
   *
   * @default false
   */
  readonly publishOnDeploy?: boolean;
}

/** Options of a model that is in an image of any registry. */
export interface OciModelOptions extends PackedModelOptions {
  /**
   * The directory of the image that is the model.
   *
   * @default '/models'
   */
  readonly directory?: string;

  /**
   * The lock file.
   *
   * @default - the nearest `serving.lock.json` of the project, upward from the working directory
   */
  readonly lockFile?: string;
}

/** Options of a model of the Hugging Face Hub. */
export interface HuggingFaceModelOptions extends FetchedModelOptions {
  /** The commit: 40 hex digits, which never change. Branches and tags can move. */
  readonly revision: string;

  /**
   * The token that may read a gated or private repository.
   *
   * @default - none
   */
  readonly token?: SecretValue;
}

/** Options of a model in a volume that exists. */
export interface VolumeModelOptions extends ModelOptions {
  /**
   * The directory of the volume that is the model, such as `resnet50/v2`.
   *
   * @default - the whole volume
   */
  readonly directory?: string;
}
