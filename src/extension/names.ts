import type { EndpointIntent } from '../plan/intents';
import { BACKEND_HEADER, headerValueOf, ownPrefix } from '../plan/routes';
import { requireShape, requireText } from '../private/checks';
import { slug } from '../private/names';

const ENDPOINT = { kind: 'an EndpointIntent', member: 'prefix', example: 'binding.intent' };

/** The names that resources and requests have, for renderers that create more than the plan describes. */
export class Names {
  /** The header in which a request names the backend that answers it. */
  public static readonly BACKEND_HEADER = BACKEND_HEADER;

  /**
   * Maps a name for people (`SVM:v1`, "image classifier") to one that is legal on every target: lower-case letters, digits
   * and dashes, starting with a letter, at most 45 characters.
   */
  public static slug(name: string): string {
    return slug(requireText('name', name));
  }

  /** The value of the backend header that selects a backend, from the backend's name and legal name. */
  public static backendHeaderValue(name: string, legalName: string): string {
    return headerValueOf({ name: requireText('name', name), slug: requireText('legalName', legalName) });
  }

  /** The path under which a backend has an address of its own, from the segment of its attachment. */
  public static ownPath(endpoint: EndpointIntent, segment: string): string {
    return ownPrefix(requireShape('endpoint', endpoint, ENDPOINT), requireText('segment', segment));
  }

  private constructor() {}
}
