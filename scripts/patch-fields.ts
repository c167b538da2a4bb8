/**
 * Writes the names of the fields that patches may have: those of Pods from the Kubernetes API of `@kubernetes/client-node`, and
 * those of task definitions from the resource of `aws-cdk-lib`. Run it after an update of one of them.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { modelNamed } from '../test/support/kubernetes/models';

const ROOT = resolve(__dirname, '..');

/** The fields of each type, with the type of each field; an empty type has no known fields. */
type Types = Map<string, Map<string, string>>;

/** A generated file: its path in the repository and its text. */
export interface GeneratedFile {
  readonly path: string;
  readonly text: string;
}

/** The generated files. */
export function patchFieldFiles(): GeneratedFile[] {
  return [
    {
      path: 'src/kubernetes/private/pod-fields.ts',
      text: render('POD_TYPES', `The fields of a Pod in the API of Kubernetes ${kubernetesVersion()}`, podTypes()),
    },
    {
      path: 'src/aws/task-fields.ts',
      text: render('TASK_TYPES', 'The properties of a task definition in CloudFormation', taskTypes()),
    },
  ];
}

/** The version of the API, which each model states. */
function kubernetesVersion(): string {
  const models = join(dirname(require.resolve('@kubernetes/client-node/package.json')), 'dist/gen/models');
  const version = /OpenAPI spec version: release-([\d.]+)/.exec(readFileSync(join(models, 'V1PodSpec.js'), 'utf8'));
  if (version === null) throw new Error('the models of Kubernetes state no version');
  return version[1] as string;
}

function podTypes(): Types {
  const types: Types = new Map();
  const add = (name: string): void => {
    const model = modelNamed(name);
    if (model === undefined || types.has(name)) return;
    const fields = new Map([...model].map(([field, { type }]) => [field, type.replace(/^Array<(\w+)>$/, '$1')]));
    types.set(name, new Map([...fields].map(([field, type]) => [field, modelNamed(type) === undefined ? '' : type])));
    for (const type of fields.values()) add(type);
  };
  add('V1PodSpec');
  return types;
}

const CONVERTER = /convertCfnTaskDefinition(\w+?)(?:Property)?ToCloudFormation/;

/** The names of CloudFormation are in the functions that convert properties to them. */
function taskTypes(): Types {
  const source = readFileSync(
    join(dirname(require.resolve('aws-cdk-lib/package.json')), 'aws-ecs/lib/ecs.generated.js'),
    'utf8',
  );
  const types: Types = new Map();
  for (const [text] of source.matchAll(
    /function convertCfnTaskDefinition\w+ToCloudFormation\(properties\)\{[^}]*\{[^}]*\}/g,
  )) {
    const name = CONVERTER.exec(text)?.[1] as string;
    const body = text.slice(text.lastIndexOf('{') + 1, -1);
    const fields = [...body.matchAll(/(\w+):((?:(?!\w+:).)*)/g)].map(
      ([, field, value]) => [field as string, CONVERTER.exec(value as string)?.[1] ?? ''] as const,
    );
    types.set(name, new Map(fields));
  }
  return types;
}

function render(name: string, what: string, types: Types): string {
  const known = [...types].sort(([a], [b]) => (a < b ? -1 : 1)).map(renderType);
  return `// Written by scripts/patch-fields.ts.
import type { FieldTypes } from '${name === 'POD_TYPES' ? '../..' : '..'}/private/field-names';

/** ${what}: the type of each field, or an empty text for one that is not an object with known fields. */
export const ${name}: FieldTypes = {
${known.join('')}};
`;
}

function renderType([name, fields]: [string, Map<string, string>]): string {
  const lines = [...fields].map(([field, type]) => `    ${/^\w+$/.test(field) ? field : `'${field}'`}: '${type}',\n`);
  return `  ${name}: {${lines.length === 0 ? '' : `\n${lines.join('')}  `}},\n`;
}

if (require.main === module) {
  for (const { path, text } of patchFieldFiles()) writeFileSync(join(ROOT, path), text);
}
