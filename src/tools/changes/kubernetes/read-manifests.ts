import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { CommandError } from '../../command-line/command-error';
import { type ClusterObject, objectsOf } from './objects';

/** The objects in a file or a folder of manifests, in the order of `kubectl apply -f`. */
export function readManifests(path: string): ClusterObject[] {
  const objects = objectsOf(filesOf(path).flatMap(readDocuments));
  if (objects.length > 0) return objects;
  throw new CommandError(
    'InvalidOutput',
    `'${path}' contains no cloud assembly and no Kubernetes object; pass the output folder of 'cdk synth' or 'cdk8s synth'`,
  );
}

/** The manifests of a folder in the order of their names. */
function filesOf(path: string): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    return readdirSync(path)
      .filter((name) => /\.(ya?ml|json)$/.test(name))
      .sort()
      .map((name) => join(path, name));
  } catch (error) {
    throw new CommandError('InvalidOutput', `'${path}' cannot be read: ${(error as Error).message}`);
  }
}

function readDocuments(path: string): unknown[] {
  const documents = parseAllDocuments(readFileSync(path, 'utf8'));
  return documents.map((document) => {
    const [error] = document.errors;
    if (error === undefined) return document.toJS() as unknown;
    throw new CommandError('InvalidOutput', `'${path}' is not valid YAML: ${error.message.split('\n')[0]}`);
  });
}
