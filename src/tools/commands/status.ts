import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { driftOf } from '../../models/lock/drift';
import { leavesFolder } from '../../models/lock/inside';
import type { LockedApp, LockedModel } from '../../models/lock/lock-file';
import { type LoadedLock, requireLock } from '../../models/lock/read-lock';
import { type Command, PATH_OPTIONS, parseCommandLine } from '../command-line/command';
import { CommandError } from '../command-line/command-error';
import { OK } from '../command-line/exit-codes';
import { asCalled } from '../command-line/invocation';
import { clean, stdout } from '../command-line/output';
import { parseDestination } from '../destinations/destination';
import { openStore } from '../destinations/open-store';
import { readReceipt } from '../destinations/receipt';
import type { StoreOptions } from '../stores/store';
import { allowsOutside, DIRECTORY_FLAGS, DIRECTORY_USAGE } from './directory-flags';
import { filesOf, type Selected } from './selection';
import { STORE_FLAGS, STORE_USAGE, storeOptions, withOwner } from './store-flags';

const USAGE = `Usage: serving status [options]

Shows for each model and app of the lock file whether its directory matches, where it is published, and whether it exists
there. As with git status, the exit code is 0 even if something differs. In pipelines use 'serving lock --check' and
'serving verify', which then exit with 1.

Options:
${STORE_USAGE}${DIRECTORY_USAGE}  -f, --format FORMAT      text or json (default: text)
`;

const FLAGS = { ...STORE_FLAGS, ...DIRECTORY_FLAGS, format: { type: 'string', short: 'f', default: 'text' } } as const;

/** The state of a model or an app. */
interface Status {
  readonly kind: 'model' | 'app';
  readonly model: string;
  readonly digest: string;
  /** The bytes of a model's files. */
  readonly bytes?: number;
  /** Whether the directory exists and matches the lock file. For code, only `serving lock --check` compares the files. */
  readonly directory: 'as locked' | 'differs' | 'here' | 'not here' | 'outside';
  /** The files that differ. */
  readonly changed: string[];
  readonly to?: string;
  readonly published: 'yes' | 'no' | 'unknown' | 'no destination';
  readonly reason?: string;
  /** Whether this machine has published it. A receipt does not prove that the content still exists. */
  readonly receipt: boolean;
}

/** Shows the state of models and apps. */
export const statusCommand: Command = {
  usage: USAGE,
  run: async (args) => {
    const { values } = parseCommandLine({ args, options: FLAGS }, USAGE, PATH_OPTIONS);
    const { format } = values;
    if (format !== 'text' && format !== 'json')
      throw new CommandError('InvalidOption', `--format (${format}) must be text or json`);
    const loaded = requireLock({ lockFile: values['lock-file'] });
    const states: Status[] = [];
    for (const kind of ['model', 'app'] as const)
      for (const [key, locked] of Object.entries(loaded.lock[`${kind}s`]))
        states.push({
          ...directoryOf(loaded, { kind, key }, allowsOutside(values)),
          ...(await publicationOf({ kind, key, locked }, values.to, storeOptions(values))),
        });
    if (format === 'json') stdout.json(states, 2);
    else stdout.text(states.map(render).join('\n'));
    return OK;
  },
};

/** Compares the directory with the lock file, unless it is outside the folder of that file. */
function directoryOf(
  loaded: LoadedLock,
  { kind, key }: Pick<Status, 'kind'> & { readonly key: string },
  allowed: boolean,
): Pick<Status, 'directory' | 'changed'> {
  if (!allowed && leavesFolder(loaded.folder, key) !== undefined) return { directory: 'outside', changed: [] };
  if (!existsSync(resolve(loaded.folder, key))) return { directory: 'not here', changed: [] };
  if (kind === 'app') return { directory: 'here', changed: [] };
  const changed = driftOf(loaded, key);
  return { directory: changed.length > 0 ? 'differs' : 'as locked', changed };
}

/** The destination of an entry, and whether it is published there. */
async function publicationOf(
  { kind, key, locked }: { kind: Status['kind']; key: string; locked: LockedModel | LockedApp },
  explicit: string | undefined,
  options: StoreOptions,
): Promise<Omit<Status, 'directory' | 'changed'>> {
  const { digest } = locked;
  const known = { kind, model: key, digest, ...('bytes' in locked && { bytes: locked.bytes }) } as const;
  const to = explicit ?? locked.to;
  if (to === undefined) return { ...known, published: 'no destination', receipt: false };
  const receipt = readReceipt({ model: key, to, digest }) !== undefined;
  return { ...known, to, receipt, ...(await checkStore(to, locked, options)) };
}

async function checkStore(
  to: string,
  locked: Selected['model'],
  options: StoreOptions,
): Promise<Pick<Status, 'published' | 'reason'>> {
  const destination = parseDestination(to);
  try {
    const store = await openStore(destination, withOwner(options, locked, to));
    const verified = store.verify(locked.digest, { files: filesOf(locked) });
    const { problems } = await verified.finally(() => store.close());
    if (problems.length === 0) return { published: 'yes' };
    const more = problems.length > 1 ? `, and ${problems.length - 1} more` : '';
    return { published: 'no', reason: clean(`${problems[0]}${more}`) };
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return { published: 'unknown', reason: clean(error.message) };
  }
}

function render({ model, digest, directory, changed, to, published, reason, receipt }: Status): string {
  const files = changed.length === 0 ? '' : ` (${changed.slice(0, 5).join(', ')}${changed.length > 5 ? ', ...' : ''})`;
  const outside = directory === 'outside' ? ' the folder of the lock file; not checked without --allow-outside' : '';
  const stale = receipt && published === 'no' ? asCalled('; it no longer exists there; run: serving publish') : '';
  return [
    `${model}`,
    `  locked     ${digest}`,
    `  directory  ${directory}${outside}${files}`,
    `  to         ${to ?? 'not set'}`,
    `  published  ${published}${reason === undefined ? '' : `: ${reason}`}`,
    `  receipt    ${receipt ? 'yes' : 'none on this machine'}${stale}`,
    '',
  ].join('\n');
}
