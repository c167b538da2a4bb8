import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { entryOf, keyOf } from '../../models/lock/entries';
import { isBelow } from '../../models/lock/inside';
import type { LockedLayer, LockFile } from '../../models/lock/lock-file';
import { discoverLock, LOCK_FILE, readLock, requireLock, shownPath } from '../../models/lock/read-lock';
import { shellWord } from '../../private/shell-word';
import type { AppSettings } from '../app-image/pack-app';
import { type Command, parseCommandLine } from '../command-line/command';
import type { CommandCode } from '../command-line/command-codes';
import { CommandError } from '../command-line/command-error';
import { OK, REFUSED } from '../command-line/exit-codes';
import { stderr, stdout, warn } from '../command-line/output';
import { createProgress, type Progress, plural, size } from '../command-line/progress';
import { parseDestination } from '../destinations/destination';
import { rememberDestinations } from '../destinations/known-destinations';
import { differencesOfImage, differencesOfModel } from '../lock/differences';
import type { ModelSettings } from '../lock/model-settings';
import { packAs } from '../lock/pack-locked';
import { requireReadable, writeEntries } from '../lock/writer';
import { allowsOutside, DIRECTORY_FLAGS, DIRECTORY_USAGE, requireInside } from './directory-flags';
import { bucketOwnerOf } from './store-flags';

const USAGE = `Usage: serving lock [DIRECTORY...] [options]

Reads directories of weights, asks registries what the tags of images stand for, and writes both into a lock file, which
belongs into version control. Without directories and images it does so again for all that the lock file has.

Options:
  -i, --image REFERENCE    an image that a definition names; may be repeated
      --app DIRECTORY      a directory of code that becomes an image upon --base, with the wheels of --requirements;
                           may be repeated
      --requirements FILE  the list of Python packages of --app, each with its version, relative to the directory
      --allow-file PATH    publish a file although it looks like credentials; relative to its directory, may be repeated
      --remove NAME        take a model, an app or an image out of the lock file, by the name that it has there; may be
                           repeated
  -t, --to DESTINATION     where 'serving publish' puts the directories: registry/repository or s3://bucket/prefix
      --bucket-owner ID    the AWS account that must own the bucket of --to
      --variant VARIANT    data: files alone (default); shell: upon a small base that can copy them;
                           baked: upon the image of a server
      --base REFERENCE     the image below the files, for shell, baked and --app; a tag is locked as its digest
      --source TEXT        where the files come from, such as the address of a commit
      --lock-file FILE     the lock file (default: the nearest ${LOCK_FILE} upward, or a new one here)
      --plain-http         speak to registries without TLS (those on this machine always are)
${DIRECTORY_USAGE}      --check              write nothing; say what differs from the lock file and exit with 1 when something does
      --schema             print the JSON Schema of lock files
`;

const OPTIONS = {
  image: { type: 'string', short: 'i', multiple: true },
  app: { type: 'string', multiple: true },
  requirements: { type: 'string' },
  'allow-file': { type: 'string', multiple: true },
  remove: { type: 'string', multiple: true },
  to: { type: 'string', short: 't' },
  'bucket-owner': { type: 'string' },
  variant: { type: 'string' },
  base: { type: 'string' },
  source: { type: 'string' },
  'lock-file': { type: 'string' },
  'plain-http': { type: 'boolean' },
  ...DIRECTORY_FLAGS,
  check: { type: 'boolean', default: false },
  schema: { type: 'boolean', default: false },
} as const;

const VARIANTS = ['data', 'shell', 'baked'];

/** Writes what directories and images are into the lock file, or compares. */
export const lockCommand: Command = {
  usage: USAGE,
  run: async (args) => {
    const { values, positionals } = parseCommandLine({ args, options: OPTIONS, allowPositionals: true }, USAGE);
    if (values.schema) {
      const { LOCK_SCHEMA } = require('../../models/lock/schema') as typeof import('../../models/lock/schema');
      stdout.json(LOCK_SCHEMA, 2);
      return OK;
    }
    return runLock(positionals, { image: [], app: [], remove: [], 'allow-file': [], ...values });
  },
};

