import type { CfnResource } from 'aws-cdk-lib';
import { isObjectData } from '../../private/merge-patch';

/** Applies a JSON merge patch to the properties of a resource, at the path of an object in them. */
export function patchProperties(resource: CfnResource, path: string, patch: object = {}): void {
  for (const [key, value] of Object.entries(patch)) {
    const place = `${path}${key.replaceAll('.', '\\.')}`;
    if (value === null) resource.addPropertyDeletionOverride(place);
    else if (isObjectData(value) && Object.keys(value).length > 0) patchProperties(resource, `${place}.`, value);
    else if (value !== undefined) resource.addPropertyOverride(place, value);
  }
}
