/** A manifest or an index, which is small and kept in memory. */
export interface Manifest {
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** A layer or a config, which is identified by its digest and read when it is sent. */
export interface Blob {
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
  /** The repository that already has it, as `registry/repository`. @default - none, the bytes are on disk */
  readonly origin?: string;
  /** Reads the bytes from an offset. Throws an error with the name of the file if it has changed since it was hashed. */
  read(from?: number): AsyncIterable<Buffer>;
}

/** A file of an artifact on disk, for stores of files instead of layers. */
export interface ArtifactFile {
  /** The path inside the artifact, with `/` between its parts. */
  readonly path: string;
  readonly size: number;
  read(from?: number): AsyncIterable<Buffer>;
}

/** Everything that is published for a model or an app. */
export interface Artifact {
  /** The name for messages: the directory. */
  readonly name: string;
  /** The index of the platforms, whose digest identifies the artifact. */
  readonly index: Manifest;
  /** The manifests that the index lists. They must be published before it. */
  readonly manifests: Manifest[];
  /** Layers and configs, without duplicates. They must be published before the manifests. */
  readonly blobs: Blob[];
  /** The same content as files. */
  readonly files: ArtifactFile[];
}

/** One step of installing the packages of an app. */
export interface PackageEvent {
  readonly event: 'package';
  readonly artifact: string;
  readonly step: 'resolving' | 'downloading';
  /** The name of a package, or of a file. */
  readonly package: string;
}

/** One step of hashing a directory. */
export type HashEvent =
  | { readonly event: 'hash'; readonly artifact: string; readonly bytes: number }
  /** The files of a layer have not changed since it was hashed. */
  | { readonly event: 'unchanged'; readonly part: string; readonly bytes: number }
  /** More bytes of a layer were read. */
  | { readonly event: 'read'; readonly part: string; readonly bytes: number }
  | { readonly event: 'hashed'; readonly artifact: string; readonly digest: string; readonly bytes: number };

/** One step of a publication: shown by a progress bar, or as a line of JSON without a terminal. */
export type PublishEvent =
  /** Where an artifact will be sent. */
  | { readonly event: 'destination'; readonly artifact: string; readonly to: string }
  | { readonly event: 'start'; readonly artifact: string; readonly digest: string; readonly bytes: number }
  /** The store already has a part, or mounted it from another repository. */
  | { readonly event: 'present' | 'mounted'; readonly part: string; readonly bytes: number }
  /** More bytes of a part were sent. */
  | { readonly event: 'sent'; readonly part: string; readonly bytes: number }
  /** A part is sent again from byte `kept`, by default from 0. */
  | {
      readonly event: 'retry';
      readonly part: string;
      readonly reason: string;
      readonly waitSeconds: number;
      readonly kept?: number;
    }
  | { readonly event: 'done'; readonly part: string; readonly bytes: number }
  | { readonly event: 'published'; readonly artifact: string; readonly reference: string; readonly bytesSent: number };

/** Receives the steps of a publication. */
export type Report = (event: PublishEvent) => void;
