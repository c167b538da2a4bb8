import { resolve } from 'node:path';
import { keyOf } from '../lock/entries';
import { requireLock } from '../lock/read-lock';
import { type Command, parseCommandLine } from './command';
import { CommandError, USAGE_ERROR } from './command-error';
import { OciLayout } from './oci-layout';
import { packLocked } from './pack-locked';
import { createProgress } from './progress';

const USAGE = `Usage: serving pack [DIRECTORY...] --output FOLDER [options]

Writes the images of locked models into a folder in the image layout of OCI, for sites that no network reaches; podman,
skopeo, umoci and containerd read it. Without directories it does so for all models of the lock file.

Options:
  -o, --output FOLDER      where to write; layers that are there already are not written again
      --lock-file FILE     the lock file (default: the nearest serving.lock.json upward)
`;

const OPTIONS = { output: { type: 'string', short: 'o' }, 'lock-file': { type: 'string' } } as const;

/** Writes images of models into a folder. */
export const packCommand: Command = {
  usage: USAGE,
  run: async (args) => {
    const { values, positionals } = parseCommandLine({ args, options: OPTIONS, allowPositionals: true }, USAGE);
    if (values.output === undefined) throw new CommandError('--output says where to write; it is missing', USAGE_ERROR);
    const loaded = requireLock({ lockFile: values['lock-file'] });
    const keys =
      positionals.length === 0
        ? Object.keys(loaded.lock.models)
        : positionals.map((name) => keyOf(loaded.folder, resolve(name)));
    const layout = new OciLayout(resolve(values.output));
    const progress = createProgress();
    try {
      for (const key of keys) {
        const artifact = await packLocked(loaded, key, progress);
        const name = nameOf(key);
        await layout.add(artifact, name, (event) => progress.report(event));
        progress.end();
        process.stdout.write(`${key}  ${artifact.index.digest}  oci:${values.output}:${name}\n`);
      }
    } finally {
      progress.end();
    }
    return 0;
  },
};

/** A name as layouts allow it: `models/net` is `models-net`. */
function nameOf(key: string): string {
  return key.replace(/[^A-Za-z0-9._]+/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'model';
}
