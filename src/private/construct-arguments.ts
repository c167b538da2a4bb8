import { describe } from './describe';
import { ServingError } from './errors';

/** The symbol that constructs have in every copy of the `constructs` package. */
const CONSTRUCT = Symbol.for('constructs.Construct');

/** Returns `scope` if it is a construct. */
export function requireScope<T>(scope: T): T {
  if (typeof scope === 'object' && scope !== null && CONSTRUCT in scope) return scope;
  throw new ServingError('InvalidType', `'scope' (${describe(scope)}) must be a construct, for example this`);
}

/** Returns `id` if it is a valid construct ID. */
export function requireId(id: string): string {
  if (typeof id === 'string' && id !== '') return id;
  throw new ServingError('InvalidType', `'id' (${describe(id)}) must be a non-empty string, for example 'v1'`);
}