type Options = {
  readonly image: string[];
  readonly app: string[];
  readonly requirements?: string;
  readonly 'allow-file': string[];
  readonly remove: string[];
  readonly to?: string;
  readonly 'bucket-owner'?: string;
  readonly variant?: string;
  readonly base?: string;
  readonly source?: string;
  readonly 'lock-file'?: string;
  readonly 'plain-http'?: boolean;
  readonly 'allow-outside'?: boolean;
  readonly check: boolean;
};

async function runLock(directories: string[], options: Options): Promise<number> {
  const path = resolve(options['lock-file'] ?? discoverLock() ?? LOCK_FILE);
  const loaded = options.check ? requireLock({ lockFile: options['lock-file'] }) : readLock({ lockFile: path });
  if (!existsSync(dirname(path)))
    throw new CommandError('OutputUnwritable', `'${shownPath(path)}' cannot be written: its folder is not there`);
  const before = loaded?.lock ?? { version: 1, models: {}, images: {}, apps: {} };
  const work = workOf(directories, options, path, before);
  requireReadable(outlineOf(work));
  requireInside(dirname(path), directoriesOf(work), allowsOutside(options));
  if (options.check) return check(work, path, before);
  const exitCode = await lock(work, path, before);
  if (options.to !== undefined) rememberTyped(options.to);
  return exitCode;
}

/** Whoever types a destination confirms it for 'serving publish' on this machine. */
function rememberTyped(to: string): void {
  const why = rememberDestinations([parseDestination(to)]);
  if (why !== undefined)
    warn(`this machine cannot remember '${to}' (${why}); 'serving publish' needs --to or --allow-destination`);
}

/** What will be written, without what is not known before the files are read. */
function outlineOf({ models, images, apps }: Work): LockFile {
  const digest = `sha256:${'0'.repeat(64)}`;
  const platform = { os: 'linux', architecture: 'amd64', digest, compressedSize: 0 };
  const image = { digest, mediaType: 'image', platforms: [platform] };
  const layers = [{ digest, size: 0, files: [] }];
  return {
    version: 1,
    models: Object.fromEntries(
      models.map(({ key, to, owner, source }) => [
        key,
        { ...image, variant: 'data', bytes: 0, layers, to, owner, source },
      ]),
    ),
    images: Object.fromEntries(images.map((reference) => [reference, image])),
    apps: Object.fromEntries(
      apps.map(({ key, to, requirements }) => [key, { ...image, base: `base@${digest}`, to, requirements }]),
    ),
  };
}

/** What will be read of this machine, relative to the lock file. */
function directoriesOf({ models, apps }: Work): string[] {
  const lists = apps.flatMap(({ key, requirements }) => (requirements === undefined ? [] : [join(key, requirements)]));
  return [...[...models, ...apps].map(({ key }) => key), ...lists];
}

/** What is to be looked at. */
interface Work {
  readonly models: readonly ModelSettings[];
  readonly images: readonly string[];
  readonly apps: readonly AppSettings[];
  /** The files of --allow-file. */
  readonly allowed: readonly string[];
  /** What leaves the lock file. */
  readonly removed: readonly string[];
  readonly plainHttp?: boolean;
}

function workOf(directories: string[], options: Options, path: string, before: LockFile): Work {
  const folder = dirname(path);
  const named = [directories, options.image, options.app, options.remove];
  const isAll = named.every(({ length }) => length === 0);
  if (options.requirements !== undefined && options.app.length === 0)
    throw usage('MissingOption', '--requirements says something of code, but no --app is named');
  if (directories.length === 0 && options.app.length === 0) {
    if (options['allow-file'].length > 0) throw usage('MissingOption', '--allow-file requires a directory, or --app');
    const stray = (['to', 'bucket-owner', 'variant', 'base', 'source'] as const).find(
      (name) => options[name] !== undefined,
    );
    if (stray !== undefined)
      throw usage('MissingOption', `--${stray} says something of directories, but none is named`);
  }
  const keys = isAll ? Object.keys(before.models) : directories.map((name) => keyOf(folder, resolve(name)));
  const images = isAll ? Object.keys(before.images) : options.image;
  const apps = isAll ? Object.keys(before.apps) : options.app.map((name) => keyOf(folder, resolve(name)));
  const removed = options.remove.map((name) => nameIn(before, name, folder, path));
  if (removed.length > 0 && options.check)
    throw usage('ConflictingOptions', '--remove writes the lock file, and --check does not');
  const contradiction = [...keys, ...images, ...apps].find((name) => removed.includes(name));
  if (contradiction !== undefined)
    throw usage('ConflictingOptions', `'${contradiction}' is named to be locked and in --remove`);
  if ([keys, images, apps, removed].every(({ length }) => length === 0)) {
    throw usage('NothingToDo', 'there is nothing to lock; name directories of models, or images with --image');
  }
  return {
    models: [...new Set(keys)].map((key) => settingsOf(key, folder, options, before)),
    images,
    removed,
    allowed: options['allow-file'],
    plainHttp: options['plain-http'],
    apps: [...new Set(apps)].map((key) => appSettingsOf(key, folder, options, before)),
  };
}

