import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { compareBytes } from '../../models/lock/walk';
import { CommandError } from '../command-line/command-error';
import type { PipSettings } from './pip-settings';
import { runPython } from './python';
import { normalized } from './requirement';
import { type RequirementsList, renderRequirements } from './requirements-list';
import { markersOf, shownTarget, type TargetPython, tagOptions } from './target-python';

/** A wheel: the file that is installed for a package. */
export interface Wheel {
  /** The name of the package, normalized as indexes compare names. */
  readonly name: string;
  readonly version: string;
  /** The name of the file. */
  readonly file: string;
  readonly digest: string;
}

/** One step of pip. */
export interface PackageStep {
  readonly step: 'resolving' | 'downloading';
  /** The name of a package, or of a file. */
  readonly package: string;
}

/** Where wheels are downloaded to, and how. */
export interface Download {
  readonly target: TargetPython;
  /** A private folder, in which the folder `wheels` is created. */
  readonly folder: string;
  readonly settings: PipSettings;
  readonly onStep: (step: PackageStep) => void;
}

/** The packages to choose versions for. */
export interface Resolution {
  readonly list: RequirementsList;
  /** The path of the requirements file, for messages. */
  readonly file: string;
  /** The versions to keep where the list permits it, by the name of the package. */
  readonly preferred: { readonly [name: string]: string };
}

/** The folder of the downloaded wheels in the private folder. */
export const WHEELS = 'wheels';

/**
 * Runs pip with the markers of the target. It reads two JSON files of the folder: the markers, and the preferred versions, of
 * which it writes those that the requirements permit as constraints.
 */
const RUN_PIP = String.raw`
import json, re, runpy, sys
try:
    from pip._vendor.packaging import markers, requirements, version
except ImportError as error:
    if getattr(error, 'name', None) == 'pip':
        raise
    sys.exit('this pip is not supported; install pip 21.2 or newer')

def read(name):
    with open(name, encoding='utf-8') as file:
        return json.load(file)

target = read('markers.json')
markers.default_environment = lambda: dict(target)
if not markers.Marker("platform_machine == '%s'" % target['platform_machine']).evaluate():
    sys.exit('this pip is not supported; install pip 21.2 or newer')

def permits(lines, name, pinned):
    for line in lines:
        try:
            listed = requirements.Requirement(line)
        except requirements.InvalidRequirement:
            continue
        applies = listed.marker is None or listed.marker.evaluate({'extra': ''})
        same = re.sub('[-_.]+', '-', listed.name).lower() == name
        if same and applies and not listed.specifier.contains(pinned, prereleases=True):
            return False
    return True

preferred = read('preferred.json')
with open('constraints.txt', 'a', encoding='utf-8') as file:
    for name, pinned in preferred['versions'].items():
        try:
            version.Version(pinned)
        except version.InvalidVersion:
            continue
        if permits(preferred['lines'], name, pinned):
            file.write('%s==%s\n' % (name, pinned))

sys.argv = ['pip', *sys.argv[1:]]
runpy.run_module('pip', run_name='__main__', alter_sys=True)
`;

/** Chooses the versions of all packages that a list requires, and downloads their wheels. */
export async function resolveWheels(resolution: Resolution, download: Download): Promise<Wheel[]> {
  const attempts = attemptsOf(resolution);
  for (const [index, preferred] of attempts.entries()) {
    const isLast = index === attempts.length - 1;
    try {
      return await resolveOnce({ ...resolution, preferred }, download);
    } catch (error) {
      // The kept versions may conflict with what is new in the list, or be gone.
      if (isLast || !(error instanceof CommandError) || !CONFLICTS.has(error)) throw error;
    }
  }
  throw new Error('no attempt was made');
}

/** All preferred versions, then only those of the listed packages, then none. */
function attemptsOf({ list, preferred }: Resolution): Resolution['preferred'][] {
  // In the mode with hashes every version is pinned anyway.
  if (Object.keys(preferred).length === 0 || hasHashes(list)) return [{}];
  const listed = new Set(list.requirements.map(({ name }) => name));
  const ofListed = Object.fromEntries(Object.entries(preferred).filter(([name]) => listed.has(name)));
  return [preferred, ofListed, {}];
}

