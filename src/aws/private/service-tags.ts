import type { BackendIntent } from '../../plan/intents';
import { fingerprint } from '../../private/hash';
import { leading } from '../../private/text';
import { isUnresolved } from '../../private/tokens';

/** The longest value of a tag: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-using-tags.html */
const MAX_VALUE = 256;

/** The tags of a service that identify its backend. */
export function serviceTags({
  name,
  description,
}: Pick<BackendIntent, 'name' | 'description'>): Record<string, string> {
  return {
    'serving:backend': nameValue(name),
    ...(description !== undefined && { 'serving:description': descriptionValue(description) }),
  };
}

/** The text of a token is known at deployment only. */
function descriptionValue(description: string): string {
  return isUnresolved(description) ? description : leading(permitted(description), MAX_VALUE);
}

/** A name that is changed ends with a fingerprint, so that different names have different values. */
function nameValue(name: string): string {
  const value = leading(permitted(name), MAX_VALUE);
  if (value === name) return name;
  const end = `-${fingerprint(name)}`;
  return `${leading(value, MAX_VALUE - end.length)}${end}`;
}

/** A text with dashes in place of the characters that values of tags cannot contain. */
function permitted(text: string): string {
  return text.replace(/[^\p{L}\p{Z}\p{N}_.:/=+@-]/gu, '-');
}
