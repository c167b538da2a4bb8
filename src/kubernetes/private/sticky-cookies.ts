/** The beginning of the name of every cookie that keeps a client. */
export const COOKIE_PREFIX = 'serving-';

/** What follows it in the name of the cookie of an endpoint, in front of the name of the endpoint. */
export const BACKEND_COOKIE = `${COOKIE_PREFIX}backend-`;

/** The cookie by which a client keeps its replica of this backend. */
export function replicaCookie(slug: string): string {
  return `${COOKIE_PREFIX}replica-${slug}`;
}
