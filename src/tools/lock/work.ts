import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { entryOf, keyOf } from '../../models/lock/entries';
import type { LockFile } from '../../models/lock/lock-file';
import { shownPath } from '../../models/lock/read-lock';
import { nearestPath } from '../../private/suggest';
import type { AppSettings } from '../app-image/pack-app';
import { CommandError } from '../command-line/command-error';
import { bucketOwnerOf, parseDestination } from '../destinations/destination';
import type { ModelSettings } from './model-settings';

/** The command-line options of `serving lock`. */
export interface LockOptions {
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
  readonly 'plain-http'?: boolean;
  readonly check: boolean;
  readonly upgrade: boolean;
}

/** The lock file and its content before the command. */
export interface LockState {
  readonly path: string;
  readonly before: LockFile;
}

/** What is locked or checked. */
export interface Work {
  readonly models: readonly ModelSettings[];
  readonly images: readonly string[];
  readonly apps: readonly AppSettings[];
  /** The files of --allow-file. */
  readonly allowed: readonly string[];
  /** The names to remove from the lock file. */
  readonly removed: readonly string[];
  readonly plainHttp?: boolean;
}

const VARIANTS = ['data', 'shell', 'baked'];

/** What a command line selects. Without names, everything in the lock file. */
export function workOf(directories: string[], options: LockOptions, state: LockState): Work {
  const { before } = state;
  const folder = dirname(state.path);
  const named = [directories, options.image, options.app, options.remove];
  const isAll = named.every(({ length }) => length === 0);
  requireSubjects(directories, options);
  const keys = directories.map((name) => keyOf(folder, resolve(name)));
  // A locked code directory stays code, also without --app.
  const isApp = (key: string): boolean => !Object.hasOwn(before.models, key) && Object.hasOwn(before.apps, key);
  const models = isAll ? Object.keys(before.models) : keys.filter((key) => !isApp(key));
  const images = isAll ? Object.keys(before.images) : options.image;
  const apps = isAll
    ? Object.keys(before.apps)
    : [...options.app.map((name) => keyOf(folder, resolve(name))), ...keys.filter(isApp)];
  const removed = options.remove.map((name) => nameIn(state, name));
  if (removed.length > 0 && options.check)
    throw new CommandError('ConflictingOptions', '--remove cannot be combined with --check');
  const conflict = [...models, ...images, ...apps].find((name) => removed.includes(name));
  if (conflict !== undefined)
    throw new CommandError('ConflictingOptions', `--remove (${conflict}) conflicts with locking the same name`);
  if ([models, images, apps, removed].every(({ length }) => length === 0))
    throw new CommandError(
      'NothingToDo',
      'nothing to lock; pass model directories, code with --app, or images with --image',
    );
  requireFitting(options, { models, apps });
  const code = [...new Set(apps)].map((key) => appSettingsOf(key, folder, options, before));
  requireUpgradable(options, code);
  return {
    models: [...new Set(models)].map((key) => settingsOf(key, folder, options, before)),
    images,
    removed,
    allowed: options['allow-file'],
    plainHttp: options['plain-http'],
    apps: code,
  };
}

/** Rejects options that apply to directories if there are none. */
function requireSubjects(directories: readonly string[], options: LockOptions): void {
  if (directories.length > 0 || options.app.length > 0) return;
  if (options.requirements !== undefined) throw new CommandError('MissingOption', '--requirements requires --app');
  if (options['allow-file'].length > 0)
    throw new CommandError('MissingOption', '--allow-file requires a directory, or --app');
  const stray = (['to', 'bucket-owner', 'variant', 'base', 'source'] as const).find(
    (name) => options[name] !== undefined,
  );
  if (stray !== undefined)
    throw new CommandError('MissingOption', `--${stray} requires a directory${isForApps(stray) ? ', or --app' : ''}`);
}

function isForApps(option: string): boolean {
  return option === 'to' || option === 'base';
}

/** Rejects options that apply to nothing in this command. */
function requireFitting(
  options: LockOptions,
  { models, apps }: { readonly models: readonly string[]; readonly apps: readonly string[] },
): void {
  if (options.requirements !== undefined && apps.length === 0)
    throw new CommandError('MissingOption', '--requirements requires --app');
  if (models.length > 0) return;
  const stray = (['bucket-owner', 'variant', 'source'] as const).find((name) => options[name] !== undefined);
  if (stray !== undefined)
    throw new CommandError('ConflictingOptions', `--${stray} applies to models only; remove the option`);
}

