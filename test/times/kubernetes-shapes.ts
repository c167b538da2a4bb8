/** The types of Kubernetes objects, from the models of its client, and of custom resources, from their definitions. */
import { definitionOf } from '../support/custom/schemas';
import { type Data, isObject, object } from '../support/data';
import { modelNamed, modelOf } from '../support/kubernetes/models';
import { isTimeName } from './names';
import type { FieldShape, Shape } from './shapes';

/** The type of an object of this version and kind. */
export function shapeOfObject(apiVersion: unknown, kind: unknown): Shape {
  const model = modelOf(apiVersion, kind);
  if (model !== undefined) return shapeOfModel(model);
  const found = definitionOf(apiVersion, kind);
  if (found === undefined) throw new Error(`no schema for ${kind} of ${apiVersion}`);
  return shapeOfSchema(String(kind), found.schema);
}

const models = new Map<string, Shape>();

function shapeOfModel(name: string): Shape {
  const known = models.get(name);
  if (known !== undefined) return known;
  const fields = [...(modelNamed(name) ?? [])].map(([field, { type }]): readonly [string, FieldShape] => [
    field,
    {
      time: /\b(number|string)\b/.test(type) && isTimeName(field),
      below: [...type.matchAll(/\bV\d\w+/g)]
        .filter(([one]) => modelNamed(one) !== undefined)
        .map(
          ([one]) =>
            () =>
              shapeOfModel(one),
        ),
    },
  ]);
  const shape = { name, fields: new Map(fields) };
  models.set(name, shape);
  return shape;
}

/** The pattern of durations in a definition; others use a format. */
const DURATION = /\(h\|m\|s\|ms\)/;

function isTime(name: string, { type, pattern, format }: Data): boolean {
  if (format === 'duration' || DURATION.test(String(pattern))) return true;
  return ['integer', 'number', 'string'].includes(String(type)) && isTimeName(name);
}

/** The type of a schema, without the status. */
function shapeOfSchema(name: string, schema: Data): Shape {
  const items = schema.type === 'array' ? object(schema.items) : schema;
  const values = isObject(items.additionalProperties) ? object(items.additionalProperties) : items;
  const fields = Object.entries(object(values.properties)).filter(
    ([field]) => name.includes('.') || field !== 'status',
  );
  return {
    name,
    fields: new Map(
      fields.map(([field, below]) => {
        const inside = object(below);
        const leaf = inside.type === 'array' ? object(inside.items) : inside;
        return [
          field,
          { time: isTime(field, leaf), below: [() => shapeOfSchema(`${name}.${field}`, inside)] },
        ] as const;
      }),
    ),
  };
}
