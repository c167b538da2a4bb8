import { requireIdentifier } from '../../private/checks';
import { describe } from '../../private/describe';
import { ServingError } from '../../private/errors';
import type { INamedObject } from '../named-object';

/** Whether a Kubernetes object can have this name, which must be a DNS subdomain. */
export function isObjectName(name: string): boolean {
  return name.length <= 253 && name.split('.').every((label) => /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(label));
}

/** Returns `name` if an object of this kind can have it. */
export function requireObjectName(prop: string, name: string, kind: string): string {
  if (isObjectName(requireIdentifier(prop, name))) return name;
  throw new ServingError(
    'InvalidName',
    `'${prop}' ('${name}') of a ${kind} must consist of lowercase letters, digits, '-' and '.', and start and end with a letter or digit`,
  );
}

/** Returns `key` if a Secret can have it. */
export function requireSecretKey(prop: string, key: string): string {
  if (isSecretKey(requireIdentifier(prop, key))) return key;
  throw new ServingError(
    'InvalidName',
    `'${prop}' ('${key}') of a Secret must consist of 1 to 253 letters, digits, '-', '_' and '.'`,
  );
}

/** Returns `prefix` if the names of variables can start with it. */
export function requireEnvironmentPrefix(prefix: string): string {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(requireIdentifier('prefix', prefix))) return prefix;
  throw new ServingError(
    'InvalidName',
    `'prefix' ('${prefix}') of environment variables must consist of letters, digits and '_', and must not start with a digit`,
  );
}

/** Whether a Kubernetes Secret can have this key. */
export function isSecretKey(key: string): boolean {
  return /^[-._a-zA-Z0-9]{1,253}$/.test(key);
}

/** Returns the name of `object` if it is of this kind. The check is for untyped callers, and for objects of another kind. */
export function nameOfObject(prop: string, object: INamedObject, kind: string): string {
  if (typeof object !== 'object' || object === null || object.kind !== kind) {
    const found = (object as INamedObject | undefined)?.kind;
    const value = typeof found === 'string' ? `a ${found}` : describe(object);
    throw new ServingError(
      'InvalidType',
      `'${prop}' (${value}) must be a ${kind} of cdk8s or cdk8s-plus; for an existing one pass its name instead`,
    );
  }
  return requireObjectName(`${prop}.name`, object.name, kind);
}

/** What a label value consists of, for messages. */
export const LABEL_VALUE = "at most 63 letters, digits, '-', '_' and '.', starting and ending with a letter or digit";

/** Whether a node or object can have a label with this value: https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/ */
export function isLabelValue(value: string): boolean {
  return /^[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/.test(value);
}

/** Whether a label or taint can have this key: a name, after an optional domain. */
export function isLabelKey(key: string): boolean {
  const [name = '', domain, ...others] = key.split('/').reverse();
  return isLabelValue(name) && (domain === undefined || isObjectName(domain)) && others.length === 0;
}
