import type { Construct, IConstruct } from 'constructs';
import { classNameOf, describe, withArticle } from './describe';
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

/** Returns `id` if it is a valid construct ID that no other construct in `scope` has. */
export function requireNewId(scope: Construct, id: string): string {
  const other = scope.node.tryFindChild(requireId(id));
  if (other === undefined) return id;
  throw new ServingError(
    'DuplicateId',
    `'id' ('${id}') is already used by ${kindOf(other)} in the same scope; use another id`,
    placeOf(scope, id),
  );
}

/** Requires that no child of `scope` has the id of a child that `creator` is about to create. */
export function requireReservedId(scope: IConstruct, id: string, creator: string): void {
  const other = scope.node.tryFindChild(id);
  if (other !== undefined) throw idReserved(other, creator);
}

/** The error about a construct whose id `creator` uses for a child of its own. */
export function idReserved(other: IConstruct, creator: string): ServingError {
  return new ServingError(
    'DuplicateId',
    `the id '${other.node.id}' of ${kindOf(other)} is reserved for a construct that ${creator} creates; use another id`,
    other,
  );
}

/** The path of a construct before it exists. */
export function placeOf(scope: IConstruct, id: string): string {
  const name = id.replaceAll('/', '--');
  return scope.node.path === '' ? name : `${scope.node.path}/${name}`;
}

/** The class of a construct, with an article. */
function kindOf(construct: IConstruct): string {
  return withArticle(classNameOf(construct) || 'construct');
}
