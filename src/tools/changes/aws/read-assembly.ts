import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, readJsonObject } from '../../../private/json';
import { isObject } from '../../../private/kinds';
import { CommandError } from '../../command-line/command-error';
import { type Data, list, object, text } from '../data';
import { readText } from '../read-text';
import type { NestedInput, StackInput } from './stacks';

/** The file that lists the stacks of a cloud assembly. */
export const MANIFEST = 'manifest.json';

/** Larger files are not templates: CloudFormation accepts one mebibyte. */
const LIMITS = { bytes: 64 * 2 ** 20, depth: 256 };

/** The stacks in a cloud assembly, including those of its stages. `outer` are the folders that it is in. */
export function readAssembly(folder: string, outer: readonly string[] = []): StackInput[] {
  const trail = extend(outer, folder);
  const artifacts = Object.entries(object(readObject(join(folder, MANIFEST)).artifacts)).map(
    ([id, artifact]) => [id, object(artifact)] as const,
  );
  return artifacts.flatMap(([id, artifact]) => {
    const properties = object(artifact.properties);
    if (artifact.type === 'cdk:cloud-assembly')
      return readAssembly(join(folder, text(properties.directoryName)), trail);
    if (artifact.type !== 'aws:cloudformation:stack') return [];
    const file = join(folder, text(properties.templateFile));
    const template = readObject(file);
    return [
      {
        name: text(properties.stackName) || id,
        id,
        environment: text(artifact.environment),
        template,
        dependencies: list(artifact.dependencies).map(text),
        nested: readNested(folder, template, [file]),
      },
    ];
  });
}

/** A single template, as a stack without a name. */
export function readTemplate(path: string): StackInput {
  return { name: 'Template', template: readObject(path) };
}

/** Whether a file is a CloudFormation template in JSON. */
export function isTemplate(path: string): boolean {
  return isObject(readJsonObject(readText(path), LIMITS)?.Resources);
}

/** The templates of nested stacks, which CDK writes next to the template. */
function readNested(
  folder: string,
  template: Data,
  outer: readonly string[],
): { readonly [logicalId: string]: NestedInput } {
  const found = Object.entries(object(template.Resources)).flatMap(([id, resource]) => {
    const file = text(object(object(resource).Metadata)['aws:asset:path']);
    const isNested = object(resource).Type === 'AWS::CloudFormation::Stack' && file !== '';
    if (!isNested || !existsSync(join(folder, file))) return [];
    const trail = extend(outer, join(folder, file));
    const inner = readObject(join(folder, file));
    return [[id, { template: inner, nested: readNested(folder, inner, trail) }] as const];
  });
  return Object.fromEntries(found);
}

/** The places that something is in, and its own, which must be another one. */
function extend(outer: readonly string[], path: string): string[] {
  if (!outer.includes(path)) return [...outer, path];
  throw new CommandError('InvalidOutput', `'${path}' contains itself; pass the folder that 'cdk synth' wrote`);
}

/** The object in a file. */
function readObject(path: string): Data {
  const read = readJson(readText(path), LIMITS);
  if ('value' in read && isObject(read.value)) return read.value;
  const fault = 'fault' in read ? read.fault : 'is not an object';
  throw new CommandError('InvalidOutput', `'${path}' ${fault}; pass the folder that 'cdk synth' wrote`);
}
