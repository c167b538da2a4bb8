import { readFileSync } from 'node:fs';
import type { LockedApp, LockedEvidence, LockedModel, LockFile } from '../../models/lock/lock-file';
import { shownPath } from '../../models/lock/read-lock';
import { shellWord } from '../../private/shell-word';
import { type Command, PATH_OPTIONS, parseCommandLine } from '../command-line/command';
import { CommandError } from '../command-line/command-error';
import { OK, REFUSED } from '../command-line/exit-codes';
import { asCalled } from '../command-line/invocation';
import { clean, stderr, stdout, warn } from '../command-line/output';
import { plural } from '../command-line/progress';
import { openStore } from '../destinations/open-store';
import type { StoreOptions } from '../stores/store';
import { filesOf, type Selected, select } from './selection';
import { STORE_FLAGS, STORE_USAGE, storeOptions, withOwner } from './store-flags';

const USAGE = `Usage: serving verify [MODEL...] [options]

Verifies that published models and apps match the lock file: index and manifests byte by byte, layers by existence and size,
S3 objects by size and checksum. Reads no weights, neither locally nor from the store.

Options:
${STORE_USAGE}      --key FILE           a public key (PEM) that must verify the cosign signature of the image, and the attestations in
                           the lock file
      --record             save the signatures and attestations made with --key in the lock file; later runs require them
  -f, --format FORMAT      text or json (default: text)
`;

const FLAGS = {
  ...STORE_FLAGS,
  key: { type: 'string' },
  record: { type: 'boolean', default: false },
  format: { type: 'string', short: 'f', default: 'text' },
} as const;

/** Compares what is published with the lock file. */
export const verifyCommand: Command = {
  usage: USAGE,
  run: async (args) => {
    const { values, positionals } = parseCommandLine(
      { args, options: FLAGS, allowPositionals: true },
      USAGE,
      PATH_OPTIONS,
    );
    const { format, key } = values;
    if (format !== 'text' && format !== 'json')
      throw new CommandError('InvalidOption', `--format (${format}) must be text or json`);
    if (values.record && key === undefined)
      throw new CommandError(
        'MissingOption',
        '--record requires --key: only signatures made with a known key are recorded',
      );
    const { loaded, selected } = select(positionals, { lockFile: values['lock-file'], to: values.to });
    const publicKey = key === undefined ? undefined : readKey(key);
    const results: Result[] = [];
    for (const model of selected) results.push(await verifyModel(model, storeOptions(values), publicKey));
    if (values.record) record(loaded.path, selected, results);
    if (format === 'json') stdout.json(results, 2);
    else stdout.text(results.map(render).join(''));
    return results.every(({ problems }) => problems.length === 0) ? OK : REFUSED;
  },
};

interface Result {
  readonly model: string;
  readonly reference: string;
  readonly problems: string[];
  /** The command that fixes the problems, if there is one. */
  readonly remedy?: string;
  /** The signatures and attestations made with the key; empty without a key. */
  readonly verified: LockedEvidence;
}

/** Saves the verified signatures and attestations of the entries without problems. */
function record(path: string, selected: readonly Selected[], results: readonly Result[]): void {
  const entries = results.flatMap(({ problems, verified }, index): Partial<LockFile>[] => {
    if (problems.length > 0) return [];
    const { key, kind, model } = selected[index] as Selected;
    const entry = { ...model, ...verified };
    return [kind === 'app' ? { apps: { [key]: entry as LockedApp } } : { models: { [key]: entry as LockedModel } }];
  });
  const { writeEntries } = require('../lock/writer') as typeof import('../lock/writer');
  const shown = shownPath(path);
  stderr.line(`${shown} ${writeEntries(path, entries) ? 'is written' : 'is up to date'}`);
}

async function verifyModel(
  { key: name, model, to, destination }: Selected,
  options: StoreOptions,
  publicKey: string | undefined,
): Promise<Result> {
  const store = await openStore(destination, withOwner(options, model, to));
  try {
    const { reference, problems, surplus, note } = await store.verify(model.digest, { files: filesOf(model) });
    if (destination.kind === 's3' && (model.signatures ?? model.attestations) !== undefined)
      warn(`buckets contain no signatures; those in the lock file for '${name}' were not verified`);
    if (note !== undefined) warn(`'${name}': ${note}`);
    const evidence = await store.verifyEvidence(model.digest, { publicKey, recorded: model });
    return {
      model: name,
      reference,
      problems: [...problems, ...surplus, ...evidence.problems].map(clean),
      ...(problems.length > 0 && { remedy: asCalled(`run: serving publish ${shellWord(name)}`) }),
      verified: evidence.verified,
    };
  } finally {
    store.close();
  }
}

function readKey(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`;
    throw new CommandError('InvalidKey', `--key (${path}) ${why}; specify a file with a public key in PEM format`);
  }
}

function render({ model, reference, problems, remedy, verified }: Result): string {
  const { signatures = [], attestations = [] } = verified;
  const by = [
    ...(signatures.length > 0 ? [plural(signatures.length, 'signature')] : []),
    ...(attestations.length > 0 ? [plural(attestations.length, 'attestation')] : []),
  ];
  const signed = by.length === 0 ? '' : `, ${by.join(' and ')} by the key`;
  if (problems.length === 0) return `${model}: matches the lock file${signed}, ${reference}\n`;
  const lines = problems.map((problem) => `  ${problem}\n`).join('');
  return `${model}: does not match the lock file, ${reference}\n${lines}${remedy === undefined ? '' : `  ${remedy}\n`}`;
}
