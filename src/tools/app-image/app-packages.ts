import { createHash } from 'node:crypto';
import type { LockedPackages, LockedWheel } from '../../models/lock/lock-file';
import { compareBytes } from '../../models/lock/walk';
import { CommandError } from '../command-line/command-error';
import { stderr } from '../command-line/output';
import type { Progress } from '../command-line/progress';
import type { Wheel } from './download-wheels';
import { renderRequirements } from './requirements-list';
import { readSource } from './requirements-source';
import type { TargetPython } from './target-python';
import { unpackedWheels } from './wheels';

/** What to do about versions that were chosen before. */
export type Versions =
  /** Keep them, and choose versions of new packages. */
  | 'keep'
  /** Choose all versions again. */
  | 'upgrade'
  /** Choose none: the list must be the locked one. */
  | 'locked';

/** The requirements file of an app, and the targets of its image. */
export interface PackagesRequest {
  /** The name of the app, for messages. */
  readonly key: string;
  /** The directory of the app. It must contain the requirements file and those that it includes. */
  readonly directory: string;
  /** The path of the requirements file. */
  readonly file: string;
  readonly targets: readonly TargetPython[];
  /** The packages in the lock file, and the architectures that they were resolved for. @default - none */
  readonly before?: { readonly packages: LockedPackages; readonly architectures: readonly string[] };
  readonly versions: Versions;
}

/** The packages for each architecture, and their rows in the lock file. */
export interface AppPackages {
  /** The folder with the packages of each architecture, in the layout of the image. */
  readonly folders: ReadonlyMap<string, string>;
  readonly locked: LockedPackages;
}

/** Installs the packages of a requirements file for every target, as locked or with versions that are chosen now. */
export async function installPackages(request: PackagesRequest, report: Progress['report']): Promise<AppPackages> {
  const { key, directory, file, targets, before, versions } = request;
  const list = await readSource(file, directory);
  if (list.requirements.length === 0)
    throw new CommandError(
      'InvalidRequirements',
      `'${file}' contains no packages; add packages, or remove --requirements`,
    );
  const python = targets[0]?.version ?? '';
  const asked = digestOf([renderRequirements(list), list.constraints, minorOf(python)]);
  const isSame = before?.packages.request === asked;
  if (versions === 'locked' && before !== undefined && !isSame)
    throw new CommandError(
      'LockDiffers',
      `the requirements in '${file}' differ from the lock file; restore them, or run 'serving lock' for '${key}'`,
    );
  const folders = new Map<string, string>();
  const found = new Map<string, readonly Wheel[]>();
  const shown = new Set<string>();
  for (const target of targets) {
    const { architecture } = target;
    const old = versions === 'upgrade' ? undefined : before;
    const isKnown = old?.architectures.includes(architecture) === true;
    const kept = old === undefined ? [] : wheelsOf(old.packages, isKnown ? architecture : undefined);
    const { folder, notes, wheels } = await unpackedWheels({
      list,
      file,
      target,
      locked: isSame && isKnown ? kept : undefined,
      // An architecture without versions of its own follows the others.
      preferred: versionsOf(kept.length > 0 ? kept : [...found.values()].flat()),
      onStep: (step) => report({ event: 'package', artifact: `${key} on linux/${architecture}`, ...step }),
    });
    folders.set(architecture, folder);
    found.set(architecture, wheels);
    for (const note of notes) shown.add(note);
  }
  for (const note of shown) stderr.line(`note: ${note}`);
  const wheels = mergeWheels(found);
  return { folders, locked: { python: isSame ? before.packages.python : python, request: asked, wheels } };
}

/** The wheels for one architecture; without one, those of all. */
function wheelsOf({ wheels }: LockedPackages, architecture: string | undefined): LockedWheel[] {
  return wheels
    .filter((wheel) => [undefined, wheel.architecture].includes(architecture) || wheel.architecture === undefined)
    .sort((a, b) => compareBytes(a.file, b.file));
}

function versionsOf(wheels: readonly Wheel[]): { readonly [name: string]: string } {
  return Object.fromEntries(wheels.map(({ name, version }) => [name, version]));
}

/** One row for a wheel that every architecture has, and one for each architecture otherwise. */
function mergeWheels(found: ReadonlyMap<string, readonly Wheel[]>): LockedWheel[] {
  const all = [...found].flatMap(([architecture, wheels]) => wheels.map((wheel) => ({ wheel, architecture })));
  const rows = new Map<string, LockedWheel>();
  for (const { wheel, architecture } of all) {
    const { name, version, file, digest } = wheel;
    const row = { name, version, file, digest };
    const count = all.filter((one) => one.wheel.file === file && one.wheel.digest === digest).length;
    if (count === found.size) rows.set(file, row);
    else rows.set(`${file} ${architecture}`, { ...row, architecture });
  }
  return [...rows.values()].sort(
    (a, b) => compareBytes(a.name, b.name) || compareBytes(a.architecture ?? '', b.architecture ?? ''),
  );
}

/** The version of the language, which wheels are built for. */
function minorOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

function digestOf(value: unknown): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(value)).digest('hex')}`;
}
