import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  createReadStream,
  createWriteStream,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Artifact, Blob, Manifest, PublishEvent } from './artifact/artifact';
import { INDEX_TYPE } from './artifact/image';
import { CommandError, FAILED } from './command-error';

/** A medium that is carried around may have changed what is on it. */
async function digestOfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(path)) hash.update(bytes as Buffer);
  return `sha256:${hash.digest('hex')}`;
}

/** What the top of a layout says of an artifact in it. */
interface LayoutEntry {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: { readonly [name: string]: string };
}

const REF_NAME = 'org.opencontainers.image.ref.name';

/**
 * A folder in the image layout of OCI, which can be carried where no network leads: podman, skopeo, umoci and containerd
 * read it. Several artifacts share it, and each layer is in it once.
 */
export class OciLayout {
  constructor(private readonly folder: string) {}

  /** Puts an artifact there under a name; layers that are there already are not written again. */
  public async add(artifact: Artifact, name: string, report: (event: PublishEvent) => void): Promise<void> {
    const { index, manifests, blobs } = artifact;
    const bytes = blobs.reduce((sum, { size }) => sum + size, 0);
    report({ event: 'start', artifact: artifact.name, digest: index.digest, bytes });
    const top = this.entries().filter(({ annotations }) => annotations?.[REF_NAME] !== name);
    mkdirSync(join(this.folder, 'blobs', 'sha256'), { recursive: true });
    let bytesSent = 0;
    for (const blob of blobs) bytesSent += await this.addBlob(blob, report);
    for (const manifest of [...manifests, index]) this.addManifest(manifest);
    const entry = { mediaType: index.mediaType, digest: index.digest, size: index.bytes.length };
    this.write('oci-layout', { imageLayoutVersion: '1.0.0' });
    this.write('index.json', {
      schemaVersion: 2,
      mediaType: INDEX_TYPE,
      manifests: [...top, { ...entry, annotations: { [REF_NAME]: name } }],
    });
    report({ event: 'published', artifact: artifact.name, reference: `oci:${this.folder}:${name}`, bytesSent });
  }

  private entries(): LayoutEntry[] {
    const path = join(this.folder, 'index.json');
    if (!existsSync(path)) {
      if (!existsSync(this.folder) || statSync(this.folder).isDirectory()) return [];
      throw new CommandError(`'${this.folder}' must be a folder`, FAILED);
    }
    try {
      const { manifests } = JSON.parse(readFileSync(path, 'utf8')) as { manifests: LayoutEntry[] };
      return [...manifests];
    } catch {
      throw new CommandError(`'${path}' is not the index of an OCI image layout; name another folder`, FAILED);
    }
  }

  /** Returns how many bytes were written. */
  private async addBlob({ digest, size, read }: Blob, report: (event: PublishEvent) => void): Promise<number> {
    const path = this.pathOf(digest);
    if (existsSync(path) && statSync(path).size === size && (await digestOfFile(path)) === digest) {
      report({ event: 'present', part: digest, bytes: size });
      return 0;
    }
    const draft = `${path}.${process.pid}`;
    const file = createWriteStream(draft);
    const opened = once(file, 'open');
    try {
      await opened;
      for await (const bytes of read()) {
        if (!file.write(bytes)) await once(file, 'drain');
        report({ event: 'sent', part: digest, bytes: bytes.length });
      }
      file.end();
      await once(file, 'close');
      renameSync(draft, path);
    } catch (error) {
      file.destroy();
      rmSync(draft, { force: true });
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined) throw error;
      throw new CommandError(`'${path}' cannot be written (${code})`, FAILED);
    }
    report({ event: 'done', part: digest, bytes: size });
    return size;
  }

  private addManifest({ digest, bytes }: Manifest): void {
    writeFileSync(this.pathOf(digest), bytes);
  }

  private pathOf(digest: string): string {
    return join(this.folder, 'blobs', ...digest.split(':'));
  }

  private write(name: string, content: object): void {
    const path = join(this.folder, name);
    writeFileSync(`${path}.${process.pid}`, `${JSON.stringify(content)}\n`);
    renameSync(`${path}.${process.pid}`, path);
  }
}
