/** The bytes of a manifest or an index, which are small and known whole. */
export interface Manifest {
  /** `sha256:` and 64 hex digits. */
  readonly digest: string;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** Bytes that are named by their digest and read when they are sent: a layer or a config. */
export interface Blob {
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
  /** The repository that holds it already, as `registry/repository`. @default - none, the bytes are on the disk */
  readonly origin?: string;
  /** Reads the bytes from an offset on; throws a named error when the file behind them is no longer what was hashed. */
  read(from?: number): AsyncIterable<Buffer>;
}

/** A file of an artifact as it stands on the disk, for stores that keep files and not layers. */
export interface ArtifactFile {
  /** The path inside the artifact, with `/` between its parts. */
  readonly path: string;
  readonly size: number;
  read(from?: number): AsyncIterable<Buffer>;
}

/** Everything that is published of one model or one image. */
export interface Artifact {
  /** What people call it: the directory. */
  readonly name: string;
  /** What names the whole: an index of the platforms. */
  readonly index: Manifest;
  /** The manifests that the index lists, which must be there before it. */
  readonly manifests: Manifest[];
  /** Layers and configs, each once; they must be there before the manifests. */
  readonly blobs: Blob[];
  /** The same content as files. */
  readonly files: ArtifactFile[];
}

/** One step of hashing a directory. */
export type HashEvent =
  | { readonly event: 'hash'; readonly artifact: string; readonly bytes: number }
  /** A layer whose files are as they were when it was hashed. */
  | { readonly event: 'unchanged'; readonly part: string; readonly bytes: number }
  /** More bytes of a layer were read. */
  | { readonly event: 'read'; readonly part: string; readonly bytes: number }
  | { readonly event: 'hashed'; readonly artifact: string; readonly digest: string; readonly bytes: number };

/** One step of a publication: what a progress bar shows, and one JSON line where there is no terminal. */
export type PublishEvent =
  /** Where an artifact is about to be sent. */
  | { readonly event: 'destination'; readonly artifact: string; readonly to: string }
  | { readonly event: 'start'; readonly artifact: string; readonly digest: string; readonly bytes: number }
  /** A part that the store has already, or that it took over from another repository. */
  | { readonly event: 'present' | 'mounted'; readonly part: string; readonly bytes: number }
  /** More bytes of a part went out. */
  | { readonly event: 'sent'; readonly part: string; readonly bytes: number }
  /** A part is sent again from the byte `kept` on, which is 0 where it is left out. */
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
