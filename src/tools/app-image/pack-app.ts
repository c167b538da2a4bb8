import { posix, resolve } from 'node:path';
import { lockedApp } from '../../models/lock/entries';
import type { LockedApp, LockedPackages } from '../../models/lock/lock-file';
import type { LoadedLock } from '../../models/lock/read-lock';
import { readJsonObject } from '../../private/json';
import { shellWord } from '../../private/shell-word';
import { frameworkImageOf } from '../../workload/private/environments';
import type { Artifact, Blob } from '../artifact/artifact';
import type { BaseImage, BasePlatform } from '../artifact/base-image';
import { requireNoCredentials } from '../artifact/credential-files';
import { buildImage } from '../artifact/image';
import { type PackedDirectory, packDirectory } from '../artifact/pack';
import { CommandError } from '../command-line/command-error';
import type { Progress } from '../command-line/progress';
import { installPackages, type Versions } from './app-packages';
import { IGNORE_FILE, ignoreRules } from './ignore-rules';
import { hasWheels } from './target-python';

/** The directory of the code in the image, and the working directory. */
const CODE = '/app';

/** The directory of the packages in the image. */
const PACKAGES = '/opt/packages';

/** The settings for locking an app. */
export interface AppSettings {
  readonly key: string;
  readonly directory: string;
  readonly base: string;
  /** The requirements file, relative to the directory. @default - none */
  readonly requirements?: string;
  /** The packages in the lock file, and the architectures that they are for. @default - none */
  readonly before?: { readonly packages: LockedPackages; readonly architectures: readonly string[] };
  /** How the versions of packages are chosen. @default - those of the lock file are kept */
  readonly versions?: Versions;
  readonly to?: string;
  /** Files that are published although they look like credentials. @default - none */
  readonly allowed?: readonly string[];
  /** The architectures of the image. @default - those of the base for which wheels exist */
  readonly architectures?: string[];
  /** Connect to the registry of the base without TLS. @default - only if it runs on this machine */
  readonly plainHttp?: boolean;
}

/** An app as an image, and its entry in the lock file. */
export interface PackedApp {
  readonly artifact: Artifact;
  readonly entry: LockedApp;
}

/** Builds the image of an app: the base, the packages, then the code. */
export async function packApp(settings: AppSettings, progress: Pick<Progress, 'report'>): Promise<PackedApp> {
  const { key, directory, requirements, to } = settings;
  const report: Progress['report'] = (event) => progress.report(event);
  const base = await loadBase(settings);
  let allowed: string[] = [];
  const code = await packDirectory({
    directory,
    name: key,
    prefix: `${CODE.slice(1)}/`,
    keepExecutable: true,
    ignored: ignoreRules(directory),
    inspect: (walked) => {
      const leaveOut = `list them in '${key}/${IGNORE_FILE}' to exclude them`;
      allowed = requireNoCredentials(walked, { name: key, allowed: settings.allowed ?? [], leaveOut });
    },
    image: { annotations: {} },
    report,
  });
  const packages = requirements === undefined ? undefined : await packPackages(settings, base, report);
  const [name, digest] = base.reference.split('@') as [string, string];
  const image = buildImage(layersOf(code), {
    base,
    annotations: {
      'org.opencontainers.image.title': posix.basename(key),
      'org.opencontainers.image.base.name': name,
      'org.opencontainers.image.base.digest': digest,
    },
    configure: (config) => configure(config, requirements !== undefined),
    platformLayers: ({ architecture }) => packages?.layers.get(architecture) ?? [],
  });
  const { index, manifests, blobs, platforms } = image;
  report({ event: 'hashed', artifact: key, digest: index.digest, bytes: code.bytes });
  return {
    artifact: { name: key, index, manifests, blobs, files: [] },
    entry: {
      ...(to === undefined ? {} : { to }),
      ...(requirements === undefined ? {} : { requirements }),
      ...(packages === undefined ? {} : { packages: packages.locked }),
      base: base.locked,
      digest: index.digest,
      mediaType: index.mediaType,
      platforms,
      layers: code.layers,
      ...(allowed.length === 0 ? {} : { allowed }),
    },
  };
}

interface PackedPackages {
  /** The layers with the packages, by architecture. */
  readonly layers: ReadonlyMap<string, Blob[]>;
  readonly locked: LockedPackages;
}