/** The name that something has in the lock file: that name, or a path from here. */
function nameIn(before: LockFile, name: string, folder: string, path: string): string {
  const names = [before.models, before.apps, before.images].flatMap((entries) => Object.keys(entries));
  const found = [name, keyOf(folder, name), keyOf(folder, resolve(name))].find((known) => names.includes(known));
  if (found !== undefined) return found;
  throw usage(
    'NotLocked',
    `--remove (${name}) must be a name in '${shownPath(path)}'; it has: ${names.join(', ') || 'none'}`,
  );
}

/** What the command line says of a directory of code, and what the lock file said of it before. */
function appSettingsOf(key: string, folder: string, options: Options, before: LockFile): AppSettings {
  const old = entryOf(before.apps, key);
  const base = options.base ?? old?.base;
  if (base === undefined) throw usage('MissingOption', `--app ${key} requires --base, the image below the code`);
  const to = options.to ?? old?.to;
  if (to !== undefined && parseDestination(to).kind !== 'registry')
    throw usage('InvalidDestination', `--to (${to}) must be a repository of a registry: '${key}' becomes an image`);
  // A base that is named anew is the whole of what is wanted, so a list that is not named is gone.
  const requirements = options.requirements ?? (options.base === undefined ? old?.requirements : undefined);
  const allowed = [...(old?.allowed ?? []), ...options['allow-file']];
  return { key, directory: resolve(folder, key), base, requirements, to, allowed, plainHttp: options['plain-http'] };
}

/** What the command line says of a directory, and what the lock file said of it before. */
function settingsOf(key: string, folder: string, options: Options, before: LockFile): ModelSettings {
  const old = entryOf(before.models, key);
  const variant = options.variant ?? old?.variant ?? 'data';
  if (!VARIANTS.includes(variant))
    throw usage('InvalidOption', `--variant ('${variant}') must be data, shell or baked`);
  const base = options.base ?? (variant === 'data' ? undefined : old?.base);
  if (variant === 'data' && base !== undefined)
    throw usage('MissingOption', '--base needs --variant shell or --variant baked');
  if (variant !== 'data' && base === undefined) throw usage('MissingOption', `--variant ${variant} needs --base`);
  const to = options.to ?? old?.to;
  const isBucket = to !== undefined && parseDestination(to).kind === 's3';
  const owner = bucketOwnerOf(options['bucket-owner']);
  if (owner !== undefined && !isBucket)
    throw usage('ConflictingOptions', '--bucket-owner requires a bucket, as in --to s3://bucket/prefix');
  return {
    key,
    directory: resolve(folder, key),
    variant,
    base,
    to,
    // Another bucket may have another owner.
    owner: owner ?? (to === old?.to ? old?.owner : undefined),
    source: options.source ?? old?.source,
    allowed: [...(old?.allowed ?? []), ...options['allow-file']],
    plainHttp: options['plain-http'],
  };
}