function hasHashes({ requireHashes, requirements }: RequirementsList): boolean {
  return requireHashes || requirements.some((requirement) => requirement.hasHashes);
}

/** Failures that other versions may solve. */
const CONFLICTS = new WeakSet<CommandError>();

async function resolveOnce({ list, file, preferred }: Resolution, download: Download): Promise<Wheel[]> {
  const lines = [...list.requirements.map(({ line }) => line.replace(/ --hash=.*/, '')), ...list.constraints];
  await runPip(
    {
      requirements: renderRequirements(list),
      constraints: list.constraints.map((line) => `${line}\n`).join(''),
      preferred: { versions: preferred, lines },
      explain: (output) => explainResolution(output, file, download),
    },
    download,
  );
  return wheelsIn(join(download.folder, WHEELS));
}

/** Downloads exactly these wheels, which must have their digests. */
export async function downloadLocked(
  wheels: readonly Wheel[],
  sources: readonly string[],
  download: Download,
): Promise<void> {
  const lines = wheels.map(({ name, version, digest }) => `${name}==${version} --hash=${digest}`);
  await runPip(
    {
      requirements: [...sources, ...lines].map((line) => `${line}\n`).join(''),
      constraints: '',
      preferred: { versions: {}, lines: [] },
      options: ['--no-deps', '--require-hashes'],
      explain: (output) => explainLocked(output, download.target),
    },
    download,
  );
  const found = await wheelsIn(join(download.folder, WHEELS));
  const isSame = (wheel: Wheel): boolean =>
    found.some(({ file, digest }) => file === wheel.file && digest === wheel.digest);
  const other = wheels.find((wheel) => !isSame(wheel));
  if (other !== undefined || found.length !== wheels.length) throw notLocked(other?.file, download.target);
}

interface PipRun {
  readonly requirements: string;
  readonly constraints: string;
  readonly preferred: unknown;
  readonly options?: readonly string[];
  readonly explain: (output: string) => CommandError | undefined;
}

async function runPip(run: PipRun, { target, folder, settings, onStep }: Download): Promise<void> {
  // What a failed attempt left behind is not a part of this one.
  for (const name of [WHEELS, LOG]) rmSync(join(folder, name), { recursive: true, force: true });
  writeFileSync(join(folder, 'requirements.txt'), run.requirements);
  writeFileSync(join(folder, 'constraints.txt'), run.constraints);
  writeFileSync(join(folder, 'markers.json'), JSON.stringify(markersOf(target)));
  writeFileSync(join(folder, 'preferred.json'), JSON.stringify(run.preferred));
  await runPython({
    args: [
      ...['-c', RUN_PIP, 'download', '--no-input', '--disable-pip-version-check', '--progress-bar', 'off'],
      ...tagOptions(target),
      ...['--dest', WHEELS, '--log', LOG, '--requirement', 'requirements.txt', '--constraint', 'constraints.txt'],
      ...(run.options ?? []),
      // Last, because pip uses the last value.
      '--only-binary=:all:',
    ],
    purpose: `download wheels for ${shownTarget(target)}`,
    folder,
    settings,
    explain: run.explain,
    onLine: (line) => {
      const step = stepOf(line);
      if (step !== undefined) onStep(step);
    },
  });
}

/** The log of pip, which states why each file of an index was skipped. */
const LOG = 'pip.log';
const LONGEST_LOG = 64 * 2 ** 20;

