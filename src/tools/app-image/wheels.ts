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

/** The version of what is done with wheels: what is cached by an older one is made again. */
const FORMAT = 2;

/** What wheels call the architectures of images. */
const MACHINES: { readonly [architecture: string]: string } = { amd64: 'x86_64', arm64: 'aarch64' };

/** The C libraries that wheels may want: that of Debian 10 and newer has all of these. */
const LIBRARIES = ['manylinux2014', 'manylinux_2_17', 'manylinux_2_28'];

/** What packages are wanted, and for which interpreter on which processor. */
export interface WheelsQuestion {
  /** The list of packages. */
  readonly requirements: string;
  /** The directory of the app, which the list and what it includes must be in. */
  readonly directory: string;
  /** In OCI's words, such as `amd64`. */
  readonly architecture: string;
  /** Such as `3.12`. */
  readonly pythonVersion: string;
}

/** Whether there are wheels for an architecture at all. */
export function hasWheels(architecture: string): boolean {
  return Object.hasOwn(MACHINES, architecture);
}

/**
 * A folder with the packages of a list as they stand in an image. They are downloaded by the `pip` of this machine, for
 * the image's interpreter, and as wheels alone, so that nothing is built and nothing of a package runs.
 */
export function unpackedWheels(question: WheelsQuestion): UnpackedPackages {
  const { requirements: file, directory } = question;
  const list = readRequirements(file, directory);
  if (list.requirements.length === 0)
    throw new CommandError(
      'InvalidRequirements',
      `'${file}' has no package; leave out --requirements, or add packages`,
    );
  const cache = new PackageCache();
  const draft = cache.draft();
  try {
    const settings = pipSettings(draft);
    const key = keyOf(question, list, settings);
    return cache.take(key) ?? cache.keep(key, draft, unpackInto(draft, question, { list, settings }));
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Everything that decides which bytes the folder holds. */
function keyOf({ architecture, pythonVersion }: WheelsQuestion, list: RequirementsList, settings: PipSettings): string {
  const { decisive, folders } = settings;
  const parts = [
    renderRequirements(list),
    list.constraints,
    architecture,
    pythonVersion,
    decisive,
    folders.map(stampOf),
  ];
  return createHash('sha256')
    .update(JSON.stringify([FORMAT, ...parts]))
    .digest('hex');
}

/** The wheels that a folder of this machine offers. */
function stampOf(folder: string): unknown {
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

/** Makes the folder `packages` in a draft, and returns what the user should know of it. */
function unpackInto(
  draft: string,
  question: WheelsQuestion,
  { list, settings }: { readonly list: RequirementsList; readonly settings: PipSettings },
): string[] {
  const wheels = join(draft, 'wheels');
  download(draft, question, { list, settings });
  requirePinned(readdirSync(wheels), list, question);
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
  { architecture, pythonVersion }: WheelsQuestion,
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
      // Last, because the last one wins.
      '--only-binary=:all:',
    ],
    purpose: `get wheels for Python ${pythonVersion} on linux/${architecture}`,
    folder: draft,
    settings: settings.variables,
  });
}

/**
 * What packages need beside those of the list must be in the list, with the version that was found; and what is in the
 * list for every interpreter must have come.
 */
function requirePinned(
  files: readonly string[],
  { requirements }: RequirementsList,
  { requirements: file, architecture, pythonVersion }: WheelsQuestion,
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
  const came = new Set(found.map(({ name }) => name));
  const absent = requirements.filter(({ name, isConditional }) => !isConditional && !came.has(name));
  if (found.length > 0 && absent.length === 0) return;
  throw new CommandError(
    'WheelMissing',
    `no wheel came for ${absent.map(({ name }) => name).join(', ') || 'any package'} of '${file}', for Python ${pythonVersion} on linux/${architecture}`,
  );
}