/** Packs the packages of an app for each platform of its base. */
async function packPackages(
  { key, directory, requirements, before, versions = 'keep' }: AppSettings,
  base: BaseImage,
  report: Progress['report'],
): Promise<PackedPackages> {
  const targets = base.platforms.map((platform) => ({
    architecture: platform.architecture,
    version: pythonOf(platform, base),
  }));
  const file = resolve(directory, requirements as string);
  const { folders, locked } = await installPackages({ key, directory, file, targets, before, versions }, report);
  const layers = new Map<string, Blob[]>();
  for (const [architecture, folder] of folders) {
    const packed = await packDirectory({
      directory: folder,
      name: `${key} on linux/${architecture}`,
      prefix: `${PACKAGES.slice(1)}/`,
      keepExecutable: true,
      ignored: [],
      image: { annotations: {} },
      report,
    });
    layers.set(architecture, layersOf(packed));
  }
  return { layers, locked };
}

/** Builds the image of an app, which must match the lock file. */
export async function packLockedApp(
  loaded: LoadedLock,
  key: string,
  progress: Pick<Progress, 'report'>,
  plainHttp?: boolean,
): Promise<Artifact> {
  const locked = lockedApp(loaded, key, `--app ${key}`);
  const { base, requirements, to, platforms, allowed, packages } = locked;
  const architectures = platforms.map(({ architecture }) => architecture);
  const directory = resolve(loaded.folder, key);
  const before = packages === undefined ? undefined : { packages, architectures };
  const { artifact, entry } = await packApp(
    { key, directory, base, requirements, to, allowed, architectures, plainHttp, before, versions: 'locked' },
    progress,
  );
  if (entry.digest === locked.digest) return artifact;
  const again = requirements === undefined ? '' : ` --requirements ${shellWord(requirements)}`;
  throw new CommandError(
    'LockDiffers',
    `the code in '${key}' differs from the lock file; restore it, or run 'serving lock --app ${shellWord(key)} --base ${base}${again}'`,
  );
}

/** Loads the base image, with the platforms that the app is built for. */
async function loadBase({ base: reference, architectures, plainHttp }: AppSettings): Promise<BaseImage> {
  const { loadBaseImage } = require('../registry/resolve-image') as typeof import('../registry/resolve-image');
  const base = await loadBaseImage(reference, { plainHttp });
  const platforms = base.platforms.filter(
    ({ os, architecture }) =>
      os === 'linux' && (architectures === undefined ? hasWheels(architecture) : architectures.includes(architecture)),
  );
  if (platforms.length > 0) return { ...base, platforms };
  const has = base.platforms.map(({ os, architecture }) => `${os}/${architecture}`).join(', ');
  throw new CommandError(
    'InvalidBase',
    `the base '${reference}' supports ${has}; it must support linux/amd64 or linux/arm64`,
  );
}

/** The layers of a packed directory, without its configs and manifests. */
function layersOf({ artifact, layers }: PackedDirectory): Blob[] {
  const digests = new Set(layers.map(({ digest }) => digest));
  return artifact.blobs.filter(({ digest }) => digests.has(digest));
}

/** The Python version of the base, from the variable that the official images set, or from the catalog of environments. */
function pythonOf({ config }: BasePlatform, { reference }: BaseImage): string {
  const { config: { Env = [] } = {} } = readJsonObject(config) as { config?: { Env?: string[] } };
  const version =
    Env.flatMap((variable) => /^PYTHON_VERSION=(\d+\.\d+(?:\.\d+)?)/.exec(variable)?.[1] ?? [])[0] ??
    frameworkImageOf(reference)?.python;
  if (version !== undefined) return version;
  throw new CommandError(
    'InvalidBase',
    `the base '${reference}' does not set PYTHON_VERSION, and the catalog of environments does not have its Python version; use an official Python image, an environment such as 'pytorch-2.8', or a base that contains the packages`,
  );
}

/** The container config of the base, with the paths of code and packages. */
function configure(
  config: { readonly [name: string]: unknown },
  hasPackages: boolean,
): { readonly [name: string]: unknown } {
  const before = (config.Env as string[] | undefined) ?? [];
  const prefixed = (name: string, value: string, rest: string | undefined): string =>
    `${name}=${[value, rest].filter((part) => part !== undefined && part !== '').join(':')}`;
  const variableOf = (name: string): string | undefined =>
    before.find((variable) => variable.startsWith(`${name}=`))?.slice(name.length + 1);
  const paths = [prefixed('PYTHONPATH', hasPackages ? `${CODE}:${PACKAGES}` : CODE, variableOf('PYTHONPATH'))];
  if (hasPackages)
    paths.push(prefixed('PATH', `${PACKAGES}/bin`, variableOf('PATH') ?? '/usr/local/bin:/usr/bin:/bin'));
  const replaced = paths.map((variable) => variable.split('=')[0]);
  const kept = before.filter((variable) => !replaced.includes(variable.split('=')[0]));
  return { ...config, WorkingDir: CODE, Env: [...kept, ...paths] };
}
