import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { CommandError } from '../command-line/command-error';
import { checkUpdate } from './aws/check-update';
import { isTemplate, MANIFEST, readAssembly, readTemplate } from './aws/read-assembly';
import type { StackInput } from './aws/stacks';
import type { Change } from './change';
import { checkObjects } from './kubernetes/check-objects';
import type { ClusterObject } from './kubernetes/objects';
import { readManifests } from './kubernetes/read-manifests';

/** What an app synthesizes: stacks, or Kubernetes objects. */
type Output =
  | { readonly target: 'cloudformation'; readonly content: StackInput[] }
  | { readonly target: 'kubernetes'; readonly content: ClusterObject[] };

/** The target of a comparison, and what the update does. */
export interface Comparison {
  readonly target: Output['target'];
  readonly changes: readonly Change[];
}

/** Compares two outputs of an app: cloud assemblies, templates or manifests. */
export function compareOutputs(before: string, after: string): Comparison {
  const [from, to] = [readOutput(before), readOutput(after)];
  if (from.target === 'cloudformation' && to.target === 'cloudformation')
    return { target: from.target, changes: checkUpdate(from.content, to.content) };
  if (from.target === 'kubernetes' && to.target === 'kubernetes')
    return { target: from.target, changes: checkObjects(from.content, to.content) };
  const [stacks, objects] = from.target === 'cloudformation' ? [before, after] : [after, before];
  throw new CommandError(
    'InvalidOutput',
    `'${stacks}' contains CloudFormation stacks, but '${objects}' contains Kubernetes objects; compare two outputs for the same target`,
  );
}

function readOutput(path: string): Output {
  if (!existsSync(path)) throw new CommandError('InvalidOutput', `'${path}' does not exist`);
  if (existsSync(join(path, MANIFEST))) return { target: 'cloudformation', content: readAssembly(path) };
  if (statSync(path).isFile() && isTemplate(path)) return { target: 'cloudformation', content: [readTemplate(path)] };
  return { target: 'kubernetes', content: readManifests(path) };
}
