/** Projects with a lock file in temporary folders, for tests that read it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { LockedApp, LockedImage, LockedModel, LockFile } from '../../src/models/lock/lock-file';

/** A digest that consists of one repeated hex digit. */
export const digestOf = (digit: string): string => `sha256:${digit.repeat(64)}`;

const INDEX = 'application/vnd.oci.image.index.v1+json';

/** The lock file entry of an image with these architectures. */
export function lockedImage(digit: string, architectures = ['amd64', 'arm64'], compressedSize = 2 ** 20): LockedImage {
  return {
    digest: digestOf(digit),
    mediaType: INDEX,
    platforms: architectures.map((architecture) => ({
      os: 'linux',
      architecture,
      digest: digestOf('f'),
      compressedSize,
    })),
  };
}

/** The lock file entry of a model with these files. */
export function lockedModel(
  digit: string,
  files: { readonly [path: string]: number } = { 'weights.bin': 4 },
  change: Partial<LockedModel> = {},
): LockedModel {
  const bytes = Object.values(files).reduce((total, size) => total + size, 0);
  return {
    ...lockedImage(digit, ['amd64', 'arm64'], bytes),
    to: 'registry.example.com/models',
    variant: 'data',
    layers: [
      {
        digest: digestOf('e'),
        size: bytes,
        files: Object.entries(files).map(([path, size]) => ({ path, size })),
      },
    ],
    bytes,
    ...change,
  };
}

/** A folder with a lock file; tests add the rest. */
export class LockedProject {
  public readonly folder = mkdtempSync(join(tmpdir(), 'serving-lock-'));
  public readonly lockFile = join(this.folder, 'serving.lock.json');

  constructor(
    entries: {
      readonly models?: { readonly [key: string]: LockedModel };
      readonly images?: { readonly [key: string]: LockedImage };
      readonly apps?: { readonly [key: string]: LockedApp };
    } = {},
  ) {
    const lock: LockFile = { version: 1, models: {}, images: {}, apps: {}, ...entries };
    writeFileSync(this.lockFile, JSON.stringify(lock));
  }

  /** Writes a file with a number of bytes. */
  public write(path: string, bytes: number): void {
    mkdirSync(join(this.folder, dirname(path)), { recursive: true });
    writeFileSync(join(this.folder, path), Buffer.alloc(bytes));
  }

  /** Runs a function with a folder of the project as the working directory. */
  public within<T>(work: () => T, below = '.'): T {
    const before = process.cwd();
    process.chdir(join(this.folder, below));
    try {
      return work();
    } finally {
      process.chdir(before);
    }
  }

  public remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
