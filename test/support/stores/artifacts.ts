import { createHash } from 'node:crypto';
import type { Artifact, ArtifactFile, Blob, Manifest } from '../../../src/tools/artifact/artifact';

/** The contents of a test artifact: files by name, each in its own layer. */
export interface ArtifactOptions {
  readonly name?: string;
  readonly files: Readonly<Record<string, Buffer>>;
}

const INDEX = 'application/vnd.oci.image.index.v1+json';
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = 'application/vnd.oci.image.config.v1+json';
const LAYER = 'application/vnd.oci.image.layer.v1.tar';
const CHUNK = 2 ** 20;

/** A small but complete image for two platforms, whose layers are tars with one file each. */
export function testArtifact({ name = 'models/test', files }: ArtifactOptions): Artifact {
  const layers = Object.entries(files).map(([path, bytes]) => blobOf(tarOf(`models/${path}`, bytes), LAYER));
  const images = ['amd64', 'arm64'].map((architecture) => {
    const config = blobOf(
      json({
        architecture,
        os: 'linux',
        config: {},
        rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
      }),
      CONFIG,
    );
    const manifest = manifestOf(MANIFEST, {
      schemaVersion: 2,
      mediaType: MANIFEST,
      config: descriptor(config),
      layers: layers.map(descriptor),
    });
    return { config, manifest, platform: { os: 'linux', architecture } };
  });
  const index = manifestOf(INDEX, {
    schemaVersion: 2,
    mediaType: INDEX,
    manifests: images.map(({ manifest, platform }) => ({
      ...descriptor({ ...manifest, size: manifest.bytes.length }),
      platform,
    })),
  });
  return {
    name,
    index,
    manifests: images.map(({ manifest }) => manifest),
    blobs: [...layers, ...images.map(({ config }) => config)],
    files: Object.entries(files).map(([path, bytes]) => fileOf(path, bytes)),
  };
}

/** Bytes that compress poorly and are the same in every run. */
export function noise(bytes: number, seed: number): Buffer {
  const block = createHash('sha512').update(String(seed)).digest();
  const result = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at += block.length) {
    block.writeUInt32LE(at, 0);
    block.copy(result, at);
  }
  return result;
}

export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

function blobOf(bytes: Buffer, mediaType: string): Blob {
  return { digest: digestOf(bytes), mediaType, size: bytes.length, read: (from) => read(bytes, from) };
}

function fileOf(path: string, bytes: Buffer): ArtifactFile {
  return { path, size: bytes.length, read: (from) => read(bytes, from) };
}

async function* read(bytes: Buffer, from = 0): AsyncIterable<Buffer> {
  for (let at = from; at < bytes.length; at += CHUNK) yield bytes.subarray(at, at + CHUNK);
}

function manifestOf(mediaType: string, content: object): Manifest {
  const bytes = json(content);
  return { digest: digestOf(bytes), mediaType, bytes };
}

function descriptor({ mediaType, digest, size }: { mediaType: string; digest: string; size: number }): object {
  return { mediaType, digest, size };
}

function json(content: object): Buffer {
  return Buffer.from(JSON.stringify(content));
}

/** A tar of one file, in ustar format and the same in every run. */
function tarOf(path: string, content: Buffer): Buffer {
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write('0000644\0', 100);
  header.write('0000000\0', 108);
  header.write('0000000\0', 116);
  header.write(`${content.length.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        ', 148);
  header.write('0', 156);
  header.write('ustar\u000000', 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([header, content, Buffer.alloc((512 - (content.length % 512)) % 512), Buffer.alloc(1024)]);
}
