import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { CommandError } from '../../command-line/command-error';
import { reading, readText } from '../read-text';
import { type ClusterObject, objectsOf } from './objects';

/** The objects in a file or a folder of manifests, in the order of `kubectl apply --recursive -f`. */
export function readManifests(path: string): ClusterObject[] {
  const isFolder = reading(path, () => statSync(path).isDirectory());
  const objects = objectsOf((isFolder ? filesIn(path) : [path]).flatMap(readDocuments));
  if (objects.length > 0) return objects;
  throw new CommandError(
    'InvalidOutput',
    `'${path}' contains no cloud assembly and no Kubernetes object; pass the output folder of 'cdk synth' or 'cdk8s synth'`,
  );
}

/** The manifests of a folder and its subfolders in the order of their names. */
function filesIn(folder: string): string[] {
  const entries = reading(folder, () => readdirSync(folder, { withFileTypes: true }));
  return entries.sort(byName).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return filesIn(path);
    return /\.(ya?ml|json)$/.test(entry.name) ? [path] : [];
  });
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : 1;
}

function readDocuments(path: string): unknown[] {
  const text = readText(path);
  return withoutFault(path, () => {
    const documents = parseAllDocuments(text);
    const [error] = documents.flatMap(({ errors }) => errors);
    if (error !== undefined) throw error;
    return documents.map((document) => document.toJS() as unknown);
  });
}

/** The parser fails on too many aliases, and on too deep values. */
function withoutFault<T>(path: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    const [fault] = (error as Error).message.split('\n');
    throw new CommandError('InvalidOutput', `'${path}' is not valid YAML: ${fault}; pass what 'cdk8s synth' wrote`);
  }
}
