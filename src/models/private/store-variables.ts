import type { Model } from '../model';
import { ENDPOINT_VARIABLE } from './fetch-command';

/** The variables that select another store for every fetch of a server, first the one that applies if both are set. */
export const STORES: readonly string[] = [ENDPOINT_VARIABLE, 'AWS_ENDPOINT_URL'];

/** The variables with keys, of which a store must receive only its own. */
const KEYS: readonly string[] = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_SESSION_TOKEN'];

/** What the fetches of a server have in common. */
interface Fetched {
  readonly models: readonly Model[];
  /** The names of the variables of the server, with its secrets. */
  readonly variables: readonly string[];
}

/**
 * The variables of a server that the fetch of one of its models from S3 receives too, because the AWS CLI reads them. Keys of
 * the server belong to the store of its models without `credentials`: if one of these has an `endpoint`, they are not sent to
 * Amazon S3.
 */
export function storeVariables(model: Model, { models, variables }: Fetched): string[] {
  const { endpoint } = model._intent();
  const hasKeys = model._resources.secrets !== undefined;
  const isAmazon = endpoint === undefined && !variables.some((name) => STORES.includes(name));
  const areForeign = isAmazon && models.some(usesKeysElsewhere);
  return variables.filter((name) => {
    if (name === ENDPOINT_VARIABLE && endpoint !== undefined) return false;
    return name.startsWith('AWS_') && !(KEYS.includes(name) && (hasKeys || areForeign));
  });
}

function usesKeysElsewhere(model: Model): boolean {
  return model._resources.secrets === undefined && model._intent().endpoint !== undefined;
}
