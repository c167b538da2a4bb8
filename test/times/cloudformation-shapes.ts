/**
 * The types of CloudFormation resources, from the classes that the CDK generates from the resource schemas: the code that
 * renders the properties has the name, kind and type of each.
 */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isTimeName } from './names';
import type { FieldShape, Shape } from './shapes';

const LIBRARY = dirname(require.resolve('aws-cdk-lib/package.json'));
const files = new Map<string, string>();
const shapes = new Map<string, Shape>();

/** The type of a resource such as `AWS::ECS::Service`. */
export function shapeOfResource(resourceType: string): Shape {
  const [vendor, module = '', name = ''] = resourceType.split('::');
  if (vendor !== 'AWS' || name === '') throw new Error(`the CDK has no class of '${resourceType}'`);
  return shapeOf(resourceType, module.toLowerCase(), `${name}Props`);
}

function shapeOf(resourceType: string, module: string, type: string): Shape {
  const name = nameOf(resourceType, type);
  const known = shapes.get(name);
  if (known !== undefined) return known;
  const writer = new RegExp(
    `function convertCfn${type}ToCloudFormation\\(properties\\)\\{return [^{]*\\?\\([^{]*\\{(.*?)\\}\\):properties\\}`,
  ).exec(fileOf(module, 'js'));
  if (writer === null) throw new Error(`the CDK does not say what '${name}' is made of`);
  const fields = new Map(
    (writer[1] as string).split(/,(?=[A-Z]\w*:)/).map((field) => {
      const colon = field.indexOf(':');
      return [field.slice(0, colon), fieldOf(field.slice(0, colon), field.slice(colon + 1))] as const;
    }),
  );
  const shape = { name, fields, attributes: attributesOf(module, type, fields) };
  shapes.set(name, shape);
  return shape;

  function fieldOf(property: string, expression: string): FieldShape {
    const below = [...expression.matchAll(/convertCfn(\w+?)ToCloudFormation/g)].map(
      ([, next]) =>
        () =>
          shapeOf(resourceType, module, next as string),
    );
    return { time: /(number|string)ToCloudFormation/i.test(expression) && isTimeName(property), below };
  }
}

/** `AWS::ECS::TaskDefinition.HealthCheck` for the type `TaskDefinitionHealthCheckProperty`. */
function nameOf(resourceType: string, type: string): string {
  const resource = resourceType.split('::')[2] as string;
  return type === `${resource}Props`
    ? resourceType
    : `${resourceType}.${type.slice(resource.length).replace(/Property$/, '')}`;
}

/** The keys of settings that the documentation of a schema lists, for types that are nothing but key and value. */
function attributesOf(module: string, type: string, fields: ReadonlyMap<string, unknown>): string[] | undefined {
  if (![...fields.keys()].every((name) => name === 'Key' || name === 'Value')) return undefined;
  const interfaces = [...fileOf(module, 'd.ts').matchAll(/interface (\w+Property) \{([\s\S]*?)\n {4}\}/g)];
  const text = interfaces.find(([, name]) => type.endsWith(name as string))?.[2] ?? '';
  return [...new Set([...text.matchAll(/^ +\* - `([a-z0-9_.]+\.[a-z0-9_.]+)`/gm)].map(([, key]) => key as string))];
}

function fileOf(module: string, extension: string): string {
  const file = join(LIBRARY, `aws-${module}`, 'lib', `${module}.generated.${extension}`);
  const text = files.get(file) ?? readFileSync(file, 'utf8');
  files.set(file, text);
  return text;
}
