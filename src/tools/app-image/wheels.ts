import { createHash } from 'node:crypto';
import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../command-line/command-error';
import { PackageCache, type UnpackedPackages } from './package-cache';
import { type PipSettings, pipSettings } from './pip-settings';
import { runPython } from './python';
import { normalized } from './requirement';
import { type RequirementsList, readRequirements, renderRequirements } from './requirements-list';
import { UNPACK_WHEELS } from './unpack-wheels';

/** The version of the unpacking. Entries that an older version cached are not used. */
const FORMAT = 2;

/** The architectures of images, and their names in wheel tags. */
const MACHINES: { readonly [architecture: string]: string } = { amd64: 'x86_64', arm64: 'aarch64' };

/** The C libraries that wheels may require. Debian 10 and newer provide all of them. */
const LIBRARIES = ['manylinux2014', 'manylinux_2_17', 'manylinux_2_28'];

/** A requirements file, and the interpreter and processor to find wheels for. */
export interface WheelsRequest {
  /** The path of the requirements file. */
  readonly requirements: string;
  /** The directory of the app. It must contain the requirements file and those that it includes. */
  readonly directory: string;
  /** The name in OCI, such as `amd64`. */
  readonly architecture: string;
  /** Such as `3.12`. */
  readonly pythonVersion: string;
}

/** Whether wheels exist for an architecture. */
export function hasWheels(architecture: string): boolean {
  return Object.hasOwn(MACHINES, architecture);
}

/**
 * A folder with the packages of a requirements file in the layout of the image. The local `pip` downloads them for the
 * interpreter of the image, and only as wheels, so that nothing is built and no code of a package runs.
 */
export function unpackedWheels(request: WheelsRequest): UnpackedPackages {
  const { requirements: file, directory } = request;
  const list = readRequirements(file, directory);
  if (list.requirements.length === 0)
    throw new CommandError(
      'InvalidRequirements',
      `'${file}' contains no packages; add packages, or remove --requirements`,
    );
  const cache = new PackageCache();
  const draft = cache.draft();
  try {
    const settings = pipSettings(draft);
    const key = keyOf(request, list, settings);
    return cache.take(key) ?? cache.keep(key, draft, unpackInto(draft, request, { list, settings }));
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** A hash of everything that affects the content of the folder. */
function keyOf({ architecture, pythonVersion }: WheelsRequest, list: RequirementsList, settings: PipSettings): string {
  const { decisive, folders } = settings;
  const parts = [
    renderRequirements(list),
    list.constraints,
    architecture,
    pythonVersion,
    decisive,
    folders.map(listingOf),
  ];
  return createHash('sha256')
    .update(JSON.stringify([FORMAT, ...parts]))
    .digest('hex');
}

/** The wheels in a local folder. */
function listingOf(folder: string): unknown {
  try {
    return readdirSync(folder)
      .sort()
      .map((name) => {
        const { size, mtimeMs } = statSync(join(folder, name));
        return [name, size, mtimeMs];
      });
  } catch {
    return undefined;
  }
}

/** Creates the folder `packages` in a draft, and returns notes for the user. */
function unpackInto(
  draft: string,
  request: WheelsRequest,
  { list, settings }: { readonly list: RequirementsList; readonly settings: PipSettings },
): string[] {
  const wheels = join(draft, 'wheels');
  download(draft, request, { list, settings });
  requirePinned(readdirSync(wheels), list, request);
  const output = runPython({
    args: ['-c', UNPACK_WHEELS, wheels, join(draft, 'packages')],
    purpose: 'unpack the packages',
    folder: draft,
  });
  rmSync(wheels, { recursive: true });
  return output.split('\n').filter((line) => line !== '');
}

function download(
  draft: string,
  { architecture, pythonVersion }: WheelsRequest,
  { list, settings }: { readonly list: RequirementsList; readonly settings: PipSettings },
): void {
  const [requirements, constraints] = [join(draft, 'requirements.txt'), join(draft, 'constraints.txt')] as const;
  writeFileSync(requirements, renderRequirements(list), { flag: 'wx' });
  writeFileSync(constraints, list.constraints.map((line) => `${line}\n`).join(''), { flag: 'wx' });
  const platforms = LIBRARIES.flatMap((library) => ['--platform', `${library}_${MACHINES[architecture]}`]);
  runPython({
    args: [
      ...['-m', 'pip', 'download', '--quiet', '--no-input', '--disable-pip-version-check'],
      ...['--implementation', 'cp', '--python-version', pythonVersion, ...platforms],
      ...['--dest', join(draft, 'wheels'), '--requirement', requirements, '--constraint', constraints],
      // Last, because pip uses the last value.
      '--only-binary=:all:',
    ],
    purpose: `download wheels for Python ${pythonVersion} on linux/${architecture}`,
    folder: draft,
    settings: settings.variables,
  });
}

/**
 * Requires that every downloaded package is in the requirements file, and that every package that the file lists without a
 * condition was downloaded.
 */
function requirePinned(
  files: readonly string[],
  { requirements }: RequirementsList,
  { requirements: file, architecture, pythonVersion }: WheelsRequest,
): void {
  const pinned = new Set(requirements.map(({ name }) => name));
  const found = files
    .filter((name) => name.endsWith('.whl'))
    .map((name) => name.split('-') as [string, string])
    .map(([name, version]) => ({ name: normalized(name), version }));
  const missing = found.filter(({ name }) => !pinned.has(name)).map(({ name, version }) => `${name}==${version}`);
  if (missing.length > 0)
    throw new CommandError(
      'IncompleteRequirements',
      `'${file}' lacks packages that the listed ones require; add these lines:\n${missing.sort().join('\n')}`,
    );
  const downloaded = new Set(found.map(({ name }) => name));
  const absent = requirements.filter(({ name, isConditional }) => !isConditional && !downloaded.has(name));
  if (found.length > 0 && absent.length === 0) return;
  throw new CommandError(
    'WheelMissing',
    `no wheel was found for ${absent.map(({ name }) => name).join(', ') || 'any package'} of '${file}', for Python ${pythonVersion} on linux/${architecture}`,
  );
}
