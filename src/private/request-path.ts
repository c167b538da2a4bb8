/**
 * A path with an optional query that every checker sends as it is written. The kubelet reads a second slash at the start as a
 * host, drops what follows `#`, and encodes other characters; balancers send them unchanged.
 */
const SENT_UNCHANGED = /^\/(?!\/)(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*$/;

const MAX_LENGTH = 1024;

/** How much of a path that is too long a message shows. */
const SHOWN_LENGTH = 60;

/** What the path of a check must be instead, for messages; undefined if it is valid. */
export function requestPathFault(path: string): string | undefined {
  if (!SENT_UNCHANGED.test(path))
    return "must start with one '/' and have only characters of URLs, without spaces, '#' and incomplete escapes";
  return path.length > MAX_LENGTH ? `must have at most ${MAX_LENGTH} characters, but has ${path.length}` : undefined;
}

/** A path for messages. */
export function shownRequestPath(path: string): string {
  return path.length > MAX_LENGTH ? `${path.slice(0, SHOWN_LENGTH)}…` : path;
}
