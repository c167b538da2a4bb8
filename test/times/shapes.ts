/** Schemas as one kind of graph, whatever they come from, and the fields and values in them that bear a time. */
import { isObject } from '../support/data';
import { bearsTime } from './names';

/** A type of a schema. */
export interface Shape {
  /** What tables call it. */
  readonly name: string;
  readonly fields: ReadonlyMap<string, FieldShape>;
  /** Keys of settings where the type is a pair of `Key` and `Value`. */
  readonly attributes?: readonly string[];
}

/** A field of a type. */
export interface FieldShape {
  /** Whether its values are times: by its name, or because the schema wants a duration. */
  readonly time: boolean;
  /** The types of what stands there, or in the list or map that stands there. */
  readonly below: readonly (() => Shape)[];
}

/** A value that bears a time. */
export interface TimeValue {
  /** The field by which tables know it, such as `V1Probe.periodSeconds`. */
  readonly field: string;
  /** Where it stands in the object. */
  readonly path: string;
  readonly value: unknown;
}

const fieldName = (shape: Shape, name: string) => `${shape.name}.${name}`;

/** The fields that bear a time in a type and everything below it. */
export function timeFieldsOf(root: Shape): Set<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const visit = (shape: Shape): void => {
    if (seen.has(shape.name)) return;
    seen.add(shape.name);
    for (const key of shape.attributes ?? []) if (bearsTime(key)) found.add(fieldName(shape, key));
    for (const [name, { time, below }] of shape.fields) {
      if (time) found.add(fieldName(shape, name));
      for (const next of below) visit(next());
    }
  };
  visit(root);
  return found;
}

/** The values that bear a time in an object. A field that the schema does not know counts by its name. */
export function timeValuesIn(shape: Shape, value: unknown, path = ''): TimeValue[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => timeValuesIn(shape, item, `${path}[${index}]`));
  if (!isObject(value)) return [];
  if (shape.attributes !== undefined && typeof value.Key === 'string')
    return bearsTime(value.Key)
      ? [{ field: fieldName(shape, value.Key), path: `${path}.${value.Key}`, value: value.Value }]
      : [];
  return Object.entries(value).flatMap(([name, item]) => {
    const field = shape.fields.get(name);
    const at = path === '' ? name : `${path}.${name}`;
    if (field === undefined ? bearsTime(name) && !isObject(item) : field.time)
      return [{ field: fieldName(shape, name), path: at, value: item }];
    return (field?.below ?? []).flatMap((next) => below(next(), item, at));
  });
}

/** What stands in a field of a type: one of it, a list, or a map whose names are free. */
function below(shape: Shape, item: unknown, path: string): TimeValue[] {
  const isMap =
    isObject(item) && Object.keys(item).length > 0 && !Object.keys(item).some((key) => shape.fields.has(key));
  if (!isMap) return timeValuesIn(shape, item, path);
  return Object.entries(item).flatMap(([key, one]) => timeValuesIn(shape, one, `${path}[${key}]`));
}
