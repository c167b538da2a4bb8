import type { EndpointBinding } from '../../constructs/bindings';
import type { RouteConditions } from '../../plan/routes';
import { pathPatterns } from '../../plan/rule-parts';
import { ServingError } from '../../private/errors';
import { isUnresolved } from '../../private/tokens';

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html */
const MAX_PATTERN = 128;
const OTHER_PATH_CHARACTER = /[^A-Za-z0-9_.$/~'@:+;&-]/;

/** Rejects hosts and paths that a listener rule cannot match, which would otherwise fail only at deployment. */
export function checkConditions({ hosts, prefix }: RouteConditions, endpoint: EndpointBinding): void {
  const single = hosts.find((host) => !isUnresolved(host) && !host.includes('.'));
  if (single !== undefined) {
    throw new ServingError(
      'InvalidHost',
      `the host ('${single}') must contain a dot, because an Application Load Balancer requires one; use a full name, such as '${single}.example.com'`,
      endpoint.scope,
    );
  }
  const character = OTHER_PATH_CHARACTER.exec(prefix)?.[0];
  if (character !== undefined) {
    throw new ServingError(
      'InvalidPath',
      `'path' ('${prefix}') contains '${character}', which an Application Load Balancer cannot match; use letters, digits and any of _ - . $ ~ ' @ : + ; &`,
      endpoint.scope,
    );
  }
  const longest = pathPatterns(prefix).reduce((length, pattern) => Math.max(length, pattern.length), 0);
  if (longest > MAX_PATTERN) {
    throw new ServingError(
      'InvalidPath',
      `the path pattern ('${prefix}/*') has ${longest} characters, which exceeds the ${MAX_PATTERN} of an Application Load Balancer; use a shorter path or a shorter backend name`,
      endpoint.scope,
    );
  }
}
