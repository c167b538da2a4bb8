import { type Data, list, objects, stable, text } from '../data';
import { identityOf } from './deployment';
import type { Resource } from './stacks';

/** One action on one resource, or a managed policy as a whole. */
export interface Permission {
  readonly action: string;
  readonly resource: string;
  /** The conditions and other members of the statement, as stable text. */
  readonly rest: string;
}

/** A permission of a role, and the resource of the template that grants it. */
export interface Grant {
  readonly role: string;
  readonly permission: Permission;
  readonly by: string;
}

/** The permissions that resources grant to roles of the templates. */
export function grantsOf(resources: readonly Resource[], properties: (key: string) => Data, identity = same): Grant[] {
  return resources.flatMap(({ key, type }) => {
    const own = properties(key);
    const grant = (role: string, permissions: Permission[]): Grant[] =>
      permissions.map((permission) => ({ role, permission, by: key }));
    switch (type) {
      case 'AWS::IAM::Policy':
      case 'AWS::IAM::ManagedPolicy':
        return list(own.Roles).flatMap((role) => grant(identityOf(role), statementsOf(own.PolicyDocument)));
      case 'AWS::IAM::RolePolicy':
        return grant(identityOf(own.RoleName), statementsOf(own.PolicyDocument));
      case 'AWS::IAM::Role':
        return grant(identity(key), [
          ...objects(own.Policies).flatMap(({ PolicyDocument }) => statementsOf(PolicyDocument)),
          ...list(own.ManagedPolicyArns).map((arn) => ({ action: 'managed policy', resource: shown(arn), rest: '' })),
        ]);
      default:
        return [];
    }
  });
}

function same(key: string): string {
  return key;
}

/** Whether a permission contains another one: its patterns match, and it has no further conditions. */
export function covers(wide: Permission, narrow: Permission): boolean {
  return (
    matches(wide.action.toLowerCase(), narrow.action.toLowerCase()) &&
    matches(wide.resource, narrow.resource) &&
    (wide.rest === '' || wide.rest === narrow.rest)
  );
}

function statementsOf(document: unknown): Permission[] {
  const statements = objects([(document as Data | undefined)?.Statement].flat());
  return statements
    .filter(({ Effect = 'Allow' }) => Effect === 'Allow')
    .flatMap(({ Sid, Effect, Action, Resource, ...other }) => {
      const rest = Object.keys(other).length === 0 ? '' : stable(other);
      return [Action]
        .flat()
        .flatMap((action) =>
          [Resource].flat().map((resource) => ({ action: text(action), resource: shown(resource), rest })),
        );
    });
}

function shown(value: unknown): string {
  return typeof value === 'string' ? value : stable(value);
}

/** Whether a pattern with `*` and `?` matches a text, which may be a pattern itself. */
function matches(pattern: string, value: string): boolean {
  if (pattern === value || pattern === '*') return true;
  if (!/[*?]/.test(pattern)) return false;
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, 's').test(value);
}
