import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, existsSync, lstatSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { makeFolders } from '../../private/files/own-folder';
import { replaceFile } from '../../private/files/replace-file';
import { readJsonObject } from '../../private/json';
import { isObject } from '../../private/kinds';
import type { Artifact, Blob, Manifest, PublishEvent } from '../artifact/artifact';
import { INDEX_TYPE } from '../artifact/image';
import { CommandError } from '../command-line/command-error';
import { VerifiedBytes } from '../net/verified';

/** How the `index.json` of a layout describes an artifact. */
interface LayoutEntry {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: { readonly [name: string]: string };
}

type Report = (event: PublishEvent) => void;

const REF_NAME = 'org.opencontainers.image.ref.name';
const BLOBS = ['blobs', 'blobs/sha256'];

/**
 * A folder in the OCI image layout, for machines without a network: podman, skopeo, umoci and containerd read it. Several
 * artifacts can share a folder, which contains each layer once. A blob gets its final name only after its digest was
 * verified.
 */
export class OciLayout {
  constructor(private readonly folder: string) {}

  /** Adds an artifact under a name. Existing layers are not written again. */
  public async add(artifact: Artifact, name: string, report: Report): Promise<void> {
    const { index, manifests, blobs } = artifact;
    const bytes = blobs.reduce((sum, { size }) => sum + size, 0);
    report({ event: 'start', artifact: artifact.name, digest: index.digest, bytes });
    const top = this.entries().filter(({ annotations }) => annotations?.[REF_NAME] !== name);
    this.prepare();
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
    if (!existsSync(path)) return [];
    try {
      const manifests = readJsonObject(readFileSync(path))?.manifests;
      if (Array.isArray(manifests) && manifests.every(isObject)) return manifests as unknown as LayoutEntry[];
    } catch {
      // A folder of that name, or a file that is not readable.
    }
    throw new CommandError('InvalidLayout', `'${path}' is not the index of an OCI image layout; choose another folder`);
  }

  /** Creates the folders of a layout. None may be a link, because files would then be written elsewhere. */
  public prepare(): void {
    if (existsSync(this.folder) && !lstatSync(join(this.folder, '.')).isDirectory())
      throw new CommandError('InvalidLayout', `'${this.folder}' must be a folder`);
    for (const name of BLOBS) {
      const path = join(this.folder, name);
      this.attempt(path, () => makeFolders(path));
      if (!lstatSync(path).isDirectory())
        throw new CommandError('InvalidLayout', `'${path}' must be a folder and not a link; choose another folder`);
    }
  }

  /** Returns the number of bytes written. */
  private async addBlob(blob: Blob, report: Report): Promise<number> {
    const { digest, size } = blob;
    const path = this.pathOf(digest);
    if (await isComplete(path, blob)) {
      report({ event: 'present', part: digest, bytes: size });
      return 0;
    }
    const draft = `${path}.${randomBytes(6).toString('hex')}`;
    try {
      await writeDraft(draft, blob, (bytes) => report({ event: 'sent', part: digest, bytes }));
      renameSync(draft, path);
    } catch (error) {
      rmSync(draft, { force: true });
      throw unwritable(path, error);
    }
    report({ event: 'done', part: digest, bytes: size });
    return size;
  }

  private addManifest({ digest, bytes }: Manifest): void {
    const path = this.pathOf(digest);
    this.attempt(path, () => replaceFile(path, bytes));
  }

  private pathOf(digest: string): string {
    return join(this.folder, 'blobs', ...digest.split(':'));
  }

  private write(name: string, content: object): void {
    const path = join(this.folder, name);
    this.attempt(path, () => replaceFile(path, `${JSON.stringify(content)}\n`));
  }

  private attempt(path: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      throw unwritable(path, error);
    }
  }
}

/** Content on a portable disk may be damaged. */
async function isComplete(path: string, { digest, size }: Blob): Promise<boolean> {
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (!status?.isFile() || status.size !== size) return false;
  const bytes = new VerifiedBytes({ digest, size, source: path }, (start) => createReadStream(path, { start }));
  try {
    for await (const _ of bytes.read());
    return true;
  } catch (error) {
    if (error instanceof CommandError) return false;
    throw unwritable(path, error);
  }
}

/** Writes a new file, and fails if its content does not match the digest. */
async function writeDraft(draft: string, blob: Blob, sent: (bytes: number) => void): Promise<void> {
  const { digest, size, origin = 'the directory' } = blob;
  const verified = new VerifiedBytes({ digest, size, source: origin }, blob.read);
  async function* counted(): AsyncIterable<Buffer> {
    for await (const bytes of verified.read()) {
      yield bytes;
      sent(bytes.length);
    }
  }
  const file = createWriteStream(draft, { flags: 'wx' });
  // A file that is still being opened would be created after its removal.
  const closed = new Promise<void>((resolve) => file.once('close', () => resolve()));
  try {
    await pipeline(counted, file);
  } finally {
    await closed;
  }
}

function unwritable(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  return code === undefined || error instanceof CommandError
    ? error
    : new CommandError('OutputUnwritable', `'${path}' cannot be written (${code})`);
}
