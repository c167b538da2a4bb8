import type { EndpointIntent } from '../plan/intents';
import { BACKEND_HEADER, headerValueOf, ownPrefix } from '../plan/routes';
import { slug } from '../private/names';

/** The names that resources and requests have, for renderers that create more than the plan describes. */
export class Names {
  /** The header in which a request names the backend that answers it. */
  public static readonly BACKEND_HEADER = BACKEND_HEADER;

  /**
   * Maps a name for people (`SVM:v1`, "image classifier") to one that is legal on every target: lower-case letters, digits
   * and dashes, starting with a letter, at most 45 characters.
   */
  public static slug(name: string): string {
    return slug(name);
  }

  /** The value of the backend header that selects a backend, from the backend's name and legal name. */
  public static backendHeaderValue(name: string, legalName: string): string {
    return headerValueOf({ name, slug: legalName });
  }

  /** The path under which a backend has an address of its own, from the segment of its attachment. */
  public static ownPath(endpoint: EndpointIntent, segment: string): string {
    return ownPrefix(endpoint, segment);
  }

  private constructor() {}
}
