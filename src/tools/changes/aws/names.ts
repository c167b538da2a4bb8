import { object, text } from '../data';
import { resourcesIn } from './deployment';
import type { Resource } from './stacks';
import { NEW_COPY, type Update } from './update';

/** A resource for people: its construct path if the template has it, and its logical id. */
export function nameOf({ key, id, body, scope, stack }: Resource): string {
  const path = text(object(body.Metadata)['aws:cdk:path']).replace(/\/Resource$/, '');
  if (path !== '') return `${path} (${id})`;
  return scope === stack ? `${id} in stack ${stack}` : key;
}

/** The name of a resource in either state. */
export function nameOfKey(update: Update, key: string): string {
  const bare = key.replace(NEW_COPY, '');
  const resource = update.after.resources.get(bare) ?? update.before.resources.get(bare);
  return resource === undefined ? key : nameOf(resource);
}

/** A canonical value for people: marks are the names of their resources. */
export function shownValue(update: Update, value: unknown): string {
  const written = typeof value === 'string' ? value : JSON.stringify(value);
  return resourcesIn(written).reduce(
    (shown, key) => shown.replaceAll(new RegExp(`«${escaped(key)}(#[^«»]*)?»`, 'g'), nameOfKey(update, key)),
    written,
  );
}

function escaped(key: string): string {
  return key.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** The names of several things in a sentence. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
