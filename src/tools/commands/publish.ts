import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { driftOf } from '../../models/lock/drift';
import { entryOf } from '../../models/lock/entries';
import type { LoadedLock } from '../../models/lock/read-lock';
import { shellWord } from '../../private/shell-word';
import type { Artifact } from '../artifact/artifact';
import { type Command, PATH_OPTIONS, parseCommandLine } from '../command-line/command';
import { CommandError } from '../command-line/command-error';
import { OK } from '../command-line/exit-codes';
import { stdout, warn } from '../command-line/output';
import { createProgress, type Progress } from '../command-line/progress';
import { confirmDestinations, DESTINATION_FLAGS, DESTINATION_USAGE } from '../destinations/confirm-destinations';
import { nameOf } from '../destinations/destination';
import { openStore } from '../destinations/open-store';
import { keepReceipt, type Receipt, receiptFile } from '../destinations/receipt';
import { isTag, parseReference } from '../registry/reference';
import type { StoreOptions } from '../stores/store';
import { allowsOutside, DIRECTORY_FLAGS, DIRECTORY_USAGE, requireInside } from './directory-flags';
import { filesOf, type Selected, select } from './selection';
import { STORE_FLAGS, STORE_USAGE, storeOptions, withOwner } from './store-flags';

const USAGE = `Usage: serving publish [MODEL...] [options]

Publishes the models and apps of the lock file, or the named ones, to a registry or a bucket. Content that is already there
is not sent again; after an interruption, run the same command to resume. A destination from the lock file must be
confirmed once on a terminal, unless 'serving lock --to' was run on this machine; without a terminal it must be allowed.

Options:
${STORE_USAGE}${DESTINATION_USAGE}${DIRECTORY_USAGE}      --tag NAME           a tag in addition to the digest; may be repeated
      --create-repository  create the ECR repository if it does not exist
      --receipt            print only the path of a receipt, for 'cdk deploy'
`;

const FLAGS = {
  ...STORE_FLAGS,
  ...DESTINATION_FLAGS,
  ...DIRECTORY_FLAGS,
  tag: { type: 'string', multiple: true },
  'create-repository': { type: 'boolean', default: false },
  receipt: { type: 'boolean', default: false },
} as const;

/** Publishes locked models and apps. */
export const publishCommand: Command = {
  usage: USAGE,
  run: async (args) => {
    const { values, positionals } = parseCommandLine(
      { args, options: FLAGS, allowPositionals: true },
      USAGE,
      PATH_OPTIONS,
    );
    for (const tag of values.tag ?? [])
      if (!isTag(tag)) throw new CommandError('InvalidOption', `--tag ('${tag}') is not a valid tag`);
    const { loaded, selected } = select(positionals, { lockFile: values['lock-file'], to: values.to });
    if (values.receipt && selected.length !== 1)
      throw new CommandError('MissingOption', '--receipt requires exactly one model');
    requireInside(
      loaded.folder,
      selected.flatMap(({ key }) => pathsOf(loaded, key)),
      allowsOutside(values),
    );
    await confirmDestinations(
      selected.map(({ destination }) => destination),
      { isTyped: values.to !== undefined, allowed: values['allow-destination'] },
    );
    const options = {
      ...storeOptions(values),
      push: true,
      tags: values.tag ?? [],
      createRepository: values['create-repository'],
    };
    const progress: Progress = values.receipt ? { report: () => {}, end: () => {} } : createProgress();
    try {
      for (const model of selected) {
        const receipt = await publishModel(loaded, model, options, progress);
        progress.end();
        stdout.line(values.receipt ? receiptFile(receipt) : receipt.reference);
        if (!values.receipt) note(receipt);
      }
    } finally {
      progress.end();
    }
    return OK;
  },
};

/** The local paths that are read to publish an entry. */
function pathsOf({ lock }: LoadedLock, key: string): string[] {
  const requirements = entryOf(lock.apps, key)?.requirements;
  return requirements === undefined ? [key] : [key, join(key, requirements)];
}

/** Keeps a receipt for 'serving status'. Failure is only a warning, because the content is already published. */
function note(receipt: Receipt): void {
  const kept = keepReceipt(receipt);
  if ('why' in kept) warn(`'${receipt.model}' is published, but this machine cannot save a receipt: ${kept.why}`);
}

async function publishModel(
  loaded: LoadedLock,
  { key, kind, model, to, destination }: Selected,
  options: StoreOptions,
  progress: Progress,
): Promise<Receipt> {
  const { digest } = model;
  const mountFrom = destination.kind === 'registry' ? neighbors(loaded, destination, model.base) : [];
  const store = await openStore(destination, { ...withOwner(options, model, to), mountFrom });
  try {
    const reference = store.referenceOf(digest);
    const { problems } = await store.verify(digest, { files: filesOf(model) });
    if (problems.length === 0) {
      warnOfDrift(loaded, key);
      progress.report({ event: 'published', artifact: key, reference, bytesSent: 0 });
    } else {
      const artifact = await pack(loaded, { key, kind }, progress, options.plainHttp);
      progress.report({ event: 'destination', artifact: key, to: nameOf(destination) });
      await store.publish(artifact, (event) => progress.report(event));
    }
    return { model: key, to, digest, reference };
  } finally {
    store.close();
  }
}

async function pack(
  loaded: LoadedLock,
  { key, kind }: Pick<Selected, 'key' | 'kind'>,
  progress: Progress,
  plainHttp: boolean | undefined,
): Promise<Artifact> {
  const directory = resolve(loaded.folder, key);
  if (!existsSync(directory))
    throw new CommandError(
      'DirectoryMissing',
      `'${key}' is not published, and its directory does not exist; run 'serving publish ${shellWord(key)}' on a machine that has it`,
    );
  if (kind === 'app') {
    const { packLockedApp } = require('../app-image/pack-app') as typeof import('../app-image/pack-app');
    return packLockedApp(loaded, key, progress, plainHttp);
  }
  const { packLocked } = require('../lock/pack-locked') as typeof import('../lock/pack-locked');
  return packLocked(loaded, key, progress, plainHttp);
}

/** Warns that the directory has changed since it was locked and published: the changes are not deployed. */
function warnOfDrift(loaded: LoadedLock, key: string): void {
  const files = driftOf(loaded, key);
  if (files.length === 0) return;
  const names = files.slice(0, 5).join(', ') + (files.length > 5 ? ` and ${files.length - 5} more` : '');
  warn(`'${key}' differs from its locked and published version: ${names}; run: serving lock ${shellWord(key)}`);
}

/** Other repositories of the same registry in the lock file, which may contain the same layers. */
function neighbors(
  { lock }: LoadedLock,
  { registry, repository }: { registry: string; repository: string },
  base: string | undefined,
): string[] {
  const places = [
    base,
    ...Object.values(lock.models).map(({ to }) => to),
    ...Object.values(lock.apps).map(({ to }) => to),
  ];
  const found = places.flatMap((place) => {
    if (place === undefined || place.startsWith('s3://')) return [];
    const other = parseReference(place.replace(/^oci:\/\//, ''));
    return other.registry === registry && other.repository !== repository ? [other.repository] : [];
  });
  return [...new Set(found)];
}