function stepOf(line: string): PackageStep | undefined {
  const [, resolving] = /^Collecting ([\w.-]+)/.exec(line) ?? [];
  if (resolving !== undefined) return { step: 'resolving', package: resolving };
  const [, downloading] = /^\s*Downloading (?:https?:\/\/\S+\/)?([\w.!+-]+\.whl)(?:[\s#?]|$)/.exec(line) ?? [];
  return downloading === undefined ? undefined : { step: 'downloading', package: downloading };
}

/** Why no versions were found, with the ways out. */
function explainResolution(output: string, file: string, { target, folder }: Download): CommandError | undefined {
  const [, required] = /No matching distribution found for ([^\n]+)/.exec(output) ?? [];
  if (required !== undefined)
    return asConflict(wheelMissing(required.trim(), { file, target, output, log: logIn(folder) }));
  if (!/ResolutionImpossible|resolution-too-deep|exceeded maximum depth/i.test(output)) return undefined;
  const conflict = /The conflict is caused by:\n([\s\S]*?)\n\s*\n/.exec(output)?.[1] ?? '';
  return asConflict(
    new CommandError(
      'InvalidRequirements',
      `the packages of '${file}' require versions that exclude each other on ${shownTarget(target)}; relax a version in the list${conflict === '' ? '' : `\n${conflict}`}`,
    ),
  );
}

function asConflict(error: CommandError): CommandError {
  CONFLICTS.add(error);
  return error;
}

interface Missing {
  readonly file: string;
  readonly target: TargetPython;
  readonly output: string;
  readonly log: string;
}

const WAYS =
  'build a wheel of it for the target (pip wheel) and offer it in a folder of PIP_FIND_LINKS, use a base image that contains the package, or choose another version or package';

function wheelMissing(required: string, { file, target, output, log }: Missing): CommandError {
  const [, versions = 'none'] = /\(from versions: ([^)]*)\)/.exec(output) ?? [];
  const what = `'${required}' of '${file}'`;
  if (versions !== 'none')
    return new CommandError(
      'WheelMissing',
      `${what} has no wheel for ${shownTarget(target)}; the index has wheels of ${newest(versions)}. Choose one of these versions, or ${WAYS}`,
    );
  const name = normalized(/^[\w.-]+/.exec(required)?.[0] ?? '');
  const isSource = [...log.matchAll(/No sources permitted for ([\w.-]+)/g)].some(
    ([, one]) => normalized(one ?? '') === name,
  );
  if (isSource)
    return new CommandError(
      'WheelMissing',
      `${what} has no wheel for ${shownTarget(target)}, only sources, and building them would run their code on this machine; ${WAYS}`,
    );
  if (/none of the wheel's tags|Requires-Python/.test(log))
    return new CommandError('WheelMissing', `${what} has wheels, but none for ${shownTarget(target)}; ${WAYS}`);
  return new CommandError(
    'WheelMissing',
    `${what} is not in the package index; correct its name, or configure the index that has it, for example in PIP_EXTRA_INDEX_URL`,
  );
}

function newest(versions: string): string {
  const all = versions.split(', ');
  return all.length > 8 ? `${all.slice(-8).join(', ')} and ${all.length - 8} older versions` : all.join(', ');
}

/** Why the locked wheels were not downloaded. */
function explainLocked(output: string, target: TargetPython): CommandError | undefined {
  if (!/DO NOT MATCH THE HASHES|No matching distribution found/.test(output)) return undefined;
  const [, name] = /(?:No matching distribution found for|^\s+)\s*([\w.-]+==[\w.!+-]+)/m.exec(output) ?? [];
  return notLocked(name, target);
}

function notLocked(name: string | undefined, target: TargetPython): CommandError {
  return new CommandError(
    'LockDiffers',
    `the package index no longer has the locked wheel of ${name === undefined ? 'a package' : `'${name}'`} for ${shownTarget(target)}; restore the file there, configure the index that has it (PIP_INDEX_URL, PIP_FIND_LINKS), or choose versions again with 'serving lock --upgrade'`,
  );
}

function logIn(folder: string): string {
  const path = join(folder, LOG);
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined || stats.size > LONGEST_LOG ? '' : readFileSync(path, 'utf8');
}

/** The wheels in a folder, with their digests. */
async function wheelsIn(folder: string): Promise<Wheel[]> {
  const wheels: Wheel[] = [];
  for (const file of readdirSync(folder).sort(compareBytes)) {
    const [name = '', version = ''] = file.split('-');
    const hash = createHash('sha256');
    await pipeline(createReadStream(join(folder, file)), hash);
    wheels.push({ name: normalized(name), version, file, digest: `sha256:${hash.digest('hex')}` });
  }
  return wheels;
}
