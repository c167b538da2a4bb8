import { describe } from './describe';
import { ServingError } from './errors';

/** The symbol that constructs of every copy of their package have. */
const CONSTRUCT = Symbol.for('constructs.Construct');

/** Returns `scope` when it is a construct. */
export function requireScope<T>(scope: T): T {
  if (typeof scope === 'object' && scope !== null && CONSTRUCT in scope) return scope;
  throw new ServingError('InvalidType', `'scope' (${describe(scope)}) must be a construct, for example this`);
}

/** Returns `id` when a construct can have it. */
export function requireId(id: string): string {
  if (typeof id === 'string' && id !== '') return id;
  throw new ServingError('InvalidType', `'id' (${describe(id)}) must be a string that is not empty, for example 'v1'`);
}
