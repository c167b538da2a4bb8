import { ServingError } from './errors';
import { isObjectData } from './merge-patch';
import { nearest } from './suggest';

/** The fields of each type of an API, with the type of each field; an empty one is not an object with known fields. */
export type FieldTypes = { readonly [type: string]: { readonly [field: string]: string } };

/** The API that names must be fields of. */
export interface FieldSource {
  /** Its name in messages. */
  readonly name: string;
  readonly types: FieldTypes;
  /** How to set a field that it does not have yet. */
  readonly newer: string;
}

/** Requires that every name in a value, at any depth, is a field of its type. */
export function checkFieldNames(prop: string, value: unknown, type: string, source: FieldSource): void {
  const fields = source.types[type];
  if (fields === undefined) return;
  if (Array.isArray(value)) {
    for (const [index, one] of value.entries()) checkFieldNames(`${prop}[${index}]`, one, type, source);
    return;
  }
  if (!isObjectData(value) || isIntrinsic(value)) return;
  for (const [field, one] of Object.entries(value)) {
    if (!Object.hasOwn(fields, field)) throw unknownField(prop, field, Object.keys(fields), source);
    checkFieldNames(`${prop}.${field}`, one, fields[field] as string, source);
  }
}

/** A function of CloudFormation, such as `Fn::If`, that stands for an object or a list. */
function isIntrinsic(value: object): boolean {
  const [name = '', ...others] = Object.keys(value);
  return others.length === 0 && (name === 'Ref' || name.startsWith('Fn::'));
}

function unknownField(prop: string, field: string, known: string[], { name, newer }: FieldSource): ServingError {
  const [found] = nearest(field, known, 1);
  const way = found === undefined ? newer : `did you mean '${found}'?`;
  return new ServingError('UnknownOption', `'${prop}.${field}' is not a field of ${name}; ${way}`);
}
