import type { Duration } from '../units/duration';
import type { Size } from '../units/size';
import type { SecretValue } from '../workload/secret-value';
import type { ModelDelivery } from './model-delivery';

/** Options of every model: its name, and where the server finds it. */
export interface ModelOptions {
  /**
   * The display name.
   *
   * @default - the last part of its source
   */
  readonly name?: string;

  /**
   * A description of the model.
   *
   * @default - none
   */
  readonly description?: string;

  /**
   * Where the server finds the model: an absolute path, a path such as `./data/weights` that is relative to the working
   * directory of the server, or another path that is relative to `/models`. The working directory must be known: that of an
   * image of `ServerImage.fromDirectory`, or `workingDirectory` of the backend, with which other relative paths are errors.
   *
   * A directory must not contain anything else that the server needs, because a volume is mounted over it. A single file
   * hides nothing but the file of that name. AWS: ECS mounts directories only, so a container of the server's image, which
   * must have `sh` and `cp`, copies the directory of the file into a volume first; below `/models`, which belongs to models,
   * nothing is copied. Kubernetes: mounted over that file only.
   *
   * @default - `/models` for a directory, `/models/<file name>` for a file
   */
  readonly path?: string;
}

/** Options of a model that a container fetches before the server starts. */
export interface FetchedModelOptions extends ModelOptions {
  /**
   * The maximum time for the fetch, after which the replica has failed.
   *
   * AWS: the start timeout of the container that fetches, at most 120 s on Fargate. Kubernetes: part of the progress
   * deadline of the rollout.
   *
   * @default - 10 minutes, more for a large model of known size, or the maximum that the compute allows
   */
  readonly fetchTimeout?: Duration;
}

/** Options of a model that can be an archive. */
export interface ArchiveModelOptions extends FetchedModelOptions {
  /**
   * Whether the object is an archive whose files are the model: `.tar`, `.tar.gz`, `.tgz`, `.tar.bz2`, `.tar.xz` or `.zip`, by
   * its content. `path` is then a directory. A container with Python unpacks it before the server starts; members that leave
   * the directory, devices, and links that point outside end the start.
   *
   * @default false
   */
  readonly unpack?: boolean;

  /**
   * The size of the unpacked files, which counts toward the disk of a replica together with the archive. An archive with
   * more ends the start.
   *
   * @default - unknown, and limited by the disk
   */
  readonly unpackedSize?: Size;
}

/** Options of a file or an archive that is downloaded over HTTPS. */
export interface UrlModelOptions extends ArchiveModelOptions {
  /** The SHA-256 of the file: 64 hex digits. Another content ends the start. */
  readonly sha256: string;
}

/** Options of a text that becomes a file. */
export interface TextModelOptions {
  /**
   * The path of the file, such as `/app/config.yaml`: absolute, relative to the working directory of the server if it starts with
   * `./`, or else relative to `/models`.
   */
  readonly path: string;

  /**
   * The display name.
   *
   * @default - the last part of the path
   */
  readonly name?: string;

  /**
   * A description, which does not affect the deployment.
   *
   * @default - none
   */
  readonly description?: string;
}

/** An access key of a store with the protocol of S3. */
export interface S3Credentials {
  /** The access key ID. */
  readonly accessKeyId: SecretValue;

  /** The secret access key. */
  readonly secretAccessKey: SecretValue;
}

/** Options of a model in S3. */
export interface S3ModelOptions extends ArchiveModelOptions {
  /**
   * The URL of another store with the protocol of S3, such as `https://minio.example.com:9000`. The container that fetches
   * gets it as `AWS_ENDPOINT_URL_S3`, and addresses buckets by path. Its keys are in `credentials`. It replaces an
   * `AWS_ENDPOINT_URL_S3` in `environment`, which applies to all models and to the server.
   *
   * AWS: the task role gets no permission for the bucket. A change replaces the replicas.
   *
   * @default - Amazon S3, or `AWS_ENDPOINT_URL_S3` in `environment` of the backend
   */
  readonly endpoint?: string;

  /**
   * The access key of the store. Only the container that fetches this model receives it, as `AWS_ACCESS_KEY_ID` and
   * `AWS_SECRET_ACCESS_KEY`.
   *
   * AWS: the task role gets no permission for the bucket. A change replaces the replicas.
   *
   * @default - `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY` of the backend, which the server receives too; for Amazon S3, if
   * another model without `credentials` has an `endpoint`, only the task role or the ServiceAccount
   */
  readonly credentials?: S3Credentials;
}

/** Options of a model that can be packed as an image. */
export interface PackedModelOptions extends FetchedModelOptions {
  /**
   * How the model is delivered to the container of the server.
   *
   * @default - the first delivery that the target supports
   */
  readonly delivery?: ModelDelivery;
}

/** Options of a model in a locked directory. */
export interface DirectoryModelOptions extends PackedModelOptions {
  /**
   * The lock file.
   *
   * @default - the nearest `serving.lock.json` in the working directory or its parents, within the project
   */
  readonly lockFile?: string;

  /**
   * Where the model is published: a repository such as `registry.example.com/models`, or `s3://bucket/prefix`.
   *
   * @default - the destination in the lock file
   */
  readonly to?: string;

  /**
   * Whether `cdk deploy` publishes the model before it changes any resource. The weights must be on the machine that
   * deploys.
   *
   * AWS: a file asset whose command is `serving publish`; the asset's object marks the model as published. Kubernetes:
   * not supported, because other tools apply the manifests; run `serving publish` before they are applied. Set `to` as
   * well: a destination that is only in the lock file causes a warning, because no one has confirmed it.
   *
   * @default false
   */
  readonly publishOnDeploy?: boolean;
}

/** Options of a model in an image of any registry. */
export interface OciModelOptions extends PackedModelOptions {
  /**
   * The directory of the model in the image.
   *
   * @default '/models'
   */
  readonly directory?: string;

  /**
   * The lock file.
   *
   * @default - the nearest `serving.lock.json` in the working directory or its parents, within the project
   */
  readonly lockFile?: string;
}

/** Options of a model on the Hugging Face Hub. */
export interface HuggingFaceModelOptions extends FetchedModelOptions {
  /** The commit hash: 40 hex digits. Branches and tags are rejected, because they can move. */
  readonly revision: string;

  /**
   * The files to fetch: paths in the repository, or patterns with `*`, such as `*.safetensors`. `*` matches slashes too.
   *
   * @default - all files
   */
  readonly include?: string[];

  /**
   * The access token for a gated or private repository.
   *
   * @default - none
   */
  readonly token?: SecretValue;
}

/** Options of a model in an existing volume. */
export interface VolumeModelOptions extends ModelOptions {
  /**
   * The directory of the model in the volume, such as `resnet50/v2`.
   *
   * @default - the whole volume
   */
  readonly directory?: string;
}
