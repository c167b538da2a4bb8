import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../command-line/command-error';
import { type Download, downloadLocked, type PackageStep, resolveWheels, WHEELS, type Wheel } from './download-wheels';
import { PackageCache, type UnpackedPackages } from './package-cache';
import { pipSettings } from './pip-settings';
import { runPython } from './python';
import type { RequirementsList } from './requirements-list';
import { shownTarget, type TargetPython } from './target-python';
import { UNPACK_WHEELS } from './unpack-wheels';

/** The version of the unpacking. Entries that an older version cached are not used. */
const FORMAT = 3;

/** The packages of an app for one target. */
export interface WheelsRequest {
  readonly list: RequirementsList;
  /** The path of the requirements file, for messages. */
  readonly file: string;
  readonly target: TargetPython;
  /** The wheels that the lock file has for this list. @default - versions are chosen */
  readonly locked?: readonly Wheel[];
  /** The versions to keep where the list permits it, if versions are chosen. */
  readonly preferred: { readonly [name: string]: string };
  readonly onStep: (step: PackageStep) => void;
}

/** Packages in the layout of the image, and the wheels that they are from. */
export interface InstalledPackages extends UnpackedPackages {
  readonly wheels: readonly Wheel[];
}

/**
 * A folder with the packages of a requirements file in the layout of the image. The local `pip` downloads them for the
 * interpreter of the image, and only as wheels, so that nothing is built and no code of a package runs.
 */
export async function unpackedWheels(request: WheelsRequest): Promise<InstalledPackages> {
  const { locked } = request;
  const cache = new PackageCache();
  const known = locked === undefined ? undefined : cache.take(keyOf(locked));
  if (locked !== undefined && known !== undefined) return { ...known, wheels: locked };
  const folder = cache.draft();
  try {
    const settings = await pipSettings(folder);
    const wheels = await downloadWheels(request, { ...request, folder, settings });
    requireListed(wheels, request);
    const key = keyOf(wheels);
    const unpacked = cache.take(key) ?? cache.keep(key, folder, await unpackIn(folder));
    return { ...unpacked, wheels };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function downloadWheels(
  { list, file, locked, preferred }: WheelsRequest,
  download: Download,
): Promise<readonly Wheel[]> {
  if (locked === undefined) return resolveWheels({ list, file, preferred }, download);
  await downloadLocked(locked, list.sources, download);
  return locked;
}

/** A hash of everything that affects the content of the folder. */
function keyOf(wheels: readonly Wheel[]): string {
  const files = wheels.map(({ file, digest }) => [file, digest]);
  return createHash('sha256')
    .update(JSON.stringify([FORMAT, files]))
    .digest('hex');
}

/** Creates the folder `packages` in a draft, and returns notes for the user. */
async function unpackIn(folder: string): Promise<string[]> {
  const wheels = join(folder, WHEELS);
  const output = await runPython({
    args: ['-c', UNPACK_WHEELS, wheels, join(folder, 'packages')],
    purpose: 'unpack the packages',
    folder,
  });
  rmSync(wheels, { recursive: true });
  return output.split('\n').filter((line) => line !== '');
}

/** Requires that every package that the file lists without a condition was downloaded. */
function requireListed(wheels: readonly Wheel[], { list: { requirements }, file, target }: WheelsRequest): void {
  const downloaded = new Set(wheels.map(({ name }) => name));
  const absent = requirements.filter(({ name, isConditional }) => !isConditional && !downloaded.has(name));
  if (wheels.length > 0 && absent.length === 0) return;
  throw new CommandError(
    'WheelMissing',
    `no wheel was found for ${absent.map(({ name }) => name).join(', ') || 'any package'} of '${file}', for ${shownTarget(target)}`,
  );
}
