import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf, noise } from '../../support/stores/artifacts';
import { RegistryDouble } from '../../support/stores/registry-double';
import { type CommandResult, runNode } from '../support/command-line';
import { forwardTo, makeCertificate, Origin, type Received } from '../support/hostile-registry';

const TYPES = {
  index: 'application/vnd.oci.image.index.v1+json',
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
};
const MIB = 2 ** 20;
const SECRET = 'AWS:secret';

/** A part of the base image, as in a descriptor. */
export interface Part {
  readonly bytes: Buffer;
  readonly digest: string;
  readonly mediaType: string;
  readonly size: number;
}

export function partOf(content: Buffer | object, mediaType: string): Part {
  const bytes = Buffer.isBuffer(content) ? content : Buffer.from(JSON.stringify(content));
  return { bytes, digest: digestOf(bytes), mediaType, size: bytes.length };
}

export function descriptorOf({ mediaType, digest, size }: Part): object {
  return { mediaType, digest, size };
}

/** An image for one platform. */
function baseImage() {
  const layer = partOf(noise(3 * MIB, 5), TYPES.layer);
  const config = partOf(
    { architecture: 'amd64', os: 'linux', config: {}, rootfs: { type: 'layers', diff_ids: [layer.digest] } },
    TYPES.config,
  );
  const manifest = partOf(
    { schemaVersion: 2, mediaType: TYPES.manifest, config: descriptorOf(config), layers: [descriptorOf(layer)] },
    TYPES.manifest,
  );
  const platform = { os: 'linux', architecture: 'amd64' };
  const index = partOf(
    { schemaVersion: 2, mediaType: TYPES.index, manifests: [{ ...descriptorOf(manifest), platform }] },
    TYPES.index,
  );
  return { layer, config, manifest, index };
}

/** The result of a command. */
export interface Outcome extends CommandResult {
  /** Peak resident memory, in bytes. */
  readonly memory: number;
}

/** A registry with TLS that can be made hostile, another host, and a folder with a locked model. */
export class Lab {
  readonly base = baseImage();
  readonly folder = mkdtempSync(join(tmpdir(), 'hostile-'));
  readonly output = join(this.folder, 'layout');
  readonly types = TYPES;
  home!: Origin;
  other!: Origin;
  private double!: RegistryDouble;
  private certificate!: ReturnType<typeof makeCertificate>;

  constructor(private readonly program: string) {}

  async start(): Promise<this> {
    this.certificate = makeCertificate();
    this.double = await new RegistryDouble({ signIn: { password: 'secret' }, repositories: ['net', 'base'] }).start();
    this.home = await new Origin('registry.test', this.certificate, forwardTo(this.double.host)).start();
    this.other = await new Origin('other.test', this.certificate, (request, response) => {
      request.resume().on('end', () => response.writeHead(201, { location: '/next' }).end('{"token":"stranger"}'));
    }).start();
    const { layer, config, manifest, index } = this.base;
    for (const { bytes } of [layer, config]) this.double.keep('base', bytes);
    this.double.keepManifest('base', manifest.bytes, manifest.mediaType, undefined);
    this.double.keepManifest('base', index.bytes, index.mediaType, 'v1');
    const auth = Buffer.from(SECRET).toString('base64');
    writeFileSync(join(this.folder, 'auth.json'), JSON.stringify({ auths: { [this.home.host]: { auth } } }));
    mkdirSync(join(this.folder, 'net'));
    writeFileSync(join(this.folder, 'net/weights.bin'), noise(2 * MIB, 1));
    return this;
  }

  stop(): void {
    this.home.stop();
    this.other.stop();
    void this.double.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Resets the lab: nothing is published, and nothing was received. */
  reset(): void {
    for (const origin of [this.home, this.other]) {
      origin.script = () => undefined;
      origin.received.length = 0;
    }
    this.double.repositories.set('net', new Set());
    for (const key of this.double.manifests.keys()) if (key.startsWith('net@')) this.double.manifests.delete(key);
    for (const key of this.double.tags.keys()) if (key.startsWith('net:')) this.double.tags.delete(key);
    rmSync(this.output, { recursive: true, force: true });
  }

  get reference(): string {
    return `${this.home.host}/base:v1`;
  }

  /** Runs the command line with credentials for the registry. */
  async serving(...args: string[]): Promise<Outcome> {
    const peak = join(this.folder, 'peak');
    const result = await runNode([this.program, ...args], {
      cwd: this.folder,
      env: {
        HOME: this.folder,
        XDG_CACHE_HOME: join(this.folder, 'cache'),
        REGISTRY_AUTH_FILE: join(this.folder, 'auth.json'),
        NODE_EXTRA_CA_CERTS: this.certificate.file,
        NODE_OPTIONS: `--require ${join(__dirname, '../support/hostile-hook.cjs')}`,
        PEAK_MEMORY_FILE: peak,
      },
    });
    return { ...result, memory: Number(readFileSync(peak, 'utf8')) };
  }

  /** Everything that reached a host that must not receive it, as text. */
  leaks(): string[] {
    const holds = ({ authorization, cookie, bytes }: Received): boolean =>
      authorization !== undefined || cookie !== undefined || bytes > 0;
    const shown = ({ method, path, authorization = '', bytes }: Received): string =>
      `${method} ${path.slice(0, 40)} with ${bytes} bytes and '${authorization.slice(0, 10)}'`;
    return [
      ...this.other.received.filter(holds).map((one) => `the other host received ${shown(one)}`),
      ...this.home.received.filter((one) => one.isPlain).map((one) => `in plain text: ${shown(one)}`),
    ];
  }

  /** Files in the layout that do not match the digest in their name. */
  misnamed(): string[] {
    const blobs = join(this.output, 'blobs/sha256');
    if (!existsSync(blobs)) return [];
    const hash = (name: string): string =>
      createHash('sha256')
        .update(readFileSync(join(blobs, name)))
        .digest('hex');
    return readdirSync(blobs).filter((name) => hash(name) !== name);
  }
}
