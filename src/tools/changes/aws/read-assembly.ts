import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, readJsonObject } from '../../../private/json';
import { isObject } from '../../../private/kinds';
import { CommandError } from '../../command-line/command-error';
import { type Data, list, object, text } from '../data';
import type { NestedInput, StackInput } from './stacks';

/** The file that lists the stacks of a cloud assembly. */
export const MANIFEST = 'manifest.json';

/** Larger files are not templates: CloudFormation accepts one mebibyte. */
const LIMITS = { bytes: 64 * 2 ** 20, depth: 256 };

/** The stacks in a cloud assembly, including those of its stages. */
export function readAssembly(folder: string): StackInput[] {
  const artifacts = Object.entries(object(readObject(join(folder, MANIFEST)).artifacts)).map(
    ([id, artifact]) => [id, object(artifact)] as const,
  );
  return artifacts.flatMap(([id, artifact]) => {
    const properties = object(artifact.properties);
    if (artifact.type === 'cdk:cloud-assembly') return readAssembly(join(folder, text(properties.directoryName)));
    if (artifact.type !== 'aws:cloudformation:stack') return [];
    const template = readObject(join(folder, text(properties.templateFile)));
    return [
      {
        name: text(properties.stackName) || id,
        id,
        environment: text(artifact.environment),
        template,
        dependencies: list(artifact.dependencies).map(text),
        nested: readNested(folder, template),
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
function readNested(folder: string, template: Data): { readonly [logicalId: string]: NestedInput } {
  const found = Object.entries(object(template.Resources)).flatMap(([id, resource]) => {
    const file = text(object(object(resource).Metadata)['aws:asset:path']);
    const isNested = object(resource).Type === 'AWS::CloudFormation::Stack' && file !== '';
    if (!isNested || !existsSync(join(folder, file))) return [];
    const inner = readObject(join(folder, file));
    return [[id, { template: inner, nested: readNested(folder, inner) }] as const];
  });
  return Object.fromEntries(found);
}

/** The object in a file. */
function readObject(path: string): Data {
  const read = readJson(readText(path), LIMITS);
  if ('value' in read && isObject(read.value)) return read.value;
  const fault = 'fault' in read ? read.fault : 'is not an object';
  throw new CommandError('InvalidOutput', `'${path}' ${fault}; pass the folder that 'cdk synth' wrote`);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new CommandError('InvalidOutput', `'${path}' cannot be read: ${(error as Error).message}`);
  }
}
