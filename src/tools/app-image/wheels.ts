import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../../lock/layer-cache';
import { CommandError, FAILED } from '../command-error';
import { UNPACK_WHEELS } from './unpack-wheels';

/** The version of what is done with wheels: what is cached by an older one is made again. */
const FORMAT = 1;

/** What wheels call the architectures of images. */
const MACHINES: { readonly [architecture: string]: string } = { amd64: 'x86_64', arm64: 'aarch64' };

/** The C libraries that wheels may want: that of Debian 10 and newer has all of these. */
const LIBRARIES = ['manylinux2014', 'manylinux_2_17', 'manylinux_2_28'];

/** What packages are wanted, and for which interpreter on which processor. */
export interface WheelsQuestion {
  /** The list of packages. */
  readonly requirements: string;
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
export function unpackedWheels(question: WheelsQuestion): string {
  const { requirements, architecture, pythonVersion } = question;
  const text = readFileSync(requirements, 'utf8');
  const pinned = pinnedNames(text, requirements);
  const key = createHash('sha256').update([FORMAT, text, architecture, pythonVersion].join('\n')).digest('hex');
  const folder = join(cacheFolder(), 'packages', key.slice(0, 32));
  if (existsSync(folder)) return folder;
  const draft = `${folder}.${process.pid}`;
  const [downloads, packages] = [join(draft, 'wheels'), join(draft, 'packages')] as const;
  for (const made of [downloads, packages]) mkdirSync(made, { recursive: true });
  try {
    download(question, downloads);
    requirePinned(readdirSync(downloads), pinned, requirements);
    python(['-c', UNPACK_WHEELS, downloads, packages], 'unpack the packages');
    mkdirSync(dirname(folder), { recursive: true });
    renameSync(packages, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return folder;
}

function download({ requirements, architecture, pythonVersion }: WheelsQuestion, folder: string): void {
  const platforms = LIBRARIES.flatMap((library) => ['--platform', `${library}_${MACHINES[architecture]}`]);
  python(
    [
      ...['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--only-binary=:all:'],
      ...['--implementation', 'cp', '--python-version', pythonVersion, ...platforms],
      ...['--dest', folder, '--requirement', requirements],
    ],
    `get wheels for Python ${pythonVersion} on linux/${architecture}`,
  );
}

/** The names of a list; each must have its version, or tomorrow's image would be another one. */
function pinnedNames(text: string, file: string): Set<string> {
  const lines = text
    .replace(/\\\n/g, ' ')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('-'));
  return new Set(
    lines.map((line) => {
      const name = /^([A-Za-z0-9][\w.-]*)\s*(?:\[[^\]]*\])?\s*===?\s*[^\s,*]+(?=\s|;|$)/.exec(line)?.[1];
      if (name === undefined) {
        throw new CommandError(`'${line}' in '${file}' must have a version, such as 'numpy==2.3.4'`, FAILED);
      }
      return normalized(name);
    }),
  );
}

/** What packages need beside those of the list must be in the list, with the version that was found. */
function requirePinned(wheels: string[], pinned: Set<string>, file: string): void {
  const missing = wheels
    .filter((wheel) => wheel.endsWith('.whl'))
    .map((wheel) => wheel.split('-') as [string, string])
    .filter(([name]) => !pinned.has(normalized(name)))
    .map(([name, version]) => `${normalized(name)}==${version}`);
  if (missing.length === 0) return;
  throw new CommandError(
    `'${file}' lacks packages that those of the list need; add ${missing.sort().join(', ')}`,
    FAILED,
  );
}

/** The name of a package as the index compares it. */
function normalized(name: string): string {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

function python(args: string[], purpose: string): void {
  const said = spawnSync('python3', args, { encoding: 'utf8' });
  if (said.error !== undefined) {
    throw new CommandError(`python3 is needed to ${purpose} (${said.error.message}); install it, with pip`, FAILED);
  }
  if (said.status !== 0) {
    throw new CommandError(`could not ${purpose}:\n${`${said.stdout}${said.stderr}`.trim()}`, FAILED);
  }
}
