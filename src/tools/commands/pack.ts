import { resolve } from 'node:path';
import { isBelow } from '../../models/lock/inside';
import { type LoadedLock, requireLock } from '../../models/lock/read-lock';
import { fingerprint } from '../../private/hash';
import { shellWord } from '../../private/shell-word';
import { type Command, PATH_OPTIONS, parseCommandLine } from '../command-line/command';
import { CommandError } from '../command-line/command-error';
import { OK } from '../command-line/exit-codes';
import { stdout } from '../command-line/output';
import { createProgress } from '../command-line/progress';
import { packLocked } from '../lock/pack-locked';
import { OciLayout } from '../stores/oci-layout';
import { allowsOutside, DIRECTORY_FLAGS, DIRECTORY_USAGE, requireInside } from './directory-flags';
import { findKey } from './selection';

const USAGE = `Usage: serving pack [DIRECTORY...] --output FOLDER [options]

Writes the images of locked models to a folder as an OCI image layout, for air-gapped sites. Tools such as podman, skopeo,
umoci and containerd can read it. With no arguments, packs every model of the lock file.

Options:
  -o, --output FOLDER      where to write; layers that already exist there are not written again
      --lock-file FILE     the lock file (default: the nearest serving.lock.json in this folder or above)
${DIRECTORY_USAGE}`;

const OPTIONS = {
  output: { type: 'string', short: 'o' },
  'lock-file': { type: 'string' },
  ...DIRECTORY_FLAGS,
} as const;

/** Writes the images of models to a folder. */
export const packCommand: Command = {
  usage: USAGE,
  run: async (args) => {
    const { values, positionals } = parseCommandLine(
      { args, options: OPTIONS, allowPositionals: true },
      USAGE,
      PATH_OPTIONS,
    );
    if (values.output === undefined) throw new CommandError('MissingOption', '--output FOLDER is required');
    const loaded = requireLock({ lockFile: values['lock-file'] });
    const keys =
      positionals.length === 0 ? Object.keys(loaded.lock.models) : positionals.map((name) => findModel(loaded, name));
    requireInside(loaded.folder, keys, allowsOutside(values));
    requireOutside(values.output, loaded);
    const names = namesOf(Object.keys(loaded.lock.models));
    const layout = new OciLayout(resolve(values.output));
    layout.prepare();
    const progress = createProgress();
    try {
      for (const key of new Set(keys)) {
        const artifact = await packLocked(loaded, key, progress);
        const name = names.get(key) as string;
        await layout.add(artifact, name, (event) => progress.report(event));
        progress.end();
        stdout.line(`${key}  ${artifact.index.digest}  oci:${values.output}:${name}`);
      }
    } finally {
      progress.end();
    }
    return OK;
  },
};

function findModel(loaded: LoadedLock, name: string): string {
  const key = findKey(loaded, name);
  if (Object.hasOwn(loaded.lock.models, key)) return key;
  throw new CommandError(
    'InvalidArguments',
    `'${key}' is code, and 'serving pack' supports models only; run: serving publish ${shellWord(key)}`,
  );
}

/** Output in a locked directory would change its content. */
function requireOutside(output: string, { lock, folder }: LoadedLock): void {
  const path = resolve(output);
  const taken = [lock.models, lock.apps]
    .flatMap((entries) => Object.keys(entries))
    .find((key) => isBelow(resolve(folder, key), path));
  if (taken !== undefined)
    throw new CommandError(
      'InvalidOption',
      `--output (${output}) must not be inside '${taken}', which is locked; choose another folder`,
    );
}

/** Names that layouts allow: `models/net` becomes `models-net`. Names that lose characters or collide get a hash as suffix. */
function namesOf(keys: readonly string[]): Map<string, string> {
  const plain = keys.map(plainName);
  return new Map(
    keys.map((key, index) => {
      const name = plain[index] as string;
      const isUnique = plain.indexOf(name) === plain.lastIndexOf(name) && /^[\w./-]+$/.test(key);
      return [key, isUnique ? name : `${name}-${fingerprint(key)}`];
    }),
  );
}

function plainName(key: string): string {
  return key.replace(/[^A-Za-z0-9._]+/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'model';
}
