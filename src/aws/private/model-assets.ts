import { realpathSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { Stack } from 'aws-cdk-lib';
import type { BoundBackend } from './bound-backend';

/**
 * Models that are published by `cdk deploy`: an asset of the stack whose file a command makes. The command line runs it
 * where itself was started, before the stack is deployed, unless the object of this digest is there already.
 */
export function publishModels({ scope, modelPlans }: BoundBackend): void {
  for (const { intent } of modelPlans) {
    if (intent.publish === undefined) continue;
    const { directory, lockFile, to, hex } = intent.publish;
    Stack.of(scope).synthesizer.addFileAsset({
      sourceHash: hex,
      displayName: `model ${intent.name}`,
      executable: [
        ...['node', commandLine(), 'publish', '--lock-file', fromHere(lockFile), '--to', to, '--receipt'],
        // The definition names a directory outside, which is more than a lock file that does.
        ...(directory.split('/')[0] === '..' ? ['--allow-outside'] : []),
        ...['--', directory],
      ],
    });
  }
}

const PACKAGE = resolve(__dirname, '../../..');

/**
 * The command line of this very package, by its file: a name would be looked for on the PATH. It is named by the nearest
 * `node_modules` that leads to the package, because that is the same on every machine.
 */
function commandLine(): string {
  const root = installedAs(process.cwd()) ?? PACKAGE;
  return fromHere(join(root, 'assets', 'tools', 'serving', 'index.js'));
}

function installedAs(folder: string): string | undefined {
  const candidate = join(folder, 'node_modules', 'serving-constructs');
  if (realPath(candidate) === realPath(PACKAGE)) return candidate;
  return dirname(folder) === folder ? undefined : installedAs(dirname(folder));
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

/** A path from where the app runs, which is where the command runs; a first letter '-' would make it an option. */
function fromHere(path: string): string {
  const way = relative(process.cwd(), path).split(sep).join('/');
  return way.startsWith('-') ? `./${way}` : way;
}
