import type { IConstruct } from 'constructs';
import type { HeaderIntent } from '../../plan/intents';
import { BACKEND_HEADER, OWN_PATH } from '../../plan/routes';
import { requireIdentifier, requireList, requireText } from '../../private/checks';
import { ServingError } from '../../private/errors';
import { isUnresolved } from '../../private/tokens';

/** Checks and tidies a path prefix or a path: segments of unreserved characters, no wildcard, no trailing slash. */
export function checkPath(prop: string, path: string, at: IConstruct): string {
  if (isUnresolved(requireIdentifier(prop, path, at)))
    throw new ServingError(
      'InvalidPath',
      `'${prop}' must be known when the definition is made, because routes are compared by it; pass plain text`,
      at,
    );
  const clean = path.length > 1 ? path.replace(/\/$/, '') : path;
  if (!/^(?:\/|(?:\/[A-Za-z0-9._~!$&'()+,;=:@%-]+)+\/?)$/.test(path) || clean.length > 120) {
    throw new ServingError(
      'InvalidPath',
      `'${prop}' ('${path}') must start with '/', have no empty segment, wildcard, query or space, and at most 120 characters`,
      at,
    );
  }
  if (clean.split('/').some((segment) => segment === '.' || segment === '..')) {
    throw new ServingError('InvalidPath', `'${prop}' ('${path}') must not have '.' or '..' as a segment`, at);
  }
  if (clean.split('/').includes(OWN_PATH)) {
    throw new ServingError(
      'InvalidPath',
      `'${prop}' ('${path}') must not have '${OWN_PATH}' as a segment: below it backends have addresses of their own`,
      at,
    );
  }
  return clean;
}

/** Checks a header and its values, and writes the name in small letters. */
export function checkHeader(header: HeaderIntent, at: IConstruct): HeaderIntent {
  const name = requireText('header', header.name, at).toLowerCase();
  if (!/^[a-z0-9-]{1,40}$/.test(name)) {
    throw new ServingError(
      'InvalidHeader',
      `the header name ('${header.name}') must have 1 to 40 letters, digits or dashes, because balancers drop other headers`,
      at,
    );
  }
  if (name === BACKEND_HEADER || name === 'host') {
    throw new ServingError(
      'InvalidHeader',
      `header '${header.name}' is ${name === 'host' ? "matched with 'hosts'" : 'the address of a backend and cannot be matched'}`,
      at,
    );
  }
  if (requireList('values', header.values, at).length === 0)
    throw new ServingError('InvalidHeader', `header '${header.name}' needs at least one value`, at);
  for (const value of header.values) {
    if (!/^[!-~](?:[ -~]{0,126}[!-~])?$/.test(value) || /[*?\\"]/.test(value)) {
      throw new ServingError(
        'InvalidHeader',
        `the value '${value}' of header '${header.name}' must have 1 to 128 printable characters, no wildcard, quote or backslash`,
        at,
      );
    }
  }
  return { name, values: [...new Set(header.values)] };
}

/** Whether an endpoint of these hosts has a URL: one of no host has that of its balancer, one of wildcards only has none. */
export function hasUrl(hosts: string[]): boolean {
  return hosts.length === 0 || hosts.some((host) => !host.startsWith('*'));
}

/** The first full host; undefined for every host. */
export function urlHost(
  endpoint: { readonly name: string; readonly hosts: string[] },
  at: IConstruct,
): string | undefined {
  if (hasUrl(endpoint.hosts)) return endpoint.hosts.find((host) => !host.startsWith('*'));
  throw new ServingError(
    'UrlUnknown',
    `endpoint '${endpoint.name}' has no URL of its own: every one of its 'hosts' (${endpoint.hosts.join(', ')}) has a wildcard; add a full host`,
    at,
  );
}

/** Checks a host name, of which the first label may be a wildcard. String tokens pass. */
export function checkHost(host: string, at: IConstruct): string {
  if (isUnresolved(requireIdentifier('hosts', host, at))) return host;
  const name = host.toLowerCase();
  if (
    !/^(?:\*\.)?(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(name) ||
    name.length > 128
  ) {
    throw new ServingError(
      'InvalidHost',
      `the host ('${host}') must be a domain name without scheme, port or path, such as 'models.example.com' or '*.example.com'`,
      at,
    );
  }
  return name;
}
