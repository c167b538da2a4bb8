import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { discoverLock, LOCK_FILE, readLock, requireLock, shownPath } from '../../models/lock/read-lock';
import { type Command, PATH_OPTIONS, parseCommandLine } from '../command-line/command';
import { CommandError } from '../command-line/command-error';
import { OK } from '../command-line/exit-codes';
import { stdout, warn } from '../command-line/output';
import { parseDestination } from '../destinations/destination';
import { rememberDestinations } from '../destinations/known-destinations';
import { checkLock } from '../lock/check';
import { updateLock } from '../lock/update';
import { directoriesOf, type LockOptions, outlineOf, workOf } from '../lock/work';
import { requireReadable } from '../lock/writer';
import { allowsOutside, DIRECTORY_FLAGS, DIRECTORY_USAGE, requireInside } from './directory-flags';

const USAGE = `Usage: serving lock [DIRECTORY...] [options]

Hashes the directories of models and apps, resolves image tags to digests, and writes both to a lock file. Commit that file.
With no arguments, re-locks every entry of the lock file.

Options:
  -i, --image REFERENCE    an image that a definition uses; may be repeated
      --app DIRECTORY      a code directory that becomes an image based on --base, with the wheels of --requirements; may
                           be repeated
      --requirements FILE  the requirements file of --app, relative to the directory; versions that it leaves open are chosen
                           for the interpreter of --base, and kept until the file changes
      --upgrade            choose the versions of all packages again
      --allow-file PATH    publish a file that looks like credentials; relative to its directory, may be repeated
      --remove NAME        remove the model, app or image with this name from the lock file; may be repeated
  -t, --to DESTINATION     where to publish the directories: registry/repository or s3://bucket/prefix
      --bucket-owner ID    the AWS account that must own the bucket of --to
      --variant VARIANT    data: only the files (default); shell: on a small base that can copy them;
                           baked: on the image of a server
      --base REFERENCE     the base image for shell, baked and --app; a tag is locked to its digest
      --source TEXT        where the files come from, such as the URL of a commit
      --lock-file FILE     the lock file (default: the nearest ${LOCK_FILE} in this folder or above, or a new one here)
      --plain-http         connect to registries without TLS (default for registries on this machine)
${DIRECTORY_USAGE}      --check              write nothing; print differences from the lock file, and exit with 1 if there are any
      --schema             print the JSON Schema of lock files
`;

const OPTIONS = {
  image: { type: 'string', short: 'i', multiple: true },
  app: { type: 'string', multiple: true },
  requirements: { type: 'string' },
  upgrade: { type: 'boolean', default: false },
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

/** Writes the digests of directories and images to the lock file, or compares them with it. */
export const lockCommand: Command = {
  usage: USAGE,
  run: async (args) => {
    const { values, positionals } = parseCommandLine(
      { args, options: OPTIONS, allowPositionals: true },
      USAGE,
      PATH_OPTIONS,
    );
    if (values.schema) {
      const { LOCK_SCHEMA } = require('../../models/lock/schema') as typeof import('../../models/lock/schema');
      stdout.json(LOCK_SCHEMA, 2);
      return OK;
    }
    return runLock(positionals, { image: [], app: [], remove: [], 'allow-file': [], ...values });
  },
};

/** The options that select the lock file, and the directories that may be read. */
interface LockPlaces {
  readonly 'lock-file'?: string;
  readonly 'allow-outside'?: boolean;
}

async function runLock(directories: string[], options: LockOptions & LockPlaces): Promise<number> {
  const path = resolve(options['lock-file'] ?? discoverLock() ?? LOCK_FILE);
  const loaded = options.check ? requireLock({ lockFile: options['lock-file'] }) : readLock({ lockFile: path });
  if (!existsSync(dirname(path)))
    throw new CommandError('OutputUnwritable', `'${shownPath(path)}' cannot be written: its folder does not exist`);
  const before = loaded?.lock ?? { version: 1, models: {}, images: {}, apps: {} };
  const work = workOf(directories, options, { path, before });
  requireReadable(outlineOf(work));
  requireInside(dirname(path), directoriesOf(work), allowsOutside(options));
  if (options.check) return checkLock(work, { path, before });
  const exitCode = await updateLock(work, { path, before });
  if (options.to !== undefined) rememberTyped(options.to);
  return exitCode;
}

/** A destination on the command line counts as confirmed for 'serving publish' on this machine. */
function rememberTyped(to: string): void {
  const why = rememberDestinations([parseDestination(to)]);
  if (why !== undefined)
    warn(`this machine cannot save '${to}' (${why}); 'serving publish' requires --to or --allow-destination`);
}
