import type { EndpointIntent } from '../plan/intents';
import { BACKEND_HEADER, headerValueOf, ownPrefix } from '../plan/routes';
import { requireShape, requireText } from '../private/checks';
import { slug } from '../private/names';

const ENDPOINT = { kind: 'an EndpointIntent', member: 'prefix', example: 'binding.intent' };

/** The names in resources and requests, for renderers that create more than the plan describes. */
export class Names {
  /** The request header that selects a backend. */
  public static readonly BACKEND_HEADER = BACKEND_HEADER;

  /**
   * Maps a display name (`SVM:v1`, "image classifier") to one that is valid on every target: lower-case letters, digits
   * and dashes, starting with a letter, at most 45 characters.
   */
  public static slug(name: string): string {
    return slug(requireText('name', name));
  }

  /** The value of the backend header that selects a backend, from the name of the backend and its valid name. */
  public static backendHeaderValue(name: string, legalName: string): string {
    return headerValueOf({ name: requireText('name', name), slug: requireText('legalName', legalName) });
  }

  /** The path of a backend's own address, from the segment of its attachment. */
  public static ownPath(endpoint: EndpointIntent, segment: string): string {
    return ownPrefix(requireShape('endpoint', endpoint, ENDPOINT), requireText('segment', segment));
  }

  private constructor() {}
}