async function lock(work: Work, path: string, before: LockFile): Promise<number> {
  const { models, images, apps, removed, plainHttp } = work;
  for (const { key, directory } of [...models, ...apps]) requireThere(key, directory, before);
  const missing = apps.find(({ directory }) => !existsSync(directory));
  if (missing !== undefined) throw new CommandError('DirectoryMissing', `--app (${missing.key}) is not there`);
  const progress = createProgress();
  const entries: Partial<LockFile>[] = [];
  for (const settings of models) {
    requireOutside(path, settings);
    const { entry } = await packAs(settings, progress);
    entries.push({ models: { [settings.key]: entry } });
    progress.end();
    stdout.line(`${settings.key}  ${entry.digest}  ${size(entry.bytes)} in ${plural(entry.layers.length, 'layer')}`);
  }
  for (const reference of images) {
    const image = await lookUp(reference, plainHttp);
    entries.push({ images: { [reference]: image } });
    stdout.line(
      `${reference}  ${image.digest}  ${image.platforms.map(({ os, architecture }) => `${os}/${architecture}`).join(', ')}`,
    );
  }
  for (const settings of apps) {
    const { entry } = await packApp(settings, progress);
    entries.push({ apps: { [settings.key]: entry } });
    progress.end();
    stdout.line(`${settings.key}  ${entry.digest}  based on ${entry.base}`);
    showFiles(settings.key, entry.layers);
  }
  requireUsed(work.allowed, entries);
  stdout.line(`${shownPath(path)} ${writeEntries(path, entries, removed) ? 'is written' : 'is up to date'}`);
  return OK;
}

async function check({ models, images, apps, plainHttp }: Work, path: string, before: LockFile): Promise<number> {
  const progress = createProgress();
  const differences: string[] = [];
  for (const settings of models) {
    const locked = entryOf(before.models, settings.key);
    if (locked === undefined) differences.push(`${settings.key}: is not locked`);
    else if (!existsSync(settings.directory)) differences.push(`${settings.key}: the directory is not there`);
    else {
      const { entry } = await packAs(settings, progress);
      differences.push(...differencesOfModel(settings, locked, entry));
    }
  }
  for (const reference of images) {
    differences.push(
      ...differencesOfImage(reference, entryOf(before.images, reference), await lookUp(reference, plainHttp)),
    );
  }
  for (const settings of apps) {
    const locked = entryOf(before.apps, settings.key);
    if (locked === undefined) differences.push(`${settings.key}: is not locked`);
    else if (!existsSync(settings.directory)) differences.push(`${settings.key}: the directory is not there`);
    else if ((await packApp(settings, progress)).entry.digest !== locked.digest)
      differences.push(`${settings.key}: the code, its packages or its base differ`);
  }
  progress.end();
  for (const difference of differences) stdout.line(difference);
  if (differences.length > 0) return REFUSED;
  stdout.line(`${shownPath(path)} matches the working tree`);
  return OK;
}

/** A path that allows nothing is mistyped, or stands for a file that is not what its author believes. */
function requireUsed(allowed: readonly string[], entries: readonly Partial<LockFile>[]): void {
  const used = entries.flatMap(({ models = {}, apps = {} }) =>
    [...Object.values(models), ...Object.values(apps)].flatMap((entry) => entry.allowed ?? []),
  );
  const unused = allowed.find((path) => !used.includes(path));
  if (unused === undefined) return;
  throw usage(
    'InvalidOption',
    `--allow-file (${unused}) matches no file that looks like a credential; remove the option`,
  );
}

/** A directory that is gone leaves an entry behind. */
function requireThere(key: string, directory: string, { models, apps }: LockFile): void {
  const isLocked = (entryOf(models, key) ?? entryOf(apps, key)) !== undefined;
  if (!isLocked || existsSync(directory)) return;
  throw new CommandError(
    'DirectoryMissing',
    `'${key}' is locked, but its directory does not exist; restore it, or run: serving lock --remove ${shellWord(key)}`,
  );
}

/** A file that says what is in a directory cannot be in it. */
function requireOutside(path: string, { key, directory }: ModelSettings): void {
  if (!isBelow(directory, path)) return;
  throw usage(
    'InvalidOption',
    `the lock file '${shownPath(path)}' must not be in the model '${key}'; pass --lock-file with a path outside it`,
  );
}

function packApp(settings: AppSettings, progress: Progress) {
  return (require('../app-image/pack-app') as typeof import('../app-image/pack-app')).packApp(settings, progress);
}

function showFiles(key: string, layers: LockedLayer[] | undefined): void {
  const { describeFiles } = require('../app-image/describe-files') as typeof import('../app-image/describe-files');
  stderr.line(describeFiles(key, layers));
}

function lookUp(reference: string, plainHttp: boolean | undefined) {
  const { resolveImage } = require('../registry/resolve-image') as typeof import('../registry/resolve-image');
  return resolveImage(reference, { plainHttp });
}

function usage(code: CommandCode, message: string): CommandError {
  return new CommandError(code, message);
}
