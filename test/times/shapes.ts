/** A common representation of schemas, and the time fields and values in them. */
import { isObject } from '../support/data';
import { isTimeName } from './names';

/** A type of a schema. */
export interface Shape {
  /** The name in tables. */
  readonly name: string;
  readonly fields: ReadonlyMap<string, FieldShape>;
  /** The keys of settings, for a type that is a pair of `Key` and `Value`. */
  readonly attributes?: readonly string[];
}

/** A field of a type. */
export interface FieldShape {
  /** Whether its values are times: by its name, or because the schema requires a duration. */
  readonly time: boolean;
  /** The types of its value, or of the items if it is a list or map. */
  readonly below: readonly (() => Shape)[];
}

/** A value that is a time. */
export interface TimeValue {
  /** The name of the field in tables, such as `V1Probe.periodSeconds`. */
  readonly field: string;
  /** The path in the object. */
  readonly path: string;
  readonly value: unknown;
}

const fieldName = (shape: Shape, name: string) => `${shape.name}.${name}`;

/** The time fields of a type and everything below it. */
export function timeFieldsOf(root: Shape): Set<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const visit = (shape: Shape): void => {
    if (seen.has(shape.name)) return;
    seen.add(shape.name);
    for (const key of shape.attributes ?? []) if (isTimeName(key)) found.add(fieldName(shape, key));
    for (const [name, { time, below }] of shape.fields) {
      if (time) found.add(fieldName(shape, name));
      for (const next of below) visit(next());
    }
  };
  visit(root);
  return found;
}

/** The times in an object. A field that is not in the schema is recognized by its name. */
export function timeValuesIn(shape: Shape, value: unknown, path = ''): TimeValue[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => timeValuesIn(shape, item, `${path}[${index}]`));
  if (!isObject(value)) return [];
  if (shape.attributes !== undefined && typeof value.Key === 'string')
    return isTimeName(value.Key)
      ? [{ field: fieldName(shape, value.Key), path: `${path}.${value.Key}`, value: value.Value }]
      : [];
  return Object.entries(value).flatMap(([name, item]) => {
    const field = shape.fields.get(name);
    const at = path === '' ? name : `${path}.${name}`;
    if (field === undefined ? isTimeName(name) && !isObject(item) : field.time)
      return [{ field: fieldName(shape, name), path: at, value: item }];
    return (field?.below ?? []).flatMap((next) => below(next(), item, at));
  });
}

/** The times in a field of a type, whose value is one object, a list, or a map with arbitrary keys. */
function below(shape: Shape, item: unknown, path: string): TimeValue[] {
  const isMap =
    isObject(item) && Object.keys(item).length > 0 && !Object.keys(item).some((key) => shape.fields.has(key));
  if (!isMap) return timeValuesIn(shape, item, path);
  return Object.entries(item).flatMap(([key, one]) => timeValuesIn(shape, one, `${path}[${key}]`));
}
