import type { IConstruct } from 'constructs';
import type { HeaderIntent } from '../../plan/intents';
import { BACKEND_HEADER, OWN_PATH } from '../../plan/routes';
import type { TargetProfile } from '../../plan/target-profile';
import { requireIdentifier, requireList, requireText } from '../../private/checks';
import { type ErrorCode, ServingError } from '../../private/errors';
import { isUnresolved } from '../../private/tokens';
import { checkEscapes } from './escapes';

/** Where a path or a header is used, and the target that has to match it. */
export interface Use {
  readonly at: IConstruct;
  readonly target: TargetProfile;
}

/** Checks a path prefix or a path, and removes a trailing slash. */
export function checkPath(prop: string, path: string, { at, target }: Use): string {
  if (isUnresolved(requireIdentifier(prop, path, at)))
    throw new ServingError(
      'InvalidPath',
      `'${prop}' must be known at synthesis, because routes are compared by it; pass plain text instead of a token`,
      at,
    );
  if (!/^(?:\/|(?:\/[A-Za-z0-9._~!$&'()+,;=:@%-]+)+\/?)$/.test(path)) {
    throw new ServingError(
      'InvalidPath',
      `'${prop}' ('${path}') must start with '/' and have no empty segment, wildcard, query or space`,
      at,
    );
  }
  const clean = checkEscapes(prop, path.length > 1 ? path.replace(/\/$/, '') : path, at);
  checkLength('InvalidPath', { what: `'${prop}'`, text: clean, max: target.matching?.maxPathLength }, { at, target });
  if (clean.split('/').some((segment) => segment === '.' || segment === '..')) {
    throw new ServingError('InvalidPath', `'${prop}' ('${path}') must not have '.' or '..' as a segment`, at);
  }
  if (clean.split('/').includes(OWN_PATH)) {
    throw new ServingError(
      'InvalidPath',
      `'${prop}' ('${path}') must not have '${OWN_PATH}' as a segment, which is reserved for the own addresses of backends`,
      at,
    );
  }
  return clean;
}

/** Checks a path that requests are rewritten to. */
export function checkRewrite(prop: string, path: string, use: Use): string {
  const clean = checkPath(prop, path, use);
  requireRewritable(prop, path, use);
  return clean;
}

/** Rejects a path with a character that has a special meaning in rewrites of the target. */
export function requireRewritable(prop: string, path: string, { at, target }: Use, advice = ''): void {
  const reserved = firstReserved(path, target.matching?.rewriteReserved);
  if (reserved === undefined) return;
  throw new ServingError(
    'InvalidPath',
    `'${prop}' ('${path}') must not contain '${reserved}', which has a special meaning in URL rewrites of ${target.name}${advice}`,
    at,
  );
}

/** Checks a header and its values, and returns the name in lower case. */
export function checkHeader(header: HeaderIntent, use: Use): HeaderIntent {
  const { at, target } = use;
  const { maxHeaderNameLength, maxHeaderValueLength, headerValueReserved } = target.matching ?? {};
  const name = requireText('header', header.name, at).toLowerCase();
  if (!/^[a-z0-9-]+$/.test(name)) {
    throw new ServingError(
      'InvalidHeader',
      `the header name ('${header.name}') must consist of letters, digits and dashes, because balancers drop other headers`,
      at,
    );
  }
  checkLength('InvalidHeader', { what: 'the header name', text: name, max: maxHeaderNameLength }, use);
  if (name === BACKEND_HEADER || name === 'host') {
    throw new ServingError(
      'InvalidHeader',
      `header '${header.name}' is ${name === 'host' ? "matched with 'hosts'" : 'reserved for the own addresses of backends and cannot be matched'}`,
      at,
    );
  }
  if (requireList('values', header.values, at).length === 0)
    throw new ServingError('InvalidHeader', `header '${header.name}' needs at least one value`, at);
  for (const value of header.values) {
    const what = `the value of header '${header.name}'`;
    if (!/^[!-~](?:[ -~]*[!-~])?$/.test(value) || /[\\"]/.test(value)) {
      throw new ServingError(
        'InvalidHeader',
        `${what} ('${value}') must consist of printable characters other than quotes and backslashes, without spaces around them`,
        at,
      );
    }
    checkLength('InvalidHeader', { what, text: value, max: maxHeaderValueLength }, use);
    const reserved = firstReserved(value, headerValueReserved);
    if (reserved !== undefined)
      throw new ServingError(
        'InvalidHeader',
        `${what} ('${value}') must not contain '${reserved}', which is a wildcard for ${target.name}`,
        at,
      );
  }
  return { name, values: [...new Set(header.values)] };
}

/** The first of the reserved characters that a text contains. */
function firstReserved(text: string, reserved = ''): string | undefined {
  return [...reserved].find((character) => text.includes(character));
}

function checkLength(
  code: ErrorCode,
  {
    what,
    text,
    max = Number.POSITIVE_INFINITY,
  }: { readonly what: string; readonly text: string; readonly max?: number },
  { at, target }: Use,
): void {
  if (text.length <= max) return;
  throw new ServingError(
    code,
    `${what} ('${text}') has ${text.length} characters and ${target.name} supports at most ${max}; use a shorter one`,
    at,
  );
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
    `endpoint '${endpoint.name}' has no URL, because all of its 'hosts' (${endpoint.hosts.join(', ')}) have a wildcard; add a full host`,
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
