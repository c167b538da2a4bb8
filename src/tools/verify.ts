import { existsSync, readFileSync } from 'node:fs';
import type { ArtifactFile } from './artifact/artifact';
import { type Command, parseCommandLine } from './command';
import { CommandError, USAGE_ERROR } from './command-error';
import { type Selected, select } from './selection';
import { STORE_FLAGS, STORE_USAGE, storeOptions } from './store-flags';
import { openStore, type StoreOptions } from './stores';

const USAGE = `Usage: serving verify [MODEL...] [options]

Proves that what is published is what the lock file says: the index and manifests by their bytes, layers by existence and
size, objects of S3 by size and checksum. Reads no weights, neither here nor there.

Options:
${STORE_USAGE}      --key FILE           a public key (PEM): the signature of cosign beside the image must be by it
  -f, --format FORMAT      text or json (default: text)

Exit codes: 0 all is there, 1 something is missing or differs.
`;

const FLAGS = {
  ...STORE_FLAGS,
  key: { type: 'string' },
  format: { type: 'string', short: 'f', default: 'text' },
} as const;

const DIFFERS = 1;

/** Compares what is published with the lock file. */
export const verifyCommand: Command = {
  usage: USAGE,
  run: async (args) => {
    const { values, positionals } = parseCommandLine({ args, options: FLAGS, allowPositionals: true }, USAGE);
    const { format, key } = values;
    if (format !== 'text' && format !== 'json')
      throw new CommandError(`--format (${format}) must be text or json`, USAGE_ERROR);
    const { selected } = select(positionals, { lockFile: values['lock-file'], to: values.to });
    const publicKey = key === undefined ? undefined : readKey(key);
    const results: Result[] = [];
    for (const model of selected) results.push(await verifyModel(model, storeOptions(values), publicKey));
    process.stdout.write(format === 'json' ? `${JSON.stringify(results, null, 2)}\n` : results.map(render).join(''));
    return results.every(({ problems }) => problems.length === 0) ? 0 : DIFFERS;
  },
};

interface Result {
  readonly model: string;
  readonly reference: string;
  readonly problems: string[];
}

async function verifyModel(
  { key: name, model, destination }: Selected,
  options: StoreOptions,
  publicKey: string | undefined,
): Promise<Result> {
  const store = await openStore(destination, options);
  try {
    const { reference, problems } = await store.verify(model.digest, { files: filesOf(model) });
    const signature = publicKey === undefined ? [] : await store.verifySignature(model.digest, publicKey);
    return { model: name, reference, problems: [...problems, ...signature] };
  } finally {
    store.close();
  }
}

/** The locked files, whose bytes nobody reads. */
function filesOf({ layers = [] }: Selected['model']): ArtifactFile[] {
  return layers.flatMap(({ files }) => files.map((file) => ({ ...file, read: unread })));
}

function unread(): never {
  throw new Error('verifying reads no weights');
}

function readKey(path: string): string {
  if (!existsSync(path)) throw new CommandError(`--key (${path}) is not there`, USAGE_ERROR);
  return readFileSync(path, 'utf8');
}

function render({ model, reference, problems }: Result): string {
  if (problems.length === 0) return `${model}: all is there, ${reference}\n`;
  const lines = problems.map((problem) => `  ${problem}\n`).join('');
  return `${model}: not as locked, ${reference}\n${lines}  publish it again: serving publish ${model}\n`;
}
