/**
 * A path with an optional query that every checker sends as it is written. The kubelet reads a second slash at the start as a
 * host, drops what follows `#`, and encodes other characters; balancers send them unchanged.
 */
const SENT_UNCHANGED = /^\/(?!\/)(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*$/;

/** What the path of a check must be, for messages. */
export const REQUEST_PATH =
  "must start with one '/' and have only characters of URLs, without spaces, '#' and incomplete escapes";

/** Whether a text can be the path of a check. */
export function isRequestPath(text: string): boolean {
  return SENT_UNCHANGED.test(text) && text.length <= 1024;
}