/** Rejects --upgrade if there are no versions to choose. */
function requireUpgradable({ upgrade, check }: LockOptions, apps: readonly AppSettings[]): void {
  if (!upgrade) return;
  if (check) throw new CommandError('ConflictingOptions', '--upgrade cannot be combined with --check');
  if (apps.every(({ requirements }) => requirements === undefined))
    throw new CommandError('MissingOption', '--upgrade requires an app with --requirements');
}

/** The name in the lock file for a name or path. */
function nameIn({ path, before }: LockState, name: string): string {
  const folder = dirname(path);
  const names = [before.models, before.apps, before.images].flatMap((entries) => Object.keys(entries));
  const found = [name, keyOf(folder, name), keyOf(folder, resolve(name))].find((candidate) =>
    names.includes(candidate),
  );
  if (found !== undefined) return found;
  const nearest = nearestPath(keyOf(folder, name), names);
  throw new CommandError(
    'NotLocked',
    `--remove (${name}) must be a name in '${shownPath(path)}'; ${nearest === undefined ? `it has: ${names.join(', ') || 'none'}` : `did you mean '${nearest}'?`}`,
  );
}

/** The settings of a code directory: from the command line, otherwise from the lock file. */
function appSettingsOf(key: string, folder: string, options: LockOptions, before: LockFile): AppSettings {
  const old = entryOf(before.apps, key);
  const base = options.base ?? old?.base;
  if (base === undefined)
    throw new CommandError('MissingOption', `--app ${key} requires --base, the image that the code is added to`);
  const to = options.to ?? old?.to;
  if (to !== undefined && parseDestination(to).kind !== 'registry')
    throw new CommandError(
      'InvalidDestination',
      `--to (${to}) must be a repository in a registry, because '${key}' becomes an image`,
    );
  // A new base replaces the whole definition: without --requirements, the list is removed.
  const requirements = options.requirements ?? (options.base === undefined ? old?.requirements : undefined);
  requireList(key, resolve(folder, key), requirements);
  const allowed = [...(old?.allowed ?? []), ...options['allow-file']];
  const { packages, platforms = [] } = old ?? {};
  const architectures = platforms.map(({ architecture }) => architecture);
  return {
    key,
    directory: resolve(folder, key),
    base,
    requirements,
    before: packages === undefined ? undefined : { packages, architectures },
    versions: options.upgrade ? 'upgrade' : 'keep',
    to,
    allowed,
    plainHttp: options['plain-http'],
  };
}

/** Rejects a missing requirements file before anything is downloaded. */
function requireList(key: string, directory: string, requirements: string | undefined): void {
  if (requirements === undefined || !existsSync(directory) || existsSync(resolve(directory, requirements))) return;
  throw new CommandError(
    'InvalidRequirements',
    `--requirements (${requirements}) does not exist in '${key}'; create the file there, or remove the option`,
  );
}

/** The settings of a model directory: from the command line, otherwise from the lock file. */
function settingsOf(key: string, folder: string, options: LockOptions, before: LockFile): ModelSettings {
  const old = entryOf(before.models, key);
  const variant = options.variant ?? old?.variant ?? 'data';
  if (!VARIANTS.includes(variant))
    throw new CommandError('InvalidOption', `--variant ('${variant}') must be data, shell or baked`);
  const base = options.base ?? (variant === 'data' ? undefined : old?.base);
  if (variant === 'data' && base !== undefined)
    throw new CommandError('MissingOption', '--base requires --variant shell or --variant baked');
  if (variant !== 'data' && base === undefined)
    throw new CommandError('MissingOption', `--variant ${variant} requires --base`);
  const to = options.to ?? old?.to;
  const isBucket = to !== undefined && parseDestination(to).kind === 's3';
  const owner = bucketOwnerOf(options['bucket-owner']);
  if (owner !== undefined && !isBucket)
    throw new CommandError('ConflictingOptions', '--bucket-owner requires a bucket, as in --to s3://bucket/prefix');
  return {
    key,
    directory: resolve(folder, key),
    variant,
    base,
    to,
    // Another bucket may have a different owner.
    owner: owner ?? (to === old?.to ? old?.owner : undefined),
    source: options.source ?? old?.source,
    allowed: [...(old?.allowed ?? []), ...options['allow-file']],
    plainHttp: options['plain-http'],
  };
}

/** The entries that will be written, with placeholders for what requires reading the files. */
export function outlineOf({ models, images, apps }: Work): LockFile {
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

/** The paths on this machine that will be read, relative to the lock file. */
export function directoriesOf({ models, apps }: Work): string[] {
  const lists = apps.flatMap(({ key, requirements }) => (requirements === undefined ? [] : [join(key, requirements)]));
  return [...[...models, ...apps].map(({ key }) => key), ...lists];
}
